"""What a pack says about deciding on a pledge: what is declared, until when the city checks it, and what follows."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final

import msgspec

from onecity.casework import APPLICANT, PROCESS, Because, law_faults
from onecity.kernel.clock import Calendar, Limit, Run, Unit, due, last_day_of_years
from onecity.packs import Declared, Fault, Kind, Pack
from onecity.places import CALENDAR, calendar_of
from onecity.services.answers import Field
from onecity.services.checking import FIELD, ITEM, origin_faults, vague
from onecity.services.conditional import holds, wrong_in
from onecity.services.declared import Condition, Origin


class Days(msgspec.Struct, frozen=True):
    """A number of days, by an article or marked as an example."""

    number: Annotated[int, msgspec.Meta(ge=1, le=400)]
    unit: Unit
    origin: Origin
    because: Because | None = None

    @property
    def limit(self) -> Limit:
        return Limit(self.number, self.unit)


class Barred(msgspec.Struct, frozen=True):
    """For how many years whoever broke a pledge cannot give another one in the same matter.

    `because` is the article by which they cannot; where the number stands in no article, `origin` says `example`.
    """

    years: Annotated[int, msgspec.Meta(ge=1, le=10)]
    origin: Origin
    because: Because

    def until(self, broken: date) -> date:
        """The last day on which no pledge is taken: the day before the same day, some years later.

        >>> Barred(1, Origin.EXAMPLE, Because("L", "1", date(2020, 1, 1))).until(date(2024, 2, 29))
        datetime.date(2025, 2, 28)
        """
        return last_day_of_years(broken, self.years)


class Check(msgspec.Struct, frozen=True):
    """The look afterwards: its process, and within how many days since the decision it ends.

    `doubts` is the `step/outcome` by which officers say that the pledge does not hold; a licence is then proposed to be
    annulled, and whoever holds it is heard. The process succeeds where the pledge holds and refuses where it was
    broken.
    """

    process: str
    within: Days
    doubts: str


class PledgeExample(msgspec.Struct, frozen=True):
    """A day; a decision on it is checked by `check_by`, and a pledge broken on it bars others until `barred_until`."""

    given: date
    check_by: date
    because: str
    barred_until: date | None = None


class Pledge(msgspec.Struct, frozen=True):
    """How the item of the same name is decided on a pledge, by whoever wants that.

    `because` is the article by which the city may. `says` is what the person declares, `spares` are the materials that
    they need not bring then, `if_broken` is what follows where it is not so: all of it is read before anybody agrees,
    and the agreement quotes its version. A case on a pledge follows `process` and is decided `within` days. `when` is a
    condition over the answers to the item: with others nobody can declare this truthfully, and no pledge is offered.
    """

    because: Because
    process: str
    within: Days
    says: Annotated[tuple[Condition, ...], msgspec.Meta(min_length=1)]
    if_broken: Annotated[tuple[Condition, ...], msgspec.Meta(min_length=1)]
    check: Check
    examples: Annotated[tuple[PledgeExample, ...], msgspec.Meta(min_length=1)]
    spares: tuple[str, ...] = ()
    barred: Barred | None = None
    when: str | None = None

    def fits(self, answers: Mapping[str, str], fields: Mapping[str, Field]) -> bool:
        """Whether it can be given with these canonical answers."""
        return self.when is None or holds(self.when, answers, fields)

    def barred_until(self, broken: date) -> date | None:
        """The last day on which no other pledge is taken; None where a broken one bars nobody."""
        return self.barred.until(broken) if self.barred else None


def check_by(calendar: Calendar, pledge: Pledge, decided: date) -> date:
    """The latest day of the check of a decision."""
    return due(calendar, Run(decided, pledge.check.within.limit)).day


def _check(pack: Pack, declared: Declared[Pledge]) -> Iterator[Fault]:
    pledge, item = declared.value, pack.all(ITEM).get(declared.id)
    yield from law_faults(pack, declared)
    if item is None:
        yield declared.fault("", f"There is no item `{declared.id}`.", "Name the file as its item is named.")
    elif not item.value.promise_after_check:
        mend = "Write `promise_after_check: true` there."
        yield declared.fault("", f"The item `{declared.id}` says nothing of a pledge.", mend)
    for index, name in enumerate(pledge.spares):
        if item is not None and name not in item.value.materials:
            mend = f"It needs: {', '.join(item.value.materials) or 'nothing'}."
            yield declared.fault(f"spares.{index}", f"The item does not need `{name}`.", mend)
    for key in ("says", "if_broken"):
        for index, one in enumerate(getattr(pledge, key)):
            yield from origin_faults(declared, f"{key}.{index}", one.origin, one.because)
            yield from vague(declared, f"{key}.{index}.say", one.say)
    yield from _condition_faults(pack, declared)
    yield from _day_faults(declared)
    yield from _process_faults(pack, declared)
    yield from _broken_examples(pack, declared)


def _condition_faults(pack: Pack, declared: Declared[Pledge]) -> Iterator[Fault]:
    item, when = pack.all(ITEM).get(declared.id), declared.value.when
    if item is None or when is None:
        return
    known = pack.all(FIELD)
    fields = {asked.field: known[asked.field].value for asked in item.value.asks if asked.field in known}
    if (wrong := wrong_in(when, fields)) is not None:
        yield declared.fault("when", wrong.what, wrong.mend)


def _day_faults(declared: Declared[Pledge]) -> Iterator[Fault]:
    days: Mapping[str, Days] = {"within": declared.value.within, "check.within": declared.value.check.within}
    for key, one in days.items():
        yield from origin_faults(declared, key, one.origin, one.because)
        if one.unit.in_hours:
            yield declared.fault(key, "A pledge counts whole days.", "Write `working_days` or `natural_days`.")


def _process_faults(pack: Pack, declared: Declared[Pledge]) -> Iterator[Fault]:
    pledge, known = declared.value, pack.all(PROCESS)
    yield from pack.unknown(declared, "process", PROCESS, pledge.process)
    yield from pack.unknown(declared, "check.process", PROCESS, pledge.check.process)
    if pledge.check.process not in known:
        return
    check = known[pledge.check.process].value
    if not check.counts_from_receipt:
        what = "Its clock would never start: it must run since the decision."
        yield declared.fault("check.process", what, "Take a process that says `counts_from_receipt: true`.")
    step, _, outcome = pledge.check.doubts.partition("/")
    if step not in check.steps or outcome not in check.steps[step].outcomes:
        mend = "Write `step/outcome` as the process of the check names them."
        yield declared.fault("check.doubts", f"The check has no `{pledge.check.doubts}`.", mend)
    elif outcome not in check.steps[step].offered or check.steps[step].duty == APPLICANT:
        yield declared.fault("check.doubts", "An officer says so, nobody else.", "Name an outcome of an officer.")
    elif check.steps[step].outcomes[outcome].ends is not None:
        what = "Whoever holds the licence is heard before the check ends."
        yield declared.fault("check.doubts", what, "Name an outcome that opens a step.")


def _broken_examples(pack: Pack, declared: Declared[Pledge]) -> Iterator[Fault]:
    pledge = declared.value
    if not pack.all(CALENDAR) or pledge.check.within.unit.in_hours:
        return
    calendar = calendar_of(pack)
    for index, one in enumerate(pledge.examples):
        found: dict[str, Any] = {
            "check_by": check_by(calendar, pledge, one.given), "barred_until": pledge.barred_until(one.given)
        }  # fmt: skip
        for key, day in found.items():
            if day != getattr(one, key):
                what = f"This example does not hold: `{key}` is {day or 'no day'}."
                yield declared.fault(f"examples.{index}", what, "Mend the pledge or the example.")


PLEDGE: Final[Kind[Pledge]] = Kind("pledge", "services/pledges", Pledge, _check)
"""How items are decided on a pledge."""
