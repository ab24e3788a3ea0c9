"""When a licence goes on: its holder asks in time, an officer answers, and silence means yes.

Source: 行政许可法 (2019-04-23) article 50.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact
from onecity.licences.declared import LicenceType
from onecity.licences.facts import LicenceEndsSoon, LicenceRenewed, RenewalAsked, RenewalRefused
from onecity.licences.identifier import MOST_EDITIONS
from onecity.licences.model import Licence, State, state_on
from onecity.licences.rules import Why, may, said_of

RENEW: Final = "licences.renew"
"""The duty of those who give a licence its next edition, or say why there is none."""

REFUSING: Final = ("facts", "rule", "remedy")
"""What an officer writes who lets a licence end on its day."""


REMINDED: Final = timedelta(days=60)
"""So long before the last day of a licence its holder is reminded: a month before the last day to ask for the next one.
No law says so; whoever hears in time needs no second visit.
"""


def ends_soon(licence: Licence, *, today: date) -> tuple[Fact, ...] | Refused:
    """The reminder that a licence ends, once for each edition; none where the holder has asked for the next one."""
    until = licence.valid_until
    if licence.ended is not None or until is None or today > until:
        return Refused(Why.ENDED)
    if licence.reminded == until or licence.asked is not None or today < until - REMINDED:
        return Refused(Why.STILL_TIME)
    return (LicenceEndsSoon(until),)


def renewal_asked(licence: Licence, kind: LicenceType, *, by: Acting, today: date) -> tuple[Fact, ...] | Refused:
    """The holder asks for the next edition, not later than thirty days before the end. To others it is not there."""
    if by.subject != licence.holder:
        return Refused(Why.NOT_FOUND)
    if licence.ended is not None:
        return Refused(Why.ENDED)
    last_day = kind.renewal_last_day(licence.valid_until)
    if last_day is None or licence.valid_until is None:
        return Refused(Why.NOT_RENEWABLE)
    if today > last_day:
        return Refused(Why.ASKED_TOO_LATE, {"day": last_day.isoformat()})
    if licence.asked is not None:
        return Refused(Why.ASKED_ALREADY)
    if state_on(licence, today) is not State.VALID:
        return Refused(Why.NOT_VALID)
    return (RenewalAsked(licence.issued.holder, today, licence.valid_until),)


def renewed(licence: Licence, kind: LicenceType, *, by: Acting, today: date) -> tuple[Fact, ...] | Refused:
    """The next edition of a licence whose holder asked; the city itself gives it once its last day is over."""
    no = _unanswerable(licence, by, today)
    if no is not None:
        return no
    assert licence.valid_until is not None and licence.asked is not None, "only what ends is asked for"
    first = licence.valid_until + timedelta(days=1)
    until = kind.validity.last_day(first)
    assert until is not None and licence.edition < MOST_EDITIONS, "a licence with an end has a next one"
    return (LicenceRenewed(licence.edition + 1, licence.asked, first, until),)


def renewal_refused(
    licence: Licence, words: Mapping[str, str], *, by: Acting, today: date
) -> tuple[Fact, ...] | Refused:
    """An officer lets a licence end on its day, and writes why."""
    no = _unanswerable(licence, by, today)
    if no is not None:
        return no
    said = said_of(REFUSING, words)
    return said if isinstance(said, Refused) else (RenewalRefused(licence.issued.holder, said),)


def _unanswerable(licence: Licence, by: Acting, today: date) -> Refused | None:
    """Why nobody, or not this author, answers now whoever asked."""
    if by.person is not None and not may(licence, RENEW, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if licence.ended is not None:
        return Refused(Why.ENDED)
    if licence.asked is None or licence.valid_until is None:
        return Refused(Why.NOT_ASKED)
    if licence.suspended:
        return Refused(Why.SUSPENDED)
    over = today > licence.valid_until
    if by.person is None:
        return None if over else Refused(Why.STILL_TIME)
    # Nobody answers any more once silence has spoken.
    return Refused(Why.EXPIRED) if over else None
