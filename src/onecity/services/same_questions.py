"""One fact under two names: a form that asks for the one does not ask for the other, and its answer stands for both."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final, TypeAlias, TypeVar

import msgspec

from onecity.packs import Declared, Fault, Kind, Pack, Table
from onecity.services.answers import Field
from onecity.services.bounds import Bound, bound_day
from onecity.services.checking import A_DAY, FIELD, ITEM, periods_in
from onecity.services.listing import Id

T = TypeVar("T")


class SameQuestion(msgspec.Struct, frozen=True):
    """A question by its `id`, and the one `by` whose answer it is answered as well where one form asks both.

    `because` says why the two are one fact then.
    """

    id: Id
    by: Id
    because: str


class SameQuestions(Table[SameQuestion], frozen=True):
    """The questions that are not asked where another one of the same form asks for the same fact."""

    named_by: ClassVar[int] = 2


Same: TypeAlias = Mapping[str, Sequence[str]]
"""For each question that may be left out those that answer it as well."""


def same_in(pack: Pack) -> Same:
    """The questions of a pack that answer others as well."""
    return pack.once(_same)


def _same(pack: Pack) -> Same:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in (row for one in pack.all(SAME_QUESTION).values() for row in one.value.rows):
        found[row.id].append(row.by)
    return found


def asked_once(asks: Mapping[str, T], same: Same, *, first: Container[str] = ()) -> dict[str, T]:
    """What a form asks of some questions: those that another one of them answers are left out.

    What is asked `first` decides what else is asked, so it stays.

    >>> asked_once({"site": 1, "shop": 2}, {"site": ["shop"]}), asked_once({"site": 1}, {"site": ["shop"]})
    ({'shop': 2}, {'site': 1})
    """
    return {name: one for name, one in asks.items() if name in first or _answering(name, asks, same) is None}


def answered_too(answers: Mapping[str, str], names: Iterable[str], same: Same) -> dict[str, str]:
    """The answers, and with them those questions of `names` that one of them answers; what was answered stays.

    >>> answered_too({"shop": "示例路 1 号"}, ["site", "shop"], {"site": ["shop"]})
    {'shop': '示例路 1 号', 'site': '示例路 1 号'}
    """
    return {**answers, **{name: answers[by] for name, by in answered_by(answers, names, same).items()}}


def answered_by(answers: Container[str], names: Iterable[str], same: Same) -> dict[str, str]:
    """Those of `names` that are not answered themselves, each with the answered question that stands for it."""
    found = {name: _answering(name, answers, same) for name in names if name not in answers}
    return {name: by for name, by in found.items() if by is not None}


def _answering(name: str, among: Container[str], same: Same) -> str | None:
    return next((other for other in same.get(name, ()) if other in among), None)


def _check(pack: Pack, declared: Declared[SameQuestions]) -> Iterator[Fault]:
    fields = {name: one.value for name, one in pack.all(FIELD).items()}
    ids = {row.id for row in declared.value.rows}
    for number, row in enumerate(declared.value.rows):
        at = f"rows.{number}"
        unknown = [
            fault
            for part, name in (("id", row.id), ("by", row.by))
            for fault in pack.unknown(declared, f"{at}.{part}", FIELD, name)
        ]
        yield from unknown
        if unknown:
            continue
        if row.by in ids:
            what = f"`{row.by}` is answered by another question itself."
            yield declared.fault(f"{at}.by", what, "Name the question that is asked.")
        elif row.id in periods_in(pack):
            what = f"`{row.id}` is one end of a period, and both are asked together."
            yield declared.fault(f"{at}.id", what, "Take this line out.")
        elif not _fits(fields[row.id], fields[row.by]):
            what = f"An answer to `{row.by}` may be none to `{row.id}`."
            yield declared.fault(f"{at}.by", what, "Give both one type, one unit and bounds that fit.")
        for item, one in pack.all(ITEM).items():
            if {row.id, row.by} <= {asked.field for asked in one.value.asks}:
                what = f"`{item}` asks for both, so they are not the same to it."
                yield declared.fault(f"{at}.id", what, "Ask for one of them there, or take this line out.")


def _fits(field: Field, by: Field) -> bool:
    """Whether each good answer to the one question is good for the other as well."""
    if field.type is not by.type or (field.unit and field.unit.zh) != (by.unit and by.unit.zh):
        return False
    if not {one.value for one in by.choices} <= {one.value for one in field.choices}:
        return False
    numbers = _within((by.least, by.most), (field.least, field.most))
    # A year has as many days as there are: what fits on one day of the calendar may not on another.
    return numbers and all(
        _within(
            (_day(by.not_before, on), _day(by.not_after, on)), (_day(field.not_before, on), _day(field.not_after, on))
        )
        for on in (A_DAY, A_DAY.replace(year=A_DAY.year + 1))
    )


B = TypeVar("B", date, Decimal)


def _within(inner: tuple[B | None, B | None], outer: tuple[B | None, B | None]) -> bool:
    (low, high), (least, most) = inner, outer
    return (least is None or (low is not None and least <= low)) and (
        most is None or (high is not None and high <= most)
    )


def _day(bound: Bound | None, on: date) -> date | None:
    return bound_day(bound, on=on) if bound else None


SAME_QUESTION: Final[Kind[SameQuestions]] = Kind(
    "same_question", "services/same_questions.csv", SameQuestions, _check, single=True, optional=True
)
