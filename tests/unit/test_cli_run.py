"""`onecity run` looks at what it is told before it starts anything."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from onecity.cli.run import run, typed_command


def test_an_address_for_messages_is_a_whole_one(tmp_path: Path) -> None:
    told = CliRunner().invoke(run, ["--data", str(tmp_path / "city"), "--address", "city.example"])
    assert told.exit_code == 2
    assert "https://city.example" in told.output
    assert not (tmp_path / "city").exists()


def test_a_secret_that_is_not_there_is_said_before_the_city_starts(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(
        f'[smtp]\nhost = "m"\nsender = "a@b"\nuser = "a"\npassword_file = "{tmp_path}/none"\n', encoding="utf-8"
    )
    told = CliRunner().invoke(run, ["--data", str(tmp_path / "city"), "--config", str(file)])
    assert f"{tmp_path}/none" in str(told.exception)
    assert not (tmp_path / "city").exists()


def test_a_command_that_is_not_on_the_path_is_shown_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path / ".venv"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    assert typed_command() == ".venv/bin/onecity"
    at = tmp_path / "bin"
    at.mkdir()
    (at / "onecity").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(at))
    assert typed_command() == "onecity"
