"""A figure with its goal, and how figures are printed and kept."""

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from onecity.machinery.postgres import find_binaries

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "bench" / "results.json"
REPETITIONS: Final = 5
"""Each rate is measured this often, by turns with its peer; medians count."""


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


class Kept(msgspec.Struct, frozen=True):
    """A figure as it stands in the file."""

    figure: Figure
    commit: str
    machine: Machine


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
        name=name, value=value, unit=unit, goal=f"≥ {limit:,.0f} {unit}", met=value >= limit, against=limit,
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


HEAD: Final = f"{'figure':<56} {'value':>18} {'against':>9} {'ratio':>6}  {'goal':<20}"


def row(figure: Figure) -> str:
    """One line of the table."""
    verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
    against = "" if figure.against is None else shown(figure.against)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    value = f"{shown(figure.value)} {figure.unit}"
    return f"{figure.name:<56} {value:>18} {against:>9} {ratio:>6}  {figure.goal:<20} {verdict}"


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


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def commit() -> str:
    """The commit that was measured; `+` says that files beside it had changed."""
    changed = _git("status", "--porcelain", "--", "src", "bench", ":!bench/results.json")
    return (_git("rev-parse", "--short=12", "HEAD") or "unknown") + ("+" if changed else "")


def keep(figures: Sequence[Figure], measured_on: Machine) -> None:
    """Put figures into the file, each in the place of an older one of its name."""
    old = msgspec.json.decode(RESULTS.read_bytes(), type=list[Kept]) if RESULTS.is_file() else []
    kept = {one.figure.name: one for one in old}
    kept |= {one.name: Kept(one, commit(), measured_on) for one in figures}
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(list(kept.values()))) + b"\n")
