"""What an installed city consists of is written down, whole and by its hashes."""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from packaging.requirements import Requirement
from tools.write_sbom import plain, read_lock, written

ROOT: Final = Path(__file__).parents[2]
LOCK: Final = (ROOT / "requirements.lock").read_text("utf-8")
DAY: Final = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(scope="module")
def bill() -> Mapping[str, Any]:
    found: Mapping[str, Any] = msgspec.json.decode(written(ROOT, DAY))
    return found


def installed_with_the_wheel() -> set[str]:
    """What the packages themselves say that they need on this machine, from the city downwards."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: set[str] = set()
    waiting = [Requirement(text) for text in project["dependencies"]]
    while waiting:
        one = waiting.pop()
        if (one.marker is None or one.marker.evaluate({"extra": ""})) and plain(one.name) not in found:
            assert not one.extras, "an extra would need a look of its own"
            found.add(plain(one.name))
            waiting += [Requirement(text) for text in metadata.requires(one.name) or ()]
    return found


@pytest.mark.threat("T46")
def test_the_bill_names_exactly_what_the_wheel_brings_along(bill: Mapping[str, Any]) -> None:
    """The lock says which version; whether it is all, and nothing else, the installed packages say."""
    named = {plain(one["name"]) for one in bill["components"]}
    assert named == installed_with_the_wheel()
    locked = {(plain(one.name), one.version) for one in read_lock(LOCK)}
    assert {(plain(one["name"]), one["version"]) for one in bill["components"]} == {
        pair for pair in locked if pair[0] in named
    }


def test_the_bill_is_of_the_form_that_the_world_reads(bill: Mapping[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "onecity"
    assert all(one["purl"] == f"pkg:pypi/{plain(one['name'])}@{one['version']}" for one in bill["components"])
    asked = {part for one in bill["dependencies"] for part in one.get("dependsOn", ())}
    assert asked == {one["bom-ref"] for one in bill["components"]}, "whatever is there is there because of something"


def test_the_same_lock_gives_the_same_bill() -> None:
    assert written(ROOT, DAY) == written(ROOT, DAY)


@pytest.mark.threat("T46")
@pytest.mark.parametrize("name", ["requirements.lock", "audit.lock"])
def test_every_package_is_locked_by_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    blocks = [block for block in re.split(r"(?m)^(?=[A-Za-z0-9])", text) if "==" in block]
    assert len(blocks) > 20
    assert [block.split(" ")[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in "".join(line for line in text.splitlines() if not line.startswith("#"))
