"""`onecity governance parts`: the register of what stands on the street, taken over from a file and listed."""

import asyncio
import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import click

from onecity.bootstrap.city import City
from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.cli.acting import refusal_text
from onecity.cli.configured import on_a_city
from onecity.cli.exits import Exit
from onecity.cli.pack import loaded
from onecity.cli.places import machine_readable, pack_option, tell_machine
from onecity.governance import filing_of
from onecity.governance.parts import (
    COLUMNS,
    Checks,
    PartEntry,
    PartRow,
    RowFault,
    Withdrawal,
    read_parts,
    simulated_parts,
)
from onecity.governance.parts.store import Box
from onecity.governance.usecases import Street
from onecity.governance.usecases.parts import MOST_FAULTS, Taken, checks_of, searched, take_over, withdraw
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.refusal import Refused
from onecity.places import cells_of

_BY: Final = Acting(None, Channel.CLI)
_A_PAGE: Final = 500


class _Box(click.ParamType[Box]):
    """Four edges in degrees: west, south, east, north."""

    name = "west,south,east,north"

    def convert(self, value: str | Box, param: click.Parameter | None, ctx: click.Context | None) -> Box:
        if isinstance(value, tuple):
            return value
        try:
            west, south, east, north = (float(edge) for edge in value.split(","))
        except ValueError:
            self.fail(f"{value!r} is no box; write it like 113.60,34.70,113.62,34.72.", param, ctx)
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            self.fail(f"{value!r} is no box: west before east, south before north, in degrees.", param, ctx)
        return west, south, east, north


def _five_digits(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[0-9]{5}", value):
        raise click.BadParameter(f"{value!r} is no kind of part; write its five digits, like 01037.")
    return value


@click.group()
def parts() -> None:
    """The register of parts: covers, lamps, trees, each with its number and whose it is."""


@parts.command("import")
@click.argument("path", metavar="FILE.csv", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", required=True, help="Which register it is; every entry says so.")
@click.option("--simulated", is_flag=True, help="Nobody surveyed it; every entry says so.")
@machine_readable
@on_a_city
def import_parts(path: Path, *, source: str, simulated: bool, as_json: bool, settings: Settings) -> None:
    """Take over a register of parts.

    FILE.csv has the columns number, longitude, latitude and, if known, agency, owner and state; degrees are WGS-84.
    Every fault is told with its line and column, and then nothing is written. Importing again changes nothing.

    Example: onecity governance parts import lamps.csv --source "路灯普查"
    """

    async def done() -> Taken | tuple[RowFault, ...]:
        async with city_at_hand(settings) as city:
            checks = checks_of(_street(city), source=source, simulated=simulated)
            return await take_over(
                lambda: _rows(path, checks), ledger=city.memory.ledger, key=uuid4(), by=_BY, now=now()
            )

    if not path.stat().st_size:
        click.echo(
            f"{path.name} 是空的，第一行要写列名 / {path.name} is empty. Write the names of the columns in its first"
            f" line: {', '.join(COLUMNS)}.",
            err=True,
        )
        sys.exit(Exit.REFUSED)
    found = asyncio.run(done())
    if isinstance(found, tuple):
        for fault in found:
            click.echo(f"{path.name}:{fault.line}:{fault.column}: {fault.what} {fault.mend}", err=True)
        more = " (and maybe more)" if len(found) == MOST_FAULTS else ""
        faults = f"{len(found)} fault{'' if len(found) == 1 else 's'}"
        click.echo(f"什么都没有写，有 {len(found)} 处错 / Nothing was written: {faults}{more}", err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine(found)
    else:
        click.echo(f"新 {found.new}，变 {found.changed}，不变 {found.same} / new, changed, as before")


@parts.command("list")
@click.option("--kind", callback=_five_digits, help="Only those of a kind, by its five digits.")
@click.option("--box", type=_Box(), help="Only those in a box of degrees.")
@click.option("--limit", type=click.IntRange(1), help="Only so many.")
@machine_readable
@on_a_city
def list_parts(kind: str | None, box: Box | None, limit: int | None, *, as_json: bool, settings: Settings) -> None:
    """The parts of the register, by number.

    Example: onecity governance parts list --kind 01037 --box 113.60,34.70,113.62,34.72 --json
    """

    async def done() -> list[PartRow]:
        found: list[PartRow] = []
        async with city_at_hand(settings) as city:
            while limit is None or len(found) < limit:
                page = min(_A_PAGE, limit - len(found)) if limit else _A_PAGE
                after = found[-1].number if found else ""
                rows = await searched(ledger=city.memory.ledger, kind=kind, box=box, limit=page, after=after)
                found += rows
                if len(rows) < page:
                    break
        return found

    rows = asyncio.run(done())
    if as_json:
        tell_machine([row.entry for row in rows])
        return
    for row in rows:
        mark = "模拟" if row.simulated else ""
        told = (row.number, f"{row.longitude:.6f} {row.latitude:.6f}", row.agency, row.owner or "", row.state, mark)
        click.echo("  ".join(one for one in told if one))


@parts.command("withdraw")
@click.argument("number")
@click.option("--because", type=click.Choice([one.value for one in Withdrawal]), required=True, help="Why.")
@machine_readable
@on_a_city
def withdraw_part(number: str, *, because: str, as_json: bool, settings: Settings) -> None:
    """Take the entry NUMBER out, which was a mistake. A thing that is gone is no mistake: its state is `removed`.

    Example: onecity governance parts withdraw 41010501037000001 --because twice
    """

    async def done() -> str | None:
        async with city_at_hand(settings) as city:
            how = Withdrawal(because)
            answer = await withdraw(number, how, ledger=city.memory.ledger, key=uuid4(), by=_BY, now=now())
            return refusal_text(city, answer) if isinstance(answer, Refused) else None

    refusal = asyncio.run(done())
    if refusal is not None:
        click.echo(refusal, err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine({"number": number})
    else:
        click.echo(f"{number} 已撤销 / withdrawn", err=True)


@parts.command()
@click.option("--per", type=click.IntRange(1, 100), default=3, show_default=True, help="How many in each community.")
@pack_option("ground")
def simulate(per: int, folder: Path | None) -> None:
    """Print a simulated register as a file that `import` takes: the same pack gives the same file.

    Nobody surveyed any of it. The simulated city is founded with what this prints without options.

    Example: onecity governance parts simulate > simulated_parts.csv
    """
    pack = loaded(folder or shipped_pack())
    cells, filing = cells_of(pack), filing_of(pack)
    if cells is None or filing is None:
        click.echo(
            "这份规则包没有网格，或者没有部件的归属 / This pack declares no ground, or no owners of parts", err=True
        )
        sys.exit(Exit.REFUSED)
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in simulated_parts(cells, filing.owners, per=per):
        table.writerow((one.number, one.longitude, one.latitude, one.agency, one.owner or "", one.state))


def _rows(path: Path, checks: Checks) -> Iterator[PartEntry | RowFault]:
    with path.open("rb") as file:
        yield from read_parts(file, checks)


def _street(city: City) -> Street:
    if city.centre is None:
        click.echo("这座城市没有管街面 / This city does not govern its street", err=True)
        sys.exit(Exit.REFUSED)
    return city.centre.street
