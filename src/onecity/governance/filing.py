"""What a pack says about filing: under which condition a matter is filed, how soon it is put right, and by whom."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Final

import msgspec

from onecity.casework import PROCESS, Because, law_faults
from onecity.casework.ordering import ORDER
from onecity.governance.catalogue import MATTER, PART
from onecity.governance.declared import MatterCode, Name, PartCode
from onecity.governance.steps import STEPS
from onecity.governance.supervision import COMPUTED
from onecity.kernel.clock import Limit, Unit
from onecity.packs import Declared, Fault, Kind, Pack, Table, Text
from onecity.people import AGENCY
from onecity.places import in_force, period_faults
from onecity.places.grid import Zone

OWNER: Final = "owner"
"""Instead of an agency: whoever owns the kind of thing, by the table of owners."""

LimitText = Annotated[
    str,
    msgspec.Meta(
        pattern=r"[1-9][0-9]{0,4} (working_days|natural_days|working_hours|urgent_hours)",
        description="Write a number and what it counts: 2 urgent_hours, 5 working_days.",
    ),
]
Word = Annotated[str, msgspec.Meta(pattern=r"[a-z][a-z0-9_]*", description="Write a word in small letters.")]
Spoken = Annotated[str, msgspec.Meta(pattern=r"\S.*\S", description="Write two signs: one stands in too many words.")]
Sentence = Annotated[str, msgspec.Meta(min_length=2, max_length=160)]
EVIDENCE: Final = ("before", "after", "seen")
"""What shows that it was put right: a photograph from before, one from after, or what the checker saw."""


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """A condition under which a `matter` is filed, by its own `id`: when, until what is done, how soon, and by whom.

    `files_zh` and `files_en` say when it is filed, `closes_zh` and `closes_en` what has to be so before it is closed.
    `limit_a`, `limit_b` and `limit_c` are how soon, by zone, from the dispatch on. `stage` tells conditions of one
    matter apart that follow each other (stop it, pull it down). `lead` is an agency, or `owner`; `assist` is an agency
    that helps. `evidence` is what shows that it was put right: before, after, seen. `origin` says
    where it comes from: `example` is invented for this pack. It holds from `since` on, and no longer on `until`.
    """

    id: Word
    matter: MatterCode
    files_zh: Sentence
    files_en: Sentence
    closes_zh: Sentence
    closes_en: Sentence
    limit_a: LimitText
    limit_b: LimitText
    limit_c: LimitText
    lead: str
    stage: Word | None = None
    assist: str = ""
    evidence: str = "before after"
    origin: Name = "example"
    since: date | None = None
    until: date | None = None

    @property
    def files(self) -> Text:
        """When a matter is filed under it."""
        return Text(self.files_zh, self.files_en)

    @property
    def closes(self) -> Text:
        """What has to be so before the case is closed."""
        return Text(self.closes_zh, self.closes_en)

    @property
    def urgent(self) -> bool:
        """Whether it is put right by day and by night."""
        return self.limit(Zone.A).unit is Unit.URGENT_HOURS

    @property
    def assisting(self) -> tuple[str, ...]:
        return tuple(self.assist.split())

    def limit(self, zone: Zone) -> Limit:
        """How soon it is put right in a zone, from the dispatch on.

        >>> limits = ("2 urgent_hours", "4 urgent_hours", "1 working_days")
        >>> Condition("lost", "01001", "x", "x", "x", "x", *limits, "water_company").limit(Zone.B)
        Limit(number=4, unit=<Unit.URGENT_HOURS: 'urgent_hours'>)
        """
        written = {Zone.A: self.limit_a, Zone.B: self.limit_b, Zone.C: self.limit_c}[zone]
        number, _, unit = written.partition(" ")
        return Limit(int(number), Unit(unit))

    def holds(self, day: date) -> bool:
        """Whether something can be filed under it on a day."""
        return in_force(day, since=self.since, until=self.until)


class Owner(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose a kind of thing is, by the code of the `part`: the `agency` that looks after all of its kind."""

    part: PartCode
    agency: str


