"""What the form of an outcome asks an officer for, and the move that it says; the day of a meeting among it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from onecity.casework import Move, Outcome, Process, Terms, Todo, meeting_window
from onecity.kernel.instants import read_day
from onecity.machinery.web import Visit
from onecity.places import HALL
from onecity.services.declared import Item
from onecity.services.web.counter import Counter

_HALF_HOUR: Final = timedelta(minutes=30)


def command_of(visit: Visit, process: Process, item: Item, counter: Counter) -> Move:
    """What the form asks for; whether it can be done is for the rules to say."""
    step = process.steps.get(visit.path("step"))
    outcome = step.outcomes.get(visit.path("outcome")) if step else None
    said = {part: visit.form.text(part) for part in outcome.write} if outcome else {}
    lacking = tuple(name for name in item.lackable if visit.form.text(f"lack-{name}") == "yes")
    days = visit.form.text("days")
    meets = outcome.meets if outcome is not None else None
    return Move(
        visit.path("step"), visit.path("outcome"), said, int(days) if days.isascii() and days.isdecimal() else None,
        lacking if outcome and outcome.lists else (),
        at=_instant(visit, counter) if meets else None,
        hall=visit.form.text("hall") or None if meets and not meets.on_site else None,
    )  # fmt: skip


def _instant(visit: Visit, counter: Counter) -> datetime | None:
    """The day and the hour as they were typed; None if one of them cannot be read."""
    day, hour = read_day(visit.form.text("meet_day"), today=visit.today), visit.form.text("meet_time")
    if day is None or hour not in _hours(counter):
        return None
    return datetime.combine(day, time.fromisoformat(hour), counter.office.zone)


def _hours(counter: Counter) -> list[str]:
    """Every half hour at which the office is open."""
    found: list[str] = []
    for span in counter.office.hours.spans:
        at, closes = (datetime.combine(date.min, one) for one in (span.opens, span.closes))
        while at < closes:
            found.append(f"{at:%H:%M}")
            at += _HALF_HOUR
    return found


def asked_meeting(
    visit: Visit, outcome: Outcome, todo: Todo, terms: Terms, counter: Counter, joint: date | None
) -> Mapping[str, Any] | None:
    """What the form asks about a meeting: between which days, at which hours, in which halls; None if there is none.

    A visit to the place lies on the `joint` day of all departments, and that day stands in the form.
    """
    if outcome.meets is None:
        return None
    between = meeting_window(outcome.meets, todo, terms=terms, today=visit.today, joint=joint)
    halls = {} if outcome.meets.on_site else counter.catalogue.pack.all(HALL)
    typed = {name: visit.form.text(name) for name in ("meet_day", "meet_time", *(["hall"] if halls else []))}
    if between.joint and not typed["meet_day"]:
        typed["meet_day"] = between.first.isoformat()
    return {
        "typed": typed,
        "blamed": "hall" if halls and _instant(visit, counter) and not typed["hall"] else "meet_day",
        "between": between,
        "hours": [{"label": "", "options": [{"value": hour, "label": hour} for hour in _hours(counter)]}],
        "halls": [{"value": name, "label": counter.scribe.hall(visit.lang, name)} for name in sorted(halls)],
    }
