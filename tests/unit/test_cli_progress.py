"""What somebody sees while they wait."""

import io
import os
import pty
import re
import threading
import time

import pytest

from onecity.cli.progress import Progress

PATIENCE_S = 20.0


class Terminal:
    """A terminal of this test's own; `seen` is everything that was drawn on it."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        self.out = os.fdopen(theirs, "w", encoding="utf-8")
        self._seen = bytearray()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self._ours, 4096)
            except OSError:
                return
            self._seen += part

    def shows(self, pattern: str) -> None:
        """Wait until something was drawn."""
        patience = time.monotonic() + PATIENCE_S
        while not re.search(pattern, self._seen.decode("utf-8", "ignore")):
            assert time.monotonic() < patience, self._seen
            time.sleep(0.05)

    def seen(self) -> str:
        """Everything that was drawn, after which the terminal is gone."""
        self.out.close()
        self._reading.join(5)
        os.close(self._ours)
        return self._seen.decode()


def test_without_a_terminal_each_step_is_a_line_and_nothing_is_drawn() -> None:
    out = io.StringIO()
    with Progress(3, patience_s=0, out=out) as progress:
        progress.step("database: its files")
        progress.count(1, 2)
        progress.step("people")
    assert out.getvalue() == "  database: its files …\n  people …\n"


def test_what_is_done_at_once_draws_nothing_on_a_terminal() -> None:
    terminal = Terminal()
    with Progress(2, patience_s=60, out=terminal.out) as progress:
        progress.step("database: its files")
    assert terminal.seen() == ""


def test_what_takes_long_gets_a_bar_that_fills_step_by_step() -> None:
    terminal = Terminal()
    with Progress(4, patience_s=0, out=terminal.out) as progress:
        for done, step in enumerate(("programs", "files", "people")):
            progress.step(step)
            terminal.shows(rf"{step}\s+\[#*-*\]\s+{done}/4")
    seen = terminal.seen()
    assert re.search(r"people\s+\[#+\]\s+4/4", seen)
    assert seen.rindex("\x1b[?25h") > seen.rindex("4/4"), "the cursor is given back"


def test_the_bar_counts_things_where_the_work_knows_their_number() -> None:
    terminal = Terminal()
    with Progress(patience_s=0, out=terminal.out) as progress:
        progress.count(500, 2000)
        terminal.shows("500/2000")
    assert "2000/2000" in terminal.seen()


def test_a_command_that_breaks_off_does_not_draw_a_full_bar() -> None:
    terminal = Terminal()
    with pytest.raises(KeyError), Progress(4, patience_s=0, out=terminal.out) as progress:
        progress.step("files")
        terminal.shows("0/4")
        raise KeyError
    assert "4/4" not in terminal.seen()
