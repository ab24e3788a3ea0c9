"""`onecity keys`: what keys a city has, and another one after each that can be followed."""

import asyncio
from pathlib import Path
from typing import Final

import click

from onecity.bootstrap.moment import now
from onecity.bootstrap.renewing import Keys, Purpose, Renewed, carry_keys, keys_of, renew
from onecity.bootstrap.settings import Settings
from onecity.cli.configured import configured, on_a_city
from onecity.cli.places import machine_readable, tell_machine
from onecity.cli.progress import Progress

_LONGEST_REASON: Final = 200


class _Reason(click.ParamType[str]):
    """One line that everybody may read: it stands in a signed note beside the ledger."""

    name = "reason"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        found = value.strip()
        if not 0 < len(found) <= _LONGEST_REASON or not found.isprintable():
            self.fail(f"Give the reason in one line of at most {_LONGEST_REASON} signs.", param, ctx)
        return found


@click.group()
def keys() -> None:
    """The city's keys: what there are, and another one after one of them."""


@keys.command("list")
@machine_readable
@on_a_city
def list_(*, as_json: bool, settings: Settings) -> None:
    """Say what keys there are, for what, and where copies of them lie; never a key.

    Example: onecity keys list
    """
    found = asyncio.run(keys_of(settings))
    if as_json:
        tell_machine(found)
    else:
        click.echo("\n".join(_lines(found)))


@keys.command()
@click.argument("purpose", type=click.Choice([one.value for one in Purpose]))
@click.option("--why", type=_Reason(), default="regular change", show_default=True, help="Why, for everybody to read.")
@machine_readable
@on_a_city
def rotate(purpose: str, *, why: str, as_json: bool, settings: Settings) -> None:
    """Let another key follow the one for PURPOSE; the city may run. For `session` everybody signs in anew.

    Example: onecity keys rotate checkpoint --why "the yearly change"
    """
    with Progress() as progress:
        done = asyncio.run(renew(settings, Purpose(purpose), why, now=now(), told=progress.count))
    if as_json:
        tell_machine(done)
    else:
        click.echo(_said(done))


@keys.command("copy")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@configured("data")
def copy_(folder: Path, *, settings: Settings) -> None:
    """Put all keys as they are now into FOLDER, for another machine; the city may run. What was destroyed is not there.

    Example: onecity keys copy /mnt/vault/whole
    """
    carry_keys(settings, folder.absolute())


def _lines(found: Keys) -> list[str]:
    width = max(len(one.purpose) for one in found.purposes)
    signers = [f"{one.at.isoformat(timespec='seconds')}  {one.why}" for one in found.signers]
    copies = [
        f"{one.folder}: {'cannot be read' if one.lacks is None else f'lacks {one.lacks}'}" for one in found.copies
    ]
    return [
        f"{found.persons} keys of persons, all under a master key of "
        f"{found.master_since.isoformat(timespec='seconds')}; `rotate master`",
        *(f"{one.purpose:{width}}  {one.number}  {one.use}" for one in found.purposes),
        f"{'session':{width}}  0  sessions have no key, only hashes of tokens; `rotate session` ends them all",
        *(f"checkpoints are signed with another key since {one}" for one in signers),
        *(f"second copy in {one}" for one in copies),
        *(f"the keys lie on {one}; there only `rotate session` works" for one in found.hosts),
    ]


def _said(done: Renewed) -> str:
    match done.purpose:
        case Purpose.MASTER:
            return f"{done.count} keys lie under another master key. Make a backup of the keys: older ones keep theirs."
        case Purpose.SESSION:
            return f"{done.count} sessions ended. Everybody signs in anew."
        case Purpose.CHECKPOINT:
            return f"Checkpoints are signed with another key: tell those who check the city.\n{done.line}".rstrip()
