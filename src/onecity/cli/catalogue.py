"""`onecity catalogue`: what a city asks of people, audited; it needs no city, no server and no database."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from onecity.bootstrap.content import shipped_pack
from onecity.casework import Laws, laws_of
from onecity.cli.exchange import exchange
from onecity.cli.exits import Exit, end_on
from onecity.cli.pack import loaded
from onecity.cli.places import machine_readable, tell_machine
from onecity.cli.speaking import Say, saying, spoken
from onecity.kernel.refusal import Refused
from onecity.services.auditing import (
    Audit,
    Flow,
    as_data,
    audited,
    event_sheets,
    flow_sheet,
    flows_as_data,
    flows_of,
    page,
    read_rows,
    read_times,
    sheet_of,
    tables_of,
)
from onecity.services.auditing.sheets import FLOW_FIGURES, Sheet
from onecity.services.linked import linked

_LANGS: Final = ("zh", "en")
_SHOWN: Final = 20
"""Rows of each table that people are shown; --json and --into tell all."""
_FOLDER: Final = click.Path(path_type=Path)


@click.group()
def catalogue() -> None:
    """The catalogue of a city: what it asks of people, and what it need not ask."""


catalogue.add_command(exchange)


@catalogue.command()
@click.argument("pack", required=False, type=_FOLDER)
@click.option("--before", metavar="V", type=_FOLDER, help="The folder of the pack before the reform.")
@click.option("--after", metavar="V", type=_FOLDER, help="The folder of the pack after it.")
@click.option("--event", metavar="NAME", help="Only this life event and its items.")
@click.option(
    "--materials", metavar="FILE.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Look at a file of materials (flow, item, material) instead of a pack.",
)  # fmt: skip
@click.option(
    "--log", metavar="FILE.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Beside the law what cases really took, from a log of `onecity process log`.",
)  # fmt: skip
@click.option(
    "--into", metavar="FILE.html", type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page; of a whole pack its life events as pages in the folder FILE beside it.",
)  # fmt: skip
@click.option(
    "--csv", "tables", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="Write figures.csv, lists.csv and proposals.csv into this folder.",
)  # fmt: skip
@spoken
@machine_readable
def audit(
    pack: Path | None, before: Path | None, after: Path | None, *, event: str | None, materials: Path | None,
    log: Path | None, into: Path | None, tables: Path | None, lang: str, as_json: bool,
) -> None:  # fmt: skip
    """Measure what a pack asks of people (四减两清理), before and after a reform, and propose what it need not ask.

    PACK is the folder of a pack (default: the shipped one). With --before and --after two folders are compared over the
    items that both have. Every number comes with its list; docs/audit.md tells what each counts.

    Example: onecity catalogue audit packs/zhengzhou --event open_restaurant --json
    """
    if materials is not None:
        if pack or before or after or event or log:
            raise click.UsageError("--materials looks at a file alone; leave out PACK and the other options about it.")
        _audit_materials(materials, into, tables, lang, as_json=as_json)
        return
    if (before is None) != (after is None):
        raise click.UsageError("Give --before and --after together, or neither.")
    if pack is not None and after is not None:
        raise click.UsageError("Name PACK, or two packs with --before and --after, not both.")
    later, earlier = loaded(after or pack or shipped_pack()), None if before is None else loaded(before)
    say = saying(laws_of(later))
    times, faults = read_times(log) if log else ({}, ())
    end_on(faults)
    found = audited(later, earlier, event=event, log=times)
    if isinstance(found, Refused):
        click.echo(" / ".join(say(one, found.reason, **found.details) for one in _LANGS), err=True)
        sys.exit(Exit.REFUSED)
    data = as_data(found, say)
    apart = into.stem if into is not None and event is None else ""
    _write([sheet_of(found, say, one, apart=apart) for one in _LANGS], data, into, tables, say)
    if into is not None and apart:
        _write_events(into.parent / apart, found, say)
    if as_json:
        tell_machine(data)
    else:
        click.echo("\n".join(_people(found, say, lang)))


@catalogue.command()
@click.argument("pack", required=False, type=_FOLDER)
@click.option("--base", default="", metavar="URL", help="The address of the city, for names that hold everywhere.")
def export(pack: Path | None, *, base: str) -> None:
    """Every item and life event that can be applied for, as linked data (JSON-LD) in the terms of CPSV-AP 3.2.

    PACK is the folder of a pack (default: the shipped one). A running city gives the same at /open/catalogue.jsonld.

    Example: onecity catalogue export packs/zhengzhou --base https://city.example > catalogue.jsonld
    """
    found = linked(loaded(pack or shipped_pack()), base.rstrip("/"))
    click.echo(json.dumps(found, ensure_ascii=False, default=str))


def _audit_materials(file: Path, into: Path | None, tables: Path | None, lang: str, *, as_json: bool) -> None:
    rows, faults = read_rows(str(file), file.read_bytes())
    end_on(faults)
    say, flows = saying(Laws({})), flows_of(rows)
    data = flows_as_data(file.name, flows, say)
    _write([flow_sheet(file.name, flows, say, one) for one in _LANGS], data, into, tables, say)
    if as_json:
        tell_machine(data)
    else:
        click.echo("\n".join(_flows(file.name, flows, say, lang)))


def _write(
    sheets: Sequence[Sheet], data: Mapping[str, object], into: Path | None, tables: Path | None, say: Say
) -> None:
    """The page and the tables, where they are wanted."""
    if into is not None:
        into.parent.mkdir(parents=True, exist_ok=True)
        into.write_text(page(sheets, say), "utf-8")
        click.echo(str(into), err=True)
    if tables is not None:
        tables.mkdir(parents=True, exist_ok=True)
        for name, text in tables_of(data).items():
            (tables / name).write_text(text, "utf-8", newline="")
        click.echo(str(tables), err=True)


def _write_events(folder: Path, found: Audit, say: Say) -> None:
    """A page for each life event: all of them in one would be larger than anybody opens on a phone."""
    folder.mkdir(exist_ok=True)
    sheets = [event_sheets(found, say, one) for one in _LANGS]
    for event in sheets[0]:
        (folder / f"{event}.html").write_text(page([one[event] for one in sheets], say), "utf-8")


def _people(found: Audit, say: Say, lang: str) -> Iterator[str]:
    """The figures on a screen; the lists are in the page and in JSON."""
    sheet = sheet_of(found, say, lang)
    yield sheet.title
    yield sheet.said[0]
    for section in sheet.sections:
        yield ""
        yield section.title
        yield from (f"  {said}" for said in section.said)
        for row in section.rows[:_SHOWN]:
            yield "  " + "  ".join(cell.text + (f" / {cell.of}" if cell.of else "") for cell in row if cell.text)
        if len(section.rows) > _SHOWN:
            yield f"  … +{len(section.rows) - _SHOWN}"
    yield ""
    yield say(lang, "services.audit.lists")


def _flows(file: str, flows: Sequence[Flow], say: Say, lang: str) -> Iterator[str]:
    for flow in flows:
        yield say(lang, "services.audit.flow.title", file=file, flow=flow.name)
        for key in FLOW_FIGURES:
            number = getattr(flow, key).number
            yield f"  {say(lang, f'services.audit.flow.{key}')}: {number} ({number / len(flow.rows):.1%})"
        if flow.groups:
            groups = ", ".join(f"{group.name.said(lang)} {group.figure.number}" for group in flow.groups)
            yield "  " + say(lang, "services.audit.flow.groups", groups=groups)
    yield say(lang, "services.audit.lists")
