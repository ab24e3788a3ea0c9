"""`onecity grid`: in which cell a point lies, and what ground a cell has."""

import json
import sys
from datetime import date
from pathlib import Path

import click
import shapely

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.moment import now
from onecity.cli.exits import Exit
from onecity.cli.pack import loaded
from onecity.cli.places import DAY, machine_readable, pack_option
from onecity.kernel.instants import day_in
from onecity.packs import Pack
from onecity.places import CITY, GRID, Cell, Cells, cells_of, places_of, social_grids_of


@click.group()
def grid() -> None:
    """The grid: every point of the city lies in one cell, and in one social grid."""


@grid.command(context_settings={"ignore_unknown_options": True})
@click.argument("longitude", type=click.FloatRange(-180, 180))
@click.argument("latitude", type=click.FloatRange(-90, 90))
@pack_option("ground")
@machine_readable
def at(longitude: float, latitude: float, folder: Path | None, *, as_json: bool) -> None:
    """The cell and the social grid of a point, and the community, street and county around it. Degrees, WGS-84.

    Example: onecity grid at 113.6651 34.7466 --json
    """
    pack, cells = _ground(folder)
    found = cells.at(longitude, latitude)
    if found is None:
        click.echo("这一点不在本市 / This point does not lie in the city", err=True)
        sys.exit(Exit.REFUSED)
    data = _as_data(found, pack) | _social(longitude, latitude, pack, cells)
    click.echo(json.dumps(data, ensure_ascii=False) if as_json else _said(data))


@grid.command()
@click.argument("code")
@pack_option("ground")
def outline(code: str, folder: Path | None) -> None:
    """The ground of a cell (15 digits), a community (12 digits) or a social grid (with an S), as a GeoJSON feature.

    Example: onecity grid outline 410105002001001
    """
    pack, cells = _ground(folder)
    social = social_grids_of(pack, cells)
    ground = cells.outline(code) or (social.outline(code) if social else None)
    if ground is None:
        click.echo(f"没有这个网格或社区 / There is no such cell or community: {code}", err=True)
        sys.exit(Exit.REFUSED)
    feature = {"type": "Feature", "properties": {"code": code}, "geometry": shapely.geometry.mapping(ground)}
    click.echo(json.dumps(feature))


@grid.command()
@click.argument("area")
@click.option("--on", "day", type=DAY, help="As of which day (default: today).")
@pack_option("ground")
@machine_readable
def social(area: str, day: date | None, folder: Path | None, *, as_json: bool) -> None:
    """The social grids (综治网格) of a community, street, county or the city, by its code.

    Example: onecity grid social 410103004 --json
    """
    pack, cells = _ground(folder)
    found = social_grids_of(pack, cells)
    inside = found.inside(area, on=day or _today(pack)) if found else ()
    if not inside:
        click.echo(f"那里没有综治网格 / There is no social grid there: {area}", err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        told = [{"code": one.code, "cells": one.cells, "households": one.homes} for one in inside]
        click.echo(json.dumps(told))
        return
    for one in inside:
        click.echo(f"{one.code}  {one.households or ''}".rstrip())


def _today(pack: Pack) -> date:
    return day_in(pack.one(CITY).clock_zone(), now())


def _social(longitude: float, latitude: float, pack: Pack, cells: Cells) -> dict[str, object]:
    grids = social_grids_of(pack, cells)
    found = grids.at(longitude, latitude, on=_today(pack)) if grids else None
    return {"social": found.code, "households": found.homes} if found else {}


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
    lines += [f"{data['social']}  {data['households'] or ''}".rstrip()] if "social" in data else []
    lines += [f"{area['code']}  {area['name']}" for area in data.values() if isinstance(area, dict)]
    return "\n".join(lines + ["模拟的网格 / a simulated grid"] * bool(data["simulated"]))
