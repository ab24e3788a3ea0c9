"""What somebody types to open an account."""

import pytest

from onecity.kernel.identity import resident_check
from onecity.people.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, Registration, faults_of


def number(first_17: str = "41019919880612002") -> str:
    return first_17 + resident_check(first_17)


def registration(
    *, name: str = "林晓梅", number_: str | None = None, phone: str = "10000000000", password: str = "0123456789"
) -> Registration:
    return Registration(name, number() if number_ is None else number_, phone, password)


def faults(typed: Registration) -> list[tuple[str, str]]:
    return [(fault.field, fault.words) for fault in faults_of(typed)]


def test_a_right_registration_has_no_fault() -> None:
    assert faults(registration()) == []


@pytest.mark.parametrize(
    ("name", "good"), [("", False), ("林", False), ("林晓", True), ("买" * 50, True), ("买" * 51, False)]
)
def test_a_name_has_two_to_fifty_signs(name: str, good: bool) -> None:
    assert faults(registration(name=name)) == ([] if good else [("name", "people.fault.name")])


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        (number()[:17], "identity.length"),
        (number() + "0", "identity.length"),
        ("", "identity.length"),
        ("４１０１９９１９８８０６１２００２２", "identity.characters"),
        ("41019919880612002x", "identity.characters"),
        ("4101991988061200 X", "identity.characters"),
        (number("41019919880230002"), "identity.birth_date"),
        (number("41019919881306002"), "identity.birth_date"),
        (number("41019900000101002"), "identity.birth_date"),
        (number()[:17] + ("0" if number()[17] != "0" else "1"), "identity.check"),
    ],
)
def test_a_number_that_cannot_be_one_says_why(typed: str, fault: str) -> None:
    assert faults(registration(number_=typed)) == [("number", fault)]


def test_a_leap_day_is_a_birth_date_in_a_leap_year_only() -> None:
    assert faults(registration(number_=number("41019920000229002"))) == []
    assert faults(registration(number_=number("41019919000229002"))) == [("number", "identity.birth_date")]


@pytest.mark.parametrize(
    "phone", ["", "1000000000", "100000000000", "1000000000a", "１００００００００００", "+8613000000", "1000 000000"]
)
def test_a_phone_number_has_eleven_plain_digits(phone: str) -> None:
    assert faults(registration(phone=phone)) == [("phone", "people.fault.phone")]


@pytest.mark.parametrize(
    ("length", "good"),
    [
        (0, False),
        (SHORTEST_PASSWORD - 1, False),
        (SHORTEST_PASSWORD, True),
        (LONGEST_PASSWORD, True),
        (LONGEST_PASSWORD + 1, False),
    ],
)
def test_a_password_has_ten_to_two_hundred_signs(length: int, good: bool) -> None:
    assert faults(registration(password="密" * length)) == ([] if good else [("password", "people.fault.password")])


def test_every_fault_is_told_at_once_in_the_order_of_the_form() -> None:
    assert [field for field, _ in faults(Registration("", "", "", ""))] == ["name", "number", "phone", "password"]
