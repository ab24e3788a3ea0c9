"""Identity numbers: the specimens that the standards print, and made-up numbers, judged by each standard's own equation.

No number here belongs to anybody: they are the printed specimens, or stand in the area 410199, which does not exist.
"""

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from onecity.kernel.identity import (
    NumberFault,
    born,
    masked,
    masked_name,
    mod_37_36,
    organisation_check,
    resident_check,
    resident_fault,
    uscc_check,
    uscc_fault,
)

# The time of an example says more about the neighbours on the machine than about the rule.
unhurried = settings(deadline=None)
NOWHERE = "410199"
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DIGITS = "0123456789"


def resident(birth: str, sequence: str = "001") -> str:
    first = NOWHERE + birth + sequence
    return first + resident_check(first)


def holds_mod_11_2(number: str) -> bool:
    """Σ aᵢ·2^(i−1) ≡ 1 (mod 11), i from the right. Source: GB 11643-1999 §4.3, ISO 7064 MOD 11-2."""
    values = [10 if character == "X" else int(character) for character in reversed(number)]
    total: int = sum(value * 2**power for power, value in enumerate(values))
    return total % 11 == 1


def holds_mod_31(number: str) -> bool:
    """Σ Cᵢ·3^(i−1) ≡ 0 (mod 31), i from the left, the check itself with weight one. Source: GB 32100-2015 §4.6."""
    *first, last = [USCC.index(character) for character in number]
    total: int = sum(value * 3**power for power, value in enumerate(first))
    return (total + last) % 31 == 0


def holds_mod_37_36(text: str) -> bool:
    """The walk over all characters with the check ends at one. Source: ISO 7064 hybrid system MOD 37,36."""
    product = 36
    for character in text[:-1]:
        total = (product + ALPHANUMERIC.index(character)) % 36
        product = (total or 36) * 2 % 37
    return (product + ALPHANUMERIC.index(text[-1])) % 36 == 1


births = st.dates(date(1900, 1, 1), date(2020, 12, 31)).map(lambda day: f"{day:%Y%m%d}")
sequences = st.text(DIGITS, min_size=3, max_size=3)
codes = st.text(USCC, min_size=8, max_size=8).map(lambda text: f"91{NOWHERE}{text}A")


# --- residents ---


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("11010519491231002X", id="specimen of the standard, check X"),
        pytest.param("440524188001010014", id="specimen of the standard, born in 1880"),
        pytest.param("410199200002290014", id="29 February of a leap year"),
    ],
)
def test_a_number_whose_check_is_right_has_no_fault(number: str) -> None:
    assert holds_mod_11_2(number)
    assert resident_fault(number) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        pytest.param("110105194912310021", NumberFault.CHECK, id="check 1 instead of X"),
        pytest.param("44052418800101001X", NumberFault.CHECK, id="check X instead of 4"),
        pytest.param("", NumberFault.LENGTH, id="nothing"),
        pytest.param("11010519491231002", NumberFault.LENGTH, id="17 characters"),
        pytest.param("11010519491231002XX", NumberFault.LENGTH, id="19 characters"),
        pytest.param("110105491231002", NumberFault.LENGTH, id="the old form of 15"),
        pytest.param(" 11010519491231002", NumberFault.CHARACTERS, id="a space"),
        pytest.param("11010519491231002x", NumberFault.CHARACTERS, id="a small x"),
        pytest.param("1101051949123100X2", NumberFault.CHARACTERS, id="X before the end"),
        pytest.param("11010519491231002A", NumberFault.CHARACTERS, id="another letter at the end"),
        pytest.param("１１０１０５１９４９１２３１００２X", NumberFault.CHARACTERS, id="full-width digits"),
        pytest.param("11010519491231002²", NumberFault.CHARACTERS, id="a raised two at the end"),
        pytest.param("1101051949123100٢X", NumberFault.CHARACTERS, id="an Arabic digit"),
        pytest.param(resident("20200230"), NumberFault.BIRTH_DATE, id="30 February"),
        pytest.param(resident("20210229"), NumberFault.BIRTH_DATE, id="29 February of a common year"),
        pytest.param(resident("19000229"), NumberFault.BIRTH_DATE, id="29 February of 1900"),
        pytest.param(resident("20201301"), NumberFault.BIRTH_DATE, id="month 13"),
        pytest.param(resident("20200001"), NumberFault.BIRTH_DATE, id="month 0"),
        pytest.param(resident("20200431"), NumberFault.BIRTH_DATE, id="31 April"),
        pytest.param(resident("20200400"), NumberFault.BIRTH_DATE, id="day 0"),
        pytest.param(resident("00000101"), NumberFault.BIRTH_DATE, id="year 0"),
    ],
)
def test_a_number_that_cannot_be_right_says_why(number: str, fault: NumberFault) -> None:
    assert resident_fault(number) is fault


