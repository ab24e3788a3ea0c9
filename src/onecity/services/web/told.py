"""An amendment as whoever publishes it reads it: what is otherwise, part by part, in words and as the pack has it."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Final

from onecity.machinery.web import Visit
from onecity.packs import written
from onecity.services.amending import NewQuestion
from onecity.services.amending.asking import item_after
from onecity.services.amending.composing import as_composed, event_after, event_of
from onecity.services.amending.facts import EventAmended, EventComposed, ItemPrepared, Proposed
from onecity.services.amending.rules import Otherwise, otherwise
from onecity.services.web.composing import ComposingPages
from onecity.services.web.counter import Counter
from onecity.services.web.prepared import asked_rows, lines_shown, parts_of_prepared

_SENTENCES: Final = frozenset({"called", "name", "plain", "faq"})
"""Parts of which each line is a sentence by itself, and not one of a list."""


class Told:
    """Tells amendments of every kind."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._composing = ComposingPages(counter)

    async def parts(self, visit: Visit, proposed: Proposed) -> tuple[list[dict[str, Any]], str]:
        """What reads otherwise, part by part, or what a composed event is; and the declaration as the pack has it."""
        if isinstance(proposed, EventComposed):
            event = event_of(self._counter.catalogue.pack, proposed.typed, proposed.agency)
            return self._composing.parts(visit, proposed), written(event)
        if isinstance(proposed, ItemPrepared):
            parts = parts_of_prepared(visit, self._counter, proposed.matter, proposed.typed)
            return parts, lines_shown(proposed, self._counter.catalogue.pack)
        if isinstance(proposed, EventAmended):
            return await self._event_parts(visit, proposed)
        before = await self._counter.amendments.base_of(proposed)
        after, new = item_after(self._counter.catalogue.pack, before, proposed.typed), proposed.typed.questions
        parts = [self._part(visit, one, new) for one in otherwise(before, after)]
        asked = asked_rows(visit, self._counter, tuple(one.id for one in new), new)
        if asked:
            parts.append({"name": visit.say("services.amending.part.new"), "facts": asked})
        return parts, written(after)

    async def _event_parts(self, visit: Visit, proposed: EventAmended) -> tuple[list[dict[str, Any]], str]:
        """What is otherwise in a life event, what its items would be together, and the declaration."""
        event, typed = await self._counter.amendments.base_event_of(proposed), proposed.typed
        parts = [self._part(visit, one) for one in self._composing.otherwise(visit, as_composed(event), typed)]
        found = self._composing.simulation(visit, [one.item for one in typed.parts])
        return [*parts, *found], written(event_after(self._counter.catalogue.pack, event, typed))

    def _part(self, visit: Visit, one: Otherwise, new: Sequence[NewQuestion] = ()) -> dict[str, Any]:
        """A part that reads otherwise, in words: each sentence that changed, or the whole of a list."""
        if one.part in _SENTENCES:
            pairs = [pair for pair in zip_longest(one.before, one.after, fillvalue="") if pair[0] != pair[1]]
        else:
            before, after = ("、".join(self._words(visit, one, lines, new)) for lines in (one.before, one.after))
            pairs = [(before, after)]
        said, none = ("services.amending.before", "services.amending.after"), visit.say("services.amending.nothing")
        facts = [
            {"term": visit.say(key), "value": line or none}
            for pair in pairs
            for key, line in zip(said, pair, strict=True)
        ]
        return {"name": visit.say(f"services.amending.part.{one.part}"), "facts": facts}

    def _words(self, visit: Visit, one: Otherwise, lines: Sequence[str], new: Sequence[NewQuestion]) -> Sequence[str]:
        if one.part not in ("needs", "asks"):
            return lines
        said = {question.id: question.ask.said(visit.lang) for question in new}
        return [said[line] if line in said else self._counter.thing(line, visit.lang) for line in lines]
