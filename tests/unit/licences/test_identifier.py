"""Identifiers of licences: those that were published, and those that the city makes."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.licences import Identifier, IdentifierFault, read_identifier
from onecity.licences.identifier import ROOT, serial_of

PUBLISHED = [
    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S",
    "1.2.156.3005.2.11100000000013338W087.11370800MB28559184.37080001202411010001.001.3",
]
"""Found in public repositories; the fourth has the code of an area in the place of its issuer."""

GOOD = PUBLISHED[0]

signs = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=32)
identifiers = st.builds(
    Identifier,
    st.just("11100000000013338W902"),
    st.sampled_from(["410100", "11220000013544541J"]),
    signs,
    st.integers(1, 999),
)


@pytest.mark.parametrize("text", PUBLISHED)
def test_a_published_identifier_is_read_and_written_as_it_was(text: str) -> None:
    found = read_identifier(text)
    assert isinstance(found, Identifier)
    assert str(found) == text


def test_an_example_of_a_documentation_has_a_wrong_check() -> None:
    text = "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001."
    assert read_identifier(text + "M") is IdentifierFault.CHECK
    assert isinstance(read_identifier(text + "D"), Identifier)


@pytest.mark.parametrize(
    "typed",
    [f"  {GOOD}\n", GOOD.lower(), GOOD.replace(".", " . "), "".join(f"{sign} " for sign in GOOD)],
)
def test_spaces_and_small_letters_do_not_matter(typed: str) -> None:
    assert str(read_identifier(typed)) == GOOD


@pytest.mark.parametrize(
    "typed",
    [
        "", ".", ROOT, GOOD.removeprefix(ROOT), GOOD.removeprefix("1."), GOOD + ".", GOOD[:-2], GOOD[:-1],
        GOOD.replace(".001.", ".01."), GOOD.replace("2430599", ""), GOOD.replace("2430599", "243-599"),
        GOOD.replace("2430599", "２４３０５９９"), GOOD.replace("2430599", "1" * 33), "\x00" + GOOD, GOOD + "'",
    ],
)  # fmt: skip
def test_what_has_not_the_shape_of_an_identifier_says_so(typed: str) -> None:
    assert read_identifier(typed) is IdentifierFault.SHAPE


@given(st.integers(len(ROOT) + 1, len(GOOD) - 1), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_sign_copied_wrongly_is_never_taken_for_another_licence(place: int, sign: str) -> None:
    wrong = GOOD[:place] + sign + GOOD[place + 1 :]
    assert wrong == GOOD or GOOD[place] == "." or not isinstance(read_identifier(wrong), Identifier)


@given(identifiers)
def test_what_is_written_is_read_again(identifier: Identifier) -> None:
    assert read_identifier(str(identifier)) == identifier


@given(identifiers, st.integers(1, 999))
def test_editions_differ_in_number_and_check_and_share_their_stem(identifier: Identifier, edition: int) -> None:
    other = identifier.in_edition(edition)
    assert other.stem == identifier.stem
    assert (str(other) == str(identifier)) == (edition == identifier.edition)
    assert (other.hashed == identifier.hashed) == (edition == identifier.edition)


@given(st.uuids(), st.dates(date(1970, 1, 1), date(2999, 12, 31)))
def test_a_serial_follows_from_the_id_alone_and_has_twenty_signs(licence: UUID, issued: date) -> None:
    serial = serial_of(licence, issued)
    assert serial == serial_of(licence, issued)
    assert serial.startswith(f"{issued:%Y%m%d}")
    assert len(serial) == 20
    assert not set(serial[8:]) & set("01IOSZV")


def test_two_ids_of_one_day_get_two_serials() -> None:
    serials = {serial_of(UUID(int=number), date(2020, 9, 23)) for number in range(5_000)}
    assert len(serials) == 5_000