@unhurried
@given(births, sequences)
def test_a_number_made_with_its_check_holds_by_the_equation_of_the_standard(birth: str, sequence: str) -> None:
    number = resident(birth, sequence)
    assert holds_mod_11_2(number)
    assert resident_fault(number) is None
    assert f"{born(number):%Y%m%d}" == birth


@unhurried
@given(births, sequences, st.sampled_from("0123456789X"))
def test_only_one_check_fits_a_number(birth: str, sequence: str, check: str) -> None:
    number = resident(birth, sequence)
    claimed = number[:17] + check
    assert resident_fault(claimed) is (None if check == number[17] else NumberFault.CHECK)


@unhurried
@given(births, sequences, st.integers(0, 16), st.sampled_from(DIGITS))
def test_one_wrong_digit_is_always_found(birth: str, sequence: str, place: int, digit: str) -> None:
    number = resident(birth, sequence)
    assume(number[place] != digit)
    assert resident_fault(number[:place] + digit + number[place + 1 :]) in (NumberFault.CHECK, NumberFault.BIRTH_DATE)


@unhurried
@given(births, sequences, st.integers(0, 15))
def test_two_digits_exchanged_are_always_found(birth: str, sequence: str, place: int) -> None:
    number = resident(birth, sequence)
    assume(number[place] != number[place + 1])
    mixed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert resident_fault(mixed) in (NumberFault.CHECK, NumberFault.BIRTH_DATE)


@unhurried
@given(st.text(max_size=20) | st.text("0123456789Xx ", min_size=18, max_size=18))
def test_whatever_is_typed_as_a_resident_number_gets_an_answer(typed: str) -> None:
    assert resident_fault(typed) is not None or holds_mod_11_2(typed)


def test_all_eleven_checks_occur() -> None:
    checks = {resident("20200101", f"{number:03}")[17] for number in range(100)}
    assert checks == set("0123456789X")


def test_a_birth_date_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="day"):
        born(resident("20210229"))


# --- what others see ---


def test_a_masked_number_shows_the_city_and_the_last_four_and_no_birth_date() -> None:
    assert masked(resident("19491231")) == "4101**********" + resident("19491231")[-4:]


@unhurried
@given(births, sequences)
def test_a_masked_number_is_the_same_for_every_birth_date(birth: str, sequence: str) -> None:
    shown = masked(resident(birth, sequence))
    assert (len(shown), shown[4:14], shown[14:17]) == (18, "*" * 10, sequence)