class Conditions(Table[Condition], frozen=True):
    """All conditions under which matters are filed."""


class Owners(Table[Owner], frozen=True):
    """Whose the kinds of things are."""


class Call(msgspec.Struct, frozen=True):
    """A `number` that somebody should call before anything else, and the `name` of who answers."""

    number: Annotated[str, msgspec.Meta(pattern=r"[0-9-]{3,15}")]
    name: Text


class Danger(msgspec.Struct, frozen=True):
    """Lives may be at stake behind some `words`: what the page `says`, and whom to call before anything else.

    `calls` are the numbers, the nearest help first. `unless` are longer words in which one of the words means no harm:
    a way along the station (沿着火车站) is no fire (着火).
    """

    words: Annotated[tuple[Spoken, ...], msgspec.Meta(min_length=1)]
    says: Text
    calls: Annotated[tuple[Call, ...], msgspec.Meta(min_length=1)]
    unless: tuple[Spoken, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """What can be answered on the spot: a `question` as people ask it, `words` by which it is found, the `answer`.

    The `agency` keeps it right; it holds since the day `since`. `because` is the article behind it, if there is one.
    """

    question: Text
    answer: Text
    words: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    agency: str
    since: date
    because: Because | None = None


class Again(msgspec.Struct, frozen=True):
    """When a matter counts as come back: within so many natural `days` of the end, so many `metres` away at most."""

    days: Annotated[int, msgspec.Meta(ge=1, le=365)]
    metres: Annotated[int, msgspec.Meta(ge=1, le=1000)]


class StreetRules(msgspec.Struct, frozen=True):
    """How the city deals with what is reported: by which `process`, through which agency, its `centre`, and `because`.

    `answer` is the time in which whoever reported hears what became of it, from the receipt on; it never stops.
    `unclear` is the matter under which something is taken that nobody has looked at yet. `again` says when a matter
    counts as come back. `dangers` come before anything else; `answers` are the knowledge base. `supervision` is
    the kind of order that is given about a case which calls for it. Parts of the register within so many `part_metres`
    of a report are proposed to whoever files it. `found_as` is the life event as which people find where they report
    something: a search knows by the phrases of the matters that they mean it.
    """

    process: str
    centre: str
    answer: Limit
    because: Because
    unclear: str
    again: Again
    dangers: tuple[Danger, ...]
    answers: Mapping[str, Answer]
    supervision: str | None = None
    part_metres: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 30
    found_as: str | None = None


class Filing(msgspec.Struct, frozen=True):
    """Conditions and owners, found by what they are about."""

    conditions: Mapping[str, Condition]
    owners: Mapping[str, str]
    parts: Mapping[str, str]
    """The kind of thing that each matter is about."""

    def of(self, matter: str, day: date) -> tuple[Condition, ...]:
        """The conditions under which a matter can be filed on a day."""
        return tuple(one for one in self.conditions.values() if one.matter == matter and one.holds(day))

    def lead(self, condition: Condition, *, keeper: str | None = None) -> str | None:
        """The agency that puts it right; None if nobody is known to own the thing, and a person decides.

        `keeper` is the agency that the register of parts names for this very thing; it goes before the rule by kind.
        """
        if condition.lead != OWNER:
            return condition.lead
        return keeper or self.owners.get(self.parts.get(condition.matter, ""))


def filing_of(pack: Pack) -> Filing | None:
    """How a pack files; None if it does not."""
    if not pack.all(CONDITION) or not pack.all(OWNERS) or not pack.all(MATTER):
        return None
    conditions = {row.id: row for row in pack.one(CONDITION).rows}
    owners = {row.part: row.agency for row in pack.one(OWNERS).rows}
    parts = {row.code: row.part for row in pack.one(MATTER).rows if row.part}
    return Filing(conditions, owners, parts)


def _check_conditions(pack: Pack, declared: Declared[Conditions]) -> Iterator[Fault]:
    matters = {row.code: row for table in pack.all(MATTER).values() for row in table.value.rows}
    owned = {row.part for table in pack.all(OWNERS).values() for row in table.value.rows}
    for number, row in enumerate(declared.value.rows):
        path = f"rows.{number}"
        yield from pack.unknown(declared, f"{path}.matter", MATTER, row.matter, among=matters)
        named = (*((("lead", row.lead),) if row.lead != OWNER else ()), *(("assist", one) for one in row.assisting))
        for field, agency in named:
            yield from pack.unknown(declared, f"{path}.{field}", AGENCY, agency)
        matter = matters.get(row.matter)
        if row.lead == OWNER and matter is not None and matter.part not in owned:
            what = f"Nobody is said to own what `{row.matter}` is about."
            yield declared.fault(f"{path}.lead", what, "Name an agency, or enter the part in governance/owners.csv.")
        if len(row.assisting) > 1:
            mend = "Name the one that is always needed; a person asks others."
            yield declared.fault(f"{path}.assist", "A case is sent to one unit that helps.", mend)
        for word in row.evidence.split():
            if word not in EVIDENCE:
                yield declared.fault(f"{path}.evidence", f"There is no evidence `{word}`.", f"{', '.join(EVIDENCE)}.")
        yield from period_faults(declared, number, row)


def _check_owners(pack: Pack, declared: Declared[Owners]) -> Iterator[Fault]:
    parts = {row.code for table in pack.all(PART).values() for row in table.value.rows}
    for number, row in enumerate(declared.value.rows):
        yield from pack.unknown(declared, f"rows.{number}.part", PART, row.part, among=parts)
        yield from pack.unknown(declared, f"rows.{number}.agency", AGENCY, row.agency)


def _check_rules(pack: Pack, declared: Declared[StreetRules]) -> Iterator[Fault]:
    rules, matters = declared.value, {row.code for table in pack.all(MATTER).values() for row in table.value.rows}
    yield from pack.unknown(declared, "process", PROCESS, rules.process)
    yield from pack.unknown(declared, "centre", AGENCY, rules.centre)
    yield from pack.unknown(declared, "unclear", MATTER, rules.unclear, among=matters)
    yield from law_faults(pack, declared)
    process = pack.all(PROCESS).get(rules.process)
    for way in STEPS if process else ():
        step, _, outcome = way.partition("/")
        if process and outcome not in getattr(process.value.steps.get(step), "outcomes", {}):
            what = f"`{rules.process}` has no `{way}`, which lists and figures of the street count."
            yield declared.fault("process", what, "Add it, or name another process.")
    yield from _supervision_faults(pack, declared)
    for name, answer in rules.answers.items():
        yield from pack.unknown(declared, f"answers.{name}.agency", AGENCY, answer.agency)


def _supervision_faults(pack: Pack, declared: Declared[StreetRules]) -> Iterator[Fault]:
    named = declared.value.supervision
    if named is None:
        return
    yield from pack.unknown(declared, "supervision", ORDER, named)
    kind = pack.all(ORDER).get(named)
    for trigger in COMPUTED if kind else ():
        if kind and trigger not in kind.value.triggers:
            what = f"The order `{named}` has no trigger `{trigger}`, which follows from facts."
            yield declared.fault("supervision", what, "Add it to `triggers` there.")


CONDITION: Final[Kind[Conditions]] = Kind(
    "condition", "governance/conditions.csv", Conditions, _check_conditions, single=True, optional=True
)
OWNERS: Final[Kind[Owners]] = Kind("owner", "governance/owners.csv", Owners, _check_owners, single=True, optional=True)
STREET_RULES: Final[Kind[StreetRules]] = Kind(
    "street_rules", "governance/rules.yaml", StreetRules, _check_rules, single=True, optional=True
)
