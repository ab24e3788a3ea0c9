"""A case as people see it: its state, its latest day with every day on the way, what happened and what comes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from onecity.casework import (
    APPLICANT,
    LAPSED,
    WITHDRAWN,
    Case,
    CaseEnded,
    CaseOpened,
    ClockAct,
    ClockRecounted,
    DueFor,
    Meeting,
    Outcome,
    Overrun,
    OverrunExplained,
    Process,
    Rated,
    StepTaken,
)
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.clock import Calendar, Day, Due, Limit, Run, Stop, Unit, due
from onecity.kernel.instants import day_in
from onecity.kernel.lists import listed
from onecity.ledger import Recorded
from onecity.machinery.web import Visit
from onecity.services.answers import AnswerFault, Field, FieldType, answer_text
from onecity.services.bounds import bound_words
from onecity.services.declared import Item, Remedy
from onecity.services.web.told_words import Told, words_of

AT: Final = "services/web/templates/"
"""Where the templates of services lie."""

_FEW: Final = 5
"""So many papers may be called few."""
_HELD: Final = "held"
_WAITING: Final = "waiting"
_YOURS: Final = "yours"
_STOPPED: Final = "stopped"
_LATE: Final = "late"
_RUNNING: Final = "running"
_TAG: Final = {
    _HELD: "idle",
    _WAITING: "idle",
    _YOURS: "due_soon",
    _STOPPED: "stopped",
    _LATE: "late",
    _RUNNING: "busy",
}


class Shown(msgspec.Struct, frozen=True):
    """A case with what it follows and its clock at work on a day.

    `due` is the latest day: of the acceptance until the case is accepted, of what the person must bring while it is
    their turn; an estimate while it waits for another case.
    """

    case: Case
    item: Item
    process: Process
    due: Due
    today: date
    unit: Unit
    """What is counted on the way to the latest day."""
    by: date
    """The latest day of the result, if every answer before it comes on its last day."""
    stop_ends: date | None = None
    """The last day of the stop that runs, as it was announced."""

    @property
    def state(self) -> str:
        """`held` behind another case, `waiting` for acceptance, `yours`, `stopped`, `late`, `running`, or a result."""
        case = self.case
        if case.result is not None:
            return case.result
        if case.held:
            return _HELD
        if any(todo.duty == APPLICANT for todo in case.waiting.values()):
            return _YOURS
        if case.stopped is not None:
            return _STOPPED
        if case.clock is None:
            return _WAITING
        return _LATE if self.today > self.due.day else _RUNNING

    @property
    def due_for(self) -> DueFor:
        """What the latest day is for."""
        if self.case.held:
            return DueFor.ESTIMATE
        if self.state == _YOURS:
            return DueFor.APPLICANT
        return DueFor.RESULT if self.case.clock is not None else DueFor.ACCEPTANCE

    @property
    def good(self) -> bool:
        """Whether it ended with a success."""
        return self.case.result in self.process.succeeds

    @property
    def confirms(self) -> bool:
        """Whether the step that waits for the person asks only for a word of theirs."""
        steps = [self.process.steps[one.step] for one in self.case.waiting.values() if one.duty == APPLICANT]
        return any(step.confirms for step in steps)

    @property
    def tag(self) -> str:
        """How the state is drawn."""
        if self.case.result is None:
            return _TAG[self.state]
        if self.good:
            return "ok"
        # A refusal bears a cross, never the sign of a stopped clock.
        return "refused" if self.case.result in self.process.refuses else "idle"

    @property
    def days(self) -> Sequence[Day]:
        return self.due.days

    @property
    def first_word(self) -> str:
        """What happened on the first of the days: it was accepted (`start`), only `received`, or the person `told`."""
        case = self.case
        if any(todo.duty == APPLICANT and self.process.steps[todo.step].silence for todo in case.waiting.values()):
            return "told"
        if self.process.counts_from_receipt:
            return "received"
        return "start" if case.clock is not None or case.held else "received"

    @property
    def limit_words(self) -> str:
        """The key of the words for how many days count: working days, or days of the calendar."""
        return limit_words(self.unit)

    @property
    def counted(self) -> int:
        """Days that count on the way to the latest one."""
        return sum(day.mark.counts for day in self.due.days)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The stretches on which the clock stood still."""
        return self.case.clock.stops if self.case.clock else ()

    @property
    def accepted(self) -> date | None:
        return self.case.clock.since if self.case.clock else None


def limit_words(unit: Unit) -> str:
    """The key of the words for a number of days of a kind."""
    return f"services.limit.{unit}"


def shown(
    case: Case, item: Item, process: Process, calendar: Calendar, *, today: date,
    before: Mapping[UUID, date] | None = None,
) -> Shown:  # fmt: skip
    """A case with its clock as the calendar in force counts it. `before` has the latest days of those it waits for."""
    run = _run(case, item, process, before or {}, calendar)
    found = due(calendar, run, today=today)
    # Where only the answer about acceptance is counted, the result is as far off as the limit after it.
    by = found.day
    if case.result is None and case.clock is None and not case.held:
        by = due(calendar, Run(found.day, case.opened.limit or item.limit.limit)).day
    ends = stop_end(calendar, case.stopped) if case.stopped else None
    return Shown(case, item, process, found, today, run.limit.unit, by, ends)


