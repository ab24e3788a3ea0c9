"""What people type into a field: one canonical text, or what is wrong with it."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.bootstrap.content import words_of
from onecity.packs import Text
from onecity.services.answers import (
    LONGEST_TEXT,
    AnswerFault,
    Choice,
    Field,
    FieldType,
    StreetChoice,
    Wrong,
    faults,
    read_all,
)
from onecity.services.web.shown import sentence_of

ASK: Final = Text("问", "ask")
METRES: Final = Text("米", "m")


def field(
    kind: FieldType, *, least: str | None = None, most: str | None = None, choices: tuple[str, ...] = ()
) -> Field:
    bounds = [Decimal(bound) if bound else None for bound in (least, most)]
    unit = METRES if kind.is_number else None
    offered = tuple(Choice(value, ASK) for value in choices)
    return Field(ASK, kind, (), unit=unit, least=bounds[0], most=bounds[1], choices=offered)


TEXT: Final = field(FieldType.TEXT)
AREA: Final = field(FieldType.NUMBER, least="4", most="50000")
NUMBER: Final = field(FieldType.NUMBER)
COUNT: Final = field(FieldType.COUNT, least="1", most="50")
CHOICE: Final = field(FieldType.CHOICE, choices=("meals", "drinks"))
YES_NO: Final = field(FieldType.YES_NO)
DATE: Final = field(FieldType.DATE)
MOVED: Final = date(2021, 1, 1)
STREET: Final = Field(
    ASK,
    FieldType.STREET,
    (),
    choices=(
        StreetChoice("419901001", Text("东区 东门街道", "东区 东门街道"), "东区"),
        StreetChoice("419901100", Text("东区 柳镇", "东区 柳镇"), "东区", until=MOVED),
        StreetChoice("419901101", Text("东区 柳镇", "东区 柳镇"), "东区", since=MOVED),
        StreetChoice("419902001", Text("西县 河湾（北）街道", "西县 河湾（北）街道"), "西县"),
    ),
)
ALL: Final = (TEXT, AREA, NUMBER, COUNT, CHOICE, YES_NO, DATE, STREET)


@pytest.mark.parametrize(
    ("asked", "typed", "read"),
    [
        (TEXT, "  拾味小馆\n", "拾味小馆"),
        (TEXT, "ＡＢＣ　１２３", "ABC 123"),
        (TEXT, "味" * LONGEST_TEXT, "味" * LONGEST_TEXT),
        (TEXT, "味" * (LONGEST_TEXT + 1), Wrong.TOO_LONG),
        (TEXT, f" {'味' * LONGEST_TEXT} ", "味" * LONGEST_TEXT),
        # Some signs are several once they are written out; the bound holds for what is kept.
        (TEXT, "㍿" * 50, "株式会社" * 50),
        (TEXT, "㍿" * 51, Wrong.TOO_LONG),
        (AREA, "182", "182"),
        (AREA, " １８２．５０ ", "182.5"),
        (AREA, "1,820", "1820"),
        (AREA, "1.82e2", Wrong.NOT_A_NUMBER),
        (AREA, "+182", "182"),
        (AREA, "4", "4"),
        (AREA, "4.000", "4"),
        (AREA, "3.999", Wrong.TOO_SMALL),
        (AREA, "-182", Wrong.TOO_SMALL),
        (AREA, "50000", "50000"),
        (AREA, "50000.001", Wrong.TOO_LARGE),
        (AREA, "1e999999999", Wrong.NOT_A_NUMBER),
        (AREA, "1e-999999999", Wrong.NOT_A_NUMBER),
        (AREA, "一百八十二", Wrong.NOT_A_NUMBER),
        (AREA, "182 平方米", Wrong.NOT_A_NUMBER),
        (AREA, "NaN", Wrong.NOT_A_NUMBER),
        (AREA, "sNaN", Wrong.NOT_A_NUMBER),
        (AREA, "Infinity", Wrong.NOT_A_NUMBER),
        (AREA, "-inf", Wrong.NOT_A_NUMBER),
        (AREA, ",", Wrong.NOT_A_NUMBER),
        (AREA, "0x10", Wrong.NOT_A_NUMBER),
        (COUNT, "2", "2"),
        (COUNT, "2.0", "2"),
        (COUNT, "2.5", Wrong.NOT_WHOLE),
        (COUNT, "0.5", Wrong.NOT_WHOLE),
        (COUNT, "0", Wrong.TOO_SMALL),
        (COUNT, "两个", Wrong.NOT_A_NUMBER),
        (NUMBER, "-0", "-0"),
        (NUMBER, "0.00", "0"),
        (NUMBER, "-7.10", "-7.1"),
        (CHOICE, "meals", "meals"),
        (CHOICE, "ｍｅａｌｓ", "meals"),
        (CHOICE, "Meals", Wrong.NO_SUCH_CHOICE),
        (CHOICE, "cars", Wrong.NO_SUCH_CHOICE),
        (YES_NO, "yes", "yes"),
        (YES_NO, "no", "no"),
        (YES_NO, "true", Wrong.NO_SUCH_CHOICE),
        (DATE, "2020-4-8", "2020-04-08"),
        (DATE, "20200408", "2020-04-08"),
        (DATE, "２０２０年４月８日", "2020-04-08"),
        (DATE, "2020/4/8", "2020-04-08"),
        (DATE, "2020-02-29", "2020-02-29"),
        (DATE, "2021-02-29", Wrong.NOT_A_DAY),
        (DATE, "2020-13-01", Wrong.NOT_A_DAY),
        (DATE, "0000-01-01", Wrong.NOT_A_DAY),
        (DATE, "4月8日", Wrong.NOT_A_DAY),
        (DATE, "2020-4", Wrong.NOT_A_DAY),
        (DATE, "tomorrow", Wrong.NOT_A_DAY),
        (DATE, "-", Wrong.NOT_A_DAY),
        (DATE, "1-2-3-4", Wrong.NOT_A_DAY),
        (STREET, "419901001", "419901001"),
        (STREET, " ４１９９０１００１ ", "419901001"),
        (STREET, "东区 东门街道", "419901001"),
        (STREET, "东区东门街道", "419901001"),
        (STREET, "东区　东门街道\n", "419901001"),
        (STREET, "西县河湾(北)街道", "419902001"),
        (STREET, "东门街道", Wrong.NO_SUCH_STREET),
        (STREET, "东区", Wrong.NO_SUCH_STREET),
        (STREET, "西县东门街道", Wrong.NO_SUCH_STREET),
        (STREET, "419901", Wrong.NO_SUCH_STREET),
        (STREET, "419901002", Wrong.NO_SUCH_STREET),
        (STREET, "419901001001", Wrong.NO_SUCH_STREET),
    ],
)
def test_an_answer_is_read(asked: Field, typed: str, read: str) -> None:
    assert asked.read(typed) == read


@pytest.mark.parametrize("asked", ALL, ids=lambda asked: str(asked.type))
@pytest.mark.parametrize("typed", ["", " ", "\n\t", "　"], ids=repr)
def test_nothing_is_missing_in_every_type(asked: Field, typed: str) -> None:
    assert asked.read(typed) is Wrong.MISSING


@pytest.mark.parametrize("typed", ["99999999999-1-1", f"{'9' * 5_000}-1-1"], ids=["many digits", "very many digits"])
def test_a_year_beyond_all_years_is_no_day(typed: str) -> None:
    assert DATE.read(typed) is Wrong.NOT_A_DAY


def test_an_unbounded_number_stays_short() -> None:
    read = NUMBER.read("1e999999")
    assert isinstance(read, Wrong) or len(read) <= LONGEST_TEXT


def test_an_unbounded_number_does_not_crash() -> None:
    assert isinstance(NUMBER.read("1e9999999"), Wrong)


@pytest.mark.parametrize("typed", ["18,2", "1,8,2", ",182"])
def test_a_comma_that_parts_no_thousands_is_not_overlooked(typed: str) -> None:
    assert AREA.read(typed) is Wrong.NOT_A_NUMBER


def test_an_underscore_is_no_digit() -> None:
    assert AREA.read("18_2") is Wrong.NOT_A_NUMBER


@pytest.mark.parametrize("typed", ["拾味\n小馆", "拾味\x00小馆", "拾味\u202e小馆"], ids=ascii)
def test_a_text_of_one_line_holds_no_control_signs(typed: str) -> None:
    read = TEXT.read(typed)
    assert isinstance(read, Wrong) or read.isprintable()


@pytest.mark.parametrize(
    ("typed", "before", "after"),
    [
        ("419901001", "419901001", "419901001"),
        ("419901100", "419901100", Wrong.NO_SUCH_STREET),
        ("419901101", Wrong.NO_SUCH_STREET, "419901101"),
        # A name that passed from one code to another means the one of its day.
        ("东区柳镇", "419901100", "419901101"),
    ],
)
def test_a_street_is_an_answer_only_while_it_is_there(typed: str, before: str, after: str) -> None:
    eve = MOVED - timedelta(days=1)
    assert (STREET.read(typed, on=eve), STREET.read(typed, on=MOVED)) == (before, after)
    offered = [{street.value for _, streets in STREET.streets(day) for street in streets} for day in (eve, MOVED)]
    assert [code in of_day for code, of_day in zip((before, after), offered, strict=True)] == [
        not isinstance(one, Wrong) for one in (before, after)
    ]
    wrong = [AnswerFault("street", Wrong.NO_SUCH_STREET)] if isinstance(before, Wrong) else []
    assert faults({"street": STREET}, {"street": typed}, on=eve) == wrong


def test_streets_are_offered_county_by_county() -> None:
    assert [(county, [one.value for one in streets]) for county, streets in STREET.streets(MOVED)] == [
        ("东区", ["419901001", "419901101"]),
        ("西县", ["419902001"]),
    ]


def test_a_street_is_a_text_to_the_expressions() -> None:
    assert STREET.value("419901001") == "419901001"


@given(st.sampled_from(ALL), st.text(max_size=LONGEST_TEXT))
def test_what_was_read_reads_as_itself(asked: Field, typed: str) -> None:
    read = asked.read(typed)
    if not isinstance(read, Wrong):
        assert asked.read(read) == read


@given(st.decimals(min_value=4, max_value=50_000, allow_nan=False, places=3))
def test_every_number_within_the_bounds_keeps_its_value(number: Decimal) -> None:
    read = AREA.read(format(number, "f"))
    assert not isinstance(read, Wrong)
    assert Decimal(read) == number


TODAY: Final = date(2020, 2, 29)


@pytest.mark.parametrize(
    ("bound", "first"),
    [
        ("today", date(2020, 2, 29)), ("-1d", date(2020, 2, 28)), ("+1d", date(2020, 3, 1)), ("-1y", date(2019, 2, 28)),
        ("-4y", date(2016, 2, 29)), ("+5y", date(2025, 2, 28)), ("-120y", date(1900, 2, 28)), ("+90d", date(2020, 5, 29)),
    ],
)  # fmt: skip
def test_a_day_is_taken_up_to_its_bounds_and_not_a_day_beyond(bound: str, first: date) -> None:
    day, early = timedelta(days=1), msgspec.structs.replace(DATE, not_before=bound)
    late = msgspec.structs.replace(DATE, not_after=bound)
    assert early.read(str(first - day), on=TODAY) is Wrong.TOO_EARLY
    assert late.read(str(first + day), on=TODAY) is Wrong.TOO_LATE
    assert early.read(str(first), on=TODAY) == late.read(str(first), on=TODAY) == str(first)
    assert early.read(str(first - day)) == str(first - day), "without a day nothing can be counted from it"


@pytest.mark.parametrize(
    ("bound", "zh", "en"),
    [
        ("today", "太早了。最早：今天", "Too early; today at the earliest"),
        ("-30y", "太早了。最早：30 年前的今天", "Too early; 30 years ago at the earliest"),
        ("-1y", "太早了。最早：1 年前的今天", "Too early; 1 year ago at the earliest"),
        ("+1d", "太早了。最早：1 天以后", "Too early; 1 day from today at the earliest"),
    ],
)
def test_a_day_beyond_its_bounds_is_told_how_far_it_may_lie(bound: str, zh: str, en: str) -> None:
    words, early = words_of(shipped()), msgspec.structs.replace(DATE, not_before=bound)
    fault = AnswerFault("signed", Wrong.TOO_EARLY)
    for lang, said in (("zh", zh), ("en", en)):
        assert sentence_of({"signed": early}, fault, lang=lang, say=partial(words.say, lang)) == said


FROM: Final = msgspec.structs.replace(DATE, ask=Text("从哪天开始？", "From which day on?"))
UNTIL: Final = msgspec.structs.replace(DATE, after="from")


@given(st.dates(min_value=date(2, 1, 1)), st.dates(min_value=date(2, 1, 1)))
def test_a_day_that_comes_after_another_one_is_never_before_it(first: date, last: date) -> None:
    good, wrong = read_all({"until": UNTIL, "from": FROM}, {"from": str(first), "until": str(last)})
    assert wrong == ([AnswerFault("until", Wrong.BEFORE_OTHER)] if last < first else [])
    assert good == {"from": str(first), "until": str(last)} if first <= last else good == {"from": str(first)}


@pytest.mark.parametrize("typed", [{}, {"from": "年前"}, {"from": ""}])
def test_a_day_is_held_against_no_day_that_is_not_there(typed: dict[str, str]) -> None:
    alone = read_all({"until": UNTIL}, {"until": "2020-9-22", "from": "2021-1-1"})
    beside = read_all({"from": FROM, "until": UNTIL}, {"until": "2020-9-22", **typed})
    assert alone == ({"until": "2020-09-22"}, [])
    assert [fault.field for fault in beside[1]] == ["from"]


def test_whoever_writes_two_days_the_wrong_way_round_reads_which_one_comes_first() -> None:
    words, fault = words_of(shipped()), AnswerFault("until", Wrong.BEFORE_OTHER)
    for lang, said in (
        ("zh", "不能比“从哪天开始？”填的那天早"),
        ("en", "Not before the day of the question: From which day on?"),
    ):
        assert sentence_of({"from": FROM, "until": UNTIL}, fault, lang=lang, say=partial(words.say, lang)) == said


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    read = DATE.read(str(day))
    assert read == (Wrong.NOT_A_DAY if str(day).startswith("0001") else str(day))


def test_a_form_names_every_fault_in_its_order_and_keeps_every_good_answer() -> None:
    fields = {"name": TEXT, "area": AREA, "sold": CHOICE, "since": DATE}
    typed = {"since": "never", "sold": "meals", "area": "3", "not asked": "x"}
    good, wrong = read_all(fields, typed)
    assert good == {"sold": "meals"}
    expected = [
        AnswerFault("name", Wrong.MISSING),
        AnswerFault("area", Wrong.TOO_SMALL),
        AnswerFault("since", Wrong.NOT_A_DAY),
    ]
    assert wrong == expected == faults(fields, typed)
