"""`onecity pack new --from-law`: the first lines of an item that nobody has prepared, from an article of its law."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import click
import msgspec

from onecity.bootstrap.content import KINDS
from onecity.cli.exits import Exit, end_on
from onecity.machinery.files import put_whole
from onecity.packs import Fault, Text, load_pack
from onecity.packs.laws import read_library
from onecity.packs.tables import appended
from onecity.services.declared import ForWhom, Permits
from onecity.services.listing import LISTED_DEMAND, LISTED_ITEM, ListedItem, every_item
from onecity.services.listing.declared import IN_CHINESE
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


def draft(folder: Path, wanted: Draft) -> None:
    """Write the lines of an item into the tables of a pack, and tell what was found and what was left out.

    Nothing is written that the check of the pack would refuse, but for English that is still to be written.
    """
    pack, faults = load_pack(folder, KINDS)
    _end_on(faults)
    if wanted.item in every_item(pack):
        _refuse(f"There is an item {wanted.item} already.")
    volumes = read_library(wanted.laws, [wanted.law]).of(wanted.law)
    if not volumes:
        _refuse(f"{wanted.laws} has no text of {wanted.law}. A file is named like {wanted.law}(2019-04-23).md.")
    found = from_law(wanted.item, wanted.name.zh, wanted.law, volumes[-1], wanted.article)
    if found is None:
        _refuse(f"The text of {wanted.law} has no article {wanted.article}, or two, or no day.")
    tables = _tables(folder, wanted, found)
    faults = _faults(folder, tables)
    _end_on(faults)
    for table, content in tables.items():
        path = folder / table
        path.parent.mkdir(parents=True, exist_ok=True)
        put_whole(path, content, durable=False)
    _tell(folder, wanted, found, faults)


def _end_on(faults: tuple[Fault, ...]) -> None:
    """End the command on any fault but English that is still to be written."""
    if any(fault.what != IN_CHINESE for fault in faults):
        end_on(faults)


def _tables(folder: Path, wanted: Draft, found: FromLaw) -> dict[str, bytes]:
    """The tables with the new lines, by their place in the pack."""
    row = ListedItem(
        wanted.item, wanted.name, wanted.kind, wanted.subject, wanted.agency, found.basis, wanted.result,
        found.limit, process=wanted.process,
    )  # fmt: skip
    added: dict[str, list[msgspec.Struct]] = {LISTED_ITEM.folder: [row], LISTED_DEMAND.folder: list(found.demands)}
    return {
        table: appended((folder / table).read_bytes() if (folder / table).is_file() else b"", rows)
        for table, rows in added.items()
        if rows
    }


def _faults(folder: Path, tables: Mapping[str, bytes]) -> tuple[Fault, ...]:
    """What would be wrong with the pack if it had these tables."""
    with TemporaryDirectory() as beside:
        whole = Path(shutil.copytree(folder, Path(beside) / "pack"))
        for table, content in tables.items():
            path = whole / table
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return load_pack(whole, KINDS)[1]


def _tell(folder: Path, wanted: Draft, found: FromLaw, faults: tuple[Fault, ...]) -> None:
    limit = found.limit
    days = f"{limit.number} {limit.unit}: {limit.because.phrase}" if limit else "none found in this article"
    click.echo(f"basis      {found.basis.citation}: {found.basis.phrase}")
    click.echo(f"limit      {days}")
    for one in found.demands:
        click.echo(f"{one.what:<10} {one.say.zh}  ({one.because.citation if one.because else ''})")
    for sentence in found.left_out:
        click.echo(f"left out: {sentence[:60]}", err=True)
    for fault in faults:
        click.echo(str(fault), err=True)
    click.echo(
        f"Look at each line. Then: onecity pack check {folder}; onecity service show {wanted.item} --pack {folder}",
        err=True,
    )


def _refuse(why: str) -> NoReturn:
    click.echo(why, err=True)
    sys.exit(Exit.REFUSED)
