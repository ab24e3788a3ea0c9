"""A register of parts for a simulated city: nobody surveyed any of it, and every entry says so.

The same pack gives the same parts: places and kinds follow from hashes of codes, not from dice. They stand in the
built-up communities, a few in each, so that a demonstration has something to find wherever it looks.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final

from onecity.governance.parts.model import PartEntry, Standing
from onecity.places import Cells

SIMULATED: Final = "模拟部件库 / simulated register of parts"
_PER_COMMUNITY: Final = 3
_FREQUENT: Final = (
    "01037", "04002", "01003", "01002", "01001", "03005", "02010", "01004", "01011", "01007", "02017", "04007",
    "02014", "01050", "01013", "02004", "01054", "04011", "03001", "02012",
)  # fmt: skip
"""Kinds that stand on every street, the most frequent first: lamps, trees, covers, bins."""
_DIGITS: Final = 6
"""Of a degree: a tenth of a metre."""


def simulated_parts(cells: Cells, owners: Mapping[str, str], *, per: int = _PER_COMMUNITY) -> Iterator[PartEntry]:
    """Parts for a ground, `per` each community that is cut into squares, by their numbers within each kind."""
    squares: dict[str, list[str]] = {}
    for code in cells:
        squares.setdefault(code[:12], []).append(code)
    kinds = [kind for kind in _FREQUENT if kind in owners]
    given: Counter[str] = Counter()
    for village in sorted(one for one, held in squares.items() if len(held) > 1 and kinds):
        for which in range(per):
            drawn = _drawn(f"{village}-{which}")
            # The lower of two numbers: common kinds come more often.
            kind = kinds[min(drawn[0], drawn[1]) * len(kinds) // 256]
            longitude, latitude = _place(cells, squares[village], drawn)
            cell = cells.at(longitude, latitude)
            assert cell is not None, "a place inside a cell lies in the city"
            given[village[:6] + kind] += 1
            number = f"{village[:6]}{kind}{given[village[:6] + kind]:06}"
            yield PartEntry(
                number, longitude, latitude, cell.code, cell.street, owners[kind], None,
                Standing.DAMAGED if drawn[10] < 5 else Standing.IN_ORDER, SIMULATED, simulated=True,
            )  # fmt: skip


def _place(cells: Cells, squares: list[str], drawn: bytes) -> tuple[float, float]:
    """A place well inside one of some squares."""
    ground = cells.outline(squares[int.from_bytes(drawn[2:4], "big") % len(squares)])
    assert ground is not None, "a cell has its ground"
    west, south, east, north = ground.bounds
    right, up = (0.1 + 0.8 * int.from_bytes(drawn[at : at + 3], "big") / 2**24 for at in (4, 7))
    return round(west + right * (east - west), _DIGITS), round(south + up * (north - south), _DIGITS)


def _drawn(name: str) -> bytes:
    return sha256(f"parts {name}".encode()).digest()
