"""Records of decisions: short, of one form, and each kept by something that fails when it is broken."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from tests.architecture.house import ROOT

RECORDS: Final = sorted((ROOT / "docs" / "adr").glob("*.md"))
LONGEST: Final = 40
HEADINGS: Final = ("Status", "Context.", "Decision.", "Consequences.", "Alternatives.", "Evidence.", "Enforced by")
STATUS: Final = re.compile(
    r"\*\*Status\*\* (accepted|superseded by \d{4}) · \*\*Area\*\* [a-z ,]+ · \*\*Date\*\* \d{4}-\d{2}-\d{2}"
)

TARGETS: Final = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
"""What `make` can be asked for."""


def enforcers(text: str) -> list[str]:
    """What the record names as its keepers."""
    return re.findall(r"`([^`]+)`", text.split("**Enforced by**")[1])


def keeps(name: str, others: list[str]) -> bool:
    """Whether what is named exists: a file or some, a test of a file that is named as well, a contract, a command of make."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    if "/" in name or name == "pyproject.toml":
        return any(ROOT.glob(name))
    if name.startswith("test_"):
        texts = [(ROOT / path).read_text("utf-8") for path in others if path.endswith(".py")]
        return any(f"def {name}(" in text for text in texts)
    if name.startswith("make "):
        return name.removeprefix("make ") in TARGETS
    return any(one["name"].startswith(name) for one in contracts)


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_the_form_of_the_house(record: Path) -> None:
    text = record.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert re.fullmatch(r"\d{4}(-[a-z0-9]+)+", record.stem)
    assert text.startswith(f"# {record.stem[:4]} · ")
    assert STATUS.fullmatch(text.splitlines()[2])
    assert tuple(re.findall(r"^\*\*([A-Z][a-z ]+\.?)\*\*", text, flags=re.MULTILINE)) == HEADINGS
    assert re.search(r"^\*\*Decision\.\*\* \*[A-Z][^*]+\.\*$", text, flags=re.MULTILINE), "no sentence to quote"


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_what_keeps_a_decision_exists(record: Path) -> None:
    named = enforcers(record.read_text("utf-8"))
    assert named
    assert [name for name in named if not keeps(name, named)] == []


@pytest.mark.parametrize(
    ("name", "exists"),
    [
        ("make bench", True),
        ("make wishes", False),
        ("make VENV", False),
        ("tests/architecture/test_decisions.py", True),
        ("tests/architecture/test_wishes.py", False),
        ("test_no_two_records_share_a_number", True),
        ("test_wishes_come_true", False),
        ("The kernel is pure", True),
        ("The kernel makes wishes", False),
    ],
)
def test_a_keeper_that_does_not_exist_keeps_nothing(name: str, exists: bool) -> None:
    assert keeps(name, ["tests/architecture/test_decisions.py"]) is exists


def test_no_two_records_share_a_number() -> None:
    assert [number for number, times in Counter(path.name[:4] for path in RECORDS).items() if times > 1] == []


def test_every_record_that_is_cited_exists() -> None:
    known = {path.relative_to(ROOT).as_posix() for path in RECORDS}
    cited: dict[str, str] = {}
    for folder in ("src", "tools", "tests", "docs"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".md", ".sql", ".html"):
                for found in re.findall(r"docs/adr/\d{4}[\w-]*(?:\.md)?", path.read_text("utf-8")):
                    cited[found] = str(path.relative_to(ROOT))
    assert {found: where for found, where in cited.items() if found not in known} == {}
    assert "docs/adr/0003-group-commit.md" in cited
