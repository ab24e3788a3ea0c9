"""The work unit of events: programs elsewhere that hear of the street."""

from typing import Final

from onecity.governance.events import store
from onecity.machinery.watch import Alert, Level, Measured, Panel, Severity, Source, WorkUnit, fires, quiet, unread

WAITING: Final = unread("onecity_hook_events_waiting", "Events on their way to programs that take them")
DEAD: Final = unread("onecity_hook_events_dead", "Events that were given up and are kept for somebody to look at")
PAUSED: Final = unread("onecity_hooks_paused", "Programs to which nothing is sent until somebody resumes them")


async def _read(source: Source) -> None:
    for gauge, number in zip((WAITING, DEAD, PAUSED), await store.standing(source.connection), strict=True):
        gauge.set(number)


UNITS: Final = (
    WorkUnit(
        "governance.hooks",
        "governance.watch.hooks",
        (WAITING, DEAD, PAUSED),
        (Panel("Events on their way", "max(onecity_hook_events_waiting)", Measured.NUMBER),),
        (
            Alert(
                "HookEventsDead", "governance.watch.dead", "Events were given up: a program does not know of them",
                Level(DEAD, 0), Severity.MORNING, 0, Measured.NUMBER,
                (
                    fires("one was given up", (("onecity_hook_events_dead", "0 1x9"),), 3),
                    quiet("all were taken", (("onecity_hook_events_dead", "0x9"),), 3),
                ),
            ),
            Alert(
                "HooksPaused", "governance.watch.paused", "Nothing is sent to a program until somebody resumes it",
                Level(PAUSED, 0), Severity.MORNING, 0, Measured.NUMBER,
                (
                    fires("one said that it is gone", (("onecity_hooks_paused", "0 1x9"),), 3),
                    quiet("somebody resumed it", (("onecity_hooks_paused", "1 0x9"),), 3),
                ),
            ),
        ),
        _read,
    ),
)  # fmt: skip
