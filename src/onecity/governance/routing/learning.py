"""Learning from examples: for each label a straight line between its texts and all others, then honest probabilities.

The line is ridge regression on +1 and −1, solved with conjugate gradients: the same examples in the same order give the
same bytes. What a word weighs is one number for each label, so that every decision can be told in its words.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from onecity.governance.routing.bags import Bag, bag_of
from onecity.governance.routing.honesty import Places, told_by
from onecity.governance.routing.model import Example, Floats, Model, NotRouted
from onecity.governance.routing.sheet import Sheet, counted, rarity_of
from onecity.kernel.refusal import Refused

SLACK: Final = 1.0
"""How far a text may stay from its side of the line: what keeps a word that stood in one text from deciding alone."""

FOLDS: Final = 3
"""The examples are cut into so many parts; what is said of each part is learnt from the others."""

LEAST_TOLD: Final = 50
LEAST_OF_LABEL: Final = 5
"""With fewer examples in all, or of some label, the share that the cross-check finds right is hardly better than a
guess: half of 50 told rightly may as well be 36 or 64 % of others, and of 4 the parts to learn from hold two or three.
"""

_NEAR: Final = 3e-3
"""The line is found when what is left is this small a share of what was to be explained."""
_MOST_STEPS: Final = 200


def learned_from(examples: Sequence[Example]) -> Model | Refused:
    """A model of messages and the labels that people gave them."""
    return learned((bag_of(one.title, one.body) for one in examples), [one.label for one in examples])


def are_enough(labels: Iterable[str]) -> bool:
    """Whether so many examples, by their labels, tell how often the model will be right.

    >>> are_enough(["lamp", "hole"] * 25), are_enough(["lamp"] * 50 + ["hole"] * 4), are_enough(["lamp", "hole"] * 20)
    (True, False, False)
    """
    times = Counter(labels)
    return times.total() >= LEAST_TOLD and min(times.values()) >= LEAST_OF_LABEL


def learned(bags: Iterable[Bag], labels: Sequence[str]) -> Model | Refused:
    """A model of texts and the labels that people gave them, one each; Refused if there is nothing to tell apart."""
    names = tuple(sorted(set(labels)))
    if not names:
        return Refused(NotRouted.NO_EXAMPLES)
    if len(names) == 1:
        return Refused(NotRouted.ONE_LABEL, {"label": names[0]})
    words, counts = counted(bags)
    assert counts.height == len(labels), "each text has one label"
    if not words:
        return Refused(NotRouted.NO_WORDS)
    at = {name: place for place, name in enumerate(names)}
    truth = np.array([at[label] for label in labels], dtype=np.intp)
    scores = _told_by_others(counts, truth, len(names))
    told = told_by(scores, truth)
    rarity = rarity_of(counts)
    weights, starts = _lines(counts.weighed(rarity), truth, len(names))
    return Model(
        labels=names, words=words, rarity=rarity.astype(np.float32), weights=weights.astype(np.float32),
        starts=(starts + told.lean).astype(np.float32), spread=told.honest.spread, doubt=told.honest.doubt,
        examples=len(labels), right=float(((scores + told.lean).argmax(axis=1) == truth).mean()),
    )  # fmt: skip


def _told_by_others(counts: Sheet, truth: Places, labels: int) -> Floats:
    """The scores of each text, as lines say them that were drawn without it; shape (texts, labels)."""
    scores = np.zeros((len(truth), labels))
    parts = _parts(truth)
    for part in range(parts.max() + 1):
        mine = parts == part
        others = counts.only(~mine)
        rarity = rarity_of(others)
        weights, starts = _lines(others.weighed(rarity), truth[~mine], labels)
        scores[mine] = counts.only(mine).weighed(rarity).scored(weights) + starts
    return scores


def _parts(truth: Places) -> Places:
    """To which part each text belongs: label by label they are dealt out by turns, so that no part has all of one."""
    parts = np.zeros_like(truth)
    parts[np.argsort(truth, kind="stable")] = np.arange(len(truth)) % FOLDS
    return parts


def _lines(sheet: Sheet, truth: Places, count: int) -> tuple[Floats, Floats]:
    """The weights of the words and the starts, shapes (words, labels) and (labels)."""
    weights, starts = np.zeros((sheet.width, count)), np.zeros(count)
    for label in range(count):
        mine = truth == label
        power = _power(sheet, mine)
        seen = msgspec.structs.replace(sheet, values=sheet.values * power[sheet.columns])
        pulls = _pulls(seen, np.where(mine, 1.0, -1.0))
        weights[:, label] = power * seen.down(pulls)
        starts[label] = pulls.sum()
    return weights, starts


def _power(sheet: Sheet, mine: npt.NDArray[np.bool_]) -> Floats:
    """How well each word tells some texts from the others: about 1, and two thirds where a word tells nothing.

    Source: the log-count ratio of Wang and Manning, "Baselines and Bigrams" (ACL 2012).
    """
    standing = sheet.standing() > 0
    here, there = (sheet.down(side.astype(np.float64))[standing] + 0.5 for side in (mine, ~mine))
    ratio = np.abs(np.log(here * there.sum() / (there * here.sum())))
    usual = np.sqrt((ratio * ratio).sum() / max(1, len(ratio)))
    power = np.ones(sheet.width)
    if usual > 0:
        power[standing] = (2 + ratio / usual) / 3
    return power


def _pulls(sheet: Sheet, sides: Floats) -> Floats:
    """How strongly each text pulls at the line: (X Xᵀ + 1 + SLACK) pulls = sides, by conjugate gradients.

    The 1 is the word that stands in every text: its weight is the start. Sums are numpy's own and not those of a
    library for matrices, which may add in another order on another number of cores.
    """
    pulls = np.zeros_like(sides)
    left, way = sides.copy(), sides.copy()
    still = begun = float((left * left).sum())
    for _ in range(_MOST_STEPS):
        if still <= _NEAR * _NEAR * begun:
            break
        ahead = sheet.across(sheet.down(way)) + way.sum() + SLACK * way
        step = still / float((way * ahead).sum())
        pulls += step * way
        left -= step * ahead
        before, still = still, float((left * left).sum())
        way = left + still / before * way
    return pulls
