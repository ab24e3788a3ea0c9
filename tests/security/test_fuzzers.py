"""Each reader of bytes from outside stands its fuzzer for a moment, and whatever broke one before for ever."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from fuzz.targets import SEEDS, TARGETS

ROOT: Final = Path(__file__).parents[2]
RUNS: Final = 150
"""Of each reader, with the same seed: the same inputs each time, whatever the machine. `make fuzz` goes on for longer."""


@pytest.mark.threat("T48")
def test_every_reader_of_the_list_has_seeds() -> None:
    assert {folder.name for folder in SEEDS.iterdir()} == set(TARGETS)
    assert all(any(folder.iterdir()) for folder in SEEDS.iterdir())


@pytest.mark.threat("T48")
@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_read(name: str) -> None:
    for seed in sorted((SEEDS / name).iterdir()):
        TARGETS[name].reads(seed.read_bytes())


@pytest.mark.threat("T48")
def test_every_reader_stands_its_fuzzer(tmp_path: Path) -> None:
    """In a process of its own: the fuzzer takes the process that it is in."""
    line = [sys.executable, "-m", "fuzz", "--runs", str(RUNS), "--found", str(tmp_path)]
    where = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path, env=where)
    assert done.returncode == 0, done.stdout + done.stderr[-4_000:]
    assert done.stderr.count(f"stat::number_of_executed_units: {RUNS}") == len(TARGETS), "each ran as often as asked"
    assert list(tmp_path.iterdir()) == []
