"""What a pack says about life events (一件事): which items they bundle, and which answers switch an item on."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from onecity.packs import Declared, Fault, Kind, Pack, Text
from onecity.people import AGENCY
from onecity.services.answers import Field
from onecity.services.bundles import dependencies, in_order
from onecity.services.checking import FIELD, ITEM, periods_in
from onecity.services.conditional import asked_in, holds, wrong_in
from onecity.services.declared import Item


class Part(msgspec.Struct, frozen=True):
    """An item of a life event. `when` is an expression over its questions; without one the item is always on."""

    item: str
    when: str | None = None
    because: Text | None = None

    def is_on(self, answers: Mapping[str, str], questions: Mapping[str, Field]) -> bool:
        """Whether the answers switch the item on; an answer that is missing switches nothing on."""
        return self.when is None or holds(self.when, answers, questions)

    def decided_by(self) -> tuple[str, ...]:
        """The questions whose answers decide whether the item is on."""
        return () if self.when is None else asked_in(self.when)


class EventExample(msgspec.Struct, frozen=True):
    """Answers to the questions, and the items that they switch on."""

    given: Mapping[str, str]
    gives: tuple[str, ...]
    because: str


class LifeEvent(msgspec.Struct, frozen=True):
    """Something that happens to a person or a firm, and everything that the city does for it in one go.

    `questions` are fields that are asked first because their answers decide which items are on; `also` are everyday
    words by which people look for it. Of a `composed` one this project says what belongs together, no department yet.
    """

    name: Text
    plain: Text
    icon: str
    lead: str
    parts: Annotated[tuple[Part, ...], msgspec.Meta(min_length=2)]
    examples: Annotated[tuple[EventExample, ...], msgspec.Meta(min_length=1)]
    questions: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    composed: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """All items that it can take."""
        return tuple(part.item for part in self.parts)

    def items_for(self, answers: Mapping[str, str], questions: Mapping[str, Field]) -> tuple[str, ...]:
        """The items that the answers switch on, in the order of the event."""
        return tuple(part.item for part in self.parts if part.is_on(answers, questions))


def _check(pack: Pack, declared: Declared[LifeEvent]) -> Iterator[Fault]:
    event = declared.value
    yield from pack.unknown(declared, "lead", AGENCY, event.lead)
    missing = [
        fault
        for n, part in enumerate(event.parts)
        for fault in pack.unknown(declared, f"parts.{n}.item", ITEM, part.item)
    ]
    missing += [
        fault
        for n, name in enumerate(event.questions)
        for fault in pack.unknown(declared, f"questions.{n}", FIELD, name)
    ]
    yield from missing
    if missing:
        return
    if all(part.when is not None for part in event.parts):
        yield declared.fault("parts", "Some answers switch nothing on.", "Leave one part without `when`.")
    questions = {name: pack.all(FIELD)[name].value for name in event.questions}
    for number, name in enumerate(event.questions):
        if name in periods_in(pack):
            what = f"`{name}` is one end of a period, and both are asked on one page."
            yield declared.fault(f"questions.{number}", what, "Let another question decide.")
    wrong = [fault for n, part in enumerate(event.parts) for fault in _condition_faults(declared, n, part, questions)]
    yield from wrong
    yield from _order_faults(pack, declared)
    if not wrong:
        yield from _broken_examples(declared, questions)


def _condition_faults(
    declared: Declared[LifeEvent], number: int, part: Part, questions: Mapping[str, Field]
) -> Iterator[Fault]:
    if part.when is None:
        return
    path = f"parts.{number}.when"
    if part.because is None:
        yield declared.fault(path, "A condition says why it is one.", "Write `because`.")
    found = wrong_in(part.when, questions)
    if found is not None:
        yield declared.fault(path, found.what, found.mend)


def _order_faults(pack: Pack, declared: Declared[LifeEvent]) -> Iterator[Fault]:
    items: dict[str, Item] = {part.item: pack.all(ITEM)[part.item].value for part in declared.value.parts}
    if len(items) < len(declared.value.parts):
        yield declared.fault("parts", "An item stands here twice.", "Remove one.")
    elif in_order(dependencies(items)) is None:
        yield declared.fault(
            "parts", "These items wait for each other in a circle.", "Look at what they need and give."
        )


def _broken_examples(declared: Declared[LifeEvent], questions: Mapping[str, Field]) -> Iterator[Fault]:
    for index, example in enumerate(declared.value.examples):
        found = declared.value.items_for(example.given, questions)
        if found != example.gives:
            what = f"This example does not hold: {', '.join(found) or 'nothing'}, not {', '.join(example.gives)}."
            yield declared.fault(f"examples.{index}", what, "Mend the event or the example.")


LIFE_EVENT: Kind[LifeEvent] = Kind("life_event", "services/life_events", LifeEvent, _check)
