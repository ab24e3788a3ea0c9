"""What a pack says in one line about an item or a life event: whose it is, by which law, what it takes.

Nobody can apply for it online until it is offered as well. An item that is written out leaves this list; its address
stays the same.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec

from onecity.casework import PROCESS, Because, law_faults
from onecity.packs import Declared, Fault, Kind, Pack, Table, Text
from onecity.people import AGENCY
from onecity.services.checking import FIELD, ITEM, origin_faults, vague
from onecity.services.declared import ForWhom, Origin, Permits
from onecity.services.forms import MATERIAL
from onecity.services.life_events import LIFE_EVENT
from onecity.services.listing.limits import LegalLimit, Resolved, resolve

Id = Annotated[
    str,
    msgspec.Meta(pattern=r"[a-z][a-z0-9_]{1,59}", description="Write lower-case letters, digits and _."),
]
_ASKS: Final = "?"
"""Stands between a conditional item and the question whose yes switches it on."""

IN_CHINESE: Final = "This is not English yet."
"""What a draft still lacks, because a law has no English."""

_BETWEEN: Final = "；"
"""Stands between two everyday phrases."""


class ListedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item of the city's catalogue by its `id`, as far as the law tells it: who, for whom, by which article.

    `result` is what somebody has in hand at the end. `limit` is what the item's own law names, `local` what a law of
    the province or city names. It goes by the steps of the declared `process`. `also` are everyday words by which
    people look for it, with ； between them.
    """

    id: Id
    name: Text
    kind: Permits
    subject: ForWhom
    agency: str
    basis: Because | None = None
    result: Text | None = None
    limit: LegalLimit | None = None
    local: LegalLimit | None = None
    process: str = ""
    also: str = ""

    @property
    def everyday(self) -> tuple[str, ...]:
        """The words by which people look for it."""
        return phrases_in(self.also)

    def resolved(self, on: date) -> Resolved:
        """The limit that holds on a day, with those that lose. Whose basis nobody has proven gets no general one."""
        kind = self.kind if self.basis is not None else Permits.OTHER
        return resolve(kind, self.limit, self.local, on=on)


class ListedItems(Table[ListedItem], frozen=True):
    """The items of which a line tells; those that are offered can be applied for."""


class Demands(StrEnum):
    """What a law demands for an item: that something is so, or that a paper is there."""

    CONDITION = "condition"
    MATERIAL = "material"


class MetBy(StrEnum):
    """How a material comes to the office that wants it: as a file, as the form itself, or with signing in."""

    FILE = "file"
    FORM = "form"
    SIGN_IN = "sign_in"


