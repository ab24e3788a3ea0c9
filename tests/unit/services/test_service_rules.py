"""What several items ask together, and what an application begins."""

import re
from datetime import date
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.casework import Because, CaseOpened, Matter, Outcome, Process, Step
from onecity.casework.facts import Todo
from onecity.kernel.clock import Calendar, Limit
from onecity.kernel.ids import receipt_number
from onecity.kernel.refusal import Refused
from onecity.packs import Text
from onecity.services.answers import Field, FieldType, read_all
from onecity.services.rules import Current, Why, case_of, lies_in, taken, together

ASK: Final = Text("问", "ask")
DAY: Final = date(2020, 9, 22)
NAMES: Final = st.text("abcdefgh", min_size=1, max_size=2)
KNOWN: Final = {name: Field(Text(name, name), FieldType.TEXT, ()) for name in ("shop", "street", "area", "sold")}

items = st.lists(
    st.dictionaries(NAMES, st.builds(Field, st.builds(Text, NAMES, NAMES), st.sampled_from(FieldType), st.just(()))),
    max_size=6,
)


@given(items)
def test_the_union_of_forms_asks_each_fact_once_and_covers_every_need(forms: list[dict[str, Field]]) -> None:
    asked = [name for form in forms for name in form]
    union = together(forms)
    assert set(union) == set(asked)
    assert list(union) == sorted(set(asked), key=asked.index)
    for name, field in union.items():
        assert field == next(form[name] for form in forms if name in form)


@given(items)
def test_the_union_of_a_union_is_the_same(forms: list[dict[str, Field]]) -> None:
    assert together([together(forms)]) == together(forms) == together([*forms, *forms])


@given(
    st.lists(st.sets(st.sampled_from(sorted(KNOWN))), max_size=4),
    st.dictionaries(st.sampled_from(sorted(KNOWN)), st.text(max_size=3)),
)
def test_answers_that_complete_the_union_complete_each_item(needs: list[set[str]], typed: dict[str, str]) -> None:
    forms = [{name: KNOWN[name] for name in sorted(need)} for need in needs]
    good, wrong = read_all(together(forms), typed)
    each = [read_all(form, typed) for form in forms]
    assert (not wrong) is all(not one[1] for one in each)
    assert {name: text for one in each for name, text in one[0].items()} == good


def test_answers_are_taken_in_their_canonical_form() -> None:
    assert taken({"shop": KNOWN["shop"]}, {"shop": " ＡＢ ", "other": "x"}, on=DAY) == {"shop": "AB"}


def test_wrong_answers_are_counted_and_named_but_not_quoted() -> None:
    refused = taken(KNOWN, {"shop": "拾味小馆", "area": "味" * 201}, on=DAY)
    faults = ("answers.missing", "answers.too_long", "answers.missing")
    assert refused == Refused(Why.ANSWERS, {"fields": ("street", "area", "sold"), "faults": faults, "number": 3})


PLACED: Final = {
    "shop": Field(ASK, FieldType.TEXT, ()),
    "street": Field(ASK, FieldType.STREET, ()),
    "old_street": Field(ASK, FieldType.STREET, ()),
}


@pytest.mark.parametrize(
    ("answers", "area"),
    [
        ({}, "410100"),
        ({"shop": "410105001"}, "410100"),
        ({"shop": "拾味小馆", "street": "410105001"}, "410105001"),
        ({"old_street": "410103002", "street": "410105001"}, "410105001"),
        ({"old_street": "410103002"}, "410103002"),
    ],
)
def test_a_matter_lies_in_the_first_street_that_is_asked_for_and_answered(answers: dict[str, str], area: str) -> None:
    assert lies_in(PLACED, answers, city="410100") == area


NUMBER: Final = re.compile("[0-9]{8}-[2-9A-HJ-NP-RTUWXY]{7}")


@given(st.uuids(), st.dates(min_value=date(2000, 1, 1)))
def test_a_receipt_number_has_its_day_and_seven_signs_that_nobody_mistakes(affair: UUID, received: date) -> None:
    number = receipt_number(affair, received)
    assert NUMBER.fullmatch(number)
    assert number[:8] == received.isoformat().replace("-", "")
    assert not set(number[9:]) & set("01IOSVZ")


@given(st.uuids(), st.uuids())
def test_a_receipt_number_follows_from_the_affair(one: UUID, other: UUID) -> None:
    assert receipt_number(one, DAY) == receipt_number(UUID(str(one)), DAY)
    assert (receipt_number(one, DAY) == receipt_number(other, DAY)) is (one == other)


def test_receipt_numbers_of_a_day_are_spread_over_all_signs() -> None:
    numbers = {receipt_number(UUID(int=number), DAY) for number in range(5_000)}
    assert len(numbers) == 5_000
    for place in range(9, 16):
        assert {number[place] for number in numbers} == set("23456789ABCDEFGHJKLMNPQRTUWXY")


PLAIN = Calendar({}, frozenset({2020}), {})


def process(*begins: str) -> Process:
    law = Because("行政许可法", "32", DAY)
    steps = {name: Step(ASK, f"duty.{name}", law, {"done": Outcome(ASK, ends="granted")}) for name in ("a", "b", "c")}
    return Process(ASK, begins, steps, {"granted": ASK}, ())


@pytest.mark.parametrize("begins", [("a",), ("a", "b"), ("c", "b", "a")])
def test_a_case_begins_with_the_first_steps_of_its_process_and_their_duties(begins: tuple[str, ...]) -> None:
    matter = Current("food", "1" * 64, "permit", "2" * 64, "market", Matter(process(*begins), Limit(20)))
    opened = case_of(matter, PLAIN, affair=UUID(int=1), subject=UUID(int=2), area="410100", received=DAY)
    assert opened == CaseOpened(
        "food", "1" * 64, "permit", "2" * 64, UUID(int=1), UUID(int=2), "market", "410100", DAY,
        tuple(Todo(name, f"duty.{name}", DAY) for name in begins),
    )  # fmt: skip
