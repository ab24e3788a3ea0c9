"""The parts of the street as a layer of its maps: what stands in a box, so much of it as can be told apart."""

from collections.abc import Iterable
from typing import Final

import msgspec

from onecity.governance.usecases.parts import seen_in
from onecity.governance.web.centre import Centre
from onecity.governance.web.maps import Box
from onecity.machinery.web import Visit

MOST: Final = 1_000
"""Parts of one answer; of more those nearest to the middle of the box are told."""

_WIDEST: Final = 0.2
"""Degrees of a box, each way: wider than any screen where parts are drawn, and no walk through a whole register."""


class MapPart(msgspec.Struct, frozen=True, array_like=True):
    """A part: where it stands, its kind by the place in the list beside, its state, whether nobody surveyed it, and its
    number.
    """

    longitude: float
    latitude: float
    kind: int
    state: str
    simulated: bool
    number: str


class MapParts(msgspec.Struct, frozen=True):
    """The parts of a box; `more` says that only those nearest to its middle are here, or none if it is too wide."""

    parts: tuple[MapPart, ...]
    kinds: tuple[str, ...]
    more: bool


class PartsOnMap:
    """What everybody may see of the register, as its collection on the map tells it too: not who owns a part."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def told(self, visit: Visit, box: Box) -> MapParts:
        """The parts of a box."""
        west, south, east, north = box.sides
        if east - west > _WIDEST or north - south > _WIDEST:
            return MapParts((), (), more=True)
        rows = await seen_in(box.sides, ledger=self._centre.office.ledger, limit=MOST + 1)
        shown = rows[:MOST]
        kinds = {code: number for number, code in enumerate(dict.fromkeys(row.kind for row in shown))}
        states = {state: visit.say(f"governance.part.state.{state}") for state in {row.state for row in shown}}
        parts = (
            MapPart(row.longitude, row.latitude, kinds[row.kind], states[row.state], row.simulated, row.number)
            for row in shown
        )
        return MapParts(tuple(parts), self._names(visit, kinds), len(rows) > MOST)

    def _names(self, visit: Visit, kinds: Iterable[str]) -> tuple[str, ...]:
        known = self._centre.street.catalogue.parts
        return tuple(known[code].called.said(visit.lang) if code in known else code for code in kinds)
