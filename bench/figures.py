"""How figures are printed and kept."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from onecity.drills.figures import Figure, Machine, shown

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "bench" / "results.json"
REPETITIONS: Final = 5
"""Each rate is measured this often, by turns with its peer; medians count."""


class Kept(msgspec.Struct, frozen=True):
    """A figure as it stands in the file."""

    figure: Figure
    commit: str
    machine: Machine


HEAD: Final = f"{'figure':<56} {'value':>18} {'against':>9} {'ratio':>6}  {'goal':<20}"


def row(figure: Figure) -> str:
    """One line of the table."""
    verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
    against = "" if figure.against is None else shown(figure.against)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    value = f"{shown(figure.value)} {figure.unit}"
    return f"{figure.name:<56} {value:>18} {against:>9} {ratio:>6}  {figure.goal:<20} {verdict}"


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
