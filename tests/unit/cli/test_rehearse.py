"""`onecity service rehearse` says no before it founds a city for nothing."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import onecity.bootstrap
from onecity.cli.exits import Exit
from onecity.cli.rehearse import rehearse

GOOD = Path(__file__).parents[2] / "packs" / "good"


def called(*words: str) -> Result:
    return CliRunner().invoke(rehearse, words)


def test_only_a_pack_of_ones_own_is_written_into(tmp_path: Path) -> None:
    unnamed = called("felling", "--record")
    assert unnamed.exit_code == Exit.USAGE
    assert "name its folder with --pack" in unnamed.stderr
    ours = Path(onecity.bootstrap.__file__).parent / "first_pack_files"
    for folder in (ours, tmp_path / "nowhere"):
        refused = called("felling", "--record", "--pack", str(folder))
        assert refused.exit_code == Exit.REFUSED
        assert "is no pack of your own" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("feling",), "There is no item feling. `onecity service list` names them."),
        (("--event", "wedding"), "There is no life event wedding. `onecity service list --events` names them."),
    ],
)
def test_what_the_pack_does_not_declare_is_not_played(words: tuple[str, ...], said: str) -> None:
    refused = called(*words, "--pack", str(GOOD))
    assert (refused.exit_code, refused.stderr) == (Exit.REFUSED, f"{said}\n")


def test_whoever_names_nothing_is_told_what_to_name() -> None:
    asked = called("--pack", str(GOOD))
    assert asked.exit_code == Exit.USAGE
    assert "--all" in asked.stderr
