"""Who acts: where a duty reaches, and whose matter it is."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onecity.kernel.acting import Acting, Channel, Scope, area_prefix, the_city
from onecity.kernel.ids import PersonId

# The time of an example says more about the neighbours on the machine than about the rule.
unhurried = settings(deadline=None)
OFFICER, CITIZEN = PersonId(UUID(int=1)), PersonId(UUID(int=2))
PROVINCE, CITY, DISTRICT, STREET = "410000", "410100", "410105", "410105001"


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        pytest.param(PROVINCE, "41", id="a province"),
        pytest.param(CITY, "4101", id="a city"),
        pytest.param("419000", "4190", id="the counties directly under a province"),
        pytest.param(DISTRICT, "410105", id="a district"),
        pytest.param("410110", "410110", id="a district whose code ends in one zero"),
        pytest.param("419001", "419001", id="a county directly under a province"),
        pytest.param(STREET, "410105001", id="a street"),
        pytest.param("410105100", "410105100", id="a street whose code ends in zeros"),
    ],
)
def test_the_codes_below_an_area_begin_with_its_own_digits(code: str, prefix: str) -> None:
    """Source: GB/T 2260-2007, GB/T 10114-2003."""
    assert area_prefix(code) == prefix


@pytest.mark.parametrize(
    ("holds", "thing", "covered"),
    [
        pytest.param(CITY, CITY, True, id="the city reaches the city"),
        pytest.param(CITY, DISTRICT, True, id="the city reaches its districts"),
        pytest.param(CITY, STREET, True, id="the city reaches its streets"),
        pytest.param(PROVINCE, STREET, True, id="the province reaches its streets"),
        pytest.param(DISTRICT, STREET, True, id="a district reaches its streets"),
        pytest.param(DISTRICT, CITY, False, id="a district does not reach the city"),
        pytest.param(DISTRICT, "410106", False, id="a district does not reach its neighbour"),
        pytest.param(STREET, DISTRICT, False, id="a street does not reach its district"),
        pytest.param(STREET, "410105002", False, id="a street does not reach the next one"),
        pytest.param(CITY, "410200", False, id="a city does not reach another city"),
        pytest.param(CITY, PROVINCE, False, id="a city does not reach the province"),
        pytest.param(PROVINCE, "420100", False, id="a province does not reach another province"),
        pytest.param("410110", "411001", False, id="a district is not a city of similar digits"),
    ],
)
def test_a_duty_reaches_its_area_and_what_lies_below(*, holds: str, thing: str, covered: bool) -> None:
    assert Scope("market_supervision", holds).covers("market_supervision", thing) is covered


def test_a_duty_reaches_only_its_own_department() -> None:
    assert not Scope("market_supervision", CITY).covers("housing", DISTRICT)
    assert not Scope("market_supervision", CITY).covers("market_supervision_2", DISTRICT)


def area(level: int, province: int, city: int, district: int) -> str:
    """A code of the level: province, city, district, street."""
    parts = [f"{number:02}" for number in (province, city, district)]
    return "".join(parts[:level]).ljust(6, "0") + ("001" if level == 4 else "")


numbers = st.integers(1, 99)
areas = st.builds(area, st.integers(1, 4), st.just(41), st.integers(1, 3), numbers) | st.builds(
    area, st.integers(1, 4), numbers, numbers, numbers
)


@unhurried
@given(areas)
def test_every_area_reaches_itself(code: str) -> None:
    assert Scope("housing", code).covers("housing", code)


@unhurried
@given(areas, areas)
def test_two_areas_reach_each_other_only_if_they_are_the_same(one: str, other: str) -> None:
    both = Scope("housing", one).covers("housing", other) and Scope("housing", other).covers("housing", one)
    assert both is (one == other)


@unhurried
@given(areas, areas, areas)
def test_what_lies_below_an_area_below_lies_below(high: str, middle: str, low: str) -> None:
    if Scope("housing", high).covers("housing", middle) and Scope("housing", middle).covers("housing", low):
        assert Scope("housing", high).covers("housing", low)


def test_who_acts_for_themselves_is_the_subject() -> None:
    assert Acting(CITIZEN, Channel.PHONE).subject == CITIZEN


def test_who_is_acted_for_is_the_subject() -> None:
    at_window = Acting(OFFICER, Channel.WINDOW, duty="window_clerk", on_behalf_of=CITIZEN, mandate="委托书")
    assert (at_window.person, at_window.subject) == (OFFICER, CITIZEN)


def test_the_city_acts_by_rule_as_nobody() -> None:
    city = the_city()
    assert (city.person, city.subject, city.channel) == (None, None, Channel.JOB)
    assert (city.duty, city.scope, city.on_behalf_of, city.mandate) == (None, None, None, None)


def test_the_channels_are_the_six_doors_of_the_city() -> None:
    assert {str(channel) for channel in Channel} == {"phone", "telephone", "window", "api", "cli", "job"}
