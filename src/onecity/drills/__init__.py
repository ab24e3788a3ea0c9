"""The proof kit: a city of its own is put through each drill, and one page tells what held.

Whoever doubts OneCity runs it on a machine of theirs: the drills know a city only from outside, by its commands, its
pages and, as an insider would, its database. Tests and measurements of the house use the same cities and people.
"""

from typing import Final

from onecity.drills.analytics import ANALYTICS
from onecity.drills.burst import BURST
from onecity.drills.crash import CRASH
from onecity.drills.doors import DOORS
from onecity.drills.failover import FAILOVER
from onecity.drills.forgetting import FORGETTING
from onecity.drills.growth import GROWTH
from onecity.drills.proving import Drill, Outcome, a_pattern, all_done, done
from onecity.drills.restoring import RESTORE
from onecity.drills.soak import SOAK
from onecity.drills.tampering import TAMPER
from onecity.drills.week import WEEK_DRILL

DRILLS: Final[dict[str, Drill]] = {
    one.name: one
    for one in (CRASH, RESTORE, FAILOVER, TAMPER, FORGETTING, DOORS, BURST, WEEK_DRILL, GROWTH, SOAK, ANALYTICS)
}  # fmt: skip

__all__ = ["DRILLS", "Drill", "Outcome", "a_pattern", "all_done", "done"]