class ListedDemand(msgspec.Struct, frozen=True, omit_defaults=True):
    """A condition or a material of a listed item; `id` is that of the item, a dot and a word of one's own.

    `met_by` is how the material comes where the item can be applied for online. `material` names the declared one that
    it is, or another demand for the same paper: whoever brings that has brought this.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"[a-z][a-z0-9_]*\.[a-z0-9_]+", description="Write item.word.")]
    what: Demands
    say: Text
    origin: Origin
    because: Because | None = None
    met_by: MetBy = MetBy.FILE
    material: str = ""

    @property
    def item(self) -> str:
        """The item that it belongs to."""
        return self.id.partition(".")[0]


class ListedDemands(Table[ListedDemand], frozen=True):
    """The conditions and materials of listed items."""


class Composed(StrEnum):
    """Where the name of a life event comes from: a list that an authority published, or this project."""

    FOUND = "found"
    COMPOSED = "composed"


class ListedEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A life event by its `id`, with the items that it always takes and those that an answer switches on.

    `items` are ids with a space between. `maybe` are pairs of an id and the question whose yes switches it on, like
    `tobacco_retail?sells_tobacco`. `also` are everyday words, with ； between them. Which items belong together was
    composed by this project: no department has agreed, and each page of it says so.
    """

    id: Id
    name: Text
    plain: Text
    subject: ForWhom
    lead: str
    name_is: Composed
    items: str = ""
    maybe: str = ""
    also: str = ""

    @property
    def always(self) -> tuple[str, ...]:
        """The items that it always takes."""
        return tuple(self.items.split())

    @property
    def conditional(self) -> tuple[tuple[str, str], ...]:
        """Each item that may be needed, with its question; no question if nobody has written it yet."""
        pairs = (one.partition(_ASKS) for one in self.maybe.split())
        return tuple((item, question) for item, _, question in pairs)

    @property
    def named(self) -> tuple[str, ...]:
        """All items that it can take, the sure ones first."""
        return (*self.always, *(item for item, _ in self.conditional))

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that decide which items it takes, each once."""
        return tuple(dict.fromkeys(question for _, question in self.conditional if question))

    @property
    def everyday(self) -> tuple[str, ...]:
        """The words by which people look for it."""
        return phrases_in(self.also)

    def items_for(self, yes: frozenset[str]) -> tuple[str, ...]:
        """The items that it takes for somebody who says yes to these questions.

        >>> said = Text("开店", "Open a shop")
        >>> shop = ListedEvent("a", said, said, ForWhom.FIRM, "x", Composed.FOUND, "one two", "three?sells")
        >>> shop.items_for(frozenset()), shop.items_for(frozenset({"sells"}))
        (('one', 'two'), ('one', 'two', 'three'))
        """
        return (*self.always, *(item for item, question in self.conditional if question in yes))


class ListedEvents(Table[ListedEvent], frozen=True):
    """The life events of which a line tells; where all items are offered they are one form."""


class ListedQuestion(msgspec.Struct, frozen=True):
    """A question to which people say yes or no, by the `id` that events name, and why its yes switches an item on."""

    id: Id
    ask: Text
    why: Text


class ListedQuestions(Table[ListedQuestion], frozen=True):
    """The questions of listed life events."""


def phrases_in(also: str) -> tuple[str, ...]:
    """Everyday phrases as a cell holds them.

    >>> phrases_in("换驾照；驾照到期")
    ('换驾照', '驾照到期')
    """
    return tuple(one.strip() for one in also.split(_BETWEEN) if one.strip())


def listed_items(pack: Pack) -> Mapping[str, ListedItem]:
    """The listed items of a pack by id."""
    return {row.id: row for one in pack.all(LISTED_ITEM).values() for row in one.value.rows}


def listed_demands(pack: Pack) -> Mapping[str, tuple[ListedDemand, ...]]:
    """The conditions and materials of the listed items of a pack, by item."""
    found: dict[str, list[ListedDemand]] = {}
    for one in pack.all(LISTED_DEMAND).values():
        for row in one.value.rows:
            found.setdefault(row.item, []).append(row)
    return {item: tuple(those) for item, those in found.items()}


def listed_events(pack: Pack) -> Mapping[str, ListedEvent]:
    """The listed life events of a pack by id."""
    return {row.id: row for one in pack.all(LISTED_EVENT).values() for row in one.value.rows}


def listed_questions(pack: Pack) -> Mapping[str, ListedQuestion]:
    """The questions of listed life events by id."""
    return {row.id: row for one in pack.all(LISTED_QUESTION).values() for row in one.value.rows}


def _check_items(pack: Pack, declared: Declared[ListedItems]) -> Iterator[Fault]:
    yield from law_faults(pack, declared)
    names = {one.value.name.zh for one in pack.all(ITEM).values() if not one.drawn}
    for number, row in enumerate(declared.value.rows):
        path = f"rows.{number}"
        yield from pack.unknown(declared, f"{path}.agency", AGENCY, row.agency)
        if row.process:
            yield from pack.unknown(declared, f"{path}.process", PROCESS, row.process)
        yield from _full_already(pack, declared, number, row.id, ITEM)
        if row.name.zh in names:
            what = f"An item is called {row.name.zh} already."
            yield declared.fault(f"{path}.name.zh", what, "Keep one of the two, or name it apart.")
        names.add(row.name.zh)
        if row.kind is Permits.PERMIT and row.basis is None and row.limit is not None:
            what = "This permit has a limit and no law that sets it up."
            yield declared.fault(f"{path}.kind", what, "Name the law, or leave the limit out.")


def _full_already(pack: Pack, declared: Declared[Any], number: int, name: str, kind: Kind[Any]) -> Iterator[Fault]:
    written = pack.all(kind).get(name)
    if written is not None and not written.drawn:
        what = f"`{name}` can be applied for: it stands in {kind.folder}."
        yield declared.fault(f"rows.{number}.id", what, "Take this line out.")


def _check_demands(pack: Pack, declared: Declared[ListedDemands]) -> Iterator[Fault]:
    yield from law_faults(pack, declared)
    items, known = listed_items(pack), {row.id for row in declared.value.rows}
    for number, row in enumerate(declared.value.rows):
        path = f"rows.{number}"
        yield from pack.unknown(declared, f"{path}.id", LISTED_ITEM, row.item, among=items)
        yield from origin_faults(declared, path, row.origin, row.because)
        yield from vague(declared, f"{path}.say.zh", row.say)
        if row.say.en == row.say.zh:
            yield declared.fault(f"{path}.say.en", IN_CHINESE, "Write it in English.")
        if row.material and "." in row.material:
            yield from pack.unknown(declared, f"{path}.material", LISTED_DEMAND, row.material, among=known)
        elif row.material:
            yield from pack.unknown(declared, f"{path}.material", MATERIAL, row.material)


def _check_events(pack: Pack, declared: Declared[ListedEvents]) -> Iterator[Fault]:
    items = {*pack.all(ITEM), *listed_items(pack)}
    questions = listed_questions(pack)
    for number, row in enumerate(declared.value.rows):
        path = f"rows.{number}"
        yield from pack.unknown(declared, f"{path}.lead", AGENCY, row.lead)
        yield from _full_already(pack, declared, number, row.id, LIFE_EVENT)
        if not row.named:
            yield declared.fault(f"{path}.id", "This life event names no item.", "Write `items` or `maybe`.")
        for column, names in (("items", row.always), ("maybe", [item for item, _ in row.conditional])):
            for name in names:
                yield from pack.unknown(declared, f"{path}.{column}", LISTED_ITEM, name, among=items)
        for question in row.questions:
            yield from pack.unknown(declared, f"{path}.maybe", LISTED_QUESTION, question, among=questions)
        for name in sorted({name for name in row.named if row.named.count(name) > 1}):
            yield declared.fault(f"{path}.items", f"The item `{name}` stands here twice.", "Remove one.")


def _check_questions(pack: Pack, declared: Declared[ListedQuestions]) -> Iterator[Fault]:
    asked = {question for event in listed_events(pack).values() for question in event.questions}
    for number, row in enumerate(declared.value.rows):
        if row.id not in asked:
            yield declared.fault(f"rows.{number}.id", f"No life event asks `{row.id}`.", "Take this line out.")
        written = pack.all(FIELD).get(row.id)
        if written is not None and not written.drawn:
            what = f"The field `{row.id}` is written out, with another question."
            yield declared.fault(f"rows.{number}.id", what, "Call this question something else.")


LISTED_ITEM: Final[Kind[ListedItems]] = Kind(
    "listed_item", "services/listed_items.csv", ListedItems, _check_items, single=True, optional=True
)
LISTED_DEMAND: Final[Kind[ListedDemands]] = Kind(
    "listed_demand", "services/listed_demands.csv", ListedDemands, _check_demands, single=True, optional=True
)
LISTED_EVENT: Final[Kind[ListedEvents]] = Kind(
    "listed_event", "services/listed_events.csv", ListedEvents, _check_events, single=True, optional=True
)
LISTED_QUESTION: Final[Kind[ListedQuestions]] = Kind(
    "listed_question", "services/listed_questions.csv", ListedQuestions, _check_questions, single=True, optional=True
)
