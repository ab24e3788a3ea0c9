"""`onecity code`: the second factor of an officer of the simulated city, who has no telephone."""

import sys
from pathlib import Path

import click
import pyotp

from onecity.bootstrap.founding import kept
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.cli.configured import configured
from onecity.cli.exits import Exit
from onecity.cli.places import machine_readable, tell_machine


@click.command()
@click.argument("login")
@machine_readable
@configured("data")
def code(login: str, *, as_json: bool, settings: Settings) -> None:
    """Print the code that an officer of the simulated city would read from their telephone.

    Example: onecity code shouli
    """
    folder = settings.data
    known = kept(folder)
    secret = next((one.second_factor for one in known if one.login == login), None)
    if secret is None:
        logins = ", ".join(one.login for one in known if one.second_factor)
        click.echo(_unknown(login, folder, logins), err=True)
        sys.exit(Exit.REFUSED)
    found = pyotp.TOTP(secret).at(now())
    if as_json:
        tell_machine({"login": login, "code": found})
    else:
        click.echo(found)


def _unknown(login: str, folder: Path, logins: str) -> str:
    if not logins:
        return (
            f"{folder} 里没有模拟城市，请用 --data 写出它的数据目录 / "
            f"There is no simulated city in {folder}. Name its data folder with --data."
        )
    return (
        f"{folder} 里没有工作人员 {login}，有的是：{logins} / "
        f"There is no officer {login} in {folder}. Officers are: {logins}."
    )
