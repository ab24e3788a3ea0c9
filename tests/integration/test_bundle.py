"""One file is enough: on a machine without a network it becomes a command that knows itself and the machine."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

import pytest
from tests.integration.conftest import ROOT
from tools.make_bundle import fetch_wheels, locked, make_bundle, name_of_bundle, needed, pack

from onecity import __version__

pytestmark = pytest.mark.slow

ALONE: Final = ("unshare", "--net", "--")
"""Starts a command in a network of its own, in which there is nobody, not even this machine."""


def alone() -> tuple[str, ...]:
    """How to cut a command off: for root by the kernel, for all by what pip is told."""
    try:
        done = subprocess.run([*ALONE, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return ()
    return ALONE if done.returncode == 0 else ()


def cut_off(*line: str, at: Path) -> str:
    """What a command says on a machine without a network, without this environment and without this checkout."""
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(at), "LANG": "C.UTF-8", "PYTHON": sys.executable,
        "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_NO_CACHE_DIR": "1",
        # What is compiled beforehand only begins faster.
        "PIP_NO_COMPILE": "1",
    }  # fmt: skip
    done = subprocess.run([*alone(), *line], capture_output=True, text=True, check=False, cwd=at, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def bundle(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that comes out of the bundle of this checkout."""
    into = tmp_path_factory.mktemp("bundle")
    packed = make_bundle(wheel, fetch_wheels(), into)
    with tarfile.open(packed) as archive:
        archive.extractall(into, filter="data")
    packed.unlink()
    return into / name_of_bundle()


def test_a_machine_without_a_network_installs_the_city_from_the_bundle(bundle: Path, open_folder: Path) -> None:
    program = open_folder / "opt" / "onecity"
    program.parent.mkdir()
    said = cut_off("sh", str(bundle / "install.sh"), str(program), at=open_folder)
    assert said.strip() == f"onecity, version {__version__}"
    line = [str(program / "bin" / "onecity"), "doctor", "--json", "--port", "0", "--data", str(open_folder / "bundled")]
    found = json.loads(cut_off(*line, at=open_folder))
    assert [one["what"] for one in found if not one["ok"]] == []
    [site] = program.glob("lib/python*/site-packages")
    names = {path.name.split("-")[0].lower().replace("_", "-") for path in site.glob("*.dist-info")}
    assert names - {"pip", "setuptools"} == needed() | {"onecity"}


def test_the_bundle_holds_what_the_pages_promise_and_the_sum_of_each_file(bundle: Path) -> None:
    files = {path.relative_to(bundle).as_posix(): path for path in bundle.rglob("*") if path.is_file()}
    lines = [line.split("  ", 1) for line in (bundle / "SHA256SUMS").read_text("utf-8").splitlines()]
    assert {name: found for found, name in lines} == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items() if name != "SHA256SUMS"
    }
    examples = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/operate").rglob("*") if path.is_file()}
    checkers = {"tools/verify_ledger.py", "tools/follow_keys.py"}
    assert examples | checkers | {"install.sh", "Containerfile", "LICENSE", "NOTICE", "README.md"} <= set(files)
    assert "@" not in "".join((bundle / name).read_text("utf-8") for name in ("install.sh", "Containerfile"))


def test_a_changed_file_is_noticed_before_anything_is_installed(bundle: Path, tmp_path: Path) -> None:
    notice = bundle / "NOTICE"
    before = notice.read_bytes()
    notice.write_bytes(before + b" ")
    line = ["sh", str(bundle / "install.sh"), str(tmp_path / "onecity")]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    notice.write_bytes(before)
    assert done.returncode != 0
    assert "NOTICE" in done.stdout + done.stderr
    assert not (tmp_path / "onecity").exists()


def test_every_wheel_of_the_bundle_is_one_that_the_lock_allows(bundle: Path) -> None:
    allowed = set(re.findall(r"sha256:([0-9a-f]{64})", locked()))
    others = [path for path in (bundle / "wheels").iterdir() if not path.name.startswith("onecity-")]
    assert len(others) == len(needed())
    assert [path.name for path in others if hashlib.sha256(path.read_bytes()).hexdigest() not in allowed] == []


def test_the_container_needs_nothing_but_the_bundle_and_its_base(bundle: Path) -> None:
    lines = (bundle / "Containerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    assert [word for word, _ in steps] == ["ARG", "FROM", "ARG", "ARG", "RUN", "COPY", "RUN", "USER", "ENTRYPOINT"]
    words = {word for name, rest in steps if name == "RUN" for word in rest.split()}
    assert words & {"apt-get", "curl", "wget", "pip", "git"} == set()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert steps[0][1] == f"BASE=docker.io/library/python:{version}-slim-bookworm"


def test_the_same_content_packs_to_the_same_bytes(tmp_path: Path) -> None:
    packed = []
    for number, at in enumerate((1_000_000_000, 1_500_000_000)):
        folder = tmp_path / str(number) / "bundle"
        (folder / "deep").mkdir(parents=True)
        for name in ("b.sh", "a", "deep/c")[:: 1 if number else -1]:
            (folder / name).write_text(name, "utf-8")
            (folder / name).chmod(0o600 if number else 0o664)
            os.utime(folder / name, (at, at))
        packed.append(pack(folder, tmp_path / f"{number}.tar").read_bytes())
    assert packed[0] == packed[1]
