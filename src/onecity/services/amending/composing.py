"""Composing a life event from items, or another time: what it is as a declaration, and what it would spare people.

Pure. A question that switches an item on is one that the pack asks already, so that nobody is asked anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from onecity.kernel.ids import slug
from onecity.kernel.refusal import Refused
from onecity.packs import Pack, Text
from onecity.services.amending.facts import ComposedPart, Composing
from onecity.services.amending.rules import LONGEST_ID, Otherwise, Why, wrong_texts
from onecity.services.answers import FieldType
from onecity.services.bundles import Saved, dependencies, in_order, saved
from onecity.services.checking import FIELD, ITEM, fields_in, fields_of
from onecity.services.declared import ForWhom, Item
from onecity.services.life_events import LIFE_EVENT, EventExample, LifeEvent, Part
from onecity.services.rules import together
from onecity.services.same_questions import asked_once, same_in

_FEWEST: Final = 2
_MOST: Final = 30
"""Items of one event; the largest real one has half as many."""
_YES, _NO = "yes", "no"


class Asked(msgspec.Struct, frozen=True):
    """A question that may switch an item on: its field, and why, as it stands where the pack asks it already."""

    question: str
    ask: Text
    because: Text


class Simulated(msgspec.Struct, frozen=True):
    """What an event with everything on would be: the agencies, what it spares, the visits, and who waits for whom.

    `waits` holds for each item that waits those whose results it needs.
    """

    agencies: tuple[str, ...]
    saved: Saved
    visits: int
    waits: Mapping[str, tuple[str, ...]]

    @property
    def repeats(self) -> int:
        """Questions that somebody would be asked again who does the items one by one."""
        return max(self.saved.questions[0] - self.saved.questions[1], 0)


def id_of(name: Text) -> str:
    """The id of a composed event: its English name in the form of ids.

    >>> id_of(Text("开面馆", "Open a noodle shop!"))
    'open_a_noodle_shop'
    """
    return slug(name.en)[:LONGEST_ID].strip("_")


def composed(pack: Pack, name: str, typed: Composing, agency: str) -> LifeEvent | Refused:
    """The life event as a declaration, or the first thing that forbids it, with the field at which it is shown."""
    return next(wrong_composed(pack, name, typed, agency), None) or event_of(pack, typed, agency)


def event_of(pack: Pack, typed: Composing, agency: str) -> LifeEvent:
    """What somebody composed as a declaration, whether or not it may be one."""
    questions = tuple(dict.fromkeys(one.question for one in typed.parts if one.question))
    parts = tuple(Part(one.item, one.question, one.because) for one in typed.parts)
    always = tuple(one.item for one in typed.parts if one.question is None)
    known = [pack.all(ITEM)[one.item].value for one in typed.parts if one.item in pack.all(ITEM)]
    persons = sum(item.subject is ForWhom.PERSON for item in known)
    examples = (
        EventExample(dict.fromkeys(questions, _YES), tuple(one.item for one in parts), "every answer is yes"),
        EventExample(dict.fromkeys(questions, _NO), always, "every answer is no"),
    )
    icon = "person" if persons * 2 > len(parts) else "building"
    return LifeEvent(typed.name, typed.plain, icon, agency, parts, examples, questions, typed.also)


def as_composed(event: LifeEvent) -> Composing:
    """A life event as the form of composed ones shows it.

    A condition that is more than one question's yes stands there as it is written: it can stay or go.
    """
    parts = tuple(ComposedPart(part.item, part.when, part.because) for part in event.parts)
    return Composing(event.name, event.plain, event.also, parts)


def amended_event(pack: Pack, name: str, typed: Composing) -> LifeEvent | Refused:
    """The life event as it is to be, or the first thing that forbids it, with the field at which it is shown."""
    event: LifeEvent = pack.all(LIFE_EVENT)[name].value
    if typed == as_composed(event):
        return Refused(Why.NOTHING_NEW)
    return next(wrong_event(pack, name, typed), None) or event_after(pack, event, typed)


def wrong_event(pack: Pack, name: str, typed: Composing) -> Iterator[Refused]:
    """Everything that forbids what an officer wrote of a life event, each with the field at which it is shown."""
    event: LifeEvent = pack.all(LIFE_EVENT)[name].value
    yield from _wrong_parts(pack, typed, event)
    yield from _wrong_words(pack, typed, event.lead)
    if typed.name != event.name and _is_taken(pack, name, typed.name):
        yield Refused(Why.KNOWN, {"field": "name_zh"})


def event_after(pack: Pack, event: LifeEvent, typed: Composing) -> LifeEvent:
    """What a life event is with what somebody wrote, whether or not it may be: its picture and its leader stay.

    Its department has written it by now, so this project says no more that it composed it.
    """
    made = event_of(pack, typed, event.lead)
    asked = [question for part in made.parts for question in part.decided_by()]
    stay = [question for question in event.questions if question in asked]
    after = msgspec.structs.replace(made, icon=event.icon, questions=tuple(dict.fromkeys((*stay, *asked))))
    if all(part.when is None or part.when in after.questions for part in after.parts):
        return after
    return msgspec.structs.replace(after, examples=_examples_after(pack, event, after))


def _examples_after(pack: Pack, event: LifeEvent, after: LifeEvent) -> tuple[EventExample, ...]:
    """The answers of an event's own examples, which reach its bounds, with what they switch on afterwards."""
    fields = pack.all(FIELD)
    questions = {name: fields[name].value for name in after.questions if name in fields}
    found = []
    for one in event.examples:
        given = {name: answer for name, answer in one.given.items() if name in questions}
        found.append(EventExample(given, after.items_for(given, questions), one.because))
    return tuple(found)


