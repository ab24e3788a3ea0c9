"""The burst drill: many times as many come as usual, and everybody is served or told when to come again."""

import asyncio
from itertools import count
from typing import Final

import msgspec

from onecity.drills.figures import plain
from onecity.drills.load.bursts import STEP_S, burst_figures
from onecity.drills.load.streets import crew, few
from onecity.drills.load.towns import Town
from onecity.drills.proving import Drill, Ground, Proof
from onecity.drills.store import reports

_QUICK_STEP_S: Final = 2.0
_BACK: Final = "drills.burst.back"


def _do(ground: Ground) -> Proof:
    return asyncio.run(_burst(Town(ground.city()), quick=ground.quick))


async def _burst(town: Town, *, quick: bool) -> Proof:
    people, step_s = await (few if quick else crew)(town), _QUICK_STEP_S if quick else STEP_S
    with town.served() as address:
        honest, back = await burst_figures(address, people, count(), cases=0, step_s=step_s)
    async with town.opened() as city:
        kept = await reports(city.memory.database.app)
    return Proof(
        claims=(),
        figures=(
            msgspec.structs.replace(honest, name="drills.burst.honest"),
            # In steps of two seconds the five over which a wait is judged are longer than the peak.
            plain(_BACK, back.value, "s") if quick else msgspec.structs.replace(back, name=_BACK),
            plain("drills.burst.reports", float(kept), ""),
        ),
    )


BURST: Final = Drill(name="burst", do=_do)
