"""How long a stop that runs is drawn: as long as it was announced."""

from datetime import date

from tests.unit.kernel.test_clock import calendar

from onecity.kernel.clock import Stop, StopKind
from onecity.services.web.shown import stop_end


def test_a_stop_ends_after_the_working_days_that_were_announced() -> None:
    # Told on Friday the 25th of September 2020; the Sunday after it is worked before the holidays.
    stop = Stop(StopKind.INSPECTION, date(2020, 9, 26), 3, date(2020, 9, 25))
    assert stop_end(calendar(), stop) == date(2020, 9, 29)