def event_otherwise(before: Composing, after: Composing) -> tuple[Otherwise, ...]:
    """What is otherwise in a life event, part by part; an item stands with the question that switches it on."""
    old, new = _parts_of(before), _parts_of(after)
    return tuple(Otherwise(part, old[part], new[part]) for part in old if old[part] != new[part])


def _parts_of(event: Composing) -> Mapping[str, tuple[str, ...]]:
    return {
        "name": (event.name.zh, event.name.en),
        "plain": (event.plain.zh, event.plain.en),
        "also": event.also,
        "items": tuple(map(line_of, event.parts)),
    }


def said_of_event(base: LifeEvent, typed: Composing) -> Mapping[str, object]:
    """The parts of a life event that an amendment of `base` has changed, as they are from then on."""
    before, after = parts_of_event(base), msgspec.structs.asdict(typed)
    return {part: after[part] for part in after if before[part] != after[part]}


def parts_of_event(event: LifeEvent) -> Mapping[str, object]:
    """What an officer may write of a life event, as it is, part by part, and the agency that leads it."""
    return {**msgspec.structs.asdict(as_composed(event)), "lead": event.lead}


def line_of(part: ComposedPart) -> str:
    """An item of an event with the question that switches it on, as lists of them are compared."""
    return f"{part.item} {part.question or ''}".strip()


def wrong_composed(pack: Pack, name: str, typed: Composing, agency: str) -> Iterator[Refused]:
    """Everything that forbids what an officer composed, each with the field at which it is shown."""
    yield from _wrong_parts(pack, typed, None)
    yield from _wrong_words(pack, typed, agency)
    if not name or not name[0].isalpha():
        yield Refused(Why.ONE_LANGUAGE, {"field": "name_en"})
    if name in pack.all(LIFE_EVENT) or name in pack.all(ITEM) or _is_taken(pack, name, typed.name):
        yield Refused(Why.KNOWN, {"field": "name_zh"})


def _wrong_words(pack: Pack, typed: Composing, agency: str) -> Iterator[Refused]:
    items = pack.all(ITEM)
    if agency not in {items[one.item].value.agency for one in typed.parts if one.item in items}:
        yield Refused(Why.NO_PART, {"field": "q"})
    yield from wrong_texts((("name", typed.name), ("plain", typed.plain)), typed.also)


def _is_taken(pack: Pack, name: str, asked: Text) -> bool:
    """Whether an item or another event is called like that, in either language."""
    taken = [one.value.name for other, one in pack.all(LIFE_EVENT).items() if other != name]
    taken += [text for one in pack.all(ITEM).values() for text in (one.value.name, one.value.called)]
    return any(_alike(text, asked) for text in taken)


def _alike(one: Text, other: Text) -> bool:
    return one.zh == other.zh or one.en.casefold() == other.en.casefold()


def _wrong_parts(pack: Pack, typed: Composing, event: LifeEvent | None) -> Iterator[Refused]:
    """What is wrong with the items; what stands in an `event` already may stay as it is."""
    there = {(part.item, part.when) for part in event.parts} if event is not None else set()
    items, named = pack.all(ITEM), [one.item for one in typed.parts]
    if not _FEWEST <= len(set(named)) == len(named) <= _MOST:
        yield Refused(Why.TOO_FEW, {"field": "q", "least": _FEWEST, "most": _MOST})
        return
    for one in typed.parts:
        if one.item not in items:
            yield Refused(Why.NO_SUCH_ITEM, {"field": "q"})
            return
        asked = {asked.question for asked in questions_for(pack, one.item)}
        if one.question is not None and one.question not in asked and (one.item, one.question) not in there:
            yield Refused(Why.NO_SUCH_QUESTION, {"field": f"when-{one.item}"})
    if all(one.question for one in typed.parts):
        yield Refused(Why.NOTHING_ALWAYS, {"field": f"when-{named[0]}"})
    if in_order(dependencies({name: items[name].value for name in named})) is None:
        yield Refused(Why.CIRCLE, {"field": "q"})


def questions_for(pack: Pack, item: str) -> tuple[Asked, ...]:
    """The questions, answered with yes or no, that may switch an item on: with which other events do so."""
    fields, found = pack.all(FIELD), dict[str, Asked]()
    for one in pack.all(LIFE_EVENT).values():
        for part in one.value.parts:
            if part.item != item or part.when is None or part.because is None or part.when not in fields:
                continue
            field = fields[part.when].value
            if field.type is FieldType.YES_NO:
                found.setdefault(part.when, Asked(part.when, field.ask, part.because))
    return tuple(found[name] for name in sorted(found))


def simulated(pack: Pack, names: Sequence[str]) -> Simulated:
    """What an event of some items would be with everything on."""
    items: dict[str, Item] = {name: pack.all(ITEM)[name].value for name in names}
    fields = fields_in(pack)
    asked = asked_once(together([fields_of(fields, item) for item in items.values()]), same_in(pack))
    waits = {name: others for name, others in dependencies(items).items() if others}
    agencies = tuple(dict.fromkeys(item.agency for item in items.values()))
    return Simulated(agencies, saved(items, asked=len(asked)), sum(item.visits for item in items.values()), waits)
