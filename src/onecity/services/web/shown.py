"""A case as people see it: its state, its latest day with every day on the way, what happened and what comes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.casework import Case, CaseOpened, Process, StepTaken
from onecity.kernel.clock import Calendar, Day, Due, Run, due, tacit_acceptance
from onecity.ledger import Recorded
from onecity.services.answers import Field, FieldType
from onecity.services.declared import Item

_WAITING: Final = "waiting"
_RUNNING: Final = "running"
_HELD: Final = "held"
_TAG: Final = {_HELD: "idle", _WAITING: "idle", _RUNNING: "busy", "granted": "ok"}


class Shown(msgspec.Struct, frozen=True):
    """A case with what it follows and its clock at work.

    `due` is the latest day: of the acceptance until the case is accepted; an estimate while it waits for another case.
    """

    case: Case
    item: Item
    process: Process
    due: Due

    @property
    def state(self) -> str:
        """`held` behind another case, `waiting` for acceptance, `running`, or the result."""
        if self.case.held:
            return _HELD
        return self.case.result or (_RUNNING if self.case.clock else _WAITING)

    @property
    def tag(self) -> str:
        """How the state is drawn."""
        return _TAG.get(self.state, "stopped")

    @property
    def days(self) -> Sequence[Day]:
        return self.due.days

    @property
    def counted(self) -> int:
        """Days that count on the way to the latest one."""
        return sum(day.mark.counts for day in self.due.days)


def shown(
    case: Case, item: Item, process: Process, calendar: Calendar, before: Mapping[UUID, date] | None = None
) -> Shown:
    """A case with its clock as the calendar in force counts it. `before` has the latest days of those it waits for."""
    if case.clock is not None:
        latest = due(calendar, Run(case.clock.accepted, case.clock.limit))
    elif case.held:
        begin = max((day for other, day in (before or {}).items() if other in case.missing), default=case.received)
        latest = due(calendar, Run(begin, item.limit.limit))
    else:
        latest = tacit_acceptance(calendar, received=case.received).silent_until
    return Shown(case, item, process, latest)


class Moment(msgspec.Struct, frozen=True):
    """An entry of a timeline; the fields are those of the component of that name."""

    at: datetime | date
    kind: str
    title: str
    sentence: str = ""
    law: str = ""


def moments(one: Shown, history: Sequence[Recorded], *, lang: str, say: Callable[[str], str]) -> list[Moment]:
    """What happened in a case and what comes, the newest first."""
    past = [moment for recorded in history for moment in _past(one, recorded, lang, say)]
    coming = [
        Moment(
            one.due.day,
            "future",
            one.process.steps[step].name.said(lang),
            law=one.process.steps[step].because.said(lang),
        )
        for step in sorted(one.case.waiting)
    ]
    return coming + past[::-1]


def _past(one: Shown, recorded: Recorded, lang: str, say: Callable[[str], str]) -> Iterator[Moment]:
    match recorded.fact:
        case CaseOpened():
            yield Moment(recorded.at, "received", say("services.affair.received"))
        case StepTaken(step=name, outcome=chosen, words=words):
            step = one.process.steps[name]
            outcome = step.outcomes[chosen]
            written = [f"{outcome.write[part].ask.said(lang)}：{text}" for part, text in (words or {}).items()]
            kind = "refused" if outcome.ends not in (None, "granted") else "done"
            law = (outcome.because or step.because).said(lang)
            yield Moment(recorded.at, kind, outcome.name.said(lang), "\n".join(written), law)
        case _:
            pass


def newest_first(found: Sequence[Moment], zone: ZoneInfo) -> list[Moment]:
    """The moments of several cases in one row, what comes above what was; what all have in common stands once."""
    once = list(dict.fromkeys(found))
    coming = sorted((one for one in once if one.kind == "future"), key=lambda one: str(one.at), reverse=True)
    past = sorted((one for one in once if one.kind != "future"), key=lambda one: _instant(one.at, zone), reverse=True)
    return coming + past


def _instant(at: datetime | date, zone: ZoneInfo) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time.min, zone)


def answer_rows(
    fields: Mapping[str, Field], answers: Mapping[str, str], *, lang: str, say: Callable[[str], str]
) -> list[dict[str, str]]:
    """Answers as rows of question and answer, in the order of the form."""
    known = [(name, field) for name, field in fields.items() if name in answers]
    return [
        {"term": field.ask.said(lang), "value": answer_text(field, answers[name], lang, say)} for name, field in known
    ]


def answer_text(field: Field, value: str, lang: str, say: Callable[[str], str]) -> str:
    """An answer as people say it: a choice by its words, a street by its full name, a number with its unit."""
    match field.type:
        case FieldType.CHOICE | FieldType.STREET:
            return next((choice.say.said(lang) for choice in field.choices if choice.value == value), value)
        case FieldType.YES_NO:
            return say(f"services.form.{value}")
        case FieldType.NUMBER if field.unit is not None:
            return f"{value} {field.unit.said(lang)}"
        case _:
            return value
