"""What may happen to a case next: moves along its process, the clock, and who has the work in hand."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from onecity.casework.declared import Process
from onecity.kernel.clock import Calendar, Limit, OfficeHours
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Reason, Refused

LONGEST_WORDS: Final = 2_000
"""Characters that somebody may write to a person in one field of a letter."""


class Why(Reason):
    """Why a case stays where it is."""

    ENDED = "casework.ended"
    NOT_ENDED = "casework.not_ended"
    NO_SUCH_STEP = "casework.no_such_step"
    NO_SUCH_OUTCOME = "casework.no_such_outcome"
    NOT_YOUR_DUTY = "casework.not_your_duty"
    NOT_FOUND = "casework.not_found"
    UNSAID = "casework.unsaid"
    NOT_ASKED = "casework.not_asked"
    TOO_LONG = "casework.too_long"
    ONCE = "casework.once"
    ONCE_MORE = "casework.once_more"
    CLOCK_STOPPED = "casework.clock_stopped"
    CLOCK_NOT_STOPPED = "casework.clock_not_stopped"
    CLOCK_RUNS = "casework.clock_runs"
    CLOCK_NOT_RUNNING = "casework.clock_not_running"
    NO_DAYS = "casework.no_days"
    TOO_MANY_DAYS = "casework.too_many_days"
    NO_EXTENSION = "casework.no_extension"
    NOTHING_LISTED = "casework.nothing_listed"
    NOT_NEEDED = "casework.not_needed"
    SILENCE_SPOKE = "casework.silence_spoke"
    STILL_TIME = "casework.still_time"
    IN_OTHER_HANDS = "casework.in_other_hands"
    NOT_IN_HAND = "casework.not_in_hand"
    SAME_OFFICER = "casework.same_officer"
    SAME_AGENCY = "casework.same_agency"
    NOT_LATE = "casework.not_late"
    RATED = "casework.rated"
    NO_SUCH_LEVEL = "casework.no_such_level"
    NOTHING_TO_DELIVER = "casework.nothing_to_deliver"
    NO_RECEIVER = "casework.no_receiver"
    DRAWN = "casework.drawn"
    WAITS_FOR_LOT = "casework.waits_for_lot"
    NO_REOPENING = "casework.no_reopening"
    TOO_LATE = "casework.too_late"
    NOBODY_TO_DRAW = "casework.nobody_to_draw"
    KEPT_APART = "casework.kept_apart"
    NO_MEETING = "casework.no_meeting"
    NO_HALL = "casework.no_hall"
    NO_WORKING_DAY = "casework.no_working_day"
    OUTSIDE_HOURS = "casework.outside_hours"
    JOINT_DAY = "casework.joint_day"
    BEFORE_MEETING = "casework.before_meeting"
    MEETS_TOO_SOON = "casework.meets_too_soon"
    MEETS_TOO_LATE = "casework.meets_too_late"
    NO_OTHER_TIME = "casework.no_other_time"
    TIME_ASKED = "casework.time_asked"
    NOT_BY_POST = "casework.not_by_post"
    NO_RECIPIENT = "casework.no_recipient"
    NO_PHONE = "casework.no_phone"
    NO_ADDRESS = "casework.no_address"
    ADDRESS_NOT_ASKED = "casework.address_not_asked"
    POSTED_ALREADY = "casework.posted_already"
    NOT_POSTED = "casework.not_posted"
    OTHER_ADDRESS = "casework.other_address"
    NO_TRACKING = "casework.no_tracking"
    OWN_WORK = "casework.own_work"


class Terms(msgspec.Struct, frozen=True):
    """What a case is held to: its process, its limit, and by how much a head may lengthen it, in working days or, where
    the limit counts hours, in hours.

    `lackable` are the names of what the matter may ask for: nothing outside it can be called missing. `receivers` are
    the agencies to which a step may be sent, `halls` those of the city in which people may meet. `pack` is the version
    of the city's declarations whose calendar counts.
    """

    process: Process
    limit: Limit
    extension: int
    lackable: frozenset[str]
    calendar: Calendar
    pack: str
    hours: OfficeHours = OfficeHours(())
    zone: ZoneInfo = ZoneInfo("UTC")
    receivers: frozenset[str] = frozenset()
    halls: frozenset[str] = frozenset()

    def day(self, now: datetime) -> date:
        """The day that an instant has in the city."""
        return day_in(self.zone, now)


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants to do: end a step with an outcome, and what they write to the person concerned.

    `days` is the planned length of a stop in working days, or the length of an extension in the unit of the limit;
    `lacking` names all that is missing; `to` names the agency to which a step is sent; `at` and `hall` say when and
    where people meet.
    """

    step: str
    outcome: str
    words: Mapping[str, str] = {}
    days: int | None = None
    lacking: tuple[str, ...] = ()
    to: Mapping[str, str] = {}
    at: datetime | None = None
    hall: str | None = None


def written(
    asked: Iterable[str], words: Mapping[str, str], *, unsaid: Reason, too_long: Reason
) -> dict[str, str] | Refused:
    """What must be written to somebody, each part there and none too long; or which part is not."""
    said = {name: words.get(name, "").strip() for name in asked}
    for name, text in said.items():
        if not text:
            return Refused(unsaid, {"field": name})
        if len(text) > LONGEST_WORDS:
            return Refused(too_long, {"field": name, "most": LONGEST_WORDS})
    return said
