"""`onecity backup` and `onecity restore`: a copy of the city while it runs, and a city made of the copies."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from onecity.bootstrap.backing_up import back_up
from onecity.bootstrap.backing_up import restore as restored
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.cli.configured import configured
from onecity.cli.exits import Exit
from onecity.cli.places import INSTANT, machine_readable, tell_machine
from onecity.cli.progress import Progress

_STEPS_OF_BACKUP: Final = 4
_STEPS_OF_RESTORE: Final = 6
_MOST_SHOWN: Final = 50
_FOLDER: Final = click.Path(path_type=Path, file_okay=False)


def _folders(folder: Path | None, settings: Settings) -> tuple[Path, Path]:
    """The folders of a backup and of its keys: as typed, else as configured."""
    found, keys = folder or settings.backup.folder, settings.backup.keys
    if found is None:
        raise click.UsageError("Name the FOLDER of the backup, or `folder` in [backup] of the configuration.")
    if keys is None:
        raise click.UsageError("Name the folder of the keys with --keys, or `keys` in [backup] of the configuration.")
    return found, keys


@click.command()
@click.argument("folder", type=_FOLDER, required=False)
@machine_readable
@configured("data", "database", "backup.keys", "backup.deleted", "backup.keep")
def backup(folder: Path | None, *, as_json: bool, settings: Settings) -> None:
    """Copy the city into FOLDER while it runs, and let every change since follow within a minute.

    Example: onecity backup /mnt/backup --keys /mnt/vault
    """
    into, keys = _folders(folder, settings)
    with Progress(_STEPS_OF_BACKUP) as progress:
        work = back_up(settings, into, keys, keep=settings.backup.keep, clock=now, tell=progress.step)
        made = asyncio.run(work)
    if as_json:
        tell_machine(made)
    else:
        seconds = (made.ended - made.began).total_seconds()
        click.echo(f"{made.facts} facts and {made.blobs} files in {into}, their keys in {keys} ({seconds:.1f} s)")
        click.echo(f"From {made.ended.isoformat(timespec='seconds')} on the city can be restored to any instant.")


@click.command()
@click.argument("folder", type=_FOLDER, required=False)
@click.option("--to", "until", type=INSTANT, help="The last instant to restore, like 2026-11-26T10:20:00+08:00.")
@machine_readable
@configured("data", "database", "backup.keys", "backup.deleted")
def restore(folder: Path | None, *, until: datetime | None, as_json: bool, settings: Settings) -> None:
    """Make the city of a backup FOLDER in the empty folder --data, as it was at an instant, and check all of it.

    Example: onecity restore /mnt/backup --keys /mnt/vault --data /var/lib/onecity --to 2026-11-26T10:20:00+08:00
    """
    source, keys = _folders(folder, settings)
    with Progress(_STEPS_OF_RESTORE) as progress:
        work = restored(settings, source, keys, until, tell=progress.step, told=progress.count)
        found = asyncio.run(work)
    bad = [f"position {one.position}: {one.what}" for one in found.damages]
    bad += [f"{one.table}: {one.how} {one.row}" for one in found.differences]
    gone = [f"{name}: its bytes are gone or changed" for name in found.things.gone]
    if as_json:
        tell_machine(found)
    else:
        click.echo(f"{found.facts} facts restored into {settings.data}: {len(bad)} of them or of their rows differ.")
        click.echo(f"{found.things.things} photographs and papers looked at: {len(gone)} are gone or changed.")
        if found.things.later:
            click.echo(f"{found.things.later} came after the last copy of them and are not there.")
        if found.forgotten_again:
            click.echo(f"{found.forgotten_again} people were forgotten after the copy, and are so again.")
        for line in [*bad, *gone][:_MOST_SHOWN]:
            click.echo(line)
    sys.exit(Exit.REFUSED if bad or gone else Exit.DONE)
