"""The doors by which a founder comes: pages on a phone, the window, the interface for machines, the command line.

Each does the same things and tells what its door shows of them. What a door cannot do fails the journey.
"""

import asyncio
import json
import re
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID, uuid4

import httpx
import pytest
import yaml
from click.testing import CliRunner, Result
from tests.http.restaurant import CALLED, EVENT
from tests.http.towns import Caller, Town

from onecity.bootstrap.founding import Account
from onecity.bootstrap.moment import now
from onecity.cli.main import onecity
from onecity.kernel.acting import Channel

PDF: Final = "application/pdf"
_ITEM: Final = {name: item for item, name in CALLED.items()}
_STATE: Final = {
    "等受理": "waiting",
    "正在办": "running",
    "等前一项": "held",
    "等您": "yours",
    "停钟": "stopped",
    "不予许可": "refused",
    "准予": "granted",
    "登记了": "granted",
    "已备案": "granted",
}
"""How pages say a state."""


class Door(Protocol):
    """What a founder can do, whatever the door."""

    channel: Channel

    async def apply(self, answers: Mapping[str, str], files: Mapping[str, bytes]) -> UUID: ...

    async def bring(self, affair: UUID, case: UUID, files: Mapping[str, bytes]) -> None: ...

    async def again(self, affair: UUID, case: UUID, item: str, answers: Mapping[str, str]) -> None: ...

    async def rate(self, affair: UUID, case: UUID, level: int, words: str) -> None: ...

    async def states(self, affair: UUID) -> Mapping[str, str]: ...

    async def licences(self) -> Sequence[str]: ...

    async def verdict(self, identifier: str) -> str: ...