def ended_on(history: Sequence[Recorded], zone: ZoneInfo) -> date | None:
    """The day on which a case got its result; None while it has none."""
    at = next((one.at for one in history if isinstance(one.fact, CaseEnded)), None)
    return day_in(zone, at) if at else None


def stop_end(calendar: Calendar, stop: Stop) -> date:
    """The last day of a stop as it was announced: so many working days from its first one on."""
    return due(calendar, Run(stop.first - timedelta(days=1), Limit(stop.planned))).day


def _run(case: Case, item: Item, process: Process, before: Mapping[UUID, date], calendar: Calendar) -> Run:
    """What is counted: until the person brings something, until silence speaks, until the decision."""
    for todo in case.waiting.values():
        silence = process.steps[todo.step].silence
        if silence is not None and silence.after is not None and (todo.duty == APPLICANT or case.clock is None):
            return Run(todo.since, silence.after)
    if case.clock is not None:
        return case.clock
    begin = max((day for other, day in before.items() if other in case.missing), default=case.received)
    accepted = due(calendar, Run(begin, process.answered_in)).day if process.answered_in else begin
    return Run(accepted, case.opened.limit or item.limit.limit)


class Moment(msgspec.Struct, frozen=True):
    """An entry of a timeline; the fields are those of the component of that name."""

    at: datetime | date
    kind: str
    title: str
    sentence: str = ""
    law: str = ""
    icon: str = ""


class Telling(msgspec.Struct, frozen=True):
    """How things are told in a language: sentences of the house, the names of materials, questions and agencies, the
    hour and the hall of meetings.
    """

    lang: str
    say: Callable[..., str]
    thing: Callable[[str], str]
    agency: Callable[[str], str]
    meeting: Callable[[Meeting], str]

    def typed_by(self, by: Acting) -> str:
        """Who typed, if somebody did it for the person at the window; empty for everybody else."""
        if by.on_behalf_of is None or by.channel is not Channel.WINDOW or by.scope is None:
            return ""
        return self.say("services.window.typed", agency=self.agency(by.scope.department))


def moments(one: Shown, history: Sequence[Recorded], telling: Telling) -> list[Moment]:
    """What happened in a case and what comes, the newest first."""
    past = [moment for recorded in history for moment in _past(one, recorded, telling)]
    coming = [
        Moment(
            _latest_of_step(one, step),
            "future",
            one.process.steps[step].name.said(telling.lang),
            law=one.process.steps[step].because.citation,
        )
        for step in sorted(one.case.waiting)
    ]
    return coming + past[::-1]


def _latest_of_step(one: Shown, step: str) -> date | datetime:
    """The latest day of a step that waits; for a meeting its own, for what the clock stopped the day announced."""
    if step in one.case.meetings:
        return one.case.meetings[step].at
    ends_stop = any(outcome.clock is ClockAct.RESUMES for outcome in one.process.steps[step].outcomes.values())
    return one.stop_ends if one.stop_ends and ends_stop else one.due.day


def _past(one: Shown, recorded: Recorded, telling: Telling) -> Iterator[Moment]:
    say, at = telling.say, recorded.at
    match recorded.fact:
        case CaseOpened(looks_at=UUID()):
            yield Moment(at, "received", say("services.pledge.check_begun"))
        case CaseOpened():
            yield Moment(at, "received", say("services.affair.received"), telling.typed_by(recorded.by))
        case StepTaken() as taken:
            yield _taken(one, recorded, taken, telling)
        case CaseEnded(result=result) if result in (LAPSED, WITHDRAWN):
            yield Moment(at, "stop", say(f"services.state.{result}"), telling.typed_by(recorded.by))
        case Overrun():
            yield Moment(at, "late", say("services.affair.overrun"), say("services.affair.overrun_text"))
        case OverrunExplained(reason=reason):
            yield Moment(at, "late", say("services.affair.explained"), reason)
        case ClockRecounted():
            yield Moment(at, "received", say("services.affair.recounted"))
        case Rated(level=level):
            said = say("services.affair.rated", level=say(f"ui.rating.{level}"))
            yield Moment(at, "done", said, telling.typed_by(recorded.by))
        case fact if isinstance(fact, Told):
            if words := words_of(fact, recorded.version, say):
                yield Moment(at, "done", *words)
        case _:
            pass


def written(outcome: Outcome, words: Mapping[str, str] | None, *, lang: str) -> list[dict[str, str]]:
    """What an officer wrote with an outcome, as rows, in the order in which the process asks for it."""
    known = [(part, question) for part, question in outcome.write.items() if part in (words or {})]
    return [{"term": question.ask.said(lang), "value": (words or {})[part]} for part, question in known]


