"""Letting everybody see a photograph with masks over what is nobody's to see, keeping it back, taking that back."""

from asyncio import to_thread
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from onecity.casework import Case, Moved, Terms, change
from onecity.governance.detecting import Proposal
from onecity.governance.facts import PhotoKeptBack, PhotoReleased
from onecity.governance.masking import Mask, masked
from onecity.governance.model import Problem, problem_of
from onecity.governance.photos import Photos
from onecity.governance.rules import releasing
from onecity.governance.rules.releasing import WhyNot
from onecity.governance.usecases import Street
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact

Decide = Callable[[Problem], tuple[Fact, ...] | Refused]


class Picture(msgspec.Struct, frozen=True):
    """A photograph of a case: under whose key it lies, and its name."""

    case: CaseId
    subject: UUID
    photo: str


async def release(
    picture: Picture, masks: Sequence[Mask], proposal: Proposal, *, street: Street, photos: Photos, key: UUID,
    by: Acting, now: datetime,
) -> Moved | Refused:  # fmt: skip
    """Make the masked copy anew from the original, keep it, and let everybody see it. `proposal` is of this picture."""
    content = await to_thread(photos.open, picture.subject, picture.photo)
    if content is None:
        return Refused(WhyNot.NO_SUCH_PHOTO)
    shown = await to_thread(masked, content, masks)
    copy = await photos.keep_copy(picture.subject, shown)
    fact = PhotoReleased(
        picture.subject, picture.photo, copy, sha256(shown).hexdigest(), releasing.marked(masks, proposal.masks),
        proposal.detector, proposal.version, None if proposal.masks is None else len(proposal.masks),
    )  # fmt: skip
    done = await _decided(
        picture.case, lambda problem: releasing.release(problem, fact, by=by), street=street, key=key, by=by, now=now
    )
    # A command that came twice, or was refused, leaves a copy of which no fact speaks.
    told = problem_of(await street.office.ledger.history(picture.case)).shown(picture.photo)
    if told is None or told.copy != copy:
        await to_thread(photos.remove, copy)
    return done


async def keep_back(
    picture: Picture, reason: str, *, street: Street, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Let nobody else see a photograph."""
    fact = PhotoKeptBack(picture.subject, picture.photo, reason)
    return await _decided(
        picture.case, lambda problem: releasing.keep_back(problem, fact, by=by), street=street, key=key, by=by, now=now
    )


async def withdraw(
    picture: Picture, reason: str, *, street: Street, photos: Photos, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Take a release back: the copy is removed, the photograph stays sealed and can be released anew."""
    before = problem_of(await street.office.ledger.history(picture.case)).shown(picture.photo)
    done = await _decided(
        picture.case,
        lambda problem: releasing.withdraw(problem, picture.photo, reason, by=by),
        street=street, key=key, by=by, now=now,
    )  # fmt: skip
    if before is not None and not isinstance(done, Refused):
        await to_thread(photos.remove, before.copy)
    return done


async def _decided(
    case: CaseId, decide: Decide, *, street: Street, key: UUID, by: Acting, now: datetime
) -> Moved | Refused:
    """Add to the history of a case what a rule says of one of its photographs."""
    history = await street.office.ledger.history(case)
    problem = problem_of(history)

    def rule(found: Case, _terms: Terms) -> tuple[Fact, ...] | Refused:
        # What was decided in between is not in the problem: whoever decides looks again.
        return decide(problem) if found.version == len(history) else Refused(WhyNot.MEANWHILE)

    return await change(case, rule, office=street.office, key=key, by=by, now=now)
