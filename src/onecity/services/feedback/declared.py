"""What a pack says about bad ratings: until when somebody calls, puts right, may object; each rule from a day on."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Final

import msgspec

from onecity.casework import Because, law_faults
from onecity.kernel.clock import Calendar, Limit, Run, due
from onecity.packs import Declared, Fault, Kind, Pack
from onecity.places import CALENDAR, calendar_of


class FeedbackExample(msgspec.Struct, frozen=True):
    """A day on which somebody rated badly, and what follows: `call_by` is the latest day to call them, `put_right_by`
    the latest one to put it right.
    """

    given: date
    call_by: date
    put_right_by: date
    because: str


class FeedbackRule(msgspec.Struct, frozen=True):
    """The days for a bad rating that is given from a day on.

    Somebody is called within `call_within` days, and what is upheld is put right within `put_right_within`, both since
    the rating. The person may object within `object_within` since the last letter; that is looked at again within
    `recheck_within`, and put right within the same days since then. Nobody counts as not reached before as many
    `tries`, each on a day of its own.
    """

    in_force: date
    call_within: Limit
    put_right_within: Limit
    object_within: Limit
    recheck_within: Limit
    tries: Annotated[int, msgspec.Meta(ge=1, le=9)]
    because: Because
    examples: Annotated[tuple[FeedbackExample, ...], msgspec.Meta(min_length=1)]


def latest(calendar: Calendar, since: date, within: Limit) -> date:
    """The latest day of a limit that runs since a day."""
    return due(calendar, Run(since, within)).day


def rule_on(rules: Mapping[str, FeedbackRule], day: date) -> tuple[str, FeedbackRule] | None:
    """The rule in force on a day, with its id; None if none is yet."""
    begun = [(name, rule) for name, rule in rules.items() if rule.in_force <= day]
    return max(begun, key=lambda one: one[1].in_force, default=None)


def _check(pack: Pack, declared: Declared[FeedbackRule]) -> Iterator[Fault]:
    rule = declared.value
    yield from law_faults(pack, declared)
    limits = {key: getattr(rule, key) for key in ("call_within", "put_right_within", "object_within", "recheck_within")}
    wrong = [key for key, limit in limits.items() if limit.unit.in_hours or limit.number < 1]
    for key in wrong:
        yield declared.fault(key, "Whoever calls counts whole days.", "Write `working_days` or `natural_days`.")
    same = [
        name
        for name, one in pack.all(FEEDBACK_RULE).items()
        if one.value.in_force == rule.in_force and name < declared.id
    ]
    if same:
        what = f"The rule `{same[0]}` begins on the same day."
        yield declared.fault("in_force", what, "Let one of them begin on another day.")
    if wrong or not pack.all(CALENDAR):
        return
    calendar = calendar_of(pack)
    for index, one in enumerate(rule.examples):
        for key, limit in (("call_by", rule.call_within), ("put_right_by", rule.put_right_within)):
            found = latest(calendar, one.given, limit)
            if found != getattr(one, key):
                what = f"This example does not hold: the latest day is {found}."
                yield declared.fault(f"examples.{index}.{key}", what, "Mend the rule or the example.")


FEEDBACK_RULE: Final[Kind[FeedbackRule]] = Kind("feedback_rule", "services/feedback", FeedbackRule, _check)
"""The days for bad ratings."""
