"""What a measurement costs in processor time: neighbours on the machine change the rate, hardly the cost."""

import os
import time
from pathlib import Path
from typing import Final

from onecity.machinery.postgres import Cluster

_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM, _DEAD_USER, _DEAD_SYSTEM = 1, 11, 12, 13, 14
"""Fields of /proc/PID/stat behind the name. Source: proc_pid_stat(5)."""
_LOCAL, _STATE, _INODE, _ESTABLISHED = 1, 3, 9, "01"
"""Columns of /proc/PID/net/tcp, and the state of a line that both ends hold. Source: proc_net(5)."""


class Meter:
    """Processor time of this process and of all PostgreSQL processes since it was made."""

    def __init__(self, cluster: Cluster) -> None:
        self._first = Path(cluster.folder / "postmaster.pid").read_text("utf-8").split()[0]
        self._python, self._postgres = time.process_time(), spent(self._first)

    def of_each(self, units: float, name: str) -> str:
        """What each of so many units has cost."""
        python = 1e6 * (time.process_time() - self._python) / units
        return f"{python:.0f} µs of Python and {self.of_postgres(units, name)}"

    def of_postgres(self, units: float, name: str) -> str:
        """What each of so many units has cost the database."""
        return f"{1e6 * (spent(self._first) - self._postgres) / units:.0f} µs of PostgreSQL a {name}"


class Spent:
    """Processor time of the database of a city and of the process that serves it, since it was made."""

    def __init__(self, data: Path) -> None:
        self._first = (data / "postgres" / "cluster" / "postmaster.pid").read_text("utf-8").split()[0]
        self._server = server_of(data)
        self._began = spent(self._server), spent(self._first)

    def of_each(self, units: int, name: str) -> str:
        """What each of so many units has cost."""
        server, postgres = spent(self._server) - self._began[0], spent(self._first) - self._began[1]
        return f"{1e3 * server / units:.1f} ms of the server and {1e3 * postgres / units:.1f} ms of PostgreSQL a {name}"


def spent(first: str) -> float:
    """Seconds of processor time of a process and of all that it began."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text("utf-8").rpartition(") ")[2].split()
        except OSError:
            continue  # It ended while we looked; the first process has its time then.
        if process.name == first:
            ticks += int(fields[_DEAD_USER]) + int(fields[_DEAD_SYSTEM])
        if first in (process.name, fields[_PARENT]):
            ticks += int(fields[_USER]) + int(fields[_SYSTEM])
    return ticks * _TICK_S


def memory_mib(process: str) -> float:
    """How much memory a process holds. Units: MiB."""
    lines = (Path("/proc") / process / "status").read_text("utf-8").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:"))) / 1024


def open_files(process: str, port: int) -> int:
    """How many files, sockets and pipes a process holds open, without the lines on which it is being asked at a port.

    How many of those there are is up to whoever asks; one that they hung up and the process keeps is counted.
    Source: proc_pid_fd(5), proc_net(5).
    """
    lines = (Path("/proc") / process / "net" / "tcp").read_text("utf-8").splitlines()[1:]
    rows = [line.split() for line in lines]
    asking = {f"socket:[{row[_INODE]}]" for row in rows if row[_STATE] == _ESTABLISHED and _port(row[_LOCAL]) == port}
    return sum(_leads_to(file) not in asking for file in (Path("/proc") / process / "fd").iterdir())


def _port(address: str) -> int:
    """The port of an address as the kernel writes it.

    >>> _port("0100007F:1F40")
    8000
    """
    return int(address.partition(":")[2], 16)


def _leads_to(file: Path) -> str:
    try:
        return str(file.readlink())
    except OSError:
        return ""  # It was closed while we looked.


def server_of(data: Path) -> str:
    """The process that serves a data folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"onecity" in words and str(data).encode() in words:
            return process.name
    raise AssertionError("nobody serves this folder")
