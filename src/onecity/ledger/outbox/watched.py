"""The work unit of the outbox: sealed facts on their way to the sink."""

from typing import Final

from onecity.ledger.outbox.sending import FAILURES, FOLLOWER, SENT
from onecity.ledger.store import watching
from onecity.machinery.watch import Alert, Level, Measured, Panel, Severity, Source, WorkUnit, fires, quiet, unread

UNSENT: Final = unread("onecity_outbox_unsent_facts", "Sealed facts that the sink has not taken")
UNSENT_S: Final = unread("onecity_outbox_unsent_seconds", "How long ago the first of them happened")


async def _read(source: Source) -> None:
    count, since = await watching.unsent(source.connection, FOLLOWER)
    UNSENT.set(count)
    UNSENT_S.set(max(0.0, (source.now - since).total_seconds()) if since else 0)


UNITS: Final = (
    WorkUnit(
        "ledger.outbox",
        "ledger.watch.outbox",
        (SENT, FAILURES, UNSENT, UNSENT_S),
        (
            Panel("Facts a second that the sink took", "sum(rate(onecity_outbox_sent_total[5m]))", Measured.NUMBER),
            Panel("Sealed facts that it has not taken", "max(onecity_outbox_unsent_facts)", Measured.NUMBER),
            Panel("Looks at it that failed, by why", "sum by (why) (rate(onecity_outbox_failures_total[5m]))",
                  Measured.NUMBER, "why"),
        ),
        (
            Alert(
                "OutboxLate", "ledger.watch.outbox_late", "Facts have waited for five minutes to leave to the sink",
                Level(UNSENT_S, 300), Severity.MORNING, 300, Measured.SECONDS,
                (
                    fires("the sink is away", (("onecity_outbox_unsent_seconds", "0+60x30"),), 20),
                    quiet("each minute's facts left within it", (("onecity_outbox_unsent_seconds", "60x30"),), 20),
                ),
            ),
        ),
        _read,
    ),
)  # fmt: skip
