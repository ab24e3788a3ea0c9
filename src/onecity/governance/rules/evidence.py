"""What photographs that come with a move may show: how it is now, and never what the case showed before."""

from collections.abc import Collection

from onecity.governance.rules import Why
from onecity.kernel.refusal import Refused


def unshown(photos: tuple[str, ...], *, kept: bool, before: Collection[str]) -> Refused | None:
    """Why photographs that came with a move show nothing; None if they may be its evidence.

    `kept` says that they are the case's. `before` are those that its report and its steps brought already: whoever says
    that something was put right took a picture afterwards, and of each time that it was put right another one.

    >>> unshown(("new",), kept=True, before=["old"]) is None
    True
    >>> unshown(("new", "old"), kept=True, before=["old"]).reason
    <Why.OLD_PHOTO: 'governance.old_photo'>
    """
    if not kept:
        return Refused(Why.NO_SUCH_PHOTO)
    return Refused(Why.OLD_PHOTO) if not set(photos).isdisjoint(before) else None
