"""Which version of the city's rules holds at which instant, and when another may begin."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from onecity.kernel.refusal import Reason, Refused
from onecity.ledger.facts import Fact, FactType


class How(StrEnum):
    """What brought a version: the start of a city with a folder, or a command that named the instant."""

    START = "start"
    COMMAND = "command"


class PackApplied(Fact, frozen=True):
    """From the instant `since` the declarations of this version hold, until another version begins.

    `version` is the hash of the list of all declarations, `origin` the name under which the city signs its checkpoints.
    """

    version: str
    since: datetime
    origin: str
    how: How


FACTS: Final = (FactType("ledger.pack_applied", PackApplied),)


class PackVersion(msgspec.Struct, frozen=True):
    """A version of the rules, the instant from which it holds, and the instant at which the city learned of it."""

    version: str
    since: datetime
    recorded: datetime
    origin: str
    how: How


class Why(Reason):
    """Why a version of the rules does not begin."""

    PAST = "ledger.pack_in_the_past"
    OTHER_CITY = "ledger.pack_of_another_city"


def holding(known: Sequence[PackVersion], at: datetime) -> PackVersion | None:
    """The version that holds at an instant; of two that begin together, the one that was brought later."""
    begun = [one for one in known if one.since <= at]
    return max(begun, key=lambda one: (one.since, one.recorded, one.version), default=None)


def commanded(
    known: Sequence[PackVersion], version: str, origin: str, *, since: datetime, now: datetime
) -> PackApplied | PackVersion | Refused:
    """What a command to apply a version does: it begins, it holds at that instant anyway, or it is refused.

    What was decided was decided under the rules of its moment, so no version begins in the past.
    """
    if any(one.origin != origin for one in known):
        return Refused(Why.OTHER_CITY, {"origin": origin})
    if since < now:
        return Refused(Why.PAST, {"since": since.isoformat(timespec="seconds")})
    standing = holding(known, since)
    if standing is not None and standing.version == version:
        return standing
    return PackApplied(version, since, origin, How.COMMAND)


def started(
    known: Sequence[PackVersion], version: str, origin: str, *, now: datetime
) -> PackApplied | PackVersion | Refused:
    """What the start of a city with a folder does: the folder's version begins, or the one in force stays.

    A folder begins only as news: a version that the city had before, on another machine or before an upgrade, does not
    come back by a restart. Once somebody has applied a version by command, starts bring none any more.
    """
    if any(one.origin != origin for one in known):
        return Refused(Why.OTHER_CITY, {"origin": origin})
    standing = holding(known, now)
    commands = any(one.how is How.COMMAND for one in known)
    seen = any(one.version == version for one in known)
    if standing is not None and (commands or seen):
        return standing
    return PackApplied(version, now, origin, How.START)
