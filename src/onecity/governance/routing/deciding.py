"""Deciding of a text which label a person would give it, with the words that decided; or leaving it to a person."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from onecity.governance.routing.bags import Bag, bag_of
from onecity.governance.routing.honesty import Honest, probabilities
from onecity.governance.routing.model import (
    MOST_SHOWN,
    Decided,
    Example,
    Floats,
    Model,
    Ranked,
    Threshold,
    Unsure,
    Weight,
)
from onecity.governance.routing.sheet import Sheet, found_in

_AT_ONCE: Final = 1_000
"""So many messages are looked at together: faster than one by one, and long ones still fit into memory."""


def answers(model: Model, examples: Sequence[Example]) -> Iterator[Ranked]:
    """The label of each message and its probability, in their order: what `decided` says of it, without the words."""
    for begin in range(0, len(examples), _AT_ONCE):
        bags = [bag_of(one.title, one.body) for one in examples[begin : begin + _AT_ONCE]]
        chances = _chances(model, found_in(bags, model.place).weighed(model.rarity))
        for label, chance in zip(chances.argmax(axis=1).tolist(), chances.max(axis=1).tolist(), strict=True):
            yield Ranked(model.labels[label], chance)


def decided(model: Model, title: str, body: str = "") -> Decided:
    """What a model makes of a message."""
    return decided_of(model, bag_of(title, body))


def decided_of(model: Model, bag: Bag) -> Decided:
    """What a model makes of words, wherever they come from. Of labels that are alike the first in order is taken."""
    sheet = found_in([bag], model.place).weighed(model.rarity)
    chances = _chances(model, sheet)[0]
    order = np.argsort(-chances, kind="stable").tolist()
    first = order[0]
    spoken = (sheet.values * model.weights[sheet.columns, first]).tolist()
    words = [Weight(model.words[column], weight) for column, weight in zip(sheet.columns.tolist(), spoken, strict=True)]
    start = float(model.starts[first])
    return Decided(
        label=model.labels[first],
        probability=float(chances[first]),
        words=tuple(sorted(words, key=lambda one: (-one.weight, one.word))),
        ranked=tuple(Ranked(model.labels[label], float(chances[label])) for label in order),
        start=start,
        score=float(sheet.scored(model.weights)[0, first]) + start,
    )


def _chances(model: Model, sheet: Sheet) -> Floats:
    """The probabilities of the labels; shape (texts, labels)."""
    return probabilities(sheet.scored(model.weights) + model.starts, Honest(model.spread, model.doubt))


def settled(found: Decided, threshold: Threshold) -> Decided | Unsure:
    """The same where the model is sure enough; else the labels from which a person chooses.

    >>> ranked = tuple(Ranked(label, chance) for label, chance in (("lamp", 0.6), ("hole", 0.3), ("tree", 0.1)))
    >>> found = Decided(label="lamp", probability=0.6, words=(), ranked=ranked, start=0.0, score=0.0)
    >>> settled(found, Threshold(0.6)) is found, settled(found, Threshold(0.61)) == Unsure(ranked)
    (True, True)
    """
    return found if found.probability >= threshold.least else Unsure(found.ranked[:MOST_SHOWN])
