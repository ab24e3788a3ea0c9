"""The reference of packs is what the code and the shipped pack say today."""

import subprocess
import sys
from pathlib import Path

from onecity.bootstrap.content import KINDS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "packs.md"


def test_the_page_is_not_stale() -> None:
    line = [sys.executable, "tools/write_pack_reference.py", "--check"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_kind_has_its_section_and_every_key_a_value_and_a_meaning() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    assert {f"## {kind.name}" for kind in KINDS} <= set(lines)
    keys = [line.split("|")[1:-1] for line in lines if line.startswith("| `") and line.count("|") == 5]
    assert [key for key, _, value, meaning in keys if not (value.strip() and meaning.strip())] == []
    assert len(keys) > len(KINDS)
