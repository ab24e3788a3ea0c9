"""The ground of the city as collections of things on the map: townships, communities, grid cells."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import shapely

from onecity.machinery.features import About, Collection, Drawing, Drawn, Reader
from onecity.places.cells import Cells
from onecity.places.grid import Grid
from onecity.places.model import Places

_STREET: Final = 9
_VILLAGE: Final = 12
_MOST_CELLS: Final = 10_000
"""A page holds more cells than other features: most of them are squares."""

Say = Callable[..., str]
"""Says a sentence of the house: (lang, key, **params) → text."""


def ground_collections(places: Places, cells: Callable[[], Cells], grid: Grid, say: Say) -> Sequence[Collection]:
    """Townships, communities and cells; `cells` is called when somebody first asks for one of them."""

    def about(key: str) -> Callable[[str], About]:
        def of(lang: str) -> About:
            simulated = say(lang, "places.simulated") if grid.simulated else ""
            described = say(lang, f"places.{key}.description", source=grid.source.said(lang), simulated=simulated)
            return About(say(lang, f"places.{key}"), described.strip(), _terms(lang, say))

        return of

    def township(code: str, _: Reader) -> Mapping[str, object]:
        return _named(code, places) | {"county": _name(code[:6], places), "simulated": grid.simulated}

    def community(code: str, _: Reader) -> Mapping[str, object]:
        return _named(code, places) | {"street": _name(code[:_STREET], places), "simulated": grid.simulated}

    def cell(code: str, _: Reader) -> Mapping[str, object]:
        zone = str(grid.zone(code[:_STREET]))
        return {"code": code, "community": _name(code[:_VILLAGE], places), "zone": zone, "simulated": grid.simulated}

    return (
        Drawn("townships", about=about("townships"), draw=lambda: _townships(cells()), properties=township),
        Drawn("communities", about=about("communities"), draw=lambda: _communities(cells()), properties=community),
        Drawn(
            "cells", about=about("cells"), draw=lambda: _cells(cells()), properties=cell, most=_MOST_CELLS
        ),
    )  # fmt: skip


_TERMS: Final = ("code", "county", "street", "community", "zone", "simulated")


def _terms(lang: str, say: Say) -> Mapping[str, str]:
    return {name: say(lang, f"places.term.{name}") for name in _TERMS}


def _named(code: str, places: Places) -> dict[str, object]:
    return {"name": _name(code, places), "code": code}


def _name(code: str, places: Places) -> str | None:
    area = places.area(code)
    return area.name if area else None


def _townships(cells: Cells) -> Drawing:
    """Each street, town or township: its communities put together."""
    parts: dict[str, list[shapely.Geometry]] = {}
    for code, ground in cells.communities.items():
        parts.setdefault(code[:_STREET], []).append(ground)
    # The communities cover the ground without gap or overlap, which the pack has proved.
    return Drawing(list(parts), np.array([shapely.coverage_union_all(found) for found in parts.values()], dtype=object))


def _communities(cells: Cells) -> Drawing:
    return Drawing(list(cells.communities), np.array(list(cells.communities.values()), dtype=object))


def _cells(cells: Cells) -> Drawing:
    return Drawing(list(cells), cells.shapes)
