"""The limits that the permit law itself sets, whatever the item says."""

from datetime import date, timedelta

import msgspec

from onecity.kernel.clock.calendar import Calendar
from onecity.kernel.clock.days import Due, due
from onecity.kernel.clock.limits import JOINT, TACIT_ACCEPTANCE, Extension, Run


class TacitAcceptance(msgspec.Struct, frozen=True):
    """If nobody speaks until the end of `silent_until`, the application counts as accepted since `accepted`."""

    silent_until: Due
    accepted: date


def tacit_acceptance(calendar: Calendar, *, received: date) -> TacitAcceptance:
    """What silence means for an application received on a day.

    Source: 行政许可法 (2019-04-23) article 32 (4).
    """
    return TacitAcceptance(due(calendar, Run(received, TACIT_ACCEPTANCE)), received)


def joint_due(calendar: Calendar, *, accepted: date, extension: Extension | None = None) -> Due:
    """The latest day of a matter that several departments decide together.

    Source: 行政许可法 (2019-04-23) article 42 ¶2: 45 working days, 15 more by the head of government.
    """
    return due(calendar, Run(accepted, JOINT, extension=extension))


def renewal_last_day(valid_until: date) -> date:
    """The last day on which the holder of a licence may ask for its renewal.

    Source: 行政许可法 (2019-04-23) article 50: thirty days before it ends. Units: natural days.

    >>> renewal_last_day(date(2020, 7, 1))
    datetime.date(2020, 6, 1)
    """
    return valid_until - timedelta(days=30)
