"""Maps of the street: for officers within their scope, for everybody without persons, and the same in words."""

from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from onecity.governance.model import Mark
from onecity.governance.usecases.mapping import MOST, Seen, View, counts, listed_sights, seen
from onecity.governance.usecases.spotting import SpotTold, spots_told
from onecity.governance.web.centre import PILLAR, Centre
from onecity.governance.web.parts import ROOT as PARTS
from onecity.governance.web.reporting import AT
from onecity.machinery.web import Paging, Visit, kept_for, packed

_A_PAGE: Final = 50
_A_DAY_S: Final = 24 * 3600
_MOST_CELLS: Final = 2_000
_GLYPHS: Final = {
    Mark.LATE: "▲", Mark.WAITING: "○", Mark.HANDLING: "◆", Mark.VERIFY: "■", Mark.VERIFIED: "●",
}  # fmt: skip
_MARK: Final = f"^(|{'|'.join(Mark)})$"
GROUND: Final = "/static/ground.geojson"
_COLLECTION: Final = "/features/collections/parts/items"
"""Where everybody reads the register of parts in words."""

Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]


class Box(msgspec.Struct, frozen=True):
    """A part of the map, the whole of it if nothing is said. Units: degrees, WGS-84."""

    west: Longitude = -180
    south: Latitude = -90
    east: Longitude = 180
    north: Latitude = 90

    @property
    def sides(self) -> tuple[float, float, float, float]:
        return self.west, self.south, self.east, self.north


class SeenBox(Box, frozen=True):
    """The same, and which cases: `late`, `waiting`, `handling`, `verify` or `verified`; all of them if it is empty."""

    show: Annotated[str, msgspec.Meta(pattern=_MARK)] = ""


class MapPoint(msgspec.Struct, frozen=True, array_like=True):
    """A case: where it is, its mark, its matter by the place in the list beside, and the case itself."""

    longitude: float
    latitude: float
    mark: Mark
    matter: int
    case: UUID


class OpenPoint(msgspec.Struct, frozen=True, array_like=True):
    """A case as everybody sees it: the middle of its cell, its mark, its matter by the place in the list beside."""

    longitude: float
    latitude: float
    mark: Mark
    matter: int


class MapPoints(msgspec.Struct, frozen=True):
    """Cases of an officer on a map. `unplaced` have no place; `more` says that not all of them are here."""

    points: tuple[MapPoint, ...]
    matters: tuple[str, ...]
    unplaced: int
    more: bool


class OpenPoints(msgspec.Struct, frozen=True):
    """What everybody may see on a map. `unplaced` have no cell; `more` says that not all of them are here."""

    points: tuple[OpenPoint, ...]
    matters: tuple[str, ...]
    unplaced: int
    more: bool


class MapSpot(msgspec.Struct, frozen=True):
    """A hot spot: a circle, and the sentence about it."""

    longitude: float
    latitude: float
    radius_m: float
    title: str
    says: str
    p: float


class MapSpots(msgspec.Struct, frozen=True):
    """The hot spots up to yesterday; `ready` is false while they are being found."""

    spots: tuple[MapSpot, ...]
    ready: bool


class MapCell(msgspec.Struct, frozen=True):
    """A grid cell and its outline."""

    code: str
    outline: tuple[tuple[float, float], ...]


class MapCells(msgspec.Struct, frozen=True):
    """The grid cells of a box; none and `more` if it is too wide for them."""

    cells: tuple[MapCell, ...]
    more: bool


