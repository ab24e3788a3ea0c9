"""What an officer can do, whatever the door: end a step on the pages of the desk, by a program, at a terminal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from uuid import UUID

from tests.http.doors import CommandLine, fields_of
from tests.http.restaurant import Decides
from tests.http.towns import Caller, Town

from onecity.kernel.acting import Channel


class Hands(Protocol):
    """Decides in the name of an officer."""

    channel: Channel

    async def decide(self, case: UUID, deed: Decides) -> None: ...


class OnPages:
    """The desk: write, read the letter as the person will, then send it."""

    channel = Channel.PHONE

    def __init__(self, officers: Mapping[str, Caller]) -> None:
        self._officers = officers

    async def decide(self, case: UUID, deed: Decides) -> None:
        officer, path = self._officers[deed.login], f"/desk/cases/{case}/{deed.step}/{deed.outcome}"
        written = dict(deed.words) | {f"lack-{name}": "yes" for name in deed.lacking}
        written |= {"days": str(deed.days)} if deed.days else {}
        page = await officer.get(path)
        assert page.status_code == 200, (deed, page.text)
        if "sure" not in fields_of(page).values:
            page = await officer.post(path, fields_of(page).values | written)
        assert fields_of(page).values.get("sure") == "yes", (deed, page.text)
        done = await officer.post(path, fields_of(page).values)
        assert done.status_code == 303, (deed, done.text)


class ByProgram:
    """The interface."""

    channel = Channel.API

    def __init__(self, officers: Mapping[str, Caller]) -> None:
        self._officers = officers

    async def decide(self, case: UUID, deed: Decides) -> None:
        body: dict[str, object] = {
            "step": deed.step, "outcome": deed.outcome, "words": dict(deed.words), "lacking": deed.lacking,
        }  # fmt: skip
        body |= {"days": deed.days} if deed.days else {}
        answer = await self._officers[deed.login].send(f"/api/cases/{case}/moves", body)
        assert answer.status_code == 200, (deed, answer.text)


class AtTerminal:
    """The command line."""

    channel = Channel.CLI

    def __init__(self, town: Town, folder: Path) -> None:
        self._town = town
        self._folder = folder

    async def decide(self, case: UUID, deed: Decides) -> None:
        account = self._town.account(deed.login)
        words = ["service", "decide", str(case), deed.step, deed.outcome]
        words += [word for part, text in deed.words.items() for word in ("--write", f"{part}={text}")]
        words += [word for name in deed.lacking for word in ("--lacking", name)]
        words += ["--days", str(deed.days)] if deed.days else []
        code = self._town.words(account)["code"]
        line = CommandLine(self._town, account, self._folder)
        done = await line.call(*words, "--login", account.login, "--code", code, password=account.password)
        assert done.exit_code == 0, (deed, done.output, done.exception)
