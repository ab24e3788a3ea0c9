"""What happens on the street, told to others as it happens: live pages and programs elsewhere, in CloudEvents 1.0.

Everything here follows from sealed facts by their position. See `docs/events.md`.
"""

from onecity.governance.events.arriving import Arrived, Observed, in_binary, in_structure
from onecity.governance.events.arriving import Why as EventWhy
from onecity.governance.events.cloudevents import TEST, CloudEvent, cloud_event
from onecity.governance.events.delivering import FAILING_FOR, KEPT, PAUSES, Courier, follow_street
from onecity.governance.events.kinds import TOLD, About, Event, Kind, News, news_of
from onecity.governance.events.live import Live, Stream, TooMany
from onecity.governance.events.signing import HOOKS, secret_of, signed

__all__ = [
    "FAILING_FOR",
    "HOOKS",
    "KEPT",
    "PAUSES",
    "TEST",
    "TOLD",
    "About",
    "Arrived",
    "CloudEvent",
    "Courier",
    "Event",
    "EventWhy",
    "Kind",
    "Live",
    "News",
    "Observed",
    "Stream",
    "TooMany",
    "cloud_event",
    "follow_street",
    "in_binary",
    "in_structure",
    "news_of",
    "secret_of",
    "signed",
]
