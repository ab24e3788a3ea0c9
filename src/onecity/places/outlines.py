"""The outlines of streets and counties as maps draw them: joined from communities, smoothed, without gaps."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from onecity.packs import Pack
from onecity.places.grid import OUTLINE, shape_of
from onecity.places.model import Level, Places

Position: TypeAlias = tuple[float, float]
"""Longitude and latitude in degrees (WGS-84)."""

SMOOTH: Final = 0.0008
"""How much of a border is smoothed away: the triangle of three points of it is smaller than the square of this. Units:
degrees; about 80 m, and drawn borders differ from the true ones by less than two of them.
"""
_COUNTY: Final = 6
_STREET: Final = 9
_DIGITS: Final = 5
"""Of a coordinate: a metre."""


class Named(msgspec.Struct, frozen=True):
    """What is said of an outline: code, level, name without and with the county; `at` is where the name is written."""

    code: str
    level: Level
    name: str
    full: str
    at: Position


class Ring(msgspec.Struct, frozen=True, tag_field="type", tag="MultiPolygon"):
    """Ground in one or several pieces, each with its holes. Source: RFC 7946, section 3.1.7."""

    coordinates: tuple[tuple[tuple[Position, ...], ...], ...]


class Feature(msgspec.Struct, frozen=True, tag_field="type", tag="Feature"):
    """A street, a township or a county. Source: RFC 7946, section 3.2."""

    properties: Named
    geometry: Ring


class Outlined(msgspec.Struct, frozen=True, tag_field="type", tag="FeatureCollection"):
    """All streets, townships and counties; `bbox` is west, south, east, north. Source: RFC 7946, sections 3.3 and 5."""

    bbox: tuple[float, float, float, float]
    features: tuple[Feature, ...]


def outlined(pack: Pack, places: Places, *, smooth: float = SMOOTH) -> Outlined:
    """The outlines of streets by their codes, then of counties. Neighbours are smoothed alike and still meet."""
    parts: defaultdict[str, list[BaseGeometry]] = defaultdict(list)
    for row in pack.one(OUTLINE).rows:
        shape = shape_of(row.outline)
        assert shape is not None, "the pack was checked"
        parts[row.village[:_STREET]].append(shape)
    codes = sorted(parts)
    whole = [shapely.coverage_union_all(parts[code]) for code in codes]
    drawn: Sequence[BaseGeometry] = list(shapely.coverage_simplify(whole, smooth))
    west, south, east, north = shapely.total_bounds(drawn)
    counties: defaultdict[str, list[BaseGeometry]] = defaultdict(list)
    for code, ground in zip(codes, drawn, strict=True):
        counties[code[:_COUNTY]].append(ground)
    joined = {code: shapely.coverage_union_all(grounds) for code, grounds in counties.items()}
    outlines = {**dict(zip(codes, drawn, strict=True)), **joined}
    features = (_feature(code, ground, places) for code, ground in outlines.items())
    return Outlined((float(west), float(south), float(east), float(north)), tuple(features))


def _feature(code: str, ground: BaseGeometry, places: Places) -> Feature:
    middle = ground.representative_point()
    pieces = shapely.get_parts(ground)
    rings = tuple(tuple(_positions(ring) for ring in (piece.exterior, *piece.interiors)) for piece in pieces)
    full = places.full_name(code) or code
    level = Level.STREET if len(code) == _STREET else Level.COUNTY
    named = Named(code, level, full.rpartition(" ")[2], full, (round(middle.x, _DIGITS), round(middle.y, _DIGITS)))
    return Feature(named, Ring(rings))


def _positions(ring: BaseGeometry) -> tuple[Position, ...]:
    return tuple((round(float(x), _DIGITS), round(float(y), _DIGITS)) for x, y in shapely.get_coordinates(ring))
