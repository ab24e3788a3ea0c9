"""Learning: what people told apart is told apart again, and what there is nothing to learn from is refused."""

import numpy as np
import pytest
from tests.messages import MESSAGES, TITLES, model

from onecity.governance.routing import Example, Model, NotRouted, bag_of, decided, kept, learned, learned_from
from onecity.governance.routing.honesty import Honest, probabilities, told_by
from onecity.governance.routing.learning import SLACK
from onecity.kernel.refusal import Refused


def test_what_was_told_apart_is_told_apart_again() -> None:
    found = model()
    assert found.labels == tuple(sorted(TITLES))
    assert [decided(found, one.title).label for one in MESSAGES] == [one.label for one in MESSAGES]
    for title, label in (
        ("门口路灯灭了", "照明"),
        ("垃圾没收走", "垃圾"),
        ("噪声大", "噪声"),
        ("a fallen tree", "树木"),
    ):
        assert decided(found, title).label == label


def test_how_often_it_will_be_right_is_said_by_messages_that_it_did_not_learn_from() -> None:
    other = [Example(one.line, f"甲乙{one.line}", label=one.label) for one in MESSAGES]
    nothing_to_learn = learned_from(other)
    assert isinstance(nothing_to_learn, Model)
    assert nothing_to_learn.right < 0.5 < model().right


def test_the_same_messages_in_another_order_are_decided_alike() -> None:
    turned = learned_from(MESSAGES[::-1])
    assert isinstance(turned, Model)
    assert turned.words == model().words
    assert [decided(turned, one.title).label for one in MESSAGES] == [one.label for one in MESSAGES]
    assert kept(model()) == kept(model())


def test_a_body_is_learnt_from_as_well() -> None:
    found = learned_from([Example(0, "投诉", body=one.title, label=one.label) for one in MESSAGES])
    assert isinstance(found, Model)
    assert decided(found, "投诉", "路灯不亮").label == "照明"


def test_a_label_that_stands_more_often_is_the_one_where_nothing_is_known() -> None:
    many = [*MESSAGES, *(one for one in MESSAGES if one.label == "树木")]
    found = learned_from(many)
    assert isinstance(found, Model)
    unknown = decided(found, "¿?")
    assert (unknown.label, unknown.words) == ("树木", ())
    assert unknown.probability < 0.6


@pytest.mark.parametrize(
    ("bags", "labels", "why"),
    [
        ([], [], Refused(NotRouted.NO_EXAMPLES)),
        ([{"a": 1}, {"b": 1}], ["x", "x"], Refused(NotRouted.ONE_LABEL, {"label": "x"})),
        ([{}, {}], ["x", "y"], Refused(NotRouted.NO_WORDS)),
    ],
)
def test_where_there_is_nothing_to_tell_apart_nothing_is_learnt(
    bags: list[dict[str, int]], labels: list[str], why: Refused
) -> None:
    assert learned(bags, labels) == why


@pytest.mark.parametrize(
    "bags",
    [
        [{"a": 1}, {"b": 1}],  # each part of the examples lacks a label
        [{"a": 1}, {}],  # and even all words
        [{"a": 1}, {"a": 1}],  # nothing tells them apart
        [{}, {}, {}, {"a": 3}],
    ],
)
def test_very_few_examples_make_nothing_certain(bags: list[dict[str, int]]) -> None:
    found = learned(bags, ["x", "y", "x", "z"][: len(bags)])
    assert isinstance(found, Model)
    assert decided(found, "a").probability < 0.9


def test_the_line_is_the_one_that_a_slow_solver_finds() -> None:
    bags = [bag_of(one.title) for one in MESSAGES]
    words = sorted({word for bag in bags for word in bag})
    counts = np.array([[bag.get(word, 0) for word in words] for bag in bags], dtype=np.float64)
    rarity = np.log((1 + len(bags)) / (1 + (counts > 0).sum(axis=0))) + 1
    texts = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * rarity
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    found = model()
    assert found.words == tuple(words)
    for place, label in enumerate(found.labels):
        mine = np.array([one.label == label for one in MESSAGES])
        here, there = texts[mine].sum(axis=0) + 0.5, texts[~mine].sum(axis=0) + 0.5
        ratio = np.abs(np.log((here / here.sum()) / (there / there.sum())))
        power = (2 + ratio / np.sqrt((ratio**2).mean())) / 3
        seen = np.hstack([texts * power, np.ones((len(texts), 1))])
        line = seen.T @ np.linalg.solve(seen @ seen.T + SLACK * np.eye(len(texts)), np.where(mine, 1.0, -1.0))
        assert found.weights[:, place] == pytest.approx(power * line[:-1], abs=5e-3)


def test_probabilities_are_as_honest_as_the_scores_allow() -> None:
    # Of texts with the same score seven in ten are told rightly, whatever the score.
    scores = np.tile([3.0, -3.0], (100, 1))
    truth = np.array([0] * 70 + [1] * 30)
    told = told_by(scores, truth)
    found = probabilities(scores + told.lean, told.honest)
    assert found[0, 0] == pytest.approx(0.7, abs=0.02)
    assert found.sum(axis=1) == pytest.approx(1)


def test_a_label_leans_until_it_is_told_as_often_as_people_gave_it() -> None:
    rng = np.random.default_rng(8)
    truth = (rng.random(2_000) < 0.1).astype(np.intp)
    signal = np.where(truth, 0.6, -0.6) + rng.normal(size=2_000)
    told = told_by(np.stack([-signal, signal], axis=1), truth)
    given = probabilities(np.stack([-signal, signal], axis=1) + told.lean, told.honest)[:, 1]
    assert given.mean() == pytest.approx(truth.mean(), abs=0.01)
    assert told.lean[1] < told.lean[0]


def test_doubt_is_shared_by_all_labels() -> None:
    found = probabilities(np.array([100.0, 0.0, 0.0, 0.0]), Honest(spread=0.1, doubt=0.2))
    assert found.tolist() == pytest.approx([0.85, 0.05, 0.05, 0.05])
