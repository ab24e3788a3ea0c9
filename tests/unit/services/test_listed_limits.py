"""Which limit holds when several laws name one: the worked cases of the catalogue, and what holds for any numbers."""

from datetime import date
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.casework import Because
from onecity.kernel.clock import Unit
from onecity.packs import Text
from onecity.services.declared import ForWhom, Permits, TimeLimit
from onecity.services.listing import GENERAL, LegalUnit, ListedItem, Rank, Resolved, of_full, resolve
from onecity.services.listing.limits import LegalLimit

ON: Final = date(2026, 11, 27)
WORKING, NATURAL, MONTHS = LegalUnit.WORKING_DAYS, LegalUnit.NATURAL_DAYS, LegalUnit.MONTHS


def limit(number: int, unit: LegalUnit, version: date = date(2019, 1, 1)) -> LegalLimit:
    return LegalLimit(number, unit, Because("某法", "1", version))


def held(found: Resolved) -> tuple[Rank, int]:
    assert found.holds is not None
    return found.holds.rank, found.holds.limit.number


@pytest.mark.parametrize(
    ("kind", "special", "local", "holds", "loses"),
    [
        (Permits.PUBLIC_SERVICE, limit(3, NATURAL), None, (Rank.SPECIAL, 3), []),
        (Permits.PERMIT, limit(7, WORKING), None, (Rank.SPECIAL, 7), [Rank.GENERAL]),
        (Permits.PERMIT, None, None, (Rank.GENERAL, 20), []),
        (Permits.PERMIT, limit(45, WORKING), None, (Rank.SPECIAL, 45), [Rank.GENERAL]),
        (Permits.CONFIRMATION, limit(30, WORKING), limit(3, WORKING), (Rank.LOCAL, 3), [Rank.SPECIAL]),
        (Permits.BENEFIT, limit(7, NATURAL), limit(10, NATURAL), (Rank.SPECIAL, 7), [Rank.LOCAL]),
        (Permits.PERMIT, limit(45, NATURAL), limit(30, NATURAL), (Rank.LOCAL, 30), [Rank.SPECIAL, Rank.GENERAL]),
        (Permits.PERMIT, None, limit(30, NATURAL), (Rank.LOCAL, 30), [Rank.GENERAL]),
        (Permits.CONFIRMATION, limit(0, WORKING), None, (Rank.SPECIAL, 0), []),
    ],
    ids=[
        "housing fund", "building permit", "food business", "taking water", "real estate", "legal aid", "courier",
        "planning permit", "marriage",
    ],
)  # fmt: skip
def test_the_worked_cases(
    kind: Permits, special: LegalLimit | None, local: LegalLimit | None, holds: tuple[Rank, int], loses: list[Rank]
) -> None:
    found = resolve(kind, special, local, on=ON)
    assert held(found) == holds
    assert [one.rank for one in found.loses] == loses


def test_a_permit_that_no_law_is_proven_to_set_up_gets_no_general_limit() -> None:
    name = Text("某许可", "A permit")
    row = ListedItem("a_permit", name, Permits.PERMIT, ForWhom.FIRM, "x")
    assert row.resolved(ON) == Resolved(None)
    proven = msgspec.structs.replace(row, basis=Because("某法", "1", date(2019, 1, 1)))
    assert held(proven.resolved(ON)) == (Rank.GENERAL, 20)


def test_beside_listed_items_a_full_one_counts_what_the_law_gives_and_no_promise() -> None:
    law = Because("某法", "1", date(2019, 1, 1))
    found = of_full(TimeLimit(20, Unit.WORKING_DAYS, law, promised=3))
    assert found is not None
    assert found.limit.number == 20
    assert of_full(TimeLimit(20, Unit.WORKING_HOURS, law)) is None


def test_where_no_law_names_days_none_are_made_up() -> None:
    assert resolve(Permits.PUBLIC_SERVICE, None, None, on=ON) == Resolved(None)


def test_a_law_that_is_not_there_yet_counts_for_nothing() -> None:
    later = limit(3, WORKING, date(2026, 11, 28))
    assert held(resolve(Permits.CONFIRMATION, limit(30, WORKING), later, on=ON)) == (Rank.SPECIAL, 30)
    assert held(resolve(Permits.CONFIRMATION, limit(30, WORKING), later, on=date(2026, 11, 28))) == (Rank.LOCAL, 3)


def test_an_older_local_law_that_names_more_days_is_a_conflict_and_a_newer_one_is_none() -> None:
    new, old = limit(7, NATURAL, date(2021, 8, 20)), limit(10, NATURAL, date(2010, 7, 30))
    assert resolve(Permits.BENEFIT, new, old, on=ON).conflict
    assert not resolve(Permits.BENEFIT, limit(7, NATURAL, date(2009, 1, 1)), old, on=ON).conflict
    assert not resolve(Permits.BENEFIT, limit(30, NATURAL, date(2021, 8, 20)), old, on=ON).conflict


limits = st.builds(limit, st.integers(0, 400), st.sampled_from(LegalUnit), st.dates(date(1990, 1, 1), ON))


@given(st.sampled_from(Permits), st.none() | limits, st.none() | limits)
def test_every_candidate_is_shown_once_and_none_of_its_own_laws_is_shorter(
    kind: Permits, special: LegalLimit | None, local: LegalLimit | None
) -> None:
    found = resolve(kind, special, local, on=ON)
    shown = [one for one in (found.holds, *found.loses) if one]
    given = [one for one in (special, local) if one is not None]
    assert [one.limit for one in shown if one.rank is Rank.GENERAL] == ([GENERAL] if kind is Permits.PERMIT else [])
    own = [one.limit for one in shown if one.rank is not Rank.GENERAL]
    assert sorted(own, key=repr) == sorted(given, key=repr)
    if given:
        assert found.holds is not None
        assert found.holds.limit.about == min(one.about for one in given)
