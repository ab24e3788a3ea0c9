"""People who go on asking a city that is killed again and again, and what must be true of it afterwards."""

import asyncio
import json
import os
import random
import signal
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import msgspec

from onecity.drills.agreeing import facts_agree, outsider_agrees
from onecity.drills.cities import ANSWERS
from onecity.drills.proving import Claim, none_of
from onecity.drills.store import Kept, kept
from onecity.machinery.postgres import Address, Cluster

NAMESPACE: Final = UUID(int=7)
PATIENCE_S: Final = 120.0
"""How long the people wait for an answer before they give the city up; a slow machine is no broken city."""

_PAUSE_S: Final = 0.03
_AWAY_S: Final = 0.1
_REPEATS: Final = 0.25
_APPLY: Final = "/api/applications"
_NOT_NOW: Final = (429, 503)


class Command(msgspec.Struct, frozen=True):
    """Something that is asked under a key until it is answered."""

    key: str
    path: str
    body: dict[str, Any]


class Applicant(threading.Thread):
    """Applies and withdraws; repeats what was not answered until it is, and now and then what was.

    `address` tells where the city listens at the moment: it moves with every start.
    """

    def __init__(
        self, name: str, address: Callable[[], str], token: str, over: threading.Event,
        trust: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        super().__init__(daemon=True)
        self.called = name
        self.acknowledged: dict[str, Any] = {}
        self.at: list[float] = []
        self.asked: dict[str, Command] = {}
        self.contradicted: list[str] = []
        self.surprised: list[str] = []
        self._address, self._token, self._over, self._trust = address, token, over, trust
        self._dice = random.Random(name)
        self._line: HTTPConnection | None = None

    def run(self) -> None:
        number = 0
        while not self._over.is_set():
            receipt = self._until_answered(self._command(number, _APPLY, _applies()))
            if receipt is not None and number % 3 == 0:
                path, body = f"/api/affairs/{receipt['affair']}/withdraw", {"case": receipt["cases"][0]}
                self._until_answered(self._command(number, path, body))
            if self.acknowledged and self._dice.random() < _REPEATS:
                self._until_answered(self.asked[self._dice.choice(list(self.acknowledged))])
            number += 1
        self._hang_up()

    def _command(self, number: int, path: str, body: dict[str, Any]) -> Command:
        return Command(str(uuid5(NAMESPACE, f"{self.called} {number} {path}")), path, body)

    def _until_answered(self, command: Command) -> Any:
        """The answer; None if the test was over before."""
        self.asked[command.key] = command
        while not self._over.is_set():
            answer = self._answer(command)
            if answer is None:
                time.sleep(_AWAY_S)
                continue
            time.sleep(_PAUSE_S)
            self.at.append(time.monotonic())
            # What was acknowledged once is acknowledged in the same words ever after.
            if self.acknowledged.setdefault(command.key, answer) != answer:
                self.contradicted.append(command.key)
            return answer
        return None

    def _answer(self, command: Command) -> Any:
        """What the city says now; None if it says nothing, or that this is not the moment."""
        headers = {
            "authorization": f"Bearer {self._token}", "idempotency-key": command.key,
            "content-type": "application/json",
        }  # fmt: skip
        try:
            line = self._reached()
            line.request("POST", command.path, json.dumps(command.body), headers)
            answer = line.getresponse()
            status, body = answer.status, answer.read()
        except (OSError, HTTPException):
            self._hang_up()
            return None
        if status == 200:
            return json.loads(body)
        if status not in _NOT_NOW:
            self.surprised.append(f"{command.path}: {status} {body.decode()[:200]}")
        return None

    def _reached(self) -> HTTPConnection:
        if self._line is None:
            where = urlsplit(self._address()).netloc
            if self._trust is None:
                self._line = HTTPConnection(where, timeout=10)
            else:
                self._line = HTTPSConnection(where, timeout=10, context=self._trust)
        return self._line

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _applies() -> dict[str, Any]:
    return {"items": ["food_business"], "answers": ANSWERS}


class Crowd:
    """Everybody who asks at the same time."""

    def __init__(
        self, askers: Sequence[tuple[str, Callable[[], str], str]], *, trust: ssl.SSLContext | None = None
    ) -> None:
        self._over = threading.Event()
        self.people = [Applicant(*asker, self._over, trust) for asker in askers]
        for one in self.people:
            one.start()

    @property
    def acknowledged(self) -> dict[str, Any]:
        return {key: answer for one in self.people for key, answer in list(one.acknowledged.items())}

    def count(self) -> int:
        return sum(len(one.acknowledged) for one in self.people)

    def served(self, *, beyond: int) -> None:
        """Wait until the city has acknowledged more than so many commands: it is in use again."""
        patience = time.monotonic() + PATIENCE_S
        while self.count() <= beyond:
            assert time.monotonic() < patience, f"nobody was answered for {PATIENCE_S:.0f} s after {beyond} answers"
            time.sleep(0.01)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let everybody end, whatever state the city is in."""
        self._over.set()
        for one in self.people:
            one.join()

    def go_home(self) -> None:
        """Let everybody end in a city that answers."""
        self.served(beyond=self.count() + len(self.people))
        self.__exit__()

    def well_answered(self) -> tuple[Claim, ...]:
        """Nobody was sent away without a word when to come again, and nobody was told two things under one key."""
        return (
            none_of("drills.claim.surprised", [said for one in self.people for said in one.surprised]),
            none_of("drills.claim.contradicted", [key for one in self.people for key in one.contradicted]),
        )


def kill_a_process_of(cluster: Cluster, dice: random.Random) -> bool:
    """Kill any process of a database but its first: PostgreSQL throws all others out and recovers by itself.

    False if there was none.
    """
    with suppress(OSError, IndexError):
        first = (cluster.folder / "postmaster.pid").read_text("utf-8").split()[0]
        inside = [entry for entry in Path("/proc").glob("[0-9]*") if _in(entry, cluster.folder) and entry.name != first]
        os.kill(int(dice.choice(sorted(inside)).name), signal.SIGKILL)
        return True
    return False


def _in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:
        return False


def _facts_of(answer: Any) -> str:
    """An answer without the documents that it lacks: those are kept by id, and told by name."""
    return json.dumps(
        {name: value for name, value in answer.items() if name not in ("missing", "lacking")}, sort_keys=True
    )


def nothing_is_lost_doubled_or_half(address: Address, crowd: Crowd) -> tuple[Claim, ...]:
    """What was acknowledged is kept once; what is kept was asked for; and each of it is whole."""
    asked = [one.path for person in crowd.people for one in person.asked.values()]
    return judged(asyncio.run(kept(address)), list(crowd.acknowledged.values()), asked)


def judged(found: Kept, acknowledged: Sequence[Any], asked: Sequence[str]) -> tuple[Claim, ...]:
    """What a database keeps, held against what people were told and the paths at which they asked."""
    known = Counter(_facts_of(one) for one in found.answers)
    lost = [one for one in acknowledged if known[_facts_of(one)] == 0]
    doubled = [one for one in acknowledged if known[_facts_of(one)] > 1]
    receipts = [one for one in found.answers if "cases" in one]
    reports = [one for one in found.answers if "answer_by" in one]
    twice = [number for number, times in Counter(one["number"] for one in (*receipts, *reports)).items() if times > 1]
    kinds = {
        "services.applied": len(receipts),
        "casework.opened": sum(len(one["cases"]) for one in receipts) + len(reports),
        "casework.ended": sum(1 for one in found.answers if one.get("result") == "withdrawn"),
    }
    others = [f"{found.kinds.get(kind, 0)} × {kind}, {number} told" for kind, number in kinds.items()
              if found.kinds.get(kind, 0) != number]  # fmt: skip
    return (
        none_of("drills.claim.lost", lost),
        none_of("drills.claim.doubled", [*doubled, *twice]),
        none_of("drills.claim.half", [*found.half, *others]),
        Claim("drills.claim.asked", len(receipts) <= asked.count(_APPLY), str(len(receipts))),
    )


def the_tree_is_the_facts(folder: Path, older: Path, *where: str) -> tuple[Claim, ...]:
    """Facts, projections and tree agree; an outsider finds the same, and that an older checkpoint is a part of it."""
    return *facts_agree(*where), outsider_agrees(folder, *where, older=older)