@pytest.mark.parametrize("number", ["G1234567", "1234567", "123"])
def test_a_short_number_is_not_shown_whole(number: str) -> None:
    assert number not in masked(number)
    assert len(masked(number)) == len(number)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("", "", id="none"),
        pytest.param("林", "林", id="one character"),
        pytest.param("林晓", "林*", id="two"),
        pytest.param("林晓梅", "林**", id="three"),
        pytest.param("欧阳晓梅", "欧***", id="four"),
        pytest.param("阿卜杜拉·买买提", "阿*******", id="long"),
        pytest.param("Lin Xiaomei", "L**********", id="in Latin letters"),
        pytest.param("𠮷晓梅", "𠮷**", id="a rare character beyond the first plane"),
    ],
)
def test_of_a_name_others_see_the_first_character(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@unhurried
@given(st.text(st.characters(exclude_characters="*"), max_size=40))
def test_a_masked_name_keeps_its_length_and_only_its_first_character(name: str) -> None:
    shown = masked_name(name)
    assert len(shown) == len(name)
    assert shown.replace("*", "") == name[:1]


# --- organisations ---


@pytest.mark.parametrize(
    ("first", "check"),
    [
        pytest.param("D2143569", "X", id="specimen of the standard: ten is X"),
        pytest.param("00000000", "0", id="eleven is 0"),
        pytest.param("00000001", "9", id="a digit"),
        pytest.param("0000000Z", "7", id="the last letter stands for 35"),
    ],
)
def test_the_organisation_part_has_the_check_of_its_standard(first: str, check: str) -> None:
    """Source: GB 11714-1997 §3."""
    assert organisation_check(first) == check


@unhurried
@given(st.text(ALPHANUMERIC, min_size=8, max_size=8))
def test_the_organisation_check_fits_by_the_equation_of_the_standard(first: str) -> None:
    check = organisation_check(first)
    total = sum(weight * ALPHANUMERIC.index(one) for weight, one in zip((3, 7, 9, 10, 5, 8, 4, 2), first, strict=True))
    assert (total + (10 if check == "X" else int(check))) % 11 == 0


@unhurried
@given(codes)
def test_a_code_made_with_its_check_holds_by_the_equation_of_the_standard(first: str) -> None:
    number = first + uscc_check(first)
    assert holds_mod_31(number)
    assert uscc_fault(number) is None


@unhurried
@given(codes, st.sampled_from(USCC))
def test_only_one_check_fits_a_code(first: str, check: str) -> None:
    assert uscc_fault(first + check) is (None if check == uscc_check(first) else NumberFault.CHECK)


@unhurried
@given(codes, st.integers(0, 16), st.sampled_from(USCC))
def test_one_wrong_character_of_a_code_is_always_found(first: str, place: int, wrong: str) -> None:
    number = first + uscc_check(first)
    assume(number[place] != wrong)
    assert uscc_fault(number[:place] + wrong + number[place + 1 :]) is NumberFault.CHECK


@unhurried
@given(codes, st.integers(0, 16))
def test_two_characters_of_a_code_exchanged_are_always_found(first: str, place: int) -> None:
    number = first + uscc_check(first)
    assume(number[place] != number[place + 1])
    mixed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert uscc_fault(mixed) is NumberFault.CHECK


@pytest.mark.parametrize("letter", ["I", "O", "S", "V", "Z", "a", "-", " ", "１", "Ａ"])
def test_letters_that_look_like_digits_are_in_no_code(letter: str) -> None:
    assert uscc_fault(f"91{NOWHERE}00000000{letter}A") is NumberFault.CHARACTERS


@pytest.mark.parametrize("number", ["", f"91{NOWHERE}000000001", f"91{NOWHERE}00000000100"])
def test_a_code_has_eighteen_characters(number: str) -> None:
    assert uscc_fault(number) is NumberFault.LENGTH


def test_a_code_is_not_refused_for_its_organisation_part() -> None:
    """Real codes exist whose part fails its old check, so the check of the whole decides."""
    first = f"91{NOWHERE}000000001"
    assert organisation_check("00000000") != "1"
    assert uscc_fault(first + uscc_check(first)) is None


# --- licences ---


def test_the_check_of_a_licence_is_the_one_of_its_standard() -> None:
    """The specimen of the Global Release Identifier, which uses the same system: A1-2425G-ABC1234002-M."""
    assert mod_37_36("A12425GABC1234002") == "M"
    assert holds_mod_37_36("A12425GABC1234002M")


@unhurried
@given(st.text(ALPHANUMERIC, min_size=1, max_size=60))
def test_a_licence_check_holds_by_the_walk_of_the_standard(text: str) -> None:
    assert holds_mod_37_36(text + mod_37_36(text))


@unhurried
@given(st.text(ALPHANUMERIC, min_size=1, max_size=60), st.data())
def test_one_wrong_character_changes_the_check_of_a_licence(text: str, data: st.DataObject) -> None:
    place, wrong = data.draw(st.integers(0, len(text) - 1)), data.draw(st.sampled_from(ALPHANUMERIC))
    assume(text[place] != wrong)
    assert mod_37_36(text[:place] + wrong + text[place + 1 :]) != mod_37_36(text)


@unhurried
@given(st.lists(st.text(ALPHANUMERIC, min_size=1, max_size=20), min_size=1, max_size=5))
def test_the_dots_of_a_licence_identifier_do_not_count(parts: list[str]) -> None:
    assert mod_37_36(".".join(parts)) == mod_37_36("".join(parts))


@pytest.mark.parametrize("text", ["a", "中", "A-1"])
def test_a_licence_identifier_has_only_digits_capitals_and_dots(text: str) -> None:
    with pytest.raises(ValueError, match="substring"):
        mod_37_36(text)
