"""What a drill finds: claims that hold or do not, with what was seen, figures with their goals, and plots."""

import shutil
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from onecity.drills.cities import Pattern
from onecity.drills.figures import Figure
from onecity.kernel.errors import CityError

_OPEN: Final = 0o755
_AT_ONCE: Final = 2
"""Drills that share the machine: more would only wait for its two cores."""


class Claim(msgspec.Struct, frozen=True):
    """Something that must hold, by the key of its sentence; `found` says what was seen where it did not."""

    key: str
    holds: bool
    found: str = ""


class Line(msgspec.Struct, frozen=True):
    """One line of a plot, with the key of its name and its points from left to right."""

    key: str
    points: tuple[tuple[float, float], ...]


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """How something went, by the keys of its heading and of what stands along each side."""

    key: str
    across: str
    up: str
    lines: tuple[Line, ...]
    by_tens: bool = False
    """Whether a step to the right is ten times as much."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What a drill found."""

    claims: tuple[Claim, ...]
    figures: tuple[Figure, ...] = ()
    plots: tuple[Plot, ...] = ()


class Ground(msgspec.Struct, frozen=True):
    """Where a drill is done: an empty folder that goes away afterwards, and whether little time is to be spent."""

    folder: Path
    quick: bool
    pattern: Pattern

    def city(self, name: str = "city") -> Path:
        """The data folder of a city that was founded for this drill."""
        return self.pattern.copied(self.folder / name)


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is done to a city of its own. `lacks` tells what this machine has not, if anything.

    One that is `long` even when it is quick is done in a quick round only if somebody names it. One that is done
    `beside` others measures no speed: in a quick round two such drills share the machine.
    """

    name: str
    do: Callable[[Ground], Proof]
    lacks: Callable[[], str] = lambda: ""
    long: bool = False
    beside: bool = False


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a drill: a proof, or what this machine lacks for it, or why it broke off. Units: seconds."""

    name: str
    seconds: float
    proof: Proof | None = None
    lacks: str = ""
    broke: str = ""

    @property
    def holds(self) -> bool:
        """Whether all that was claimed was tried, and held, and every figure reached what was promised."""
        return (
            self.proof is not None
            and all(claim.holds for claim in self.proof.claims)
            and all(figure.met is not False for figure in self.proof.figures)
        )


@contextmanager
def room() -> Iterator[Path]:
    """An empty folder, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="oc"))
    # The user of the database reaches what lies in it.
    folder.chmod(_OPEN)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def a_pattern() -> Iterator[Pattern]:
    """A pattern for the cities of many drills."""
    with room() as folder:
        yield Pattern(folder / "city")


def done(drill: Drill, pattern: Pattern, *, quick: bool) -> Outcome:
    """Do a drill, whatever comes of it: what it breaks off with is its outcome, and no reason to leave out the next."""
    if lacks := drill.lacks():
        return Outcome(name=drill.name, seconds=0.0, lacks=lacks)
    began = time.monotonic()
    try:
        with room() as folder:
            proof = drill.do(Ground(folder, quick, pattern))
        return Outcome(name=drill.name, seconds=time.monotonic() - began, proof=proof)
    except CityError as failure:
        return Outcome(name=drill.name, seconds=time.monotonic() - began, broke=failure.sentence)
    except Exception as failure:  # noqa: BLE001 - the edge of a drill
        return Outcome(name=drill.name, seconds=time.monotonic() - began, broke=_told(failure))


def all_done(drills: Sequence[Drill], pattern: Pattern, *, quick: bool) -> Iterator[Outcome]:
    """Do drills, and tell of each when it is over: what measures speed has the machine to itself."""
    shared = [drill for drill in drills if quick and drill.beside]
    with ThreadPoolExecutor(_AT_ONCE) as lanes:
        yield from (
            one.result() for one in as_completed([lanes.submit(done, drill, pattern, quick=quick) for drill in shared])
        )
    yield from (done(drill, pattern, quick=quick) for drill in drills if drill not in shared)


def _told(failure: Exception) -> str:
    """What a drill broke off with. Whoever lives in a city of drills is simulated, so the words quote nobody."""
    return "".join(traceback.format_exception(failure)).strip()


def all_of(found: Sequence[object]) -> str:
    """What was seen where nothing should have been: the first few."""
    return "; ".join(str(one) for one in found[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")


def none_of(key: str, found: Sequence[object]) -> Claim:
    """The claim that there is nothing of a kind."""
    return Claim(key, not found, all_of(found))


def went_well(key: str, of: "subprocess.CompletedProcess[str]") -> Claim:
    """The claim that a program ended well; what it said, if not."""
    return Claim(key, of.returncode == 0, "" if of.returncode == 0 else (of.stdout + of.stderr).strip())


_SHOWN: Final = 3
