"""Which licences a decision about a firm reaches, and what they say afterwards."""

from datetime import date
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.shipped import shipped

from onecity.licences import LICENCE_TYPE, Licence
from onecity.licences.facts import FirmEnded, LicenceChanged, LicenceIssued, LicenceStruckOff
from onecity.licences.model import State
from onecity.licences.rules.firm import (
    Decided,
    Held,
    changed,
    changed_along,
    own,
    standing_on,
    struck_off,
    values_along,
)

DAY: Final = date(2026, 9, 14)
DECIDED: Final = Decided(UUID(int=7), "individual_business_change_registration", DAY)
TYPES: Final = {name: one.value for name, one in shipped().all(LICENCE_TYPE).items()}
SHOP: Final = {"shop_name": "拾味小馆", "premises_address": "纬二路 58 号"}
TEXTS: Final = st.sampled_from(["拾味小馆", "百味小馆", "纬二路 58 号", "经三路 1 号", "", " "])
VALUES: Final = st.fixed_dictionaries({"shop_name": TEXTS, "premises_address": TEXTS})


def held(kind: str, values: dict[str, str], number: int = 1) -> Held:
    issued = LicenceIssued(
        holder=UUID(int=1), type=kind, type_version="a" * 64, type_code=TYPES[kind].type_code, agency="market",
        issuer="410100", area="410100", case=UUID(int=2), affair=UUID(int=3), matter="food", issued=DAY, valid_from=DAY,
        valid_until=date(2031, 9, 13), holder_name="林", values=values,
    )  # fmt: skip
    licence = Licence(UUID(int=number), 1, issued, 1, DAY, issued.valid_until, values)
    return Held(licence, TYPES[kind])


def but(one: Held, **more: object) -> Held:
    """The same licence in another state."""
    return replace(one, licence=replace(one.licence, **more))


BUSINESS: Final = held("business_licence", SHOP)
FOOD: Final = held("food_business_licence", SHOP, 2)


@pytest.mark.parametrize(
    ("others", "values", "finds"),
    [
        ((), SHOP, True),
        ((), SHOP | {"premises_address": "东风路"}, True),
        ((), SHOP | {"shop_name": "百味小馆"}, True),
        ((), {"shop_name": "百味小馆", "premises_address": "东风路"}, False),
        ((), {"company_name": "拾味小馆"}, True),
        ((), {}, False),
        ((held("business_licence", SHOP, 2),), SHOP, False),
        ((held("business_licence", SHOP | {"shop_name": "二店"}, 2),), SHOP, True),
        ((held("business_licence", SHOP | {"shop_name": "二店"}, 2),), SHOP | {"shop_name": "三店"}, False),
        (
            (held("business_licence", {"shop_name": "二店", "premises_address": "经三路"}, 2),),
            SHOP | {"shop_name": "二店"},
            False,
        ),
        (
            (held("business_licence", {"branch_name": "一分店", "company_name": "拾味小馆"}, 2),),
            {"company_name": "拾味小馆"},
            True,
        ),
        ((held("food_business_licence", SHOP, 2),), SHOP, True),
    ],
)
def test_a_firm_is_known_by_its_name_or_by_its_place_and_never_by_a_guess(
    others: tuple[Held, ...], values: dict[str, str], *, finds: bool
) -> None:
    found = own((BUSINESS, *others), "business_licence", values, day=DAY)
    assert (found is BUSINESS) if finds else (found is None)


@pytest.mark.parametrize(
    "more", [{"ended": State.CANCELLED}, {"valid_until": date(2026, 9, 13)}, {"values": None}, {"values": {}}]
)
def test_what_has_ended_or_was_forgotten_is_not_reached(more: dict[str, object]) -> None:
    assert own((but(BUSINESS, **more),), "business_licence", SHOP, day=DAY) is None
    assert standing_on((but(FOOD, **more),), BUSINESS, day=DAY) == ()


def test_what_is_suspended_goes_along_and_what_a_penalty_awaits_does_not() -> None:
    resting = but(FOOD, suspended=True)
    assert standing_on((BUSINESS, resting), BUSINESS, day=DAY) == (resting,)
    assert struck_off(resting.licence, DECIDED) == (LicenceStruckOff(DECIDED.case, DECIDED.matter),)
    assert struck_off(replace(resting.licence, proposal=object()), DECIDED) == (
        FirmEnded(DECIDED.case, DECIDED.matter),
    )


def test_what_still_bears_a_former_name_goes_along_unless_another_firm_bears_it_now() -> None:
    below = but(held("business_licence", SHOP | {"shop_name": "百味小馆"}), former=(SHOP,))
    seal = held("seal_receipt", {"shop_name": "拾味小馆"}, 3)
    assert standing_on((below, seal), below, day=DAY) == (seal,)
    other = held("business_licence", {"shop_name": "拾味小馆", "premises_address": "经三路"}, 4)
    assert standing_on((below, other, seal), below, day=DAY) == ()
    assert standing_on((below, other, seal), other, day=DAY) == (seal,)


def test_a_branch_ends_by_its_own_name_and_its_company_stays() -> None:
    company = held("business_licence", {"company_name": "拾味公司", "seat_address": "纬二路"})
    branch = held("business_licence", {"company_name": "拾味公司", "branch_name": "拾味公司一分店"}, 2)
    both = (company, branch)
    assert own(both, "business_licence", {"branch_name": "拾味公司一分店"}, day=DAY) is branch
    assert own(both, "business_licence", {"company_name": "拾味公司"}, day=DAY) is company
    permit = held("food_business_licence", {"shop_name": "拾味公司一分店"}, 3)
    assert standing_on((*both, permit), branch, day=DAY) == (permit,)
    assert standing_on((*both, permit), company, day=DAY) == ()


def test_a_licence_of_another_kind_stands_on_nothing() -> None:
    report = held("fire_inspection_report", {"premises_address": SHOP["premises_address"]}, 2)
    assert standing_on((BUSINESS, report), BUSINESS, day=DAY) == ()


@given(VALUES, VALUES, VALUES)
def test_only_what_follows_changes_and_only_where_both_said_the_same(
    before: dict[str, str], after: dict[str, str], stands: dict[str, str]
) -> None:
    below, above = held("business_licence", before), held("food_business_licence", stands, 2)
    now = values_along(above, below, after)
    assert now.keys() == stands.keys()
    assert now["premises_address"] == stands["premises_address"], "a permit for a place does not move"
    same = stands["shop_name"] in (before["shop_name"], before["premises_address"])
    assert same or now["shop_name"] == stands["shop_name"]
    assert (changed_along(above, below, after, DECIDED) == ()) is (now == stands)


@given(VALUES, VALUES)
def test_a_change_is_an_edition_with_all_its_values_or_nothing(before: dict[str, str], after: dict[str, str]) -> None:
    facts = changed(held("business_licence", before), after, DECIDED)
    if before == after:
        assert facts == ()
        return
    [fact] = facts
    assert isinstance(fact, LicenceChanged)
    assert (fact.edition, fact.valid_from, fact.values) == (2, DAY, after)


def test_a_licence_has_no_more_editions_than_its_identifier_counts() -> None:
    last = but(BUSINESS, edition=999)
    assert changed(last, SHOP | {"shop_name": "百味小馆"}, DECIDED) == ()
