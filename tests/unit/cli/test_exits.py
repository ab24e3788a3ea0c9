"""How a command ends when it cannot do what it was asked."""

import sys
from importlib import import_module

import click
import pytest

from onecity.kernel.errors import CannotStart

MAIN = import_module("onecity.cli.main")
"""The module; the package shows its function under the same name."""


def ended(monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> object:
    """The exit code of a command that fails in some way."""

    @click.command()
    def broken() -> None:
        raise failure

    monkeypatch.setattr(MAIN, "onecity", broken)
    monkeypatch.setattr(sys, "argv", ["onecity"])
    with pytest.raises(SystemExit) as found:
        MAIN.main()
    return found.value.code


def test_a_failure_of_the_world_outside_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, CannotStart("The disk is full.")) == 4
    assert capsys.readouterr().err == "The disk is full.\n"


def test_a_bug_says_where_and_repeats_no_word_that_may_be_personal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, ValueError("鱻龘靐")) == 70
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "broken:" in said
    assert "鱻" not in said


def test_what_a_person_types_wrongly_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended(monkeypatch, click.UsageError("Give one of the two.")) == 2
    assert ended(monkeypatch, click.Abort()) == 2
