"""What somebody sees while they wait: a line for each step, on a terminal a bar for whatever takes over two seconds."""

import sys
import threading
from typing import TYPE_CHECKING, Final, TextIO

import click

if TYPE_CHECKING:
    from types import TracebackType

_PATIENCE_S: Final = 2.0
_DRAW_S: Final = 0.2


class Progress:
    """How far a command is: at one of `steps` steps, or at so many of so many things.

    On a terminal a thread draws, because a step may hold everything else up.
    """

    def __init__(self, steps: int = 1, *, patience_s: float = _PATIENCE_S, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._patience_s = patience_s
        self._done, self._of, self._what = 0, steps, ""
        self._over = threading.Event()
        self._drawing = threading.Thread(target=self._draw, daemon=True) if self._out.isatty() else None

    def __enter__(self) -> "Progress":
        if self._drawing is not None:
            self._drawing.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, _value: object, _trace: "TracebackType | None") -> None:
        self.end(whole=kind is None)

    def end(self, *, whole: bool = True) -> None:
        """Nothing more is drawn; the bar is full unless something broke off."""
        if whole:
            self._done = self._of
        self._over.set()
        if self._drawing is not None:
            self._drawing.join()

    def step(self, what: str) -> None:
        """The next step begins."""
        if self._what:
            self._done = min(self._done + 1, self._of - 1)
        self._what = what
        if self._drawing is None:
            click.echo(f"  {what} …", file=self._out)

    def count(self, done: int, of: int) -> None:
        """So many things of so many are done."""
        self._done, self._of = done, of

    def _draw(self) -> None:
        if self._over.wait(self._patience_s):
            return
        with click.progressbar(
            length=max(self._of, 1), label=self._what, file=self._out, show_eta=False, show_pos=True
        ) as bar:
            over = False
            while not over:
                over = self._over.wait(_DRAW_S)
                bar.length, bar.label = max(self._of, 1), self._what
                bar.update(self._done - bar.pos)
                bar.render_progress()
