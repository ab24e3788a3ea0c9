"""Laws of routing: for whatever is written, the words add up to the score, and each line has its one answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.messages import TITLES, model, table

from onecity.governance.routing import (
    Example,
    Model,
    Threshold,
    Unsure,
    answers,
    bag_of,
    decided,
    examples_of,
    kept,
    learned_from,
    model_of,
    settled,
)

MODEL = model()

WRITTEN = st.text(
    st.sampled_from("路灯垃圾树噪声不亮满了 \t\n\"'a7x，") | st.characters(exclude_categories=["Cs"]), max_size=30
)
"""What somebody may write: words that are known, and anything else."""

LABELS = st.sampled_from(["灯", "树", "x", 'a "b"', "c d"])


@given(WRITTEN, WRITTEN)
def test_the_words_really_carry_the_weight(title: str, body: str) -> None:
    found = decided(MODEL, title, body)
    assert found.start + sum(word.weight for word in found.words) == pytest.approx(found.score, abs=1e-9)
    assert {word.word for word in found.words} <= bag_of(title, body).keys()


@given(WRITTEN)
def test_probabilities_lie_between_nought_and_one_and_add_up_to_one(title: str) -> None:
    found = decided(MODEL, title)
    assert all(0 <= one.probability <= 1 for one in found.ranked)
    assert sum(one.probability for one in found.ranked) == pytest.approx(1)
    assert found.probability == max(one.probability for one in found.ranked) < 1
    assert found.label in TITLES


@given(WRITTEN, st.floats(0, 1))
def test_a_person_decides_exactly_where_the_model_is_less_sure_than_asked(title: str, least: float) -> None:
    found = decided(MODEL, title)
    assert isinstance(settled(found, Threshold(least)), Unsure) is (found.probability < least)


@given(st.lists(WRITTEN, max_size=12))
def test_whatever_csv_writes_is_read_again_line_for_line_and_each_has_its_own_answer(titles: list[str]) -> None:
    found = examples_of(table(("title", "other"), [(title, "x") for title in titles]), labelled=False)
    assert isinstance(found, tuple)
    # A carriage return alone comes back as it was; only the mark of spreadsheets at the very beginning is lost.
    assert [one.title for one in found] == titles
    assert [one.label for one in answers(MODEL, found)] == [decided(MODEL, title).label for title in titles]


@given(st.lists(WRITTEN, min_size=1, max_size=8).flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))))
def test_an_answer_does_not_depend_on_its_neighbours(orders: tuple[list[str], list[str]]) -> None:
    first, second = ([Example(0, title) for title in titles] for titles in orders)
    alone = {one.title: next(answers(MODEL, [one])) for one in first}
    assert list(answers(MODEL, first)) == [alone[one.title] for one in first]
    assert list(answers(MODEL, second)) == [alone[one.title] for one in second]


@settings(max_examples=40)
@given(st.lists(st.tuples(LABELS, WRITTEN), min_size=1, max_size=15))
def test_the_same_examples_teach_the_same_bytes_and_these_decide_alike(rows: list[tuple[str, str]]) -> None:
    examples = [Example(line, title, label=label) for line, (label, title) in enumerate(rows)]
    found = learned_from(examples)
    if not isinstance(found, Model):
        assert found == learned_from(examples)
        assert len({label for label, _ in rows}) == 1 or not any(bag_of(title) for _, title in rows)
        return
    again = learned_from(examples)
    assert isinstance(again, Model)
    assert kept(found) == kept(again)
    read = model_of(kept(found))
    assert isinstance(read, Model)
    assert list(answers(read, examples)) == list(answers(found, examples))
    assert set(found.labels) == {label for label, _ in rows}


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_make_reading_fail(content: bytes, labelled: bool) -> None:
    examples_of(content, labelled=labelled)
    examples_of(b"label\ttitle\n" + content, labelled=labelled)
    model_of(content)
