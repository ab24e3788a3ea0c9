"""The work units of the ledger: writing, sealing, following, folding again."""

import math
from typing import Final

from onecity.ledger import writer
from onecity.ledger.ledger import REFUSED
from onecity.ledger.sealer import SEAL_SECONDS, SEALED
from onecity.ledger.store import watching
from onecity.machinery.watch import (
    Age,
    Alert,
    Level,
    Measured,
    Panel,
    Quantile,
    Severity,
    Share,
    Source,
    WorkUnit,
    fires,
    pick,
    quiet,
    unread,
)

UNSEALED: Final = unread("onecity_ledger_unsealed_facts", "Facts that wait for their position in the tree")
UNSEALED_S: Final = unread("onecity_ledger_unsealed_seconds", "How long the first of them has waited")
FORGED: Final = unread("onecity_ledger_alarms", "Facts without the city's code that somebody put into the database")
BEHIND: Final = unread("onecity_follower_behind", "Sealed positions that a follower has not read", ("follower",))
DIFFERING: Final = unread("onecity_projection_differences", "Rows that are not what their facts say, last night")
FOLDED: Final = unread("onecity_folded_timestamp_seconds", "When all facts were last folded again")


async def _read_seal(source: Source) -> None:
    count, since = await watching.unsealed_facts(source.connection)
    UNSEALED.set(count)
    UNSEALED_S.set(max(0.0, (source.now - since).total_seconds()) if since else 0)
    FORGED.set(await watching.alarms(source.connection))


async def _read_followers(source: Source) -> None:
    found = await watching.behind(source.connection)
    BEHIND.clear()
    for name, positions in found.items():
        BEHIND.labels(name).set(positions)


async def _read_fold(source: Source) -> None:
    last = await watching.last_fold(source.connection)
    DIFFERING.set(last.differing if last else math.nan)
    FOLDED.set(last.folded.timestamp() if last else math.nan)


_COMMANDS: Final = "onecity_ledger_commands_total"
_BATCHES: Final = "onecity_ledger_batch_seconds"
_WRITING: Final = WorkUnit(
    "ledger.append",
    "ledger.watch.append",
    (writer.COMMANDS, writer.FACTS, writer.BATCH_SECONDS, writer.BATCH_COMMANDS, writer.WAITING, REFUSED),
    (
        Panel("Commands a second, by how they ended", f"sum by (end) (rate({_COMMANDS}[5m]))", Measured.NUMBER, "end"),
        Panel("Commands that the rules refused, a second", "sum(rate(onecity_ledger_refused_total[5m]))",
              Measured.NUMBER),
        Panel("Facts a second", "sum(rate(onecity_ledger_facts_total[5m]))", Measured.NUMBER),
        Panel("Commands in a batch, mean", "sum(rate(onecity_ledger_batch_commands_sum[5m])) / "
              "sum(rate(onecity_ledger_batch_commands_count[5m]))", Measured.NUMBER),
        Panel("Commands that wait for a batch", "sum(onecity_ledger_waiting)", Measured.NUMBER),
    ),
    (
        Alert(
            "AppendsFail", "ledger.watch.append_fails", "More than 1 % of the commands could not be written",
            Share(pick(writer.COMMANDS, {"end": "failed"}), pick(writer.COMMANDS), 0.01), Severity.WAKE, 60,
                  Measured.SHARE,
            (
                fires("two of a hundred are not written",
                        ((f'{_COMMANDS}{{end="written"}}', "0+98x20"), (f'{_COMMANDS}{{end="failed"}}', "0+2x20")), 10),
                quiet("stale commands are decided again, which is no failure",
                        ((f'{_COMMANDS}{{end="written"}}', "0+80x20"), (f'{_COMMANDS}{{end="stale"}}', "0+20x20"),
                         (f'{_COMMANDS}{{end="failed"}}', "0x20")), 10),
            ),
        ),
        Alert(
            "AppendsSlow", "ledger.watch.append_slow", "One batch of a hundred takes more than a second to be durable",
            Quantile(writer.BATCH_SECONDS, 0.99, 1.0, {}), Severity.MORNING, 600, Measured.SECONDS,
            (
                fires("a twentieth takes more than a second",
                        ((f'{_BATCHES}_bucket{{le="1.0"}}', "0+95x30"), (f'{_BATCHES}_bucket{{le="2.5"}}', "0+100x30"),
                         (f'{_BATCHES}_bucket{{le="+Inf"}}', "0+100x30")), 20),
                quiet("all are back within a second",
                        ((f'{_BATCHES}_bucket{{le="1.0"}}', "0+100x30"), (f'{_BATCHES}_bucket{{le="+Inf"}}',
                              "0+100x30")), 20),
            ),
        ),
    ),
)  # fmt: skip

