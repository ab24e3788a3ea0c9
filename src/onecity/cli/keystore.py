"""`onecity keystore`: a key host, for a city on many machines."""

import asyncio
import sqlite3
from pathlib import Path

import click
import msgspec

from onecity.cli.places import machine_readable, tell_machine
from onecity.kernel.errors import CannotStart
from onecity.machinery.disk import unusable
from onecity.machinery.key_hosts import FILE as STORE
from onecity.machinery.key_hosts import Papers, Shelf, serve_keys

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


class Copied(msgspec.Struct, frozen=True):
    """A copy of the keys of a host, and how many are in it."""

    file: str
    persons: int
    purposes: int


@click.group()
def keystore() -> None:
    """The keys of a city on many machines, on a host of their own."""


def _data(command: click.decorators.FC) -> click.decorators.FC:
    return click.option("--data", type=_FOLDER, required=True, help="The folder in which the keys lie.")(command)


@keystore.command()
@_data
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8600, show_default=True, help="The port to listen on.")
@click.option("--papers", type=_FOLDER, required=True, help="The folder of authority.pem, machine.pem, machine.key.")
@click.option("--peer", "peers", multiple=True, help="The URL of the other key host; may be repeated.")
@click.option("--alone", is_flag=True, help="The other host is lost for good: do not wait to hear from it.")
def serve(*, data: Path, host: str, port: int, papers: Path, peers: tuple[str, ...], alone: bool) -> None:
    """Keep keys for the machines of the city, until Ctrl-C.

    Whoever bears a certificate of the authority may ask, so the authority is one for key hosts only.

    Example: onecity keystore serve --data /var/lib/onecity-keys --papers /etc/onecity/keys --peer https://10.0.0.42:8600
    """

    def welcome() -> None:
        click.echo(f"keys: https://{host}:{port}, in {data}. Ctrl-C stops.")

    if any(not peer.startswith("https://") for peer in peers):
        raise click.UsageError("--peer wants a URL like https://10.0.0.42:8600.")
    try:
        asyncio.run(
            serve_keys(data, Papers(papers), peers, host=host, port=port, alone=alone or not peers, welcome=welcome)
        )
    except OSError as failure:
        raise unusable(data, failure) from failure


@keystore.command()
@_data
@machine_readable
@click.argument("file", type=_FILE)
def copy(file: Path, *, data: Path, as_json: bool) -> None:
    """Copy all keys into FILE, also while the host serves. What was destroyed is not in it.

    Example: onecity keystore copy /mnt/vault/2026-11-26.sqlite --data /var/lib/onecity-keys
    """
    if file.exists():
        raise CannotStart(f"{file} is there already. Name another one.")
    if not (data / STORE).is_file():
        raise CannotStart(f"{data} holds no {STORE}: no key host keeps its keys there. Name the folder of one.")
    shelf = Shelf(data)
    try:
        copied = Copied(str(file), *shelf.copy_to(file))
    finally:
        shelf.close()
    if as_json:
        tell_machine(copied)
    else:
        click.echo(f"{copied.persons} keys of persons and {copied.purposes} of purposes in {file}")


@keystore.command()
@_data
@click.argument("file", type=_FILE)
@click.option(
    "--deleted", type=_FILE, help="The list of destroyed keys of a key host: what it names is not taken over."
)
def take(file: Path, *, data: Path, deleted: Path | None) -> None:
    """Take over the keys of a city on one machine, or of a copy, from FILE, before the host serves.

    What the list of a key host names is not taken over. The list of a city on one machine belongs into the data folder
    of each machine of the city, as keys-deleted: when the city starts it destroys on all hosts what is named there.

    Example: onecity keystore take /var/lib/onecity/keys/keys.sqlite --data /var/lib/onecity-keys
    """
    if not file.is_file():
        raise CannotStart(f"There is no {file}. The keys of a city on one machine lie in keys/keys.sqlite.")
    if deleted is not None and not deleted.is_file():
        raise CannotStart(f"There is no {deleted}. The list of a key host lies beside its keystore.sqlite.")
    shelf = Shelf(data)
    try:
        if deleted is not None:
            shelf.take_list(deleted)
        taken, otherwise = shelf.take_in(file), shelf.under_another_id()
    except sqlite3.DatabaseError as failure:
        raise CannotStart(f"{file} holds no keys. Name keys.sqlite of a city, or a copy of a key host.") from failure
    finally:
        shelf.close()
    click.echo(f"{taken} keys of persons taken over into {data}")
    if otherwise:
        click.echo(
            f"Of {otherwise} persons the list names another key than was taken over. If it is the list of a city on "
            "one machine, put it into the data folder of each machine of the city before that starts.",
            err=True,
        )
