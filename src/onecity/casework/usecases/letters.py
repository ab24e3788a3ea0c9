"""The letters that follow from what happens to a case: to the person concerned, and to those whose turn it is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final
from uuid import UUID

from onecity.casework.cited import OVERRUN
from onecity.casework.declared import APPLICANT
from onecity.casework.facts import (
    LAPSED,
    CaseEnded,
    CaseReleased,
    CaseReopened,
    ClockExtended,
    ClockRecounted,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Counted,
    Delivery,
    DueSoon,
    Meeting,
    MeetingSoon,
    Overrun,
    OverrunExplained,
    StepTaken,
    StopProlonged,
)
from onecity.casework.model import Case
from onecity.casework.posting import CasePosted, PostReturned, Returned
from onecity.casework.usecases import Happening
from onecity.kernel.clock import working_days_left
from onecity.kernel.ids import PersonId
from onecity.kernel.instants import stamp
from onecity.ledger import Change, Fact
from onecity.notices import letter_to, publish

_NO_REASON_YET: Final = ""
"""The board says in the reader's language that nobody wrote why."""

OFFICERS: Final[Mapping[type[Fact], str]] = {DueSoon: "desk.due_soon", Overrun: "desk.overrun"}
_RETURNED: Final[Mapping[Returned, str]] = {
    Returned.UNKNOWN: "casework.returned_unknown",
    Returned.NOBODY: "casework.returned_nobody",
    Returned.DECLINED: "casework.returned_declined",
}
NOBODY: Final = "desk.nobody_to_draw"
TIME_ASKED: Final = "desk.time_asked"
VISIT_JOINED: Final = "desk.visit_joined"
TO_OFFICERS: Final = frozenset({*OFFICERS.values(), NOBODY, TIME_ASKED, VISIT_JOINED})
"""The letters to officers about a case; `about` is then the case itself."""


def letters(happening: Happening, *, to: UUID | None = None, about: UUID | None = None) -> Iterator[Change]:
    """The letters to the person concerned, or the same ones `to` somebody else whom the case is `about`."""
    whom = (to or happening.case.opened.subject, about or happening.case.opened.affair)
    said = told(happening.case, happening.facts)
    for fact in _last_words(happening.facts):
        match fact:
            case StepTaken(step=name, outcome=chosen, words=words):
                step = happening.terms.process.steps[name]
                outcome = step.outcomes[chosen]
                if outcome.letter is not None:
                    ruled = step.at_once.because if step.at_once and fact.at_once else None
                    law = (ruled or outcome.because or step.because).citation
                    yield _letter(happening, whom, outcome.letter, said, words, law)
            case CaseReopened():
                rule = happening.terms.process.reopens
                if rule is not None and rule.letter is not None:
                    yield _letter(happening, whom, rule.letter, said, None, rule.because.citation)
            case CaseReleased():
                yield _letter(happening, whom, "casework.released", said)
            case CaseEnded(result=result) if result == LAPSED:
                yield _letter(happening, whom, "casework.lapsed", said)
            case ClockRecounted():
                yield _letter(happening, whom, "casework.recounted", said)
            case Overrun():
                yield _letter(happening, whom, "casework.overrun", said)
            case MeetingSoon(meeting=meeting):
                kind = "casework.visit_soon" if meeting.hall is None else "casework.meeting_soon"
                yield _letter(happening, whom, kind, said)
            case CasePosted(tracking=tracking):
                yield _letter(happening, whom, "casework.posted", said, {"tracking": tracking or ""})
            case PostReturned(why=why):
                yield _letter(happening, whom, _RETURNED[why], said)
            case _:
                pass


def _last_words(facts: Sequence[Fact]) -> Iterator[Fact]:
    """The facts of which letters tell: not of a step after which the city did more at once, which says it all."""
    taken = [fact for fact in facts if isinstance(fact, StepTaken)]
    untold = [before for before, then in pairwise(taken) if then.at_once]
    return (fact for fact in facts if not any(fact is one for one in untold))


def notices(happening: Happening, *, today: date) -> Iterator[Change]:
    """What everybody may read: what a process hangs on the board, a meeting that will not take place, a day that was
    missed, and why as soon as somebody said so.

    Source: 优化营商环境条例 (2019-10-22) article 36: the reason of an overrun is published.
    """
    yield from _boards(happening)
    case, calendar = happening.case, happening.terms.calendar
    for fact in happening.facts:
        match fact:
            case Overrun(due=due):
                late, reason = due, _NO_REASON_YET
            case OverrunExplained(reason=said) if case.overrun is not None:
                late, reason = case.overrun, said
            case _:
                continue
        facts = {"matter": case.opened.matter, "reason": reason}
        if case.counted is not None and case.counted.at is not None:
            kind, more = "casework.overrun_hours", {"due": stamp(case.counted.at)}
        else:
            days = -working_days_left(calendar, today=today, latest=late)
            kind, more = "casework.overrun", {"days": str(days)}
        agency = next((case.agency_of(step) for step in sorted(case.waiting)), case.opened.agency)
        yield publish(
            kind, facts={**facts, **more}, about=case.id, agency=agency, law=OVERRUN.citation, key=happening.key,
            now=happening.now,
        )  # fmt: skip


