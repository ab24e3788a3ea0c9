"""What photographs that come with a move may show: how it is now, and never what the case showed before."""

from collections.abc import Collection

from onecity.governance.rules import Why
from onecity.kernel.refusal import Refused


def unshown(shown: Collection[bytes], *, kept: bool, before: Collection[bytes]) -> Refused | None:
    """Why photographs that came with a move show nothing; None if they may be its evidence.

    `shown` are what they look like, and `before` what those look like that its report and its steps brought already:
    whoever says that something was put right took a picture afterwards, and of each time that it was put right another
    one, whatever name an old picture comes under. `kept` says that they are the case's.

    >>> unshown([b"new"], kept=True, before=[b"old"]) is None
    True
    >>> unshown([b"new", b"old"], kept=True, before=[b"old"]).reason
    <Why.OLD_PHOTO: 'governance.old_photo'>
    """
    if not kept:
        return Refused(Why.NO_SUCH_PHOTO)
    return Refused(Why.OLD_PHOTO) if not set(shown).isdisjoint(before) else None
