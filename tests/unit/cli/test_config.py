"""`onecity config`, and how every command comes to its settings."""

import json
from collections.abc import Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from tools.describe_commands import commands

from onecity.cli.configured import CONFIG
from onecity.cli.exits import Exit
from onecity.cli.main import onecity

OWN: Mapping[str, str] = {
    "onecity governance replay": "founds a city of its own beside a folder, and removes it",
    **dict.fromkeys(
        ("onecity keystore serve", "onecity keystore copy", "onecity keystore take"),
        "a key host has a folder of its own and knows no city",
    ),
}
"""Commands whose --data is not the folder of the city that a configuration describes."""


def said(*words: str, config: Path | None = None) -> Result:
    return CliRunner().invoke(onecity, words, env={CONFIG: str(config) if config else None})


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.toml"
    file.write_text(f'data = "{tmp_path}/city"\nport = 0\n', "utf-8")
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.toml"
    file.write_text('prot = 1\nhost = 2\n[smtp]\nhost = "m"\nsender = "a@b"\nuser = "a"\npassword_file = "/none"\n')
    return file


def test_a_configuration_without_faults_is_told_so(good: Path) -> None:
    found = said("config", "check", str(good))
    assert (found.exit_code, found.output.startswith("0 faults; 2 of ")) == (Exit.DONE, True)
    assert json.loads(said("config", "check", str(good), "--json").output) == []


def test_a_configuration_with_faults_is_told_each_with_its_secrets(bad: Path) -> None:
    found = said("config", "check", str(bad))
    lines = found.output.splitlines()
    assert [line.removeprefix(f"{bad}:").partition(": ")[0] for line in lines[:-1]] == ["1:1", "2:1", "7:1"]
    assert lines[-1].startswith("3 faults")
    as_json = said("config", "check", str(bad), "--json")
    assert (found.exit_code, as_json.exit_code) == (Exit.REFUSED, Exit.REFUSED)
    assert [one["place"]["line"] for one in json.loads(as_json.output)] == [1, 2, 7]


def test_what_holds_is_shown_with_its_origin(good: Path, tmp_path: Path) -> None:
    lines = said("config", "show", "--config", str(good), "--name", "a.example", "--secure").output.splitlines()
    assert f'data = "{tmp_path}/city"  # {good}:1:1' in lines
    assert 'names = ["a.example"]  # --name' in lines
    assert "secure = true  # --secure" in lines
    assert 'host = "127.0.0.1"  # default' in lines
    assert "database is not set  # default" in lines
    told = {one["key"]: one for one in json.loads(said("config", "show", "--port", "9", "--json", config=good).output)}
    assert told["port"] == {"key": "port", "value": 9, "origin": "--port"}
    assert told["data"]["origin"] == f"{good}:1:1"


def test_a_secret_is_shown_as_the_name_of_its_file(tmp_path: Path) -> None:
    secret, file = tmp_path / "password", tmp_path / "c.toml"
    secret.write_text("hunter2", "utf-8")
    secret.chmod(0o600)
    file.write_text(f'[smtp]\nhost = "m"\nsender = "a@b"\nuser = "a"\npassword_file = "{secret}"\n', "utf-8")
    for words in (("config", "show", "--config", str(file)), ("config", "check", str(file))):
        for more in ((), ("--json",)):
            found = said(*words, *more)
            assert found.exit_code == Exit.DONE
            assert "hunter2" not in found.output
    assert str(secret) in said("config", "show", "--config", str(file)).output


@pytest.mark.parametrize("words", [("doctor",), ("run",), ("ledger", "verify"), ("code", "shouli")])
def test_a_command_begins_nothing_with_a_configuration_that_has_faults(bad: Path, words: tuple[str, ...]) -> None:
    found = said(*words, config=bad)
    assert found.exit_code == Exit.USAGE
    assert f"{bad}:1:1: The key `prot` is unknown here. Did you mean `port`?" in found.output
    assert f"{bad}:2:1: " in found.output


def test_a_command_works_on_the_city_of_its_configuration_unless_it_is_told_otherwise(
    good: Path, tmp_path: Path
) -> None:
    assert f"{tmp_path}/city" in said("code", "shouli", config=good).output
    assert f"{tmp_path}/other" in said("code", "shouli", "--data", f"{tmp_path}/other", config=good).output


def test_a_backup_goes_where_the_configuration_says_or_says_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    lacks = said("backup", "--data", str(tmp_path))
    assert (lacks.exit_code, "[backup]" in lacks.output) == (Exit.USAGE, True)
    lacks = said("restore", "/x", "--data", str(tmp_path))
    assert (lacks.exit_code, "--keys" in lacks.output) == (Exit.USAGE, True)
    file.write_text(f'data = "{tmp_path}/city"\n[backup]\nfolder = "{tmp_path}/b"\nkeys = "{tmp_path}/k"\n', "utf-8")
    found = said("restore", config=file)
    assert f"There is no backup in {tmp_path}/b." in str(found.exception)


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (("--host", "a b"), "--host 127.0.0.1"),
        (("--name", "a/b"), "--name city.example"),
        (("--address", "city.example"), "--address https://city.example"),
        (("--address", "https://city.example/"), "--address https://city.example"),
        (("--database", "postgresql://a:b:c"), "postgresql://role"),
    ],
)
def test_an_option_has_the_form_of_its_key(tmp_path: Path, words: tuple[str, str], mend: str) -> None:
    found = said("run", "--data", str(tmp_path / "city"), *words)
    assert (found.exit_code, mend in " ".join(found.output.split())) == (Exit.USAGE, True)
    assert not (tmp_path / "city").exists()


@pytest.mark.parametrize("name", dict(commands()))
def test_every_command_with_a_data_folder_reads_the_configuration(name: str) -> None:
    options = {word for one in dict(commands())[name].params if isinstance(one, click.Option) for word in one.opts}
    assert "--data" not in options or "--config" in options or name in OWN
