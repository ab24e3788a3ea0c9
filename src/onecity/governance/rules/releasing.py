"""Who lets everybody see a photograph, and when: a person who looked at it, and never the one who brought it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from onecity.casework import Why as CaseWhy
from onecity.governance.facts import PhotoKeptBack, PhotoReleased, PhotoWithdrawn
from onecity.governance.masking import Mask, MaskKind
from onecity.governance.model import Problem
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Reason, Refused

RELEASING: Final = ("governance.accept", "governance.inspect")
"""Duties of the centre and of its inspectors. Whoever puts things right is judged by these pictures."""
LONGEST_REASON: Final = 500
"""Characters."""


class WhyNot(Reason):
    """Why nothing was decided of a photograph."""

    NO_SUCH_PHOTO = "governance.release.no_such_photo"
    ALREADY = "governance.release.already"
    NOT_RELEASED = "governance.release.not_released"
    OWN_PHOTO = "governance.release.own_photo"
    NO_REASON = "governance.release.no_reason"
    MEANWHILE = "governance.release.meanwhile"
    WRONG_MASKS = "governance.release.wrong_masks"
    WRONG_PROPOSAL = "governance.release.wrong_proposal"


def marked(masks: Sequence[Mask], proposed: Sequence[Mask] | None) -> tuple[Mask, ...]:
    """Masks as they are recorded: what the detector did not propose, a person marked, whatever the form calls it.

    >>> face = Mask(1, 2, 3, 4, MaskKind.FACE)
    >>> marked([face], [face]) == (face,), marked([face], None)
    (True, (Mask(left=1, top=2, right=3, bottom=4, kind=<MaskKind.OTHER: 'other'>),))
    """
    known = frozenset(proposed or ())
    return tuple(one if one in known else msgspec.structs.replace(one, kind=MaskKind.OTHER) for one in masks)


def release(problem: Problem, facts: PhotoReleased, *, by: Acting) -> tuple[PhotoReleased] | Refused:
    """The fact that lets everybody see a masked copy, or why not."""
    no = _hindered(problem, facts.photo, by)
    if no is not None:
        return no
    return Refused(WhyNot.ALREADY) if problem.shown(facts.photo) else (facts,)


def keep_back(problem: Problem, fact: PhotoKeptBack, *, by: Acting) -> tuple[PhotoKeptBack] | Refused:
    """The fact that a photograph stays where it is; one that was released has to be withdrawn instead."""
    no = _hindered(problem, fact.photo, by) or _reasoned(fact.reason)
    if no is not None:
        return no
    return Refused(WhyNot.ALREADY) if problem.shown(fact.photo) else (fact,)


def withdraw(problem: Problem, photo: str, reason: str, *, by: Acting) -> tuple[PhotoWithdrawn] | Refused:
    """The fact that nobody is shown a copy any more. Anybody with the duty may, also whoever brought the picture."""
    shown = problem.shown(photo)
    if by.duty not in RELEASING:
        return Refused(CaseWhy.NOT_YOUR_DUTY)
    if shown is None:
        return Refused(WhyNot.NOT_RELEASED)
    return _reasoned(reason) or (PhotoWithdrawn(shown.subject, photo, shown.copy, reason),)


def _hindered(problem: Problem, photo: str, by: Acting) -> Refused | None:
    if by.duty not in RELEASING:
        return Refused(CaseWhy.NOT_YOUR_DUTY)
    return Refused(WhyNot.OWN_PHOTO) if problem.brought.get(photo) == by.person is not None else None


def _reasoned(reason: str | None) -> Refused | None:
    return None if reason and len(reason) <= LONGEST_REASON else Refused(WhyNot.NO_REASON, {"most": LONGEST_REASON})
