"""From scores to probabilities that mean what they say: of texts told at 80 %, eight in ten are told rightly."""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from onecity.governance.routing.model import Floats

Places = npt.NDArray[np.intp]
"""For each text the place of its label."""

_SPREADS: Final = np.geomspace(0.02, 5.0, 60)
_ROUNDS: Final = 3
_STEPS: Final = 20
_DOUBTS: Final = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)


class Honest(msgspec.Struct, frozen=True):
    """How scores become probabilities: see Model."""

    spread: float
    doubt: float


class Told(msgspec.Struct, frozen=True, eq=False):
    """What the scores of texts that were not learnt from teach: `lean` is added to the score of each label."""

    honest: Honest
    lean: Floats


def probabilities(scores: Floats, told: Honest) -> Floats:
    """The probabilities of labels with these scores, along the last axis; they add up to 1.

    >>> probabilities(np.array([1.0, 1.0]), Honest(spread=0.3, doubt=0.0)).tolist()
    [0.5, 0.5]
    """
    raised = np.exp((scores - scores.max(axis=-1, keepdims=True)) / told.spread)
    share: Floats = (1 - told.doubt) * raised / raised.sum(axis=-1, keepdims=True) + told.doubt / scores.shape[-1]
    return share


def told_by(scores: Floats, truth: Places) -> Told:
    """How honest probabilities are made of scores like these.

    `scores` (texts, labels) must come from lines that did not see these texts. Each label leans up or down until it is
    told as often as people gave it, and spread and doubt are those under which what people gave is most probable.
    """
    shares = np.bincount(truth, minlength=scores.shape[1]) / len(truth)
    lean = np.zeros(scores.shape[1])
    found = _most_probable(scores, truth)
    for _ in range(_ROUNDS):
        for _ in range(_STEPS):
            lean += found.spread / 2 * np.log(shares / probabilities(scores + lean, found).mean(axis=0))
        found = _most_probable(scores + lean, truth)
    return Told(found, lean)


def _most_probable(scores: Floats, truth: Places) -> Honest:
    """Spread and doubt. However well a few examples are told apart, they make nothing certain: there is a doubt of one
    text more than was seen.
    """
    texts, labels = scores.shape
    least = 1 / (texts + 1)
    found: list[tuple[float, float, float]] = []
    for spread in _SPREADS.tolist():
        sure = probabilities(scores, Honest(spread, 0.0))[np.arange(texts), truth]
        for doubt in {max(one, least) for one in _DOUBTS}:
            # The mean surprise at the labels that people gave.
            surprise = -np.log((1 - doubt) * sure + doubt / labels).mean()
            found.append((float(surprise), spread, doubt))
    return Honest(*min(found)[1:])
