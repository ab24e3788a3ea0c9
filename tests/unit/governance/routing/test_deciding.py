"""A decision comes with its words, with the other labels, and with a person where it is not sure."""

import pytest
from tests.messages import MESSAGES, model

from onecity.governance.routing import Decided, Example, Ranked, Threshold, Unsure, answers, decided, settled

MODEL = model()


def test_the_word_that_told_it_comes_first() -> None:
    found = decided(MODEL, "请看看这里的路灯吧")
    assert found.label == "照明"
    assert {one.word for one in found.words[:2]} <= {"路灯", "灯"}
    assert [one.weight for one in found.words] == sorted((one.weight for one in found.words), reverse=True)


def test_words_that_were_never_seen_say_nothing() -> None:
    assert {one.word for one in decided(MODEL, "鼉路灯").words} == {"路", "灯", "路灯"}


def test_all_labels_are_ranked_and_the_first_is_the_answer() -> None:
    found = decided(MODEL, "垃圾桶满了")
    assert {one.label for one in found.ranked} == set(MODEL.labels)
    assert found.ranked[0] == Ranked(found.label, found.probability)
    chances = [one.probability for one in found.ranked]
    assert chances == sorted(chances, reverse=True)


def test_below_the_threshold_a_person_chooses_among_three() -> None:
    found = decided(MODEL, "树")
    assert settled(found, Threshold(found.probability)) is found
    unsure = settled(found, Threshold(1.0))
    assert isinstance(unsure, Unsure)
    assert unsure.best == found.ranked[:3]
    assert isinstance(settled(found, Threshold(0.0)), Decided)


@pytest.mark.parametrize("least", [-0.1, 1.1])
def test_a_threshold_is_a_probability(least: float) -> None:
    with pytest.raises(AssertionError):
        Threshold(least)


def test_many_are_answered_as_each_is_decided_alone() -> None:
    asked = [*MESSAGES, Example(0, ""), Example(0, "树", "垃圾")]
    alone = [decided(MODEL, one.title, one.body) for one in asked]
    assert list(answers(MODEL, asked)) == [one.ranked[0] for one in alone]
    assert list(answers(MODEL, ())) == []
