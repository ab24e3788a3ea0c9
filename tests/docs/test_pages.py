"""What the pages about the house name is there."""

import re
from pathlib import Path
from typing import Final

import pytest
from tests.architecture.house import HOUSE, ROOT

PAGES: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINES: Final = {"docs/reading-the-house.md": 60, "CONTRIBUTING.md": 40}
"""A page that wants to be read whole says how long it may become."""


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|sql|yaml|toml|html))`", text)
    # A module is named as it lies in the house, a declaration as it lies in its pack, other files as they lie in the
    # project; NNNN stands for a number.
    places = (ROOT, HOUSE, ROOT / "docs", ROOT / "packs" / "zhengzhou", page.parent)
    missing = [name for name in named if "NNNN" not in name and not any((at / name).exists() for at in places)]
    assert [name for name in missing if not any(HOUSE.glob(f"**/{name}"))] == []


@pytest.mark.parametrize("page", LINES)
def test_a_page_that_wants_to_be_read_whole_stays_short(page: str) -> None:
    assert len((ROOT / page).read_text("utf-8").splitlines()) <= LINES[page]


def test_the_walk_through_the_house_meets_every_package() -> None:
    text = (ROOT / "docs" / "reading-the-house.md").read_text("utf-8")
    packages = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    assert {name for name in packages if not re.search(rf"\b{name}\b", text)} == set()
