"""`onecity prove --quick`: everything that a city was promised to bear, on this machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from onecity.drills import DRILLS

pytestmark = pytest.mark.slow


def test_everything_that_was_promised_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "proof.html"
    command = [sys.executable, "-m", "onecity", "prove", "--quick", "--json", "--into", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    outcomes = json.loads(done.stdout)["outcomes"]
    with capsys.disabled():
        sys.stdout.write("".join(f"\n{one['name']}: {one['seconds']:.0f} s" for one in outcomes))
    done_here = [name for name, drill in DRILLS.items() if not drill.long]
    assert [one["name"] for one in outcomes] == done_here
    assert done.returncode == 0, done.stderr + json.dumps(outcomes, ensure_ascii=False, indent=1)
    told = page.read_text("utf-8")
    assert told.count("<h1") == 1
    assert all(f'<section id="{name}">' in told for name in done_here)
