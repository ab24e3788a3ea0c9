"""How long cases take and wait, slow and obvious: durations by every pair of times, waits by every moment between.

What it says: a case lasts as long as its two times that lie furthest apart; and of a case whose events are moments or
pieces of work, it waits in each span between two times that lie beside each other in which no work is under way.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from onecity.casework.mining import DAY_US, Case


def durations(cases: Sequence[Case]) -> list[Fraction]:
    """How many days each case lasts that has a time at all, in the order of the cases."""
    found = []
    for case in cases:
        times = [one.time for one in case.events if one.time is not None]
        if times:
            found.append(Fraction(max(abs(one - other) for one in times for other in times), DAY_US))
    return found


def middle(spans: Sequence[Fraction]) -> Fraction:
    """The median: half of the two between which as many are smaller as are greater."""
    ranked = sorted(spans)
    return (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2


def idle(work: Sequence[tuple[int, int]]) -> int:
    """How long nothing was going on between the first begin and the last end. Unit: as the times."""
    edges = sorted({edge for one in work for edge in one})
    return sum(
        late - early
        for early, late in pairwise(edges)
        if not any(begin <= early and late <= end for begin, end in work)
    )