class _Fields(HTMLParser):
    """What a form of a page asks for: the names of its fields with what stands in them, and those for files."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.files: list[str] = []
        self._within = ""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        match tag, said.get("type", "text"):
            case "select", _:
                self._within = name
                self.values.setdefault(name, "")
            case "option", _ if "selected" in said:
                self.values[self._within] = said.get("value", "")
            case "input", "file":
                self.files.append(name)
            case "input", "radio" | "checkbox":
                self.values.setdefault(name, "")
                # Whoever may choose between a pledge and papers brings papers.
                if "checked" in said or said.get("value") == "papers":
                    self.values[name] = said.get("value", "")
            case (("input" | "textarea"), _) if name:
                self.values[name] = said.get("value", "")


def fields_of(page: httpx.Response) -> _Fields:
    found = _Fields()
    found.feed(page.text)
    return found


class Phone:
    """Pages without a script: every form is filled in as far as it asks, and leads to the next one.

    `base` is where the pages of this person lie.
    """

    channel = Channel.PHONE
    base = ""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def apply(self, answers: Mapping[str, str], files: Mapping[str, bytes]) -> UUID:
        at = f"/life-events/{EVENT}/apply"
        while not (found := re.fullmatch(r"/affairs/([^/]+)/receipt", at)):
            page = await self._caller.get(at)
            if page.status_code == 303:
                at = page.headers["location"]
            elif "cards" in fields_of(page).values:
                # What the register knows is about another shop.
                at = (await self._send(at, page, {}, {}, do="own")).headers["location"]
            else:
                at = await self._fill(at.partition("?")[0], page, answers, files)
        return UUID(found[1])

    async def bring(self, affair: UUID, case: UUID, files: Mapping[str, bytes]) -> None:
        at = f"{self.base}/affairs/{affair}/cases/{case}/bring"
        assert await self._fill(at, await self._caller.get(at), {}, files) == f"{self.base}/affairs/{affair}"

    async def again(self, affair: UUID, case: UUID, item: str, answers: Mapping[str, str]) -> None:
        at = f"{self.base}/affairs/{affair}/cases/{case}/again"
        assert await self._fill(at, await self._caller.get(at), answers, {}) == f"{self.base}/affairs/{affair}"

    async def rate(self, affair: UUID, case: UUID, level: int, words: str) -> None:
        at = f"{self.base}/affairs/{affair}/cases/{case}/rate"
        said = {"rating": str(level), "rating_words": words}
        assert await self._fill(at, await self._caller.get(at), said, {}) == f"{self.base}/affairs/{affair}"

    async def states(self, affair: UUID) -> Mapping[str, str]:
        """The words of the page, as the words of the house."""
        page = await self._caller.get(f"{self.base}/affairs/{affair}")
        cases = dict.fromkeys(re.findall(rf'href="({self.base}/affairs/{affair}/cases/[0-9a-f-]{{36}})"', page.text))
        return dict([await self._state(path) for path in cases])

    async def _state(self, path: str) -> tuple[str, str]:
        page = await self._caller.get(path)
        title = re.search("<h1[^>]*>([^<]*)", page.text)
        tag = re.search('<span class="tag [^>]*>.*?<span>([^<]*)</span></span>', page.text, re.DOTALL)
        assert title, page.text
        assert tag, page.text
        return _ITEM[title[1].strip()], _STATE[tag[1].strip()]

    async def licences(self) -> Sequence[str]:
        page = await self._caller.get("/wallet")
        one = [
            await self._caller.get(path)
            for path in dict.fromkeys(re.findall(r'href="(/wallet/[0-9a-f-]{36})"', page.text))
        ]
        return [re.search(r"1\.2\.156\.3005\.2\.[0-9A-Z.]+", sheet.text)[0] for sheet in one]  # type: ignore[index]

    async def verdict(self, identifier: str) -> str:
        page = await self._caller.get(f"/verify/{identifier}")
        return "valid" if re.search(r'tag-ok">.*?<span>有效</span>', page.text, re.DOTALL) else page.text

    async def _fill(self, at: str, page: httpx.Response, answers: Mapping[str, str], files: Mapping[str, bytes]) -> str:
        """Fill in the form of a page and send it; where it leads."""
        answer = await self._send(at, page, answers, files, do="next")
        assert answer.status_code == 303, (at, answer.text)
        return answer.headers["location"]

    async def _send(
        self, at: str, page: httpx.Response, answers: Mapping[str, str], files: Mapping[str, bytes], *, do: str
    ) -> httpx.Response:
        """Fill in what the form of a page asks for, and press one of its buttons."""
        assert page.status_code == 200, (at, page.text)
        asked = fields_of(page)
        sent = {name: answers.get(name, value) for name, value in asked.values.items()} | {"do": do}
        parts = {name: ("x", files[name], PDF) for name in asked.files if name in files}
        return await self._caller.ask("POST", at, data=sent, files=parts or None)


class Machine:
    """The interface for machines."""

    channel = Channel.API

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def apply(self, answers: Mapping[str, str], files: Mapping[str, bytes]) -> UUID:
        await self._put(files, f"/life-events/{EVENT}")
        return UUID((await self._do("/api/applications", {"event": EVENT, "answers": dict(answers)}))["affair"])

    async def bring(self, affair: UUID, case: UUID, files: Mapping[str, bytes]) -> None:
        await self._put(files, f"/affairs/{affair}")
        await self._do(f"/api/affairs/{affair}/bring", {"case": str(case)})

    async def again(self, affair: UUID, case: UUID, item: str, answers: Mapping[str, str]) -> None:
        await self._do(f"/api/affairs/{affair}/again", {"item": item, "answers": dict(answers)})

    async def rate(self, affair: UUID, case: UUID, level: int, words: str) -> None:
        await self._do(f"/api/affairs/{affair}/rate", {"case": str(case), "level": level, "words": words})

    async def states(self, affair: UUID) -> Mapping[str, str]:
        assert str(affair) in (await self._ask("/api/affairs"))["affairs"]
        return newest((await self._ask(f"/api/affairs/{affair}"))["cases"])

    async def licences(self) -> Sequence[str]:
        return [one["identifier"] for one in (await self._ask("/api/wallet"))["licences"]]

    async def verdict(self, identifier: str) -> str:
        return str((await self._ask(f"/api/verify/{identifier}"))["verdict"])

    async def _put(self, files: Mapping[str, bytes], purpose: str) -> None:
        for name, content in files.items():
            sent = {"material": name, "content": b64encode(content).decode(), "purpose": purpose}
            await self._do("/api/materials", sent)

    async def _ask(self, path: str) -> Any:
        answer = await self._caller.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def _do(self, path: str, body: Mapping[str, object]) -> Any:
        answer = await self._caller.send(path, body, key=uuid4())
        assert answer.status_code == 200, answer.text
        return answer.json()


def newest(cases: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The state of the newest case of each item."""
    return {case["item"]: case["state"] for case in cases}


