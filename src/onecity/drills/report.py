"""One page that tells what a city was put through: what held, what did not, the figures and the plots."""

import math
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from onecity import __version__
from onecity.drills.figures import Figure, Machine, shown
from onecity.drills.proving import Outcome, Plot
from onecity.packs import Words, load_words

_WIDTH: Final = 440
_HEIGHT: Final = 180
_TICKS: Final = 4
_COLOURS: Final = ("var(--brand)", "var(--ochre)")


class Round(msgspec.Struct, frozen=True):
    """All drills of one call, when it began and on which machine."""

    outcomes: tuple[Outcome, ...]
    quick: bool
    began: datetime
    machine: Machine

    @property
    def bad(self) -> int:
        return sum(not one.holds for one in self.outcomes)

    @property
    def seconds(self) -> float:
        return sum(one.seconds for one in self.outcomes)


class Drawn(msgspec.Struct, frozen=True):
    """A plot as it is drawn: a path a line with its colour and key, and the numbers along both sides."""

    paths: tuple[tuple[str, str, str], ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]


def words() -> Words:
    """The words of the report."""
    return load_words([files("onecity") / "drills" / "words"])


def page(of: Round, *, lang: str) -> str:
    """The report, whole in one file: no script, no picture and no style from elsewhere."""
    house = files("onecity")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    said = words()
    return environment.from_string((house / "drills" / "report.html").read_text("utf-8")).render(
        round=of,
        lang=lang,
        say=lambda key, **params: said.say(lang, key, **params),
        tokens=Markup((house / "machinery" / "web" / "static" / "tokens.css").read_text("utf-8")),  # noqa: S704 - of ours
        version=__version__,
        value=value,
        drawn=drawn,
        width=_WIDTH,
        height=_HEIGHT,
    )


def write(of: Round, into: Path, *, lang: str) -> None:
    """Put the report where it is wanted."""
    into.parent.mkdir(parents=True, exist_ok=True)
    into.write_text(page(of, lang=lang), "utf-8")


def value(figure: Figure) -> str:
    """What was measured, with its unit."""
    return f"{shown(figure.value).removesuffix('.000')} {figure.unit}".strip()


def drawn(plot: Plot) -> Drawn:
    """Lines of a plot on a field of `_WIDTH` by `_HEIGHT`; both sides begin at zero, but for steps of ten."""
    place = math.log10 if plot.by_tens else float
    points = [point for line in plot.lines for point in line.points]
    left = min(place(x) for x, _ in points) if plot.by_tens else 0.0
    right, top = max(place(x) for x, _ in points), max(y for _, y in points) or 1.0
    wide = (right - left) or 1.0

    def at(x: float, y: float) -> str:
        return f"{(place(x) - left) / wide * _WIDTH:.1f},{_HEIGHT - y / top * _HEIGHT:.1f}"

    return Drawn(
        paths=tuple(
            ("M" + " L".join(at(x, y) for x, y in line.points), colour, line.key)
            for line, colour in zip(plot.lines, _COLOURS, strict=False)
        ),
        across=tuple(_across(plot, left, right)),
        up=tuple((_HEIGHT - step / _TICKS * _HEIGHT, _number(top * step / _TICKS)) for step in range(_TICKS + 1)),
    )


def _across(plot: Plot, left: float, right: float) -> Sequence[tuple[float, str]]:
    """Where numbers stand below a plot, and which."""
    if plot.by_tens:
        places = sorted({x for line in plot.lines for x, _ in line.points})
        wide = (right - left) or 1.0
        return [((math.log10(x) - left) / wide * _WIDTH, f"{x:,.0f}") for x in places]
    return [(step / _TICKS * _WIDTH, _number(right * step / _TICKS)) for step in range(_TICKS + 1)]


def _number(value: float) -> str:
    """A number beside a plot, as short as it may be."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
