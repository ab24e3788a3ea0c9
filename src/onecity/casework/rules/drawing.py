"""Who does a step that nobody may choose: a lot that everybody can draw again.

The candidates are laid down before the lot can be known, by a fact of the case; the lot is the root of the first
checkpoint that covers this fact. See `docs/adr/0037-let-a-lot-choose-who-looks.md`.
"""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

import msgspec

from onecity.casework.facts import DrawOpened, WorkDrawn
from onecity.casework.model import Case
from onecity.casework.rules import Terms, Why
from onecity.casework.rules.moves import agencies_looked_at
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact


class OnDuty(msgspec.Struct, frozen=True):
    """Somebody who could do a step, and their agency."""

    person: UUID
    agency: str


def undrawn(case: Case) -> tuple[str, ...]:
    """The steps that wait for a lot to be opened: nobody has them, and nothing is laid down."""
    steps = (name for name, todo in case.waiting.items() if todo.drawn)
    return tuple(sorted(name for name in steps if name not in case.holders and name not in case.draws))


def draw_opened(case: Case, step: str, on_duty: Sequence[OnDuty], *, terms: Terms) -> tuple[Fact, ...] | Refused:
    """Lay down who may be chosen: everybody on duty except the agencies that did the work, whoever did it, the person
    concerned, and those on whom a lot of this case fell before and who gave it back.
    """
    declared = terms.process.steps[step]
    agencies = agencies_looked_at(case, declared)
    if step not in undrawn(case) or not agencies:
        return Refused(Why.NO_SUCH_STEP)
    workers = (case.workers[name].person for name in declared.drawn if name in case.workers)
    barred = {case.opened.subject, *case.passed, *workers}
    fit = {one.person for one in on_duty if one.agency not in agencies and one.person not in barred}
    if not fit:
        return Refused(Why.NOBODY_TO_DRAW)
    return (DrawOpened(step, agencies, tuple(sorted(fit, key=lambda who: pseudonym(case.id, who)))),)


def pseudonym(case: UUID, person: UUID) -> str:
    """What stands for a candidate where everybody may look: nobody learns from it who it is, and it is of one case.

    >>> pseudonym(UUID(int=1), UUID(int=2))
    '78d68721debb423c'
    """
    return sha256(case.bytes + person.bytes).hexdigest()[:16]


def lot(case: UUID, version: int, root: bytes, candidates: int) -> int:
    """Which of so many candidates, in the order of their pseudonyms, is chosen.

    `version` is that of the fact that laid the candidates down, `root` the root of the first checkpoint that covers it.
    """
    drawn = sha256(root + case.bytes + version.to_bytes(4, "big")).digest()
    return int.from_bytes(drawn, "big") % candidates


def work_drawn(case: Case, step: str, *, size: int, root: bytes) -> tuple[Fact, ...] | Refused:
    """The lot falls on somebody, by the first checkpoint of `size` facts under `root`."""
    draw = case.draws.get(step)
    if draw is None:
        return Refused(Why.NO_SUCH_STEP)
    number = lot(case.id, draw.version, root, len(draw.opened.candidates))
    return (WorkDrawn(step, draw.opened.candidates[number], size, root.hex()),)