def _boards(happening: Happening) -> Iterator[Change]:
    """What a process hangs on the board, and the end of what was announced there; nobody's name stands in it."""
    case, steps = happening.case, happening.terms.process.steps
    for fact in happening.facts:
        if isinstance(fact, StepTaken):
            outcome = steps[fact.step].outcomes[fact.outcome]
            if outcome.board is not None:
                law = (outcome.because or steps[fact.step].because).citation
                yield _board(happening, outcome.board, case.agency_of(fact.step), fact.meeting, law)
    if happening.result is None:
        return
    for step, meeting in sorted(case.meetings.items()):
        # Of a visit nobody but those concerned was told.
        if meeting.at > happening.now and meeting.hall is not None:
            law = steps[step].because.citation
            yield _board(happening, "casework.meeting_off", case.agency_of(step), meeting, law)


def _board(happening: Happening, kind: str, agency: str, meeting: Meeting | None, law: str) -> Change:
    facts = {"matter": happening.case.opened.matter, **(_when(meeting) if meeting else {})}
    return publish(
        kind, facts=facts, about=happening.case.id, agency=agency, law=law, key=happening.key, now=happening.now
    )


def letter_to_officer(
    happening: Happening, officer: UUID, kind: str, due: date, also: Mapping[str, str] = {}
) -> Change:
    """A letter to somebody whose turn it is, or who answers for it."""
    opened = happening.case.opened
    return letter_to(
        PersonId(officer),
        kind,
        about=happening.case.id,
        sender=opened.agency,
        facts={"matter": opened.matter, "case": str(happening.case.id), "due": due.isoformat(), **also},
        words=None,
        law="",
        key=happening.key,
        now=happening.now,
    )


def _letter(
    happening: Happening,
    whom: tuple[UUID, UUID],
    kind: str,
    said: Mapping[str, str],
    words: Mapping[str, str] | None = None,
    law: str = "",
) -> Change:
    to, about = whom
    return letter_to(
        PersonId(to),
        kind,
        about=about,
        sender=happening.case.opened.agency,
        facts=said,
        words=words,
        law=law,
        key=happening.key,
        now=happening.now,
    )


def told(case: Case, facts: Sequence[Fact]) -> dict[str, str]:
    """What the letters about some facts may speak of: names, days and numbers, nothing personal."""
    said = {"matter": case.opened.matter, "case": str(case.id)}
    if case.due is not None:
        said["before_day"] = case.due.isoformat()
    for fact in facts:
        match fact:
            case StopProlonged(planned=planned, counted=counted):
                said |= {**_due(counted), "stop_days": str(planned)}
            case ClockStopped(kind=kind, planned=planned, counted=counted):
                said |= {**_due(counted), "stop": kind, "stop_days": str(planned)}
            case ClockExtended(days=days, counted=counted):
                said |= {**_due(counted), "extension_days": str(days)}
            case ClockStarted(counted=counted) | ClockResumed(counted=counted) | ClockRecounted(counted=counted):
                said |= _due(counted)
            case StepTaken(lacking=lacking, opens=opens, meeting=meeting):
                said |= _when(meeting) if meeting else {}
                if lacking:
                    said["lacking"] = " ".join(lacking)
                for todo in opens:
                    if todo.duty == APPLICANT and todo.silent is not None:
                        said["bring_day"] = todo.silent.isoformat()
            case MeetingSoon(meeting=meeting):
                said |= _when(meeting)
            case Overrun(due=due):
                said["due"] = due.isoformat()
            case CaseEnded(deliver_by=last) if last is not None and case.post.way is not Delivery.ONLINE:
                said["post_day" if case.post.way is Delivery.POST else "deliver_day"] = last.isoformat()
            case PostReturned(deliver_by=last):
                said["deliver_day"] = last.isoformat()
            case _:
                pass
    # Another hour need not move the latest day: the letter then says the one that stands.
    if "meeting_at" in said and "due" not in said and case.counted is not None:
        said |= _due(case.counted)
    return said


def _when(meeting: Meeting) -> dict[str, str]:
    """When and where people meet, as letters and notices say it."""
    return {"meeting_at": stamp(meeting.at)} | ({"hall": meeting.hall} if meeting.hall is not None else {})


def _due(counted: Counted) -> dict[str, str]:
    """The latest day as letters say it; where the limit counts hours, the instant."""
    return {"due": counted.due.isoformat() if counted.at is None else stamp(counted.at)}
