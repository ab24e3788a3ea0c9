"""The page of the configuration and its examples are what the code says today."""

from pathlib import Path

import pytest
from tools.write_configuration import EXAMPLES, files

from onecity.bootstrap.configuration import keys, read_configuration

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_written_from_the_settings_is_not_stale(path: Path) -> None:
    assert path.read_text("utf-8") == files()[path], "call: python -m tools.write_configuration"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_an_example_has_no_fault(path: Path) -> None:
    found, faults = read_configuration(path)
    assert faults == ()
    assert found.given


def test_every_key_has_a_row() -> None:
    page = (ROOT / "docs" / "operate" / "configuration.md").read_text("utf-8")
    assert [key.name for key in keys().values() if page.count(f"| `{key.short}` |") < 1] == []