_SEALING: Final = WorkUnit(
    "ledger.seal",
    "ledger.watch.seal",
    (SEALED, SEAL_SECONDS, UNSEALED, UNSEALED_S, FORGED),
    (
        Panel("Facts sealed a second", "sum(rate(onecity_sealed_facts_total[5m]))", Measured.NUMBER),
        Panel("Facts that wait for their seal", "max(onecity_ledger_unsealed_facts)", Measured.NUMBER),
        Panel("Time of a round, p99", "histogram_quantile(0.99, sum by (le) (rate(onecity_seal_seconds_bucket[5m])))",
              Measured.SECONDS),
    ),
    (
        Alert(
            "SealingLate", "ledger.watch.seal_late", "Facts have waited for more than thirty seconds to be sealed",
            Level(UNSEALED_S, 30), Severity.WAKE, 60, Measured.SECONDS,
            (
                fires("the sealer stands still", (("onecity_ledger_unsealed_seconds", "0+60x20"),), 5),
                quiet("exactly thirty seconds are still allowed", (("onecity_ledger_unsealed_seconds", "30x20"),), 5),
            ),
        ),
        Alert(
            "ForgedFacts", "ledger.watch.forged", "Somebody put facts into the database that the city did not write",
            Level(FORGED, 0), Severity.WAKE, 0, Measured.NUMBER,
            (
                fires("one such fact", (("onecity_ledger_alarms", "0 1x9"),), 3),
                quiet("none", (("onecity_ledger_alarms", "0x9"),), 3),
            ),
        ),
    ),
    _read_seal,
)  # fmt: skip

_FOLLOWING: Final = WorkUnit(
    "ledger.follow",
    "ledger.watch.follow",
    (BEHIND,),
    (),
    (
        Alert(
            "FollowerBehind", "ledger.watch.behind", "Somebody who follows the ledger is ten thousand positions behind",
            Level(BEHIND, 10_000, "follower"), Severity.MORNING, 600, Measured.NUMBER,
            (
                fires("it does not read at all", (('onecity_follower_behind{follower="governance.events"}',
                      "0+2000x30"),), 20),
                quiet("it reads as fast as the city writes", (('onecity_follower_behind{follower="governance.events"}',
                      "500x30"),), 20),
            ),
        ),
    ),
    _read_followers,
)  # fmt: skip

_FOLDING: Final = WorkUnit(
    "ledger.fold",
    "ledger.watch.fold",
    (DIFFERING, FOLDED),
    (),
    (
        Alert(
            "RowsDiffer", "ledger.watch.rows_differ", "Rows that people are shown are not what their facts say",
            Level(DIFFERING, 0), Severity.WAKE, 0, Measured.NUMBER,
            (
                fires("two rows differ", (("onecity_projection_differences", "0 2x9"),), 3),
                quiet("all are as they should be", (("onecity_projection_differences", "0x9"),), 3),
            ),
        ),
        Alert(
            "FoldLate", "ledger.watch.fold_late", "For two nights nobody compared the rows with their facts",
            Age(FOLDED, 50 * 3600), Severity.MORNING, 0, Measured.SECONDS,
            (
                fires("the last fold was fifty-one hours ago", (("onecity_folded_timestamp_seconds", "0x620"),), 3060,
                      every=5),
                quiet("it was last night", (("onecity_folded_timestamp_seconds", "0x620"),), 1440, every=5),
                quiet("a new city has seen no night yet", (("onecity_folded_timestamp_seconds", "NaN" + 620 * " NaN"),),
                      3060, every=5),
            ),
        ),
    ),
    _read_fold,
)  # fmt: skip

UNITS: Final = (_WRITING, _SEALING, _FOLLOWING, _FOLDING)
