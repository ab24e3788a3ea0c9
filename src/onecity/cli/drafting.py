"""`onecity pack new --from-law`: the first lines of an item that nobody has prepared, from an article of its law."""

import csv
import sys
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec

from onecity.cli.exits import Exit
from onecity.machinery.files import put_whole
from onecity.packs import Kind, Pack, Text
from onecity.packs.laws import read_library
from onecity.services.declared import ForWhom, Permits
from onecity.services.listing import LISTED_DEMAND, LISTED_ITEM, ListedItem, every_item
from onecity.services.listing.from_law import FromLaw, from_law


class Draft(msgspec.Struct, frozen=True):
    """What whoever drafts an item says of it: the article that founds it in a folder of law texts, and its names."""

    law: str
    article: str
    laws: Path
    item: str
    name: Text
    kind: Permits
    subject: ForWhom
    agency: str
    process: str = ""
    result: Text | None = None


def draft(folder: Path, pack: Pack, wanted: Draft) -> None:
    """Write the lines of an item into the tables of a pack, and tell what was found and what was left out."""
    if wanted.item in every_item(pack):
        _refuse(f"There is an item {wanted.item} already.")
    volumes = read_library(wanted.laws, [wanted.law]).of(wanted.law)
    if not volumes:
        _refuse(f"{wanted.laws} has no text of {wanted.law}. A file is named like {wanted.law}(2019-04-23).md.")
    found = from_law(wanted.item, wanted.name.zh, wanted.law, volumes[-1], wanted.article)
    if found is None:
        _refuse(f"The text of {wanted.law} has no article {wanted.article}, or two, or no day.")
    row = ListedItem(
        wanted.item, wanted.name, wanted.kind, wanted.subject, wanted.agency, found.basis, wanted.result,
        found.limit, process=wanted.process,
    )  # fmt: skip
    _append(folder, LISTED_ITEM, [row])
    if found.demands:
        _append(folder, LISTED_DEMAND, found.demands)
    _tell(folder, wanted, found)


def _append(folder: Path, kind: Kind[Any], rows: Sequence[msgspec.Struct]) -> None:
    """Put rows at the end of a table; a column that it lacks is added, and empty in the rows before."""
    path = folder / kind.folder
    known = list(csv.DictReader(StringIO(path.read_text("utf-8")))) if path.is_file() else []
    added = [dict(_cells(msgspec.to_builtins(row, str_keys=True))) for row in rows]
    columns = list(dict.fromkeys(name for row in (*known, *added) for name in row))
    text = StringIO()
    table = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows([*known, *added])
    path.parent.mkdir(parents=True, exist_ok=True)
    put_whole(path, text.getvalue().encode(), durable=False)


def _cells(value: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    """The cells of a row, each part of a field in a column of its own."""
    found: list[tuple[str, str]] = []
    for name, part in value.items():
        inside = _cells(part, f"{above}{name}.") if isinstance(part, dict) else [(above + name, str(part))]
        found += [(key, text) for key, text in inside if text not in ("", "None")]
    return found


def _tell(folder: Path, wanted: Draft, found: FromLaw) -> None:
    limit = found.limit
    days = f"{limit.number} {limit.unit}: {limit.because.phrase}" if limit else "none found"
    click.echo(f"basis   {found.basis.citation}: {found.basis.phrase}")
    click.echo(f"limit   {days}")
    for one in found.demands:
        click.echo(f"{one.what:<9} {one.say.zh}")
    for sentence in found.left_out:
        click.echo(f"left out, nobody's days or the applicant's: {sentence[:60]}", err=True)
    click.echo(
        f"Look at each line, and write the English of the demands. Then: onecity pack check {folder}; "
        f"onecity service show {wanted.item} --pack {folder}",
        err=True,
    )


def _refuse(why: str) -> NoReturn:
    click.echo(why, err=True)
    sys.exit(Exit.REFUSED)
