"""A whole city in a process of its own, as an engineer starts it, and how tests knock at its door."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import msgspec
import pyotp

from onecity.bootstrap.founding import Account, Accounts
from onecity.bootstrap.moment import now
from onecity.ledger import Basis, key_of
from onecity.machinery.keystore import KeyStore
from onecity.machinery.postgres import Cluster, find_binaries, start_cluster, stop_cluster

_STOP_S: Final = 120.0
"""Whoever stops a city waits until what is not sealed yet is sealed: among a million cases that takes a while."""
ONECITY: Final = (sys.executable, "-m", "onecity")
ANSWERS = {
    "shop_name": "拾味小馆",
    "premises_street": "410105001",
    "premises_address": "金水区纬二路 58 号",
    "premises_area": "182",
    "food_sold": "meals",
}
_CODE_S: Final = 30
_PASSWORD: Final = "correct horse battery"  # noqa: S105 - of somebody simulated


class RunningCity:
    """`onecity run` on a data folder and a free port; `program` is how onecity is called, `at` where, if not here."""

    def __init__(self, data: Path, *words: str, program: Sequence[str] = ONECITY, at: Path | None = None) -> None:
        self.data = data
        self._words = words
        self._program = program
        self._at = at
        self._process: subprocess.Popen[str] | None = None
        self.address = ""
        self.said: list[str] = []

    def start(self) -> None:
        """Start and wait for the welcome."""
        self.begin()
        self.welcome()

    def begin(self) -> None:
        """Start and wait for nothing."""
        command = [*self._program, "run", "--port", "0", "--data", str(self.data), *self._words]
        # What is called elsewhere must not find the code of this checkout.
        env = None if self._at is None else {name: os.environ[name] for name in os.environ if name != "PYTHONPATH"}
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self._at, env=env
        )
        self.said = []

    def welcome(self) -> None:
        """Wait for the welcome of a city that began."""
        assert self._process is not None and self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(line)
            if found := re.search(r"OneCity 一城: (http://\S+)", line):
                self.address = found[1]
            if line.startswith("Ctrl-C"):
                return
        raise AssertionError(f"the city did not start: {''.join(self.said)}")

    def kill(self) -> None:
        """Kill the server as a power cut would; its database goes on."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Stop the server as Ctrl-C does; its exit code."""
        return self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.communicate(timeout=_STOP_S)
        return self._process.returncode

    def cluster(self) -> Cluster:
        """The city's own database."""
        return start_cluster(find_binaries(), self.data, tell=lambda _: None)

    def end(self) -> None:
        """Stop the server, whatever state it is in."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def clean(self) -> None:
        """Stop everything, whatever state it is in."""
        self.end()
        stop_cluster(self.cluster())

    def kill_database(self) -> bool:
        """Kill the database's first process, which takes the others with it; false if it was dead already."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            postmaster = int((self.data / "postgres" / "cluster" / "postmaster.pid").read_text("utf-8").split()[0])
            os.kill(postmaster, signal.SIGKILL)
            return True
        return False

    def accounts(self) -> Accounts:
        return msgspec.json.decode((self.data / "simulated_accounts.json").read_bytes(), type=Accounts)

    def account(self, login: str | None = None) -> Account:
        """An officer's account by login; without one, the citizen's."""
        known = self.accounts().accounts
        return known[0] if login is None else next(one for one in known if one.login == login)

    def newcomer(self, **more: str) -> str:
        """The number of the account that a resident without one opens now."""
        name, number = self.accounts().without
        with httpx.Client(base_url=self.address, timeout=30, trust_env=False) as visitor:
            fields = {"name": name, "number": number, "phone": "10000000000", "password": _PASSWORD} | more
            opened = visitor.post("/register", data=fields)
            assert opened.status_code == httpx.codes.SEE_OTHER, f"registering was answered {opened.status_code}"
            begun = visitor.post("/api/sign-in", json={"login": number, "password": fields["password"]})
            return str(begun.json()["person"])

    def program(self, login: str | None = None) -> "Program":
        """Somebody of the simulated city, signed in by the interface for machines."""
        return Program(self.address, self.account(login))


class Pattern:
    """A city that was founded and stopped, for others to begin as copies: keeping passwords takes long on purpose.

    Copies have the same keys, passwords, second factors, name and database: none of them is another city to the others.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._founded = False
        self._founding = Lock()

    def copied(self, data: Path) -> Path:
        """A data folder with the same city in it, founded when the first copy is wanted."""
        assert not data.exists(), f"{data} is in use"
        with self._founding:
            if not self._founded:
                self._found()
        # The files of a database belong to a user of their own.
        subprocess.run(["cp", "--archive", "--no-target-directory", str(self._data), str(data)], check=True)
        return data

    def _found(self) -> None:
        # What broke off half-way is no pattern for anybody.
        shutil.rmtree(self._data, ignore_errors=True)
        city = RunningCity(self._data)
        try:
            city.start()
            self._founded = city.stop() == 0
        finally:
            city.clean()
        assert self._founded, "the city that all others begin as did not stop well"


def next_code_s() -> float:
    """Seconds until the next code of a second factor."""
    return _CODE_S - now().timestamp() % _CODE_S + 0.2


class Program:
    """A client of the interface for machines."""

    def __init__(self, address: str, account: Account) -> None:
        self.http = httpx.Client(base_url=address, timeout=30, trust_env=False)
        begun = self._signed_in(account)
        if begun.status_code != httpx.codes.OK and account.second_factor:
            # A code opens the door once: another test of these thirty seconds came with it.
            time.sleep(next_code_s())
            begun = self._signed_in(account)
        self.http.headers["authorization"] = f"Bearer {begun.json()['token']}"

    def _signed_in(self, account: Account) -> httpx.Response:
        code = pyotp.TOTP(account.second_factor).at(now()) if account.second_factor else ""
        return self.post("/api/sign-in", {"login": account.login, "password": account.password, "code": code})

    def post(self, path: str, body: Mapping[str, Any], key: str | None = None) -> httpx.Response:
        return self.http.post(path, json=body, headers={"idempotency-key": key or str(uuid4())})

    def close(self) -> None:
        self.http.close()

    def get(self, path: str) -> Any:
        answer = self.http.get(path)
        answer.raise_for_status()
        return answer.json()

    def apply(self, key: str | None = None) -> Any:
        """Apply for the food permit."""
        answer = self.post("/api/applications", {"items": ["food_business"], "answers": ANSWERS}, key)
        answer.raise_for_status()
        return answer.json()


def onecity(*words: str) -> "subprocess.CompletedProcess[str]":
    """A command of the engineer."""
    return subprocess.run([*ONECITY, *words], capture_output=True, text=True, check=False)


def opens(data: Path, person: UUID) -> list[Basis]:
    """On which bases something still opens what was a person's."""
    keys = KeyStore(data / "keys")
    try:
        return [basis for basis in Basis if keys.cipher(key_of(person, basis)) is not None]
    finally:
        keys.close()
