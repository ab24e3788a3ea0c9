"""`onecity keystore`: a key host, for a city on many machines."""

import asyncio
from pathlib import Path

import click

from onecity.kernel.errors import CannotStart
from onecity.machinery.disk import unusable
from onecity.machinery.key_hosts import Papers, Shelf, serve_keys

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


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
@click.argument("file", type=_FILE)
def copy(file: Path, *, data: Path) -> None:
    """Copy all keys into FILE, also while the host serves. What was destroyed is not in it.

    Example: onecity keystore copy /mnt/vault/2026-11-26.sqlite --data /var/lib/onecity-keys
    """
    if file.exists():
        raise CannotStart(f"{file} is there already. Name another one.")
    shelf = Shelf(data)
    try:
        shelf.copy_to(file)
    finally:
        shelf.close()


@keystore.command()
@_data
@click.argument("file", type=_FILE)
def take(file: Path, *, data: Path) -> None:
    """Take over the keys of a city on one machine, or of a copy, from FILE, before the host serves.

    Example: onecity keystore take /var/lib/onecity/keys/keys.sqlite --data /var/lib/onecity-keys
    """
    if not file.is_file():
        raise CannotStart(f"There is no {file}. The keys of a city on one machine lie in keys/keys.sqlite.")
    shelf = Shelf(data)
    try:
        shelf.take_in(file)
    finally:
        shelf.close()
