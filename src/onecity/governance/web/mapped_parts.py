"""The register of parts as a collection of things on the map: what stands where, who keeps it, in which state."""

from typing import Final

import shapely

from onecity.governance.parts import PartRow
from onecity.governance.usecases.parts import part_of, searched
from onecity.governance.web.centre import Centre
from onecity.machinery.features import About, Asked, Box, Extent, Feature, Page, Reader, point

_A_MINUTE_S: Final = 60
_TERMS: Final = ("name", "state", "agency", "cell", "changed")


class MappedParts:
    """The parts of the register by their numbers. Who owns one is not told: the owner may be a person."""

    id = "parts"
    most = 1_000
    fresh_s = _A_MINUTE_S

    def __init__(self, centre: Centre, *, simulated: bool) -> None:
        self._street, self._scribe, self._simulated = centre.street, centre.scribe, simulated

    def about(self, lang: str) -> About:
        """What is in it; a simulated register says so."""
        say = self._scribe.words.say
        terms = {name: say(lang, f"governance.mapped.parts.{name}") for name in _TERMS}
        told = "simulated" if self._simulated else "description"
        return About(say(lang, "governance.mapped.parts"), say(lang, f"governance.mapped.parts.{told}"), terms)

    async def extent(self) -> Extent:
        """The ground of the city."""
        edges = shapely.total_bounds(self._street.ground.cells.shapes)
        return Extent(Box(*(float(edge) for edge in edges)))

    async def page(self, asked: Asked, reader: Reader) -> Page:
        """Parts by number. They bear no time, so an interval leaves none out, as the standard has it."""
        box = (asked.box.west, asked.box.south, asked.box.east, asked.box.north) if asked.box else None
        rows = await searched(ledger=self._street.office.ledger, box=box, limit=asked.limit + 1, after=asked.after)
        found = tuple(self._feature(row, reader) for row in rows[: asked.limit])
        return Page(found, len(rows) > asked.limit, None)

    async def one(self, id: str, reader: Reader) -> Feature | None:  # noqa: A002 - the word of the standard
        """The part with a number; one that was taken out is none."""
        row = await part_of(id, ledger=self._street.office.ledger)
        return self._feature(row, reader) if row is not None and row.withdrawn is None else None

    def _feature(self, row: PartRow, reader: Reader) -> Feature:
        kind, say = self._street.catalogue.parts.get(row.kind), self._scribe.words.say
        return Feature(row.number, point((row.longitude, row.latitude)), {
            "name": kind.called.said(reader.lang) if kind else row.kind,
            "kind": row.kind,
            "state": say(reader.lang, f"governance.part.state.{row.state}"),
            "agency": self._scribe.agency(reader.lang, row.agency),
            "cell": row.cell,
            "changed": row.changed,
            "simulated": row.simulated,
        })  # fmt: skip
