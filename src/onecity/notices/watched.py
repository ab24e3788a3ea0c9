"""The work unit of notices: telling people by message that a letter came."""

from typing import Final

from onecity.machinery.watch import (
    Alert,
    Level,
    Measured,
    Panel,
    Severity,
    Share,
    Source,
    WorkUnit,
    fires,
    pick,
    quiet,
    unread,
)
from onecity.notices import store
from onecity.notices.sending import ENDED

UNDER_WAY: Final = unread("onecity_letters_under_way", "Messages about letters that have no end yet")
LATE_S: Final = unread("onecity_letters_late_seconds", "How long the first message has been due")


async def _read(source: Source) -> None:
    count, due = await store.under_way(source.connection)
    UNDER_WAY.set(count)
    LATE_S.set(max(0.0, (source.now - due).total_seconds()) if due else 0)


_ENDED: Final = "onecity_letters_told_total"
UNITS: Final = (
    WorkUnit(
        "notices.post",
        "notices.watch.post",
        (ENDED, UNDER_WAY, LATE_S),
        (
            Panel("Messages an hour, by how they ended", f"sum by (end) (increase({_ENDED}[1h]))", Measured.NUMBER,
                  "end"),
            Panel("Messages under way", "max(onecity_letters_under_way)", Measured.NUMBER),
        ),
        (
            Alert(
                "LettersLate", "notices.watch.late", "Messages about letters have been due for half an hour",
                Level(LATE_S, 1800), Severity.MORNING, 600, Measured.SECONDS,
                (
                    fires("nobody hands them over", (("onecity_letters_late_seconds", "0+60x60"),), 50),
                    quiet("a slow quarter of an hour", (("onecity_letters_late_seconds", "900x60"),), 50),
                ),
            ),
            Alert(
                "LettersGivenUp", "notices.watch.given_up", "More than a tenth of the messages were given up",
                Share(pick(ENDED, {"end": "given_up"}), pick(ENDED), 0.1, 3600), Severity.MORNING, 600, Measured.SHARE,
                (
                    fires("the mail house takes four of five",
                            ((f'{_ENDED}{{end="delivered"}}', "0+8x90"), (f'{_ENDED}{{end="given_up"}}', "0+2x90")),
                                  80),
                    quiet("a few addresses are gone",
                            ((f'{_ENDED}{{end="delivered"}}', "0+9x90"), (f'{_ENDED}{{end="refused"}}', "0+1x90"),
                             (f'{_ENDED}{{end="given_up"}}', "0x90")), 80),
                ),
            ),
        ),
        _read,
    ),
)  # fmt: skip
