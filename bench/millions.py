"""A ledger of a million facts: folded again, taken up again, proven from."""

import random
import time
from typing import Final

from bench.bulks import filled
from bench.ledgers import Archive, archive, settled
from onecity.drills.figures import Figure, at_most
from onecity.drills.load.meters import Meter
from onecity.ledger import Sealer, prove, rebuild
from onecity.machinery.postgres import Cluster, connect

_COMMANDS: Final = 3_907
"""Of 256 facts each: 1,000,192."""

_PROOFS: Final = 200


async def measure_millions(cluster: Cluster) -> list[Figure]:
    """Everything that grows with the ledger."""
    async with archive(cluster, "million") as ours:
        seconds = await filled(ours, _COMMANDS)
        await settled(cluster)
        facts = _COMMANDS * 256
        note = f"{facts:,} facts with a row each, filled at {facts / seconds:,.0f}/s"
        return [
            await _rebuilt(cluster, ours, facts, note),
            await _taken_up(ours, facts),
            await _empty_round(ours),
            await _proven(ours, facts),
        ]


async def _rebuilt(cluster: Cluster, ours: Archive, facts: int, note: str) -> Figure:
    owner, meter = await connect(ours.owner), Meter(cluster)
    began = time.perf_counter()
    folded, differences = await rebuild(owner, ours.book, ours.projections, replace=False)
    seconds = time.perf_counter() - began
    cost = meter.of_each(facts, "fact")
    await owner.close()
    assert (folded, differences) == (facts, []), "rows are equal in both directions"
    return at_most("rebuild of all projections from 1,000,000 facts", seconds, "s", 60, note=f"{note}; {cost}")


async def _taken_up(ours: Archive, facts: int) -> Figure:
    connection = await connect(ours.app)
    sealer = Sealer(connection, ours.book, ours.signer, ours.folder)
    began = time.perf_counter()
    await sealer.prepare()
    seconds = time.perf_counter() - began
    assert (await sealer.seal()).size == facts, "the tree is whole"
    await connection.close()
    return at_most("taking up the tree at a start, 1,000,000 facts", seconds, "s", 1)


async def _empty_round(ours: Archive) -> Figure:
    began = time.perf_counter()
    assert (await ours.sealer.seal()).sealed == 0, "nothing is left"
    return at_most(
        "a sealer's look that finds nothing, 1,000,000 facts", 1_000 * (time.perf_counter() - began), "ms", 25
    )


async def _proven(ours: Archive, facts: int) -> Figure:
    connection, dice, slowest = await connect(ours.app), random.Random(7), 0.0
    for _ in range(_PROOFS):
        row = await connection.fetchrow(
            "select stream, version from ledger.sealed where position = $1", dice.randrange(facts)
        )
        began = time.perf_counter()
        proof = await prove(connection, ours.signer, row["stream"], row["version"], folder=ours.folder)
        slowest = max(slowest, time.perf_counter() - began)
        assert proof is not None, "it is sealed"
    await connection.close()
    return at_most("proof of one fact among 1,000,000, slowest of 200", slowest, "s", 0.1)
