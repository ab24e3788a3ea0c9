"""`onecity grid`: in which cell a point lies, and what ground a cell has."""

import json
import sys
from pathlib import Path

import click
import shapely

from onecity.bootstrap.content import shipped_pack
from onecity.cli.exits import Exit
from onecity.cli.pack import loaded
from onecity.cli.places import machine_readable, pack_option
from onecity.packs import Pack
from onecity.places import GRID, Cell, Cells, cells_of, places_of


@click.group()
def grid() -> None:
    """The grid: every point of the city lies in one cell."""


@grid.command(context_settings={"ignore_unknown_options": True})
@click.argument("longitude", type=click.FloatRange(-180, 180))
@click.argument("latitude", type=click.FloatRange(-90, 90))
@pack_option("ground")
@machine_readable
def at(longitude: float, latitude: float, folder: Path | None, *, as_json: bool) -> None:
    """The cell of a point, and the community, street and county around it. Degrees, WGS-84.

    Example: onecity grid at 113.6651 34.7466 --json
    """
    pack, cells = _ground(folder)
    found = cells.at(longitude, latitude)
    if found is None:
        click.echo("这一点不在本市 / This point does not lie in the city", err=True)
        sys.exit(Exit.REFUSED)
    data = _as_data(found, pack)
    click.echo(json.dumps(data, ensure_ascii=False) if as_json else _said(data))


@grid.command()
@click.argument("code")
@pack_option("ground")
def outline(code: str, folder: Path | None) -> None:
    """The ground of a cell (15 digits) or of a community (12 digits), as a GeoJSON feature.

    Example: onecity grid outline 410105002001001
    """
    _pack, cells = _ground(folder)
    ground = cells.outline(code)
    if ground is None:
        click.echo(f"没有这个网格或社区 / There is no such cell or community: {code}", err=True)
        sys.exit(Exit.REFUSED)
    feature = {"type": "Feature", "properties": {"code": code}, "geometry": shapely.geometry.mapping(ground)}
    click.echo(json.dumps(feature))


def _ground(folder: Path | None) -> tuple[Pack, Cells]:
    pack = loaded(folder or shipped_pack())
    cells = cells_of(pack)
    if cells is None:
        click.echo("这份规则包没有网格 / This pack declares no ground", err=True)
        sys.exit(Exit.REFUSED)
    return pack, cells


def _as_data(cell: Cell, pack: Pack) -> dict[str, object]:
    around = [{"code": area.code, "name": area.name} for area in places_of(pack).around(cell.village)]
    levels = dict(zip(("village", "street", "county"), around, strict=False))
    return {"cell": cell.code, "zone": cell.zone, **levels, "simulated": pack.one(GRID).simulated}


def _said(data: dict[str, object]) -> str:
    lines = [f"{data['cell']}  {data['zone']}"]
    lines += [f"{area['code']}  {area['name']}" for area in data.values() if isinstance(area, dict)]
    return "\n".join(lines + ["模拟的网格 / a simulated grid"] * bool(data["simulated"]))