class Maps:
    """The pages, their data, and the ground below."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def ground(self, visit: Visit) -> Response:
        """The outlines of streets and townships as GeoJSON."""
        ground = self._centre.street.ground
        content = ground.small_outlines if packed(visit) else ground.outlines
        if content is None:
            raise HTTPException(404)
        return kept_for(visit, content, "application/geo+json", seconds=_A_DAY_S)

    async def cells(self, visit: Visit, box: Box) -> MapCells:
        """The cells of a box."""
        cells = self._centre.street.ground.cells
        codes = cells.within(*box.sides, most=_MOST_CELLS)
        if len(codes) > _MOST_CELLS:
            return MapCells((), more=True)
        outlines = ((code, cells.outline(code)) for code in codes)
        found = (MapCell(code, _ring(shape)) for code, shape in outlines if shape is not None)
        return MapCells(tuple(found), more=False)

    async def spots(self, visit: Visit, _: None) -> MapSpots:
        """The hot spots with their sentences."""
        told = await self._told(visit)
        return MapSpots(tuple(told or ()), ready=told is not None)

    async def points(self, visit: Visit, box: SeenBox) -> MapPoints:
        """The cases of an officer in a box."""
        view = View(visit.now, (Mark(box.show),) if box.show else (), box.sides)
        found = await seen(view, street=self._centre.street, of=self._officer(visit), limit=MOST)
        matters = _numbered(found)
        points = (MapPoint(*one.place, one.row.mark, matters[one.row.matter], one.row.case) for one in found.placed)
        return MapPoints(tuple(points), self._names(visit, matters), found.unplaced, found.more)

    async def open_points(self, visit: Visit, box: SeenBox) -> OpenPoints:
        """What everybody may see in a box."""
        view = View(visit.now, (Mark(box.show),) if box.show else (), box.sides)
        found = await seen(view, street=self._centre.street, of=None, limit=MOST)
        matters = _numbered(found)
        points = (OpenPoint(*one.place, one.row.mark, matters[one.row.matter]) for one in found.placed)
        return OpenPoints(tuple(points), self._names(visit, matters), found.unplaced, found.more)

    async def page(self, visit: Visit) -> Response:
        """The map for everybody, and the same as a table."""
        rows = await self._centre.open_counts.told(at=visit.now)
        return visit.page(
            AT + "open_map.html",
            title=visit.say("governance.map.open"),
            rows=[
                {
                    "title": self._centre.street.ground.places.full_name(county) or county,
                    "subtitle": " · ".join(_marked(visit, one, of[one]) for one in Mark if one in of),
                }
                for county, of in rows.items()
            ],
            **await self._map(visit, "/api/open/map", parts=_COLLECTION),
            back_url="/open/street",
        )

    async def desk(self, visit: Visit) -> Response:
        """The map for officers beside the list of the same cases."""
        asked = visit.request.query_params.get("show", "")
        show = next((one for one in Mark if one == asked), None)
        view, of = View(visit.now, (show,) if show else ()), self._officer(visit)
        paging = Paging.uncounted(visit, _A_PAGE)
        found = await listed_sights(
            view, street=self._centre.street, of=of, limit=paging.one_more, offset=paging.offset
        )
        page, paging = paging.cut(found)
        many = await counts(view, street=self._centre.street, of=of)
        sums = {mark: sum(of_county.get(mark, 0) for of_county in many.values()) for mark in Mark}
        data = "/street/map/points" + (f"?show={show}" if show else "")
        return visit.page(
            AT + "street_map.html",
            title=visit.say("governance.map"),
            rows=[self._row(visit, one) for one in page],
            filters=self._chips(visit, show, sums),
            paging=paging,
            **await self._map(visit, data, parts=PARTS, opens="/street/"),
        )

    def _officer(self, visit: Visit) -> tuple[UUID, Sequence[Any]]:
        return visit.someone.person, visit.someone.duties_of(PILLAR)

    async def _told(self, visit: Visit) -> list[MapSpot] | None:
        told = await spots_told(self._centre.spots, now=visit.now)
        return None if told is None else [self._spot(visit, one) for one in told]

    def _spot(self, visit: Visit, spot: SpotTold) -> MapSpot:
        group = self._group(visit, spot.matter)
        says = visit.say(
            "governance.spot.says",
            days=spot.days, observed=spot.observed, usual=f"{spot.usual:g}", radius=round(spot.radius_m),
            first=visit.site.pages.formats[visit.lang].day(spot.first, today=visit.today, weekday=False),
            last=visit.site.pages.formats[visit.lang].day(spot.last, today=visit.today, weekday=False),
            place=self._centre.street.ground.places.full_name(spot.area) or "",
        )  # fmt: skip
        title = visit.say("governance.spot", group=group)
        return MapSpot(spot.longitude, spot.latitude, spot.radius_m, title, says, spot.p)

    def _group(self, visit: Visit, code: str) -> str:
        matter = self._centre.street.catalogue.matter(code)
        named = self._centre.street.catalogue.group(matter) if matter else None
        return named.said(visit.lang) if named else self._centre.scribe.matter(visit.lang, code)

    def _names(self, visit: Visit, matters: dict[str, int]) -> tuple[str, ...]:
        return tuple(self._centre.scribe.matter(visit.lang, code) for code in matters)

    async def _map(self, visit: Visit, points: str, *, parts: str, opens: str = "") -> dict[str, Any]:
        """What the component and the module of the map are told. `parts` is where the register is read in words."""
        told = await self._told(visit)
        words = {f"mark-{mark}": visit.say(f"governance.mark.{mark}") for mark in Mark}
        return {
            "spots": told or [],
            "spots_ready": told is not None,
            "marks": [{"mark": mark, "says": visit.say(f"governance.mark.{mark}")} for mark in Mark],
            "layers": [{"name": "parts", "says": visit.say("governance.parts")}],
            "parts_url": parts,
            "told": {
                "ground": GROUND, "points": points, "spots": "/api/open/map/spots", "cells": "/api/open/map/cells",
                "late": visit.say("governance.map.late"), "open": opens, "open-says": visit.say("governance.map.case"),
                "method": "/open/map#method", "method-says": visit.say("governance.spot.how"), **words,
                **self._of_parts(visit, parts),
            },
        }  # fmt: skip

    def _of_parts(self, visit: Visit, opens: str) -> dict[str, str]:
        """What the layer of parts is told: where it asks, where one part is read, and what it says of itself."""
        says = ("far", "none", "shown", "more", "simulated", "failed", "open", "number")
        told = {f"parts-{name}": visit.say(f"governance.map.parts.{name}", number="{number}") for name in says}
        return {"parts": "/api/open/map/parts", "parts-at": f"{opens}/", **told}

    def _chips(self, visit: Visit, show: Mark | None, sums: dict[Mark, int]) -> list[dict[str, Any]]:
        everything = visit.say("governance.map.all", number=sum(sums.values()))
        return [{"href": "/street/map", "label": everything, "current": not show}] + [
            {
                "href": f"/street/map?show={mark}",
                "label": _marked(visit, mark, sums[mark]),
                "current": show == mark,
            }
            for mark in Mark
        ]

    def _row(self, visit: Visit, one: Any) -> dict[str, Any]:
        return {
            "href": f"/street/{one.case}",
            "title": self._centre.scribe.matter(visit.lang, one.matter),
            "place": self._centre.street.ground.places.full_name(one.area) or "",
            "mark": f"{_GLYPHS[one.mark]} {visit.say(f'governance.mark.{one.mark}')}",
            "late": one.mark is Mark.LATE,
            "due": one.due,
            "due_at": one.due_at,
        }


def _marked(visit: Visit, mark: Mark, number: int) -> str:
    """A mark by shape, word and number: ▲ 超期 7."""
    return f"{_GLYPHS[mark]} {visit.say(f'governance.mark.{mark}')} {number}"


def _numbered(found: Seen) -> dict[str, int]:
    """The matters of what is seen, each with its place among them."""
    codes = dict.fromkeys(one.row.matter for one in found.placed)
    return {code: number for number, code in enumerate(codes)}


def _ring(shape: Any) -> tuple[tuple[float, float], ...]:
    """The outer line of a cell; of one in several pieces that of the largest."""
    piece = max(getattr(shape, "geoms", [shape]), key=lambda one: float(one.area))
    return tuple((round(float(x), 5), round(float(y), 5)) for x, y in piece.exterior.coords)
