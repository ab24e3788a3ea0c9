"""Licences on the command line, beside a running city with its own sealer and its own list."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pyotp
import pytest

from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import city_at_hand
from onecity.drills.cities import ANSWERS, Pattern, RunningCity
from onecity.kernel.acting import the_city
from onecity.kernel.instants import day_in
from onecity.ledger import Decision, Recorded
from onecity.licences import Changed, folded, issue
from onecity.people import SignedIn

PATIENCE_S: Final = 20.0
_STEP_S: Final = 30


@pytest.fixture(scope="module")
def city(open_folder: Path, pattern: Pattern) -> Iterator[RunningCity]:
    found = RunningCity(pattern.copied(open_folder / "licensed"))
    found.start()
    published(found)
    yield found
    found.clean()


def published(city: RunningCity) -> None:
    """Wait for the lists with which a city starts; the next ones follow in a minute."""
    until = time.monotonic() + PATIENCE_S
    while not any((city.data / "licences" / "status").glob("*")) and time.monotonic() < until:
        time.sleep(0.05)


async def issued(city: RunningCity) -> str:
    """A licence of the citizen, written beside the city as a decided case writes one; its identifier."""
    async with city_at_hand(Settings(city.data)) as town:
        account = city.account()
        session = await town.door.sign_in(account.login, account.password, "", now=now())
        assert isinstance(session, SignedIn)
        holder = session.person
        key, at = uuid4(), now()
        change = issue(
            licences=town.cabinet.licences, kind="food_business_licence", holder=holder, holder_name=account.name,
            values=ANSWERS, agency="market_supervision", area="410100", case=uuid4(), affair=uuid4(),
            matter="food_business", day=day_in(town.cabinet.licences.zone, at), key=key, now=at,
        )  # fmt: skip
        licence = folded([Recorded(change.stream, 1, at, the_city(), change.facts[0])])
        assert licence is not None
        answer = Changed(licence.id, 1, str(licence.identifier))

        async def decide() -> Decision:
            return Decision((change,), answer)

        await town.memory.ledger.record(key, decide, Changed, by=the_city(), now=at)
    return answer.identifier


def said(city: RunningCity, *words: str, officer: str = "", ahead: int = 0) -> "subprocess.CompletedProcess[str]":
    """One command; an officer signs in with a code of the time step `ahead`."""
    command = [sys.executable, "-m", "onecity", "licence", *words, "--data", str(city.data)]
    environment = dict(os.environ)
    if officer:
        account = city.account(officer)
        assert account.second_factor is not None
        command += ["--login", officer]
        code = pyotp.TOTP(account.second_factor).at(int(time.time()) + _STEP_S * ahead)
        environment |= {"ONECITY_PASSWORD": account.password, "ONECITY_CODE": code}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def verdict(city: RunningCity, identifier: str) -> tuple[Any, int]:
    done = said(city, "verify", identifier, "--json")
    return json.loads(done.stdout), done.returncode


def once_listed(city: RunningCity, identifier: str) -> tuple[Any, int]:
    """The verdict as soon as the list knows the licence, or after some patience."""
    until = time.monotonic() + PATIENCE_S
    while (answer := verdict(city, identifier))[0]["verdict"] != "valid" and time.monotonic() < until:
        time.sleep(0.2)
    return answer


async def test_a_licence_is_checked_looked_at_and_ended_by_two_from_the_command_line(city: RunningCity) -> None:
    identifier = await issued(city)
    found, code = verdict(city, identifier)
    assert (found["verdict"], code) == ("proof_follows", 1)
    # A city that starts renews its lists at once.
    assert city.stop() == 0
    city.start()
    found, code = once_listed(city, identifier)
    assert (found["verdict"], found["holder"], code) == ("valid", "林**", 0)
    plain = said(city, "verify", identifier)
    assert plain.stdout.startswith("valid  是真的，现在有效。")

    sheet = json.loads(said(city, "show", identifier, officer="zhengzhao").stdout)
    assert (sheet["code"], sheet["holder"], sheet["happened"][0][1]) == ("01", "林晓梅", "LicenceIssued")
    unsaid = said(city, "revoke", identifier, "--write", "facts=x", officer="zhengzhao", ahead=1)
    assert (unsaid.returncode, "还差一栏" in unsaid.stderr) == (1, True)
    alone = said(city, "revoke", identifier, "--confirm", officer="fuhe")
    assert (alone.returncode, "还没有人提出" in alone.stderr) == (1, True)
    propose = said(city, "revoke", identifier, "--write", "facts=x", "--write", "rule=y", officer="fuhe", ahead=1)
    assert json.loads(propose.stdout)["version"] == 2
    stranger = said(city, "show", identifier, officer="jueding")
    assert (stranger.returncode, stranger.stdout) == (1, "")
    assert verdict(city, identifier)[0]["verdict"] == "valid"


async def test_a_command_without_a_licence_says_so(city: RunningCity) -> None:
    done = said(city, "verify", "1.2.3")
    assert (done.returncode, done.stdout.split()[0]) == (1, "unknown")
