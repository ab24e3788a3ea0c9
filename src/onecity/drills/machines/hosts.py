"""Machines of our own on one machine: each has its network, its processes and its disk, and loses power as a whole.

A host is a set of namespaces. Its first process reads a pipe from the test, so that whatever ends the test ends it too,
and with it the system ends everything that runs inside; nothing outside is named, reached or changed.
"""

import contextlib
import ctypes
import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

_KINDS: Final = ("--net", "--pid", "--mount", "--ipc", "--uts")
_CLONE_NEWNET: Final = 0x40000000
_PREFIX: Final = 24
_PATIENCE_S: Final = 10.0
_LONGEST_S: Final = 120.0
_AWAY: Final = "02:00:00:00:00:01"
"""The hardware address of nobody."""
# Whoever is given to the first process is not waited for: the system buries it. Numbers of processes begin anywhere, as
# on a machine that has run for a while: PostgreSQL would take another with the number of its last life for itself.
_FIRST: Final = """
mount --bind "$1" /srv && hostname "$2" && ip link set lo up && echo "$3" >/proc/sys/kernel/ns_last_pid || exit 1
echo ready; exec env --ignore-signal=CHLD cat >/dev/null
"""


class Network:
    """A switch with two halves; whoever is plugged into one does not hear the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hosts: dict[str, Host] = {}
        self._life = _life(folder, "switch")
        self.pid = _inside(self._life)
        for half in ("half0", "half1"):
            self.switch("link", "add", half, "type", "bridge")
            self.switch("link", "set", half, "up")

    def host(self, name: str, address: str) -> "Host":
        """A new machine, still without power."""
        found = self.hosts[name] = Host(self, name, address, self.folder / name)
        return found

    def switch(self, *words: str) -> None:
        """Run `ip` where the cables end."""
        _run(["nsenter", "--target", str(self.pid), "--net", "ip", *words])

    def part(self, *away: "Host") -> None:
        """Plug some machines into the other half: they hear each other, and nobody else."""
        for one in self.hosts.values():
            one.plug(1 if one in away else 0)

    def heal(self) -> None:
        """Let everybody hear everybody."""
        for one in self.hosts.values():
            one.plug(0)
            if one.has_power:
                for other in self.hosts.values():
                    one.hear(other, heard=True)

    def close(self) -> None:
        for one in self.hosts.values():
            one.cut_power()
        _end(self._life)

    def __enter__(self) -> "Network":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Host:
    """A machine: `folder` is its disk, which its processes see as /srv and which outlives its power."""

    def __init__(self, network: Network, name: str, address: str, folder: Path) -> None:
        self.name, self.address, self.folder = name, address, folder
        self.boots: list[Callable[[], None]] = []
        self._network = network
        self._port = f"to-{name}"
        self._life: subprocess.Popen[str] | None = None
        self._processes: list[subprocess.Popen[bytes]] = []
        self.pid = 0
        folder.mkdir(mode=0o755)

    @property
    def has_power(self) -> bool:
        return self._life is not None

    def power_on(self) -> None:
        """Start the machine, plug it in, and start what starts with it."""
        assert self._life is None, "it runs"
        self._life = _life(self.folder, self.name)
        self.pid = _inside(self._life)
        self._network.switch("link", "add", self._port, "type", "veth", "peer", "name", "eth0", "netns", str(self.pid))
        self.ip("addr", "add", f"{self.address}/{_PREFIX}", "dev", "eth0")
        self.ip("link", "set", "eth0", "up")
        self.plug(0)
        self._network.switch("link", "set", self._port, "up")
        for start in self.boots:
            start()

    def cut_power(self) -> None:
        """Everything stops at once, and nobody is told: the cable falls silent first."""
        if self._life is None:
            return
        self._network.switch("link", "del", self._port)
        _end(self._life)
        for one in self._processes:
            one.wait(_PATIENCE_S)
        self._life, self._processes = None, []

    def plug(self, half: int) -> None:
        """Plug the machine into a half of the switch."""
        if self.has_power:
            self._network.switch("link", "set", self._port, "master", f"half{half}")

    def hear(self, other: "Host", *, heard: bool) -> None:
        """Let this machine reach another one, or not; nothing comes back to tell it."""
        if other is self:
            return
        if heard:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.ip("neigh", "del", other.address, "dev", "eth0")
        else:
            self.ip("neigh", "replace", other.address, "lladdr", _AWAY, "nud", "permanent", "dev", "eth0")

    def ip(self, *words: str) -> None:
        _run(["nsenter", "--target", str(self.pid), "--net", "ip", *words])

    def start(
        self, command: Sequence[str], *, log: str, user: str = "", environment: Mapping[str, str] | None = None
    ) -> None:
        """Start a program of the machine; what it says lies on the machine's disk."""
        with (self.folder / log).open("ab") as said:
            self._processes.append(
                subprocess.Popen(
                    [*self._enter(user), *command], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                    env=_environment(environment),
                )
            )  # fmt: skip

    def run(
        self,
        command: Sequence[str],
        *,
        user: str = "",
        environment: Mapping[str, str] | None = None,
        check: bool = True,
        patience_s: float = _LONGEST_S,
    ) -> str:
        """Run a program to its end; what it said."""
        done = subprocess.run(
            [*self._enter(user), *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            env=_environment(environment), timeout=patience_s,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{command[0]} on {self.name}: {done.stdout}{done.stderr}"
        return done.stdout

    def put(self, name: str, content: bytes | str, *, owner: str = "root", mode: int = 0o644) -> None:
        """A file on the machine's disk."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        shutil.chown(path, owner)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread connects to, and whatever threads it starts, it does from here."""
        own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY)
        try:
            _set_network(there)
            yield
        finally:
            _set_network(own)
            os.close(own)
            os.close(there)

    def _enter(self, user: str) -> list[str]:
        assert self.has_power, f"{self.name} has no power"
        as_user = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"] if user else []
        return ["nsenter", "--target", str(self.pid), *_KINDS, "--wd=/srv", "--", *as_user]


def in_time(holds: Callable[[], bool], what: str, patience_s: float = 60.0) -> float:
    """Wait until something holds; after how many seconds it did."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < patience_s, f"{what}: not within {patience_s:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - began


def _life(folder: Path, name: str) -> "subprocess.Popen[str]":
    first = str(random.randint(1_000, 20_000))
    found = subprocess.Popen(
        ["unshare", *_KINDS, "--fork", "--mount-proc", "--kill-child", "sh", "-c", _FIRST, "sh", folder, name, first],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert found.stdout is not None
    assert found.stdout.readline() == "ready\n", "this machine lets nobody have namespaces: the drills need root"
    return found


def _inside(life: "subprocess.Popen[str]") -> int:
    """The first process of a machine, as it is called outside."""
    return int(Path(f"/proc/{life.pid}/task/{life.pid}/children").read_text("ascii"))


def _end(life: "subprocess.Popen[str]") -> None:
    with contextlib.suppress(OSError, ValueError):
        os.kill(_inside(life), 9)
    life.communicate(timeout=_PATIENCE_S)


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _set_network(descriptor: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "the network of a machine")


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {"HOME": "/srv", **kept, **(more or {})}
