"""A collection whose shapes lie in memory: found by a tree, read in the order of their codes."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import shapely

from onecity.machinery.features.model import About, Asked, Box, Extent, Feature, Page, Reader

_AN_HOUR_S: Final = 3_600


class Drawing(msgspec.Struct, frozen=True):
    """Shapes by their codes, which ascend. Units: degrees, WGS-84."""

    codes: Sequence[str]
    shapes: npt.NDArray[np.object_]


class Drawn:
    """A collection of shapes that change only with the pack. It is drawn when somebody first asks for it."""

    fresh_s = _AN_HOUR_S

    def __init__(
        self, id: str, *, about: Callable[[str], About], draw: Callable[[], Drawing],  # noqa: A002
        properties: Callable[[str, Reader], Mapping[str, object]], most: int = 1_000,
    ) -> None:  # fmt: skip
        self.id, self.most, self.about = id, most, about
        self._draw, self._properties = draw, properties

    async def extent(self) -> Extent:
        """The box around all shapes."""
        return self._extent

    async def page(self, asked: Asked, reader: Reader) -> Page:
        """The shapes that touch the box. They have no time, so every time fits."""
        found = self._inside(asked.box)
        start = int(np.searchsorted(found, bisect_right(self._drawing.codes, asked.after)))
        page = found[start : start + asked.limit]
        goes_on = start + asked.limit < len(found)
        return Page(self._features(page, reader), goes_on, len(found))

    async def one(self, id: str, reader: Reader) -> Feature | None:  # noqa: A002
        """The shape of a code."""
        place = bisect_right(self._drawing.codes, id) - 1
        if place < 0 or self._drawing.codes[place] != id:
            return None
        return self._features(np.array([place]), reader)[0]

    @cached_property
    def _drawing(self) -> Drawing:
        drawing = self._draw()
        assert list(drawing.codes) == sorted(set(drawing.codes)), "pages go on by code"
        return drawing

    @cached_property
    def _extent(self) -> Extent:
        return Extent(Box(*(float(edge) for edge in shapely.total_bounds(self._drawing.shapes))))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._drawing.shapes)

    def _inside(self, box: Box | None) -> npt.NDArray[np.int64]:
        """The places of all shapes that touch a box, ascending."""
        if box is None:
            return np.arange(len(self._drawing.codes))
        ground = shapely.box(box.west, box.south, box.east, box.north)
        return np.sort(self._tree.query(ground, predicate="intersects"))

    def _features(self, places: npt.NDArray[np.int64], reader: Reader) -> tuple[Feature, ...]:
        # RFC 7946 §3.1.6: outer rings run against the clock.
        written = shapely.to_geojson(shapely.orient_polygons(self._drawing.shapes[places]))
        codes = [self._drawing.codes[place] for place in places]
        return tuple(
            Feature(code, msgspec.Raw(shape.encode()), self._properties(code, reader))
            for code, shape in zip(codes, written, strict=True)
        )
