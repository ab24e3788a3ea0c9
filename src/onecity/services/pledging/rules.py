"""Which pledges are taken, and what a check found."""

from collections.abc import Collection, Mapping
from datetime import date

from onecity.casework import Process
from onecity.kernel.lists import nearest
from onecity.kernel.refusal import Reason, Refused
from onecity.services.pledging.facts import Found


class Why(Reason):
    """Why a pledge is not taken."""

    NO_PLEDGE = "services.no_pledge"
    PLEDGE_CHANGED = "services.pledge_changed"
    PLEDGE_BARRED = "services.pledge_barred"
    PLEDGE_FELL = "services.pledge_fell"
    PLEDGE_FELL_ANEW = "services.pledge_fell_anew"


def taken(
    agreed: Mapping[str, str], *, items: Collection[str], texts: Mapping[str, str], barred: Mapping[str, date]
) -> Refused | None:
    """Why pledges are not taken that somebody agreed to; None if all are.

    `agreed` has the version of the text that they read, by item, `texts` the versions in force, and `barred` the last
    day of whoever broke a pledge in a matter before.
    """
    offered = tuple(name for name in items if name in texts)
    strange = tuple(name for name in agreed if name not in offered)
    if strange:
        return Refused(Why.NO_PLEDGE, {"names": strange, "meant": nearest(strange, offered), "number": len(strange)})
    # Nobody is held to words that they did not read.
    old = tuple(name for name, text in agreed.items() if text != texts[name])
    if old:
        return Refused(Why.PLEDGE_CHANGED, {"names": old, "number": len(old)})
    no = next((name for name in agreed if name in barred), None)
    return Refused(Why.PLEDGE_BARRED, {"names": (no,), "day": barred[no].isoformat()}) if no else None


def decided_after_all(spares: Collection[str], brought: Collection[str], *, ordinary: bool) -> Refused | None:
    """Why a case is not granted whose pledge no longer counts, as another one of the same person was broken.

    Once what the pledge had spared is there, the case is decided on papers like any other. Where it had spared no paper
    but a look beforehand, or where the case was not told in time, the person applies anew.
    """
    if not spares or not ordinary:
        return Refused(Why.PLEDGE_FELL_ANEW)
    lacking = tuple(name for name in spares if name not in brought)
    return Refused(Why.PLEDGE_FELL, {"names": lacking, "number": len(lacking)}) if lacking else None


def found_by(process: Process, result: str) -> Found:
    """What a check found, by the result with which it ended."""
    if result in process.succeeds:
        return Found.KEPT
    return Found.BROKEN if result in process.refuses else Found.NOTHING
