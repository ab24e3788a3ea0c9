"""From a checkout to the welcome, and the start after that."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.figures import ROOT
from onecity.drills.figures import Figure, at_most
from onecity.machinery.postgres import Cluster

_BUILD: Final = ("hatchling", "editables")
"""What pip fetches beside the locked packages to install the checkout itself."""


async def measure_starts(_cluster: Cluster) -> list[Figure]:
    """`make run` in a fresh clone. What is downloaded is downloaded before, once, and not counted."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        folder.chmod(0o755)
        checkout, wheels = folder / "checkout", folder / "wheels"
        subprocess.run(["git", "clone", "-qqq", "--local", str(ROOT), str(checkout)], check=True)
        lock = str(checkout / "requirements.lock")
        for wanted in (["--require-hashes", "-r", lock], list(_BUILD)):
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "-qqq",
                "--disable-pip-version-check",
                "-d",
                str(wheels),
            ]
            subprocess.run([*command, *wanted], check=True)
        first = _started(checkout, folder / "data", wheels)
        second = _started(checkout, folder / "data", wheels)
        shutil.rmtree(folder / "data", ignore_errors=True)
    note = "make run: environment, packages from disk, database, schema, pack, people"
    return [
        at_most("first start, from checkout to welcome, downloads apart", first, "s", 60, note=note),
        at_most("second start", second, "s", 5),
    ]


def _started(checkout: Path, data: Path, wheels: Path) -> float:
    """Seconds until the city of a checkout says welcome; it is stopped then."""
    words = ["make", "run", f"PYTHON={sys.executable}", f"ARGS=--port 0 --data {data}"]
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    surroundings = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    began = time.perf_counter()
    process = subprocess.Popen(
        words, cwd=checkout, env=surroundings | offline, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("Ctrl-C"):
                return time.perf_counter() - began
        raise AssertionError("the city did not start")
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
