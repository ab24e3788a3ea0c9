"""Draw outlines for the communities of a pack, inside real townships, and their social grids; write both as tables.

The townships are real (as of about 2009), the communities inside them are drawn by lot without dice: the same input
gives the same table. Whoever has real outlines writes the table from those and needs none of this.

    python -m tools.grid packs/zhengzhou
"""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from tools.grid.drawing import Region, draw
from tools.grid.households import social_rows

from onecity.bootstrap.content import KINDS
from onecity.packs import load_pack
from onecity.places import GRID, STREET, VILLAGE, Cells

_WRITTEN: Final = ("outlines.csv", "social_grids.csv")
_HERE: Final = Path(__file__).parent
_TOWNSHIPS: Final = _HERE / "zhengzhou_townships_2009.geojson"
_CROSSWALK: Final = _HERE / "zhengzhou_townships_to_streets.csv"


def regions(crosswalk: Sequence[Mapping[str, str]], villages: Mapping[str, Sequence[str]]) -> Iterator[Region]:
    """Townships and streets that share ground, taken together: each street with its villages."""
    streets: dict[str, set[str]] = defaultdict(set)
    townships: dict[str, set[str]] = defaultdict(set)
    for row in crosswalk:
        streets[row["township"]].add(row["street"])
        townships[row["street"]].add(row["township"])
    seen: set[str] = set()
    for first in sorted(streets):
        inside: set[str] = set()
        todo = [first]
        while todo:
            township = todo.pop()
            if township not in inside:
                inside.add(township)
                todo += [other for street in streets[township] for other in townships[street]]
        if first not in seen:
            seen |= inside
            held = sorted({street for township in inside for street in streets[township]})
            yield Region(tuple(sorted(inside)), {street: tuple(sorted(villages[street])) for street in held})


def _outlines() -> dict[str, BaseGeometry]:
    found = json.loads(_TOWNSHIPS.read_text("utf-8"))
    return {one["properties"]["code"]: shape(one["geometry"]) for one in found["features"]}


def main() -> None:
    """Read the pack and the townships, draw, write."""
    parser = argparse.ArgumentParser(prog="python -m tools.grid", description=__doc__)
    parser.add_argument("pack", type=Path)
    folder: Path = parser.parse_args().pack
    pack, faults = load_pack(folder, KINDS)
    if [fault for fault in faults if not fault.place.file.endswith(_WRITTEN)]:
        parser.error("the pack has faults; see: onecity pack check")
    villages: dict[str, list[str]] = defaultdict(list)
    for village in pack.one(VILLAGE).rows:
        villages[village.within].append(village.code)
    with _CROSSWALK.open(encoding="utf-8", newline="") as file:
        crosswalk = list(csv.DictReader(file))
    assert {row["street"] for row in crosswalk} == {street.code for street in pack.one(STREET).rows}, "streets moved"
    drawn = draw(_outlines(), tuple(regions(crosswalk, villages)), pack.one(GRID))
    with (folder / "places" / "outlines.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["village", "outline"])
        rows.writerows(sorted(drawn.items()))
    print(f"{len(drawn)} communities drawn.")
    grids = list(social_rows(Cells(pack.one(GRID), drawn), pack.one(GRID)))
    with (folder / "places" / "social_grids.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["code", "cells", "households"])
        rows.writerows(grids)
    print(f"{len(grids)} social grids drawn.")


if __name__ == "__main__":
    main()
