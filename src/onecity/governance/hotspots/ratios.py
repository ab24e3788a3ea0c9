"""How much likelier a count is if more happens at that place in those days than if place and day are independent."""

from typing import Final

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64 | np.int32]
Ratios = npt.NDArray[np.float64]

_DIGITS: Final = 9
"""Logarithms differ in their last digits from one processor to another; ranks and ties must not."""


def log_ratio(observed: Counts, here: Counts, then: int, of: int) -> Ratios:
    """The logarithms of the likelihood ratios of cylinders; 0 where no more was observed than expected.

    `here` counts the events of a circle on all days, `then` those of the cylinder's days at all places, `of` all of
    them: `here · then / of` are expected if place and day have nothing to do with each other.

    Source: Kulldorff et al. 2005, PLoS Medicine 2(3), e59: (c/μ)^c · ((C-c)/(C-μ))^(C-c) where c > μ.

    >>> [float(one) for one in log_ratio(np.array([18, 5]), np.array([60, 60]), 100, 1_000).round(3)]
    [7.848, 0.0]
    """
    expected = here * then / of
    rest = of - observed
    # Where nothing is left to count, 0 · log 0 is 0; the bounds keep the logarithm away from there.
    inside = observed * np.log(np.maximum(observed, 1) / np.maximum(expected, 1e-12))
    outside = rest * np.log(np.maximum(rest, 1) / np.maximum(of - expected, 1e-12))
    return np.where(observed > expected, inside + outside, 0.0).round(_DIGITS)


def needed(ratio: float, here: Counts, then: int, of: int) -> Counts:
    """The least counts with which circles reach a ratio; one more than they can have where they never do.

    With the same expectation a higher count has a higher ratio, so the least is found by halving.
    """
    low, high = np.zeros_like(here), np.minimum(here, then) + 1
    while (low < high).any():
        middle = (low + high) // 2
        enough = log_ratio(middle, here, then, of) >= ratio
        high, low = np.where(enough, middle, high), np.where(enough, low, np.minimum(middle + 1, high))
    return high
