"""A figure with its goal, and the machine on which it was measured."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec

from onecity.machinery.postgres import find_binaries


class Machine(msgspec.Struct, frozen=True):
    """Where a figure was measured. Units: memory in GiB; load is that of the last minute before the run."""

    cpu: str
    cores: int
    memory_gib: int
    load: float
    python: str
    postgresql: str


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured figure. `against` is the limit, or what the peer reached in the same run.

    `ratio` is value by limit, or the median of the ratios of each turn with the peer: neighbours on the machine slow
    both of one turn. `met` is None where nothing was promised.
    """

    name: str
    value: float
    unit: str
    goal: str
    met: bool | None
    peer: str = ""
    against: float | None = None
    ratio: float | None = None
    runs: tuple[float, ...] = ()
    peer_runs: tuple[float, ...] = ()
    note: str = ""


def at_most(name: str, value: float, unit: str, limit: float, *, note: str = "") -> Figure:
    """A figure that must not pass a limit."""
    return Figure(
        name=name, value=value, unit=unit, goal=f"≤ {limit:g} {unit}", met=value <= limit, against=limit,
        ratio=value / limit if limit else None, note=note,
    )  # fmt: skip


def at_least(name: str, runs: Sequence[float], unit: str, limit: float, *, note: str = "") -> Figure:
    """A figure whose median must reach a limit."""
    value = median(runs)
    return Figure(
        name=name, value=value, unit=unit, goal=f"≥ {limit:,.10g} {unit}", met=value >= limit, against=limit,
        ratio=value / limit, runs=tuple(runs), note=note,
    )  # fmt: skip


def plain(name: str, value: float, unit: str, *, runs: Sequence[float] = (), note: str = "") -> Figure:
    """A figure of which nothing was promised."""
    return Figure(name=name, value=value, unit=unit, goal="", met=None, runs=tuple(runs), note=note)


def beside(
    name: str, runs: Sequence[float], unit: str, peer: str, peer_runs: Sequence[float], times: float, *, note: str = ""
) -> Figure:
    """A figure that must reach so many times what the peer reaches in the same turns."""
    ratio = median(mine / other for mine, other in zip(runs, peer_runs, strict=True))
    return Figure(
        name=name, value=median(runs), unit=unit, goal=f"≥ {times:g} × peer", met=ratio >= times, peer=peer,
        against=median(peer_runs), ratio=ratio, runs=tuple(runs), peer_runs=tuple(peer_runs), note=note,
    )  # fmt: skip


def shown(value: float) -> str:
    """A number as the table shows it.

    >>> shown(12345.6), shown(12.345), shown(0.0123)
    ('12,346', '12.3', '0.012')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3f}"


def machine() -> Machine:
    """The machine under our feet."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Machine(
        cpu=named[0] if named else platform.machine(),
        cores=os.cpu_count() or 1,
        memory_gib=round(memory),
        load=round(os.getloadavg()[0], 2),
        python=platform.python_version(),
        postgresql=find_binaries().version,
    )
