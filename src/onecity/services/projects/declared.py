"""What a pack declares of construction projects: the list of their approvals, and what is asked when one begins."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Final

import msgspec

from onecity.packs import Declared, Fault, Kind, Pack, Table, Text
from onecity.packs.faults import nearest
from onecity.services.answers import Field, FieldType
from onecity.services.approvals import (
    TYPES,
    Approval,
    Fate,
    Plan,
    Source,
    Switches,
    broken_promises,
    compared,
    promised,
    promises_of,
)
from onecity.services.checking import FIELD, ITEM
from onecity.services.listing import LISTED_ITEM

_Days = Annotated[int, msgspec.Meta(ge=0, le=400)]
STAGES: Final = (1, 2, 3, 4)
"""立项用地, 工程建设许可, 施工许可, 竣工验收. Source: 国办发〔2019〕11号, part 2."""


class Counts(StrEnum):
    """Whose days those of an approval are."""

    ORGAN = "organ"
    """A department decides it, and its days count."""
    BESIDE = "beside"
    """Public works – water, power, gas, heat, lines – are asked for beside a stage, and decided by no department."""
    OTHER = "other"
    """Whoever builds, or somebody else, takes them; they are only told."""


class ProjectApproval(msgspec.Struct, frozen=True, omit_defaults=True):
    """One approval of the list, by its `id`, in one of the four stages: `stage`.

    `name` is what the list calls it, `organ` who decides it, `item` the item of the catalogue as which one applies for
    it; `counts` tells whose days its `days` are, `basis` by which article. `after` are the ids of what it waits for,
    `types` the types of project that may need it, `base` those that need it without any condition, `when` the condition
    of the others; no project meets it together with the conditions of those that `not_with` names. `fate` is what the
    reform does with it, `days_after` what it takes after the reform, `source` where its days come from. Units: working
    days.
    """

    id: str
    stage: Annotated[int, msgspec.Meta(ge=1, le=4)]
    name: Text
    organ: str
    counts: Counts
    fate: Fate
    source: Source
    item: str = ""
    days: _Days | None = None
    after: str = ""
    types: str = ""
    base: str = ""
    when: Text | None = None
    days_after: _Days | None = None
    basis: str = ""
    not_with: str = ""

    @property
    def predecessors(self) -> tuple[str, ...]:
        """What it waits for."""
        return tuple(sorted(set(self.after.split())))

    @property
    def serves(self) -> frozenset[str]:
        """The types of project that may need it, or need it without any condition."""
        return frozenset(self.types.split()) | frozenset(self.base.split())

    @property
    def excluded(self) -> frozenset[str]:
        """Those whose conditions no project meets together with this one's."""
        return frozenset(self.not_with.split())


class ProjectApprovals(Table[ProjectApproval], frozen=True):
    """The approvals of construction projects, before and after the reform."""


class ResultAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question about something that the project was granted: by one of the items that it `gives`.

    `granted` answers it then, with the number of the stage's receipt where `{number}` stands, under which the office
    finds the decision. `together` answers it where one of them is applied for on the same form; empty where nothing
    does.
    """

    gives: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    granted: Annotated[str, msgspec.Meta(pattern=r"[^{}]*\{number\}[^{}]*", description="Write `{number}` once.")]
    together: str = ""


class ProjectForm(msgspec.Struct, frozen=True):
    """Which questions a project begins with: those for its `code`, its `name`, its `type` and the `street` in which it
    lies, and `asks`, what its stages ask beside. `results` are questions that the city answers itself once it has
    granted what they ask about.
    """

    code: str
    name: str
    type: str
    street: str
    asks: tuple[str, ...] = ()
    results: Mapping[str, ResultAsked] = {}

    @property
    def fields(self) -> tuple[str, ...]:
        """All of them, as they are asked."""
        return (self.code, self.name, self.type, self.street, *self.asks)


def approvals_of(pack: Pack) -> Mapping[str, Approval]:
    """The list of a pack by id; empty where it declares none."""
    return {row.id: _approval(row) for row in rows_of(pack).values()}


def rows_of(pack: Pack) -> Mapping[str, ProjectApproval]:
    """The rows of the list by id."""
    return {row.id: row for one in pack.all(PROJECT_APPROVAL).values() for row in one.value.rows}


def plan_for(pack: Pack, of_type: str, switches: Switches = Switches()) -> Plan:  # noqa: B008 - it is frozen
    """What a project of a type needs, with the days that the city promises, as far as they count in it.

    The switches must name rows of the list that `optional` offers.
    """
    found = compared(approvals_of(pack), of_type, switches)
    inside = {item.id for item in found.after.items}
    return promised(found, {name: days for name, days in promises_of(pack, of_type).items() if name in inside})


def optional(pack: Pack, of_type: str) -> tuple[ProjectApproval, ...]:
    """The approvals of a type that hang on a condition of the project, those that can be applied for online."""
    return tuple(
        row
        for row in rows_of(pack).values()
        if row.when is not None
        and row.counts is Counts.ORGAN
        and row.fate is Fate.KEEP
        and of_type in row.serves
        and row.item in pack.all(ITEM)
        and row.days_after is not None
    )


def type_of(answer: str) -> str:
    """The type of project that an answer names: what can be chosen in a form is written in small letters."""
    return answer.upper()


def types_offered(pack: Pack) -> tuple[str, ...]:
    """The types whose approvals can all be applied for online."""
    rows = rows_of(pack)
    return tuple(one for one in TYPES if rows and _missing(pack, one, rows) == ())


def _missing(pack: Pack, of_type: str, rows: Mapping[str, ProjectApproval]) -> tuple[str, ...]:
    kept = [
        row
        for row in rows.values()
        if row.counts is Counts.ORGAN and row.fate is Fate.KEEP and of_type in row.base.split()
    ]
    return tuple(row.id for row in kept if row.item not in pack.all(ITEM))


def _approval(row: ProjectApproval) -> Approval:
    return Approval(
        row.id, row.stage, "", row.name.zh, row.organ, row.days, row.predecessors, frozenset(row.types.split()),
        frozenset(row.base.split()), row.counts is Counts.ORGAN, row.fate, row.days_after, row.source,
        row.when.zh if row.when else "", row.basis,
    )  # fmt: skip


def _check_rows(pack: Pack, declared: Declared[ProjectApprovals]) -> Iterable[Fault]:
    ids = {row.id for row in declared.value.rows}
    faults = [
        fault
        for at, row in enumerate(declared.value.rows)
        for fault in (*_check_row(pack, declared, f"rows.{at}", row, ids), *_check_item(declared, at, row))
    ]
    return faults or list(_check_whole(pack, declared))


def _check_row(
    pack: Pack, declared: Declared[ProjectApprovals], at: str, row: ProjectApproval, ids: Set[str]
) -> Iterator[Fault]:
    for name in row.predecessors:
        if name not in ids:
            yield declared.fault(f"{at}.after", f"There is no approval `{name}`.", nearest(name, ids))
    for name in sorted(row.excluded):
        if name not in ids - {row.id}:
            yield declared.fault(f"{at}.not_with", f"There is no other approval `{name}`.", nearest(name, ids))
    for column in ("types", "base"):
        for letter in getattr(row, column).split():
            if letter not in TYPES:
                yield declared.fault(f"{at}.{column}", f"`{letter}` is no type.", "Write letters of G L S I D M.")
    if row.item and row.item not in pack.all(ITEM) and row.item not in _listed(pack):
        known = {*pack.all(ITEM), *_listed(pack)}
        yield declared.fault(f"{at}.item", f"There is no item `{row.item}`.", nearest(row.item, known))
    counts = row.counts is Counts.ORGAN and bool(row.base)
    if counts and row.days is None:
        yield declared.fault(f"{at}.days", "It counts, and has no days.", "Write how many working days it takes.")
    if counts and row.fate is Fate.KEEP and row.days_after is None:
        yield declared.fault(
            f"{at}.days_after", "It is kept, and has no days.", "Write what it takes after the reform."
        )


def _check_item(declared: Declared[ProjectApprovals], at: int, row: ProjectApproval) -> Iterator[Fault]:
    """Within a project everything goes by item, so none of its approvals may share theirs with another one."""
    for other in declared.value.rows[:at]:
        both = sorted(other.serves & row.serves)
        if row.item and row.item == other.item and both:
            what = f"`{row.item}` is the item of `{other.id}` as well, for projects of type {' '.join(both)}."
            mend = "Name another item, or take these types away from one of the two."
            yield declared.fault(f"rows.{at}.item", what, mend)


def _check_whole(pack: Pack, declared: Declared[ProjectApprovals]) -> Iterator[Fault]:
    """A circle of waiting, and promises that no law allows: what only all rows together show."""
    waits = {row.id: row.predecessors for row in declared.value.rows}
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1])
        yield declared.fault("", f"These approvals wait for each other: {circle}.", "Take one predecessor away.")
        return
    approvals = {row.id: _approval(row) for row in declared.value.rows}
    for of_type in TYPES:
        plan = compared(approvals, of_type).after
        for wrong in broken_promises(plan, approvals, promises_of(pack, of_type)):
            what = f"The promise of `{wrong.details['id']}` for type {of_type} is longer than the law, or for nothing."
            yield declared.fault("", what, "Mend it in services/project_promises.csv.")


def _check_form(pack: Pack, declared: Declared[ProjectForm]) -> Iterator[Fault]:
    fields: Mapping[str, Declared[Field]] = pack.all(FIELD)
    form = declared.value
    named = {role: getattr(form, role) for role in ("code", "name", "type", "street")}
    named |= {f"asks.{number}": name for number, name in enumerate(form.asks)}
    named |= {f"results.{name}": name for name in form.results}
    for at, name in named.items():
        if name not in fields:
            yield declared.fault(at, f"There is no question `{name}`.", nearest(name, fields))
    items = {row.item for row in rows_of(pack).values()}
    for name, asked in form.results.items():
        for number, item in enumerate(asked.gives):
            if item not in items:
                what = f"`{item}` is no approval of a project."
                yield declared.fault(f"results.{name}.gives.{number}", what, nearest(item, items))
        field = fields.get(name)
        for part, text in (("granted", asked.granted), ("together", asked.together)):
            if field is not None and text and field.value.read(text) != text:
                what = "This is no answer to it, or would be kept in other signs."
                yield declared.fault(f"results.{name}.{part}", what, "Write a good one, without full-width signs.")
    street, kind = fields.get(form.street), fields.get(form.type)
    if street is not None and street.value.type is not FieldType.STREET:
        yield declared.fault("street", f"`{form.street}` asks for no street.", "Name one of type street.")
    if kind is not None and not {type_of(choice.value) for choice in kind.value.choices} <= set(TYPES):
        yield declared.fault("type", f"`{form.type}` offers other types.", "Offer some of g l s i d m.")


def _listed(pack: Pack) -> Collection[str]:
    return {row.id for one in pack.all(LISTED_ITEM).values() for row in one.value.rows}


PROJECT_APPROVAL: Final[Kind[ProjectApprovals]] = Kind(
    "project_approval", "services/project_approvals.csv", ProjectApprovals, check=_check_rows, single=True,
    optional=True,
)  # fmt: skip
PROJECT_FORM: Final[Kind[ProjectForm]] = Kind(
    "project_form", "services/project_form.yaml", ProjectForm, check=_check_form, single=True, optional=True
)