def _taken(one: Shown, recorded: Recorded, taken: StepTaken, telling: Telling) -> Moment:
    step = one.process.steps[taken.step]
    outcome = step.outcomes[taken.outcome]
    colon = telling.say("ui.colon")
    lines = [f"{row['term']}{colon}{row['value']}" for row in written(outcome, taken.words, lang=telling.lang)]
    if taken.lacking:
        names = listed((telling.thing(name) for name in taken.lacking), telling.lang)
        lines.append(telling.say("services.affair.lacking", names=names))
    if taken.meeting is not None:
        lines.append(telling.meeting(taken.meeting))
    if outcome.clock is ClockAct.STOPS:
        lines.append(telling.say("services.affair.stop_days", days=taken.days))
    if recorded.by.person is None:
        lines.append(telling.say("services.affair.silence"))
    if taken.signed_by is not None:
        lines.append(telling.say("services.affair.two_officers"))
    if typed_by := telling.typed_by(recorded.by):
        lines.append(typed_by)
    law = (outcome.because or step.because).citation
    return Moment(recorded.at, _kind(one, outcome), _happened(outcome, telling), "\n".join(lines), law)


def _happened(outcome: Outcome, telling: Telling) -> str:
    """An outcome as what happened. Its name tells an officer what to do, which in Chinese is the same word; in English
    its letter says it as past: Accepted, not Accept.
    """
    if telling.lang == "zh" or outcome.letter is None:
        return outcome.name.said(telling.lang)
    return telling.say(f"letter.{outcome.letter}.short")


def _kind(one: Shown, outcome: Outcome) -> str:
    if outcome.clock is ClockAct.STOPS:
        return "stop"
    if outcome.ends is not None and outcome.ends not in one.process.succeeds:
        return "refused"
    # What the person has done by now is done, whoever asked for it.
    still = [name for name in outcome.opens if name in one.case.waiting and one.process.steps[name].duty == APPLICANT]
    return "yours" if still else "done"


def newest_first(found: Sequence[Moment], zone: ZoneInfo) -> list[Moment]:
    """The moments of several cases in one row, what comes above what was; what all have in common stands once."""
    once = list(dict.fromkeys(found))
    coming = sorted((one for one in once if one.kind == "future"), key=lambda one: str(one.at), reverse=True)
    past = sorted((one for one in once if one.kind != "future"), key=lambda one: _instant(one.at, zone), reverse=True)
    return coming + past


def _instant(at: datetime | date, zone: ZoneInfo) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time.min, zone)


def answer_words(visit: Visit, field: Field, value: str) -> str:
    """An answer as people read it: a day with its weekday, a large number in groups."""
    if field.type is FieldType.DATE:
        return visit.site.pages.formats[visit.lang].day(date.fromisoformat(value), today=visit.today)
    if field.type.is_number:
        value = _figure(Decimal(value))
    return answer_text(field, value, visit.lang, visit.say)


def answer_rows(
    visit: Visit, fields: Mapping[str, Field], answers: Mapping[str, str], *, sources: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """Answers as rows of question and answer, in the order of the form, with where they were taken from."""
    rows: list[dict[str, str]] = []
    for name, field in fields.items():
        if name in answers:
            value, source = answer_words(visit, field, answers[name]), (sources or {}).get(name, "")
            rows.append({"term": field.ask.said(visit.lang), "value": f"{value} · {source}" if source else value})
    return rows


def sentence_of(fields: Mapping[str, Field], fault: AnswerFault, *, lang: str, say: Callable[..., str]) -> str:
    """What is wrong with an answer to one of some questions, in a sentence."""
    field = fields[fault.field]
    unit = field.unit.said(lang) if field.unit else ""
    first, last = (_bound(one, say) for one in (field.not_before, field.not_after))
    other = fields[field.after].ask.said(lang) if field.after in fields else ""
    return say(
        fault.wrong, least=_figure(field.least), most=_figure(field.most), unit=unit, first=first, last=last,
        other=other,
    )  # fmt: skip


def _bound(bound: str | None, say: Callable[..., str]) -> str:
    """A first or last day as people say it: today, 30 years ago."""
    if bound is None:
        return ""
    key, number = bound_words(bound)
    return say(key, number=number)


def _figure(number: Decimal | None) -> str:
    """A bound as people read it: 50,000."""
    return "" if number is None else f"{number:,}"


def bring_words(visit: Visit, number: int) -> str:
    """The heading over what somebody must bring: nobody who reads a long list is told that it is only so many."""
    return visit.say("services.event.bring" if number <= _FEW else "services.event.bring_many", number=number)


def contest(visit: Visit, remedy: Remedy) -> str:
    """One sentence: how somebody who disagrees goes on."""
    if remedy.reconsideration_days is None:
        return visit.say("services.affair.contest_in_court", months=remedy.suit_months)
    return visit.say("services.affair.contest", days=remedy.reconsideration_days, months=remedy.suit_months)
