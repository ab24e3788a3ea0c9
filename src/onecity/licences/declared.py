"""What a pack says about the types of licences: their code, how long they hold, and which facts stand on them."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from onecity.casework import Because, law_faults
from onecity.kernel.clock import last_day_of_years, renewal_last_day
from onecity.kernel.identity import uscc_fault
from onecity.packs import Declared, Fault, Kind, Pack, Text

OPEN = "open"
"""What an example gives for a licence without an end."""


class Origin(StrEnum):
    """Where a validity comes from; an `example` is shown as one."""

    LAW = "law"
    EXAMPLE = "example"


class Validity(msgspec.Struct, frozen=True):
    """For how many years a licence holds; none means that it has no end.

    `years` is their number, `because` the article that says so.
    """

    origin: Origin
    years: Annotated[int, msgspec.Meta(ge=1, le=50)] | None = None
    because: Because | None = None

    def last_day(self, first: date) -> date | None:
        """The last day of a licence that holds from a day on: the day before the same day, some years later.

        >>> Validity(Origin.EXAMPLE, 5).last_day(date(2020, 9, 23))
        datetime.date(2025, 9, 22)
        >>> Validity(Origin.EXAMPLE, 5).last_day(date(2020, 2, 29))
        datetime.date(2025, 2, 28)
        """
        return None if self.years is None else last_day_of_years(first, self.years)


class Stands(msgspec.Struct, frozen=True):
    """A fact that stands on the licence; `label` is what people read beside it.

    Only what is `public` is shown to somebody who checks it.
    """

    label: Text
    public: bool = False


class StandsOn(msgspec.Struct, frozen=True):
    """That a licence is nothing without another one: it ends when whoever both name is struck off.

    `type` is that other licence, `because` the article by which this one ends with it. `follows` are facts on this
    licence that change by themselves when they change there, by the rule `follows_because`.
    """

    type: str
    because: Because
    follows: tuple[str, ...] = ()
    follows_because: Because | None = None


class LicenceExample(msgspec.Struct, frozen=True):
    """A day of issue, and the last day: a date, or `open`."""

    given: date
    gives: str
    because: str


class LicenceType(msgspec.Struct, frozen=True):
    """A type of licence. `type_code`: the unified social credit code of the guiding ministry, and three digits.

    `example` says that the code is none that a ministry published. `fields` are facts by the name under which forms
    ask for them. A `renewable` one can be renewed before it ends. `named_by` are the facts that name whose licence it
    is, the first that says something; `seated_at` those that say where they are: by both a firm's licences are known as
    its own. `stands_on` is the licence without which this one is nothing. A success in one of the matters `changed_by`
    gives it its next edition instead of another licence, one in those of `ended_by` ends it; what stands on it goes
    along.
    """

    name: Text
    type_code: Annotated[str, msgspec.Meta(pattern=r"[0-9A-Z]{18}[0-9]{3}", description="Write 18 signs and 3.")]
    basis: Because
    validity: Validity
    fields: Annotated[Mapping[str, Stands], msgspec.Meta(min_length=1)]
    examples: Annotated[tuple[LicenceExample, ...], msgspec.Meta(min_length=1)]
    renewable: bool = False
    example: bool = False
    named_by: tuple[str, ...] = ()
    seated_at: tuple[str, ...] = ()
    stands_on: StandsOn | None = None
    changed_by: tuple[str, ...] = ()
    ended_by: tuple[str, ...] = ()

    def renewal_last_day(self, valid_until: date | None) -> date | None:
        """The last day on which the holder may ask for renewal; None if this licence is not renewed."""
        return renewal_last_day(valid_until) if self.renewable and valid_until else None


def _check(pack: Pack, declared: Declared[LicenceType]) -> Iterator[Fault]:
    kind = declared.value
    yield from law_faults(pack, declared)
    if uscc_fault(kind.type_code[:18]) is not None:
        mend = "Copy the unified social credit code of the ministry, with its check character."
        yield declared.fault("type_code", "The first 18 signs are no unified social credit code.", mend)
    if (kind.validity.because is None) != (kind.validity.origin is Origin.EXAMPLE):
        mend = "Write `because`, or say `origin: example`."
        yield declared.fault("validity", "A validity has an article, or it is an example.", mend)
    if kind.renewable and kind.validity.years is None:
        yield declared.fault("renewable", "What has no end is not renewed.", "Write `years`, or remove `renewable`.")
    yield from _firm_faults(pack, declared)
    for index, example in enumerate(kind.examples):
        last = kind.validity.last_day(example.given)
        found = last.isoformat() if last else OPEN
        if found != example.gives:
            what = f"This example does not hold: {found}, not {example.gives}."
            yield declared.fault(f"examples.{index}", what, "Mend the validity or the example.")


def _firm_faults(pack: Pack, declared: Declared[LicenceType]) -> Iterator[Fault]:
    """What is wrong with how a licence names its firm, and with the one on which it stands."""
    kind, on = declared.value, declared.value.stands_on
    named = {"named_by": kind.named_by, "seated_at": kind.seated_at, "stands_on.follows": on.follows if on else ()}
    for key, names in named.items():
        for index, name in enumerate(names):
            if name not in kind.fields:
                mend = f"Fields are: {', '.join(kind.fields)}."
                yield declared.fault(f"{key}.{index}", f"`{name}` does not stand on this licence.", mend)
    if (kind.changed_by or kind.ended_by) and not kind.named_by:
        mend = "Write `named_by`."
        yield declared.fault("named_by", "Nobody can tell which firm's licence changes or ends.", mend)
    for key in ("changed_by", "ended_by"):
        other = next(
            (
                name
                for name, one in pack.all(LICENCE_TYPE).items()
                if name != declared.id and set(getattr(one.value, key)) & set(getattr(kind, key))
            ),
            None,
        )
        if other is not None:
            yield declared.fault(key, f"`{other}` names the same matter.", "One matter reaches one type of licence.")
    if on is None:
        return
    below = pack.all(LICENCE_TYPE).get(on.type)
    yield from pack.unknown(declared, "stands_on.type", LICENCE_TYPE, on.type)
    if not kind.named_by or (below is not None and not below.value.named_by):
        mend = "Write `named_by` on both licences."
        yield declared.fault("stands_on", "Nobody can tell which licence this one stands on.", mend)
    if bool(on.follows) != (on.follows_because is not None):
        mend = "Write `follows` and `follows_because` together."
        yield declared.fault("stands_on", "What changes by itself has a rule, and only that has one.", mend)


LICENCE_TYPE: Kind[LicenceType] = Kind("licence_type", "licences/types", LicenceType, _check)
