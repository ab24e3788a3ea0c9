"""The schemas that editors use agree with the check: they take every shipped file and refuse what has a wrong form."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from tests.reference import json_schema

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.bootstrap.replay_pack import shipped_replay_pack
from onecity.cli.exits import Exit
from onecity.cli.pack import schema
from onecity.packs import Kind, schema_of
from onecity.packs.source import read_source
from onecity.packs.tables import is_table, read_table

HERE: Final = Path(__file__).parent

WRONG_FORM: Final = (
    ("key_unknown", "city"),
    ("key_missing", "calendar"),
    ("id_with_capitals", "city"),
    ("keys_for_a_list", "city"),
    ("list_for_keys", "calendar"),
    ("list_empty", "process"),
    ("text_for_a_list", "process"),
    ("text_for_a_number", "calendar"),
    ("language_missing", "process"),
    ("number_beyond_its_limits", "item"),
    ("phrase_too_long", "process"),
    ("yes_for_true", "holiday_notice"),
    ("fraction_for_a_whole_number", "calendar"),
)


def files(folder: Path, kind: Kind[Any]) -> Iterator[Path]:
    """The files of a kind in a pack."""
    at = folder / kind.folder
    yield from [at] if at.is_file() else sorted(at.rglob("*.yaml"))


def faults(path: Path, kind: Kind[Any]) -> list[str]:
    """What the schema of a kind finds wrong in a file."""
    content = path.read_bytes()
    tree, _ = read_table(path.name, content, kind.type) if is_table(kind.type) else read_source(path.name, content)
    assert tree is not None
    value = json_schema.texts(tree) if is_table(kind.type) else json_schema.plain(tree)
    found = schema_of(kind)
    return list(json_schema.wrong(value, found, found))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_file_that_ships_has_the_form_of_its_schema(kind: Kind[Any]) -> None:
    paths = [path for pack in (shipped_pack(), shipped_replay_pack()) for path in files(pack, kind) if path.is_file()]
    assert paths
    assert {path: found for path in paths if (found := faults(path, kind))} == {}


@pytest.mark.parametrize(("bad", "kind"), WRONG_FORM)
def test_what_has_a_wrong_form_is_refused_by_the_schema_too(bad: str, kind: str) -> None:
    one = next(one for one in KINDS if one.name == kind)
    assert any(faults(path, one) for path in files(HERE / "bad" / bad, one))


def test_a_number_may_be_written_with_and_without_quotes(tmp_path: Path) -> None:
    field = next(one for one in KINDS if one.name == "field")
    good = (HERE / "good" / "services" / "fields" / "trees.yaml").read_text("utf-8")
    for written, fits in (("1", True), ("1.5", True), ('"1.50"', True), ("one", False), ('"1,5"', False)):
        (tmp_path / "trees.yaml").write_text(good.replace("least: 1", f"least: {written}"), "utf-8")
        assert (faults(tmp_path / "trees.yaml", field) == []) is fits, written


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_command_prints_the_schema_of_a_kind(kind: Kind[Any]) -> None:
    done = CliRunner().invoke(schema, [kind.name])
    assert done.exit_code == Exit.DONE
    assert json.loads(done.stdout) == json.loads(json.dumps(schema_of(kind)))


def test_a_kind_that_there_is_not_is_told_those_that_there_are() -> None:
    line = [sys.executable, "-m", "onecity", "pack", "schema", "camera"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == Exit.USAGE
    assert "'holiday_notice'" in done.stderr
