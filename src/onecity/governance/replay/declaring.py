"""What a pack declares for the replay of a file: types as matters, targets as limits, places, agencies.

The ground is what the file knows of it: squares of ten by ten cells in which somebody reported something. A square is a
community of the neighbourhood that most of its requests name. Nobody surveyed them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import floor
from typing import Final, TypeAlias

import msgspec

from onecity.governance.catalogue import MATTER
from onecity.governance.filing import CONDITION
from onecity.governance.ground import Point
from onecity.governance.replay.planning import LONGEST_H, limit_h
from onecity.governance.replay.reading import Request
from onecity.kernel.ids import slug
from onecity.packs import Pack
from onecity.people import AGENCY
from onecity.places import OUTLINE, STREET

UNTIMED: Final = "untimed"
"""The end of the id of a condition for requests without a target."""
UNCLEAR: Final = "z:nobody_said_what"
"""The matter that a street must have for reports that nobody has looked at; the replay uses it never."""
COUNTY: Final = "025025"
"""The county in which all places of the file lie. Source: FIPS 25025, Suffolk County, written with six digits."""
EAST: Final = 12
NORTH: Final = 9
"""A cell in ten-thousandths of a degree: about 99 m by 100 m in Boston."""
CENTRE: Final = "requests_centre"
VERIFIERS: Final = "verification_office"
"""The simulated agencies beside the departments of the file."""
_CELLS: Final = 10
_NOWHERE: Final = "No neighbourhood named"
_TEN_THOUSAND: Final = 10_000

Row: TypeAlias = tuple[str, ...]
Square: TypeAlias = tuple[int, int]


def _id_of(text: str) -> str:
    """A name as an id, also one without any sign that an id may have."""
    return slug(text) or "x"


def ids(names: Iterable[str]) -> dict[str, str]:
    """An id for each name, none twice, however alike the names are."""
    found: dict[str, str] = {}
    for name in sorted(set(names)):
        wanted = _id_of(name)
        same = sum(_id_of(other) == wanted for other in found)
        found[name] = f"{wanted}_n{same + 1}" if same else wanted
    return found


def matter_of(kind: str, known: Mapping[str, str]) -> str:
    """The code of the matter of a type: one of the city's own, `known` being the ids of all types."""
    return f"z:{known[kind]}"


def condition_of(request: Request, known: Mapping[str, str]) -> str:
    """The id of the condition under which a request is filed: its type and its limit in hours."""
    hours = limit_h(request)
    return f"t_{known[request.kind]}_{UNTIMED if hours is None else f'{hours}h'}"


def agency_of(named: str) -> str:
    """The id of the agency of a department as the file names it."""
    return f"department_{_id_of(named)}"


def street_codes(requests: Iterable[Request]) -> dict[str, str]:
    """A street of nine digits for each neighbourhood; the first is for requests that name none."""
    names = sorted({one.place for one in requests} - {""})
    return {name: f"{COUNTY}{number:03}" for number, name in enumerate(["", *names], 1)}


def square_of(point: Point) -> Square:
    """The square in which a point lies, counted from the origin of the lattice."""
    wide, high = EAST * _CELLS / _TEN_THOUSAND, NORTH * _CELLS / _TEN_THOUSAND
    return floor(point[0] / wide), floor(point[1] / high)


def outline_of(square: Square) -> str:
    """The ground of a square in WKT, with four decimals, as the lattice demands."""
    west, south = square[0] * EAST * _CELLS, square[1] * NORTH * _CELLS
    east, north = west + EAST * _CELLS, south + NORTH * _CELLS
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"POLYGON (({', '.join(f'{x / _TEN_THOUSAND:.4f} {y / _TEN_THOUSAND:.4f}' for x, y in corners)}))"