class CommandLine:
    """`onecity`, as somebody types it beside the running city; each command signs in."""

    channel = Channel.CLI

    def __init__(self, town: Town, account: Account, folder: Path) -> None:
        self._town = town
        self._account = account
        self._folder = folder

    async def apply(self, answers: Mapping[str, str], files: Mapping[str, bytes]) -> UUID:
        await self._put(files, f"/life-events/{EVENT}")
        receipt = await self._signed_in("service", "apply", "--event", EVENT, "--answers", self._written(answers))
        return UUID(receipt["affair"])

    async def bring(self, affair: UUID, case: UUID, files: Mapping[str, bytes]) -> None:
        await self._put(files, f"/affairs/{affair}")
        await self._signed_in("case", "bring", str(affair), str(case))

    async def again(self, affair: UUID, case: UUID, item: str, answers: Mapping[str, str]) -> None:
        await self._signed_in("case", "again", str(affair), item, "--answers", self._written(answers))

    async def rate(self, affair: UUID, case: UUID, level: int, words: str) -> None:
        await self._signed_in("case", "rate", str(case), str(level), "--words", words)

    async def states(self, affair: UUID) -> Mapping[str, str]:
        assert str(affair) in (await self._signed_in("case", "list", "--json"))["affairs"]
        return newest((await self._signed_in("case", "show", str(affair), "--json"))["cases"])

    async def licences(self) -> Sequence[str]:
        return [one["identifier"] for one in (await self._signed_in("licence", "list", "--json"))["licences"]]

    async def verdict(self, identifier: str) -> str:
        words = ("licence", "verify", identifier, "--json")
        return str(_good(words, await self.call(*words))["verdict"])

    def _written(self, answers: Mapping[str, str]) -> str:
        file = self._folder / f"{uuid4()}.yaml"
        file.write_text(yaml.safe_dump(dict(answers), allow_unicode=True), "utf-8")
        return str(file)

    async def _put(self, files: Mapping[str, bytes], purpose: str) -> None:
        for name, content in files.items():
            file = self._folder / f"{name}.pdf"
            file.write_bytes(content)
            await self._signed_in("case", "upload", name, str(file), "--purpose", purpose)

    async def _signed_in(self, *words: str) -> Any:
        return _good(words, await self.signed_in(*words))

    async def signed_in(self, *words: str) -> Result:
        """One command as the founder."""
        return await self.call(*words, "--login", self._account.login, password=self._account.password)

    async def call(self, *words: str, password: str = "") -> Result:
        """One command, in a thread of its own because it has a loop of its own."""
        self._town.clock.tick()
        memory = self._town.city.memory
        city = ("--data", str(memory.folder.parent), "--database", str(memory.database.owner))
        run = partial(CliRunner().invoke, onecity, [*words, *city], env={"ONECITY_PASSWORD": password})
        return await asyncio.to_thread(run)


def _good(words: Sequence[str], done: Result) -> Any:
    assert done.exit_code == 0, (words, done.output, done.exception)
    return json.loads(done.stdout)


class Counter(Phone):
    """The window: the founder stands there with an identity card, and a clerk types all of it.

    Each visit is a reception of its own. Licences lie in the founder's wallet afterwards, wherever they open it.
    """

    channel = Channel.WINDOW

    def __init__(self, clerk: Caller, founder: Caller, card: Account) -> None:
        super().__init__(clerk)
        self._founder = founder
        self._card = card

    async def apply(self, answers: Mapping[str, str], files: Mapping[str, bytes]) -> UUID:
        """One screen: what the answers switch on is asked below them, then all of it is handed in."""
        await self._receive()
        at = f"{self.base}/life-events/{EVENT}"
        page = await self._caller.get(at)
        if "cards" in fields_of(page).values:
            # What the register knows is about another shop.
            page = await self._send(at, page, {}, {}, do="own")
        page = await self._send(at, page, answers, {}, do="keep")
        told = {**answers, "window-confirmed": "yes", "window-delivery": "online"}
        answer = await self._send(at, page, told, files, do="submit")
        found = re.fullmatch(rf"{self.base}/affairs/([^/]+)/receipt", answer.headers.get("location", ""))
        assert found, answer.text
        return UUID(found[1])

    async def bring(self, affair: UUID, case: UUID, files: Mapping[str, bytes]) -> None:
        await self._receive()
        await super().bring(affair, case, files)

    async def again(self, affair: UUID, case: UUID, item: str, answers: Mapping[str, str]) -> None:
        await self._receive()
        await super().again(affair, case, item, answers)

    async def rate(self, affair: UUID, case: UUID, level: int, words: str) -> None:
        await self._receive()
        await super().rate(affair, case, level, words)

    async def states(self, affair: UUID) -> Mapping[str, str]:
        await self._receive()
        return await super().states(affair)

    async def licences(self) -> Sequence[str]:
        return await Phone(self._founder).licences()

    async def _receive(self) -> None:
        """The clerk sees the card; whoever stood there before has gone."""
        page = await self._caller.get("/window")
        sent = {"name": self._card.name, "number": self._card.login, "document": "identity_card"}
        answer = await self._caller.post("/window", {**fields_of(page).values, **sent})
        assert answer.status_code == 303, answer.text
        self.base = answer.headers["location"]


def at_the_clock_of(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands live at the time of a town."""
    timed = [
        module
        for name, module in sys.modules.items()
        if name.startswith(("onecity.cli.", "onecity.bootstrap.")) and getattr(module, "now", None) is now
    ]
    assert timed, "commands know the time"
    for module in timed:
        monkeypatch.setattr(module, "now", town.clock)
