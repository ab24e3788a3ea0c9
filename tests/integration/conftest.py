"""A running city for all tests of a file that leave it running, and the wheel of this checkout."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from onecity.drills.cities import Pattern, RunningCity

ROOT: Final = Path(__file__).parents[2]
OFFLINE: Final = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def pip(*words: str, umask: int = -1, **how: str) -> None:
    """pip without any index; `how` are variables of its environment."""
    line, env = [sys.executable, "-m", "pip", *words], os.environ | OFFLINE | how
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=env, umask=umask)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder))
    [found] = folder.glob("onecity-*.whl")
    return found


@pytest.fixture(scope="module")
def city(request: pytest.FixtureRequest, open_folder: Path, pattern: Pattern) -> Iterator[RunningCity]:
    found = RunningCity(pattern.copied(open_folder / request.path.stem))
    found.start()
    yield found
    found.clean()