def rows_of(requests: Sequence[Request], crosswalk: Mapping[str, str] = {}) -> dict[str, list[Row]]:
    """The tables of the pack by their paths, each with its head; the same file gives the same tables.

    `crosswalk` is what is known already of a type: its matter in the catalogue of another city.
    """
    known, streets = ids(one.kind for one in requests), street_codes(requests)
    squares = defaultdict[Square, Counter[str]](Counter)
    for one in requests:
        if one.point is not None:
            squares[square_of(one.point)][streets[one.place]] += 1
    villages = _villages(squares)
    return {
        "governance/matters.csv": [
            ("code", "name", "en"),
            *((matter_of(kind, known), kind, kind) for kind in known),
            (UNCLEAR, "没有人说是什么", "Nobody said what"),
        ],
        "governance/conditions.csv": _conditions(requests, known),
        "places/counties.csv": [("code", "name"), (COUNTY, "All neighbourhoods of the file")],
        "places/streets.csv": [
            ("code", "name", "county"),
            *((code, (name or _NOWHERE)[:60], COUNTY) for name, code in streets.items()),
        ],
        "places/villages.csv": [
            ("code", "name", "street"),
            *((code, f"Square {square[0]} {square[1]}", code[:9]) for code, square in villages.items()),
        ],
        "places/outlines.csv": [
            ("village", "outline"),
            *((code, outline_of(square)) for code, square in villages.items()),
        ],
        "crosswalk.csv": [("type", "matter"), *((kind, crosswalk.get(kind, "")) for kind in known)],
    }


def _villages(squares: Mapping[Square, Counter[str]]) -> dict[str, Square]:
    """The squares by their codes of twelve digits, numbered within the neighbourhood that most of them name."""
    of_street = defaultdict[str, list[Square]](list)
    for square in sorted(squares):
        # Of neighbourhoods that name a square equally often, the first by its code has it.
        of_street[min(squares[square], key=lambda code: (-squares[square][code], code))].append(square)
    return {
        f"{street}{number:03}": square
        for street in sorted(of_street)
        for number, square in enumerate(of_street[street], 1)
    }


def _conditions(requests: Sequence[Request], known: Mapping[str, str]) -> list[Row]:
    leads = defaultdict[str, Counter[str]](Counter)
    of: dict[str, Request] = {}
    for one in requests:
        leads[one.kind][agency_of(one.agency)] += 1
        of.setdefault(condition_of(one, known), one)
    head = ("id", "matter", "files_zh", "files_en", "closes_zh", "closes_en")
    found: list[Row] = [(*head, "limit_a", "limit_b", "limit_c", "lead", "evidence", "origin")]
    for name in sorted(of):
        kind, hours = of[name].kind, limit_h(of[name])
        lead = min(leads[kind], key=lambda agency: (-leads[kind][agency], agency))
        limit = f"{LONGEST_H if hours is None else hours} urgent_hours"
        zh, en = ("文件没有期限", "no target in the file") if hours is None else (f"{hours} 小时", f"{hours} hours")
        found.append((
            name, matter_of(kind, known), f"{kind}：{zh}"[:160], f"{kind}: {en}"[:160], "文件说已关闭",
            "The file says that it is closed", limit, limit, limit, lead, "seen", "boston_311",
        ))  # fmt: skip
    return found


class Known(msgspec.Struct, frozen=True):
    """What a pack declares of files: types and neighbourhoods by their names, conditions, agencies, and its squares."""

    kinds: Mapping[str, str]
    streets: Mapping[str, str]
    conditions: frozenset[str]
    agencies: frozenset[str]
    outlines: frozenset[str]


def known_of(pack: Pack) -> Known:
    """What a pack knows of files. The street of those that name none is the first."""
    names = {row.name: row.code for row in pack.one(STREET).rows}
    return Known(
        kinds={row.name: row.code.removeprefix("z:") for row in pack.one(MATTER).rows},
        streets={"" if name == _NOWHERE else name: code for name, code in names.items()},
        conditions=frozenset(row.id for row in pack.one(CONDITION).rows),
        agencies=frozenset(pack.all(AGENCY)),
        outlines=frozenset(row.outline for row in pack.one(OUTLINE).rows),
    )


def lacking(requests: Sequence[Request], known: Known) -> dict[str, int]:
    """How many types, limits, departments, neighbourhoods and squares of a file a pack does not know; {} if none."""
    kinds = {one.kind for one in requests} - known.kinds.keys()
    of_known = [one for one in requests if one.kind in known.kinds]
    squares = {outline_of(square_of(one.point)) for one in requests if one.point is not None}
    missing = {
        "types": len(kinds),
        "limits": len({condition_of(one, known.kinds) for one in of_known} - known.conditions),
        "departments": len({agency_of(one.agency) for one in requests} - known.agencies),
        "neighbourhoods": len({one.place for one in requests} - known.streets.keys()),
        "squares": len(squares - known.outlines),
    }
    return {what: number for what, number in missing.items() if number}
