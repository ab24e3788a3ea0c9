"""What photographs that come with a move may show: how it is now, and never what the case showed before."""

from collections.abc import Collection

from onecity.governance.facts import Evidenced
from onecity.governance.rules import Why
from onecity.kernel.refusal import Refused


def evidenced(
    step: str, photos: tuple[str, ...], metres: int | None, *, kept: bool, before: Collection[str]
) -> tuple[Evidenced] | Refused:
    """The fact that photographs came with a move, or why they show nothing.

    `kept` says that they are the case's. `before` are those that its report and its steps brought already: whoever says
    that something was put right took a picture afterwards, and of each time that it was put right another one.

    >>> evidenced("handle", ("new",), None, kept=True, before=["old"])
    (Evidenced(step='handle', photos=('new',), metres=None),)
    >>> evidenced("handle", ("new", "old"), None, kept=True, before=["old"]).reason
    <Why.OLD_PHOTO: 'governance.old_photo'>
    """
    if not kept:
        return Refused(Why.NO_SUCH_PHOTO)
    return Refused(Why.OLD_PHOTO) if not set(photos).isdisjoint(before) else (Evidenced(step, photos, metres),)
