"""Whatever a page is made of, also one that no test opens: nothing in it runs by itself, and no script writes markup."""

import re
from pathlib import Path
from typing import Final

import pytest

HOUSE: Final = Path(__file__).parents[2] / "src" / "onecity"
TEMPLATES: Final = sorted(HOUSE.rglob("*.html"))
SCRIPTS: Final = sorted(HOUSE.rglob("*.js"))
NEVER: Final = {
    "a script in the page": re.compile(r"<script(?![^>]* src=\")"),
    "a style in the page": re.compile(r"<style|\sstyle="),
    "a handler in a tag": re.compile(r"<[a-z](?:[^\"'>]|\"[^\"]*\"|'[^']*')*?\son[a-z]+\s*=", re.IGNORECASE),
    "a value without quotes, or in single ones": re.compile(r"<[a-z](?:[^\"'>]|\"[^\"]*\")*?[\w-]+=(?:'[^']*)?\{\{"),
    "a text that is not escaped": re.compile(r"\|\s*safe\b|autoescape"),
    "an address of another house": re.compile(r"(?:src|href)=\"(?:https?:)?//"),
}
DRAWINGS: Final = "machinery/web/components/icon/template.html"
"""Draws shapes of our own, which stand in the file itself."""
REPORTS: Final = ["drills/report.html", "services/auditing/audit.html"]
"""Pages that no city serves: each is one file, which brings its style along because it is sent by itself."""
MAY: Final = {"a text that is not escaped": [DRAWINGS], "a style in the page": REPORTS}
SINKS: Final = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|srcdoc|\beval\(|new Function|"
    r"setTimeout\([\"'`]|setAttribute\([\"'`]on"
)


@pytest.mark.threat("T09")
@pytest.mark.threat("T10")
@pytest.mark.parametrize("what", NEVER)
def test_no_template_holds(what: str) -> None:
    assert len(TEMPLATES) > 100
    found = [path.relative_to(HOUSE).as_posix() for path in TEMPLATES if NEVER[what].search(path.read_text("utf-8"))]
    assert found == MAY.get(what, [])


@pytest.mark.threat("T10")
def test_no_script_writes_markup_or_runs_a_text() -> None:
    assert len(SCRIPTS) > 5
    assert [path.name for path in SCRIPTS if SINKS.search(path.read_text("utf-8"))] == []
