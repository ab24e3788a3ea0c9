"""What offered lines amount to: fields, materials and items, as if somebody had written each of them out.

A drawn item is an item like any other: the same checks, the same form, the same steps, a version of its own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from typing import Any, Final

from onecity.casework import Because, laws_of
from onecity.kernel.clock import Unit
from onecity.packs import Declared, Kind, Pack, Place, Text
from onecity.services.answers import Choice, Field, FieldExample, FieldType, Wrong
from onecity.services.checking import FIELD, ITEM, is_paper, streets_of
from onecity.services.declared import (
    Asked,
    Condition,
    Handling,
    Item,
    ItemExample,
    Needed,
    Online,
    Permits,
    Result,
    ResultKind,
    TimeLimit,
)
from onecity.services.forms import MATERIAL, Material
from onecity.services.listing import (
    LISTED_DEMAND,
    Demands,
    LegalUnit,
    ListedDemand,
    ListedItem,
    Listing,
    MetBy,
    Rank,
    listing_of,
)
from onecity.services.offering.declared import (
    OFFERED_ITEM,
    SHORT_FIELD,
    TEMPLATE,
    OfferedItem,
    ShortField,
    Template,
    offered_items,
    short_fields,
)
from onecity.services.quality import COMPLETE

_UNITS: Final = {LegalUnit.WORKING_DAYS: Unit.WORKING_DAYS, LegalUnit.NATURAL_DAYS: Unit.NATURAL_DAYS}
_WITH_A_VISIT: Final = (Online.ADVICE, Online.INTAKE, Online.PRE_CHECK, Online.ACCEPTANCE)
"""What can be done online of an item for which somebody must come."""


def drawn_fields(pack: Pack) -> Iterator[Declared[Any]]:
    """A field for each line of the short ones."""
    for one in pack.all(SHORT_FIELD).values():
        for number, row in enumerate(one.value.rows):
            yield drawn(FIELD, row.id, field_of(row, pack), line_of(one, number))


def drawn_items(pack: Pack) -> Iterator[Declared[Any]]:
    """An item for each offered line, and before it each material that no other line has brought yet.

    A line that says too little draws nothing: its own check tells what it lacks.
    """
    listing, templates = listing_of(pack), pack.all(TEMPLATE)
    wanted = [name for name in offered_items(pack) if name in listing.items]
    yield from _materials(pack, wanted)
    reasons = {name: row.why for name, row in short_fields(pack).items()}
    for one in pack.all(OFFERED_ITEM).values():
        for number, row in enumerate(one.value.rows):
            listed = listing.items.get(row.id)
            template = templates.get(listed.process) if listed is not None else None
            if listed is None or template is None or listed.basis is None or listed.result is None:
                continue
            made = _Item(row, listed, listing.demands.get(row.id, ()), template.value, pack, reasons)
            if (value := made.whole(listed.basis, listed.result)) is not None:
                yield drawn(ITEM, row.id, value, line_of(one, number))


def material_of(demand: ListedDemand) -> str:
    """The id of the material that meets a demand."""
    return (demand.material or demand.id).replace(".", "_")


def drawn(kind: Kind[Any], name: str, value: Any, line: Mapping[str, Place]) -> Declared[Any]:
    """What follows from a line that stands at a place."""
    return Declared(kind.name, name, value, line, drawn=True)


def line_of(table: Declared[Any], number: int) -> Mapping[str, Place]:
    """Where a line of a table stands; nowhere if the table came from the ledger."""
    place = table.places.get(f"rows.{number}")
    return {} if place is None else {"": place}


def _materials(pack: Pack, items: list[str]) -> Iterator[Declared[Any]]:
    wanted, templates, listing = set(items), pack.all(TEMPLATE), listing_of(pack)
    taken = _names_taken(pack, wanted)
    for one in pack.all(LISTED_DEMAND).values():
        rows = {row.id: row for row in one.value.rows}
        for number, row in enumerate(one.value.rows):
            template = templates.get(listing.items[row.item].process) if row.item in wanted else None
            paper = rows.get(row.material or row.id)
            if template is not None and paper is not None and _by_file(row):
                value = Material(_called(paper, listing, taken), template.value.hint, template.value.accept)
                yield drawn(MATERIAL, material_of(row), value, line_of(one, number))


def _names_taken(pack: Pack, items: Set[str]) -> Counter[str]:
    """How many papers have each name, in either language: one form may ask for several of them."""
    written = [one.value.name for one in pack.all(MATERIAL).values()]
    demands = {
        one.id: one.say
        for name in items
        for one in listing_of(pack).demands.get(name, ())
        if _by_file(one) and not one.material
    }
    names = [*written, *demands.values()]
    return Counter([name.zh for name in names]) + Counter([name.en for name in names])


def _called(paper: ListedDemand, listing: Listing, taken: Counter[str]) -> Text:
    """What a paper is called; with the item that wants it where another paper has the same name."""
    if max(taken[paper.say.zh], taken[paper.say.en]) <= 1:
        return paper.say
    item = listing.items[paper.item].name
    return Text(f"{paper.say.zh}（{item.zh}）", f"{paper.say.en} ({item.en})")


def _by_file(demand: ListedDemand) -> bool:
    return demand.what is Demands.MATERIAL and demand.met_by is MetBy.FILE


def field_of(row: ShortField, pack: Pack) -> Field:
    """The field of a line, with the good answer of its line and an answer that nobody gave."""
    good = row.good or _first_street(pack) if row.type is FieldType.STREET else row.good
    examples = (
        FieldExample(good, "good", "an answer as people give it"),
        FieldExample("", str(Wrong.MISSING).partition(".")[2], "the form asks nothing that it does not need"),
    )
    choices = tuple(Choice(value, say) for value, say in row.offered)
    return Field(
        row.ask, row.type, examples, row.hint, row.section, row.unit, row.least, row.most, row.not_before,
        row.not_after, choices, after=row.after,
    )  # fmt: skip


def _first_street(pack: Pack) -> str:
    return next((one.value for one in streets_of(pack)), "")


class _Item:
    """One offered line with all that the list, the template of its process and the fields say of it."""

    def __init__(
        self, row: OfferedItem, listed: ListedItem, demands: tuple[ListedDemand, ...], template: Template, pack: Pack,
        reasons: Mapping[str, Text],
    ) -> None:  # fmt: skip
        self._row = row
        self._listed = listed
        self._demands = demands
        self._template = template
        self._pack = pack
        self._reasons = reasons

    def whole(self, basis: Because, result: Text) -> Item | None:
        """The item; None if its law counts in months, which the clock of a case does not."""
        row, listed, limit = self._row, self._listed, self._limit()
        if limit is None:
            return None
        return Item(
            name=listed.name, plain=row.plain, kind=listed.kind, subject=listed.subject, agency=listed.agency,
            process=listed.process, basis=basis, in_force=self._since(), limit=limit,
            handling=Handling.PROMISED if limit.limit.number else Handling.AT_ONCE,
            result=Result(result, ResultKind.DOCUMENT if is_paper(result) else ResultKind.NONE),
            remedy=self._template.remedy, visits=row.visits, why_visit=row.why_visit,
            online=_WITH_A_VISIT if row.visits else self._template.online,
            conditions=self._conditions(), needs=self._needs(), asks=self._asks(), faq=(row.faq,),
            examples=(self._example(),), also=listed.everyday, template=listed.process,
        )  # fmt: skip

    def _since(self) -> Any:
        """The day of the newest text on which it rests: before that it was not what the lines say."""
        limits = [one.because for one in (self._listed.limit, self._listed.local) if one is not None]
        cited = [self._listed.basis, *limits, *(one.because for one in self._demands)]
        return max(one.version for one in cited if one is not None)

    def _limit(self) -> TimeLimit | None:
        found = self._listed.resolved(self._since()).holds
        if found is None:
            return self._template.unnamed
        if found.limit.unit not in _UNITS:
            return None
        longer = found.rank is Rank.GENERAL and self._listed.kind is Permits.PERMIT
        extension = self._template.extension if longer else None
        return TimeLimit(found.limit.number, _UNITS[found.limit.unit], found.limit.because, extension=extension)

    def _conditions(self) -> tuple[Condition, ...]:
        those = [one for one in self._demands if one.what is Demands.CONDITION]
        return tuple(Condition(one.say, one.origin, one.because) for one in those)

    def _needs(self) -> tuple[Needed, ...]:
        """What must be brought as a file, each paper once."""
        those = {material_of(one): one for one in self._demands if _by_file(one)}
        return tuple(Needed(name, self._asked_by(one.because), one.origin, one.because) for name, one in those.items())

    def _asked_by(self, because: Because | None) -> Text:
        """Why a paper is asked for: the article; where there is none, what the template says."""
        if because is None:
            return self._template.why
        return Text(because.citation, laws_of(self._pack).cited(because.citation, "en"))

    def _asks(self) -> tuple[Asked, ...]:
        return tuple(Asked(name, self._reasons.get(name, self._template.why)) for name in self._row.fields)

    def _example(self) -> ItemExample:
        """The good answers of all fields together; a field that is not there is a fault of its own."""
        fields = self._pack.all(FIELD)
        given = {name: _good(fields[name].value) for name in self._row.fields if name in fields}
        return ItemExample(given, COMPLETE, "each field as its own example answers it")


def _good(field: Field) -> str:
    return next((one.given for one in field.examples if one.gives == "good"), "")
