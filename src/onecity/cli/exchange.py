"""`onecity catalogue exchange`: the items as rows of the national exchange, and why some of them are refused."""

import sys
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import click

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.moment import now
from onecity.casework import Laws
from onecity.cli.exits import Exit, end_on
from onecity.cli.pack import loaded
from onecity.cli.places import DAY, machine_readable, tell_machine
from onecity.cli.speaking import Say, saying, spoken
from onecity.kernel.instants import day_in
from onecity.places import CITY
from onecity.services.exchange import (
    COLUMNS,
    Exchange,
    Sure,
    as_data,
    code_lists,
    counts_of,
    exchange_of,
    left_open,
    read_rows,
    sentences,
    sorted_out,
    table_of,
)

_FIRST: Final = 3
"""Items that a line names for which rows are refused; --json names all."""


@click.command()
@click.argument("pack", required=False, type=click.Path(path_type=Path))
@click.option("--on", "day", type=DAY, help="As of which day (default: today).")
@click.option(
    "--into", metavar="FILE.csv", type=click.Path(dir_okay=False, path_type=Path), help="Write what is ready."
)
@click.option("--refused", "every", is_flag=True, help="Tell what is wrong with each refused row.")
@click.option(
    "--filled", metavar="FILE.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check a table that --into wrote and somebody filled in, instead of a pack.",
)  # fmt: skip
@spoken
@machine_readable
def exchange(
    pack: Path | None, *, day: date | None, into: Path | None, every: bool, filled: Path | None, lang: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Make every item a row of the national exchange (实施清单), check it, and tell what is refused and why.

    PACK is the folder of a pack (default: the shipped one). What it does not know stays empty: no code is made up. A
    table that somebody filled in is asked for those columns as well. Exit code 1: a row of such a table is refused.
    docs/catalogue.md tells what is checked.

    Example: onecity catalogue exchange packs/zhengzhou --into ready.csv
    """
    if filled is not None and (pack is not None or day is not None):
        raise click.UsageError("--filled looks at a table alone; leave out PACK and --on.")
    say = saying(Laws({}))
    found, head = _of_table(filled, say, lang) if filled is not None else _of_pack(pack, day, say, lang)
    if into is not None:
        into.parent.mkdir(parents=True, exist_ok=True)
        into.write_text(table_of(found.ready), "utf-8", newline="")
        click.echo(str(into), err=True)
    if as_json:
        tell_machine(as_data(found, say))
    else:
        click.echo("\n".join((head, *_told(found, say, lang, every=every))))
    sys.exit(Exit.REFUSED if filled is not None and found.refused else Exit.DONE)


def _of_pack(pack: Path | None, day: date | None, say: Say, lang: str) -> tuple[Exchange, str]:
    """The rows of a pack, and the sentence that counts them."""
    content = loaded(pack or shipped_pack())
    on = day or day_in(content.one(CITY).clock_zone(), now())
    found = exchange_of(content, on)
    return found, say(lang, "services.exchange.summary", day=on.isoformat(), **_numbers(found))


def _of_table(filled: Path, say: Say, lang: str) -> tuple[Exchange, str]:
    """The rows of a table, and the sentence that counts them."""
    rows, faults = read_rows(filled.name, filled.read_bytes())
    end_on(faults)
    found = sorted_out(rows, filled=True)
    # The name of a file may be no text at all.
    name = filled.name.encode("utf-8", "replace").decode()
    return found, say(lang, "services.exchange.summary.filled", file=name, **_numbers(found))


def _numbers(found: Exchange) -> dict[str, int]:
    ready, refused = len(found.ready), len(found.refused)
    return {"total": ready + refused, "ready": ready, "refused": refused}


def _told(found: Exchange, say: Say, lang: str, *, every: bool) -> Iterator[str]:
    """What is left open, why rows are refused, and with `every` each fault of each row."""
    if open_ := left_open(found.ready):
        yield ""
        yield say(lang, "services.exchange.left_open")
        yield from (f"  {number:>5}  {COLUMNS[name].name.said(lang)}" for name, number in open_.items())
    unsure = [one.name.said(lang) for one in code_lists().values() if one.sure is not Sure.STANDARD]
    yield ""
    yield say(lang, "services.exchange.compare", names=(", " if lang == "en" else "、").join(unsure))
    if not found.refused:
        return
    yield ""
    yield say(lang, "services.exchange.why")
    for (_, text, number), ids in zip(counts_of(found, partial(say, lang), lang), found.counts.values(), strict=True):
        more = f" … +{number - _FIRST}" if number > _FIRST else ""
        yield f"  {number:>5}  {text}: {', '.join(ids[:_FIRST])}{more}"
    if not every:
        yield say(lang, "services.exchange.more")
        return
    for one in found.refused:
        yield ""
        yield f"{one.row.id}  {one.row.name}"
        yield from (f"  {said}" for said in sentences(one.faults, partial(say, lang), lang))
