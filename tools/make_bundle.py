"""Packs everything that a machine without internet needs for a city into one file: the wheel, the wheels that the lock
names for this platform, with their hashes, a script that installs them, units, a container file, and the pages.

Example: python -m tools.make_bundle
"""

import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import requires
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from onecity import __version__

ROOT: Final = Path(__file__).parents[1]
DIST: Final = ROOT / "dist"
WHEELS: Final = DIST / "wheels"
PARTS: Final = ROOT / "tools" / "bundle"
PAGES: Final = ("*.md", "operate/**/*", "models/*.md", "proof/*")
FOR_OUTSIDERS: Final = ("verify_ledger.py", "follow_keys.py", "read_outbox.py")
"""Programs of one file that check a city, or read what it sends, without what it installed."""
_LOCKED: Final = re.compile(r"^(?P<name>[a-z0-9-]+)==.*?(?=^[a-z0-9]|\Z)", re.MULTILINE | re.DOTALL)
_PIP: Final = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


def name_of_bundle() -> str:
    """What the bundle is called: version, Python and platform."""
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return f"onecity-{__version__}-cp{sys.version_info.major}{sys.version_info.minor}-{platform}"


def needed() -> frozenset[str]:
    """Every package that an installed city and its drills need here, as the installed ones say: not its developers'."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: set[str] = set()
    waiting = [*project["dependencies"], *project["optional-dependencies"]["prove"]]
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += requires(name) or []
    return frozenset(found)


def locked() -> str:
    """What the lock says of these packages, with the hashes of every file that it allows."""
    text = "".join(
        line for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines(keepends=True) if "#" not in line
    )
    blocks: Mapping[str, list[str]] = {name: [] for name in needed()}
    for block in _LOCKED.finditer(text):
        if block["name"] in blocks:
            blocks[block["name"]].append(block[0])
    missing = sorted(name for name, found in blocks.items() if not found)
    assert not missing, f"the lock lacks {missing}"
    return "".join(line for name in sorted(blocks) for line in blocks[name])


def fetch_wheels(folder: Path = WHEELS) -> Path:
    """The wheels of the lock for this platform, fetched where they are not there yet; pip compares their hashes."""
    wanted, stamp = locked(), folder / "requirements.txt"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    list_ = folder / ".wanted"
    list_.write_text(wanted, "utf-8")
    line = [*_PIP, "download", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", str(folder)]
    subprocess.run([*line, "--requirement", str(list_)], check=True)
    list_.rename(stamp)
    return folder


def build_wheel(folder: Path) -> Path:
    """The wheel of this checkout."""
    line = [*_PIP, "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run(line, check=True)
    [found] = folder.glob("onecity-*.whl")
    return found


def make_bundle(wheel: Path, wheels: Path, into: Path) -> Path:
    """The bundle of a wheel and of those it needs, as one file in a folder."""
    folder = into / name_of_bundle()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "wheels").mkdir(parents=True)
    for path in (wheel, *sorted(wheels.glob("*.whl"))):
        shutil.copyfile(path, folder / "wheels" / path.name)
    own = f"onecity=={__version__} --hash=sha256:{_sha256(wheel)}\n"
    (folder / "requirements.txt").write_text((wheels / "requirements.txt").read_text("utf-8") + own, "utf-8")
    for path in PARTS.iterdir():
        (folder / path.name).write_text(_filled(path.read_text("utf-8")), "utf-8")
    for name in ("LICENSE", "NOTICE", "README.md", "README.zh-CN.md", "CHANGELOG.md"):
        shutil.copyfile(ROOT / name, folder / name)
    for path in _pages():
        target = folder / "docs" / path.relative_to(ROOT / "docs")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (folder / "tools").mkdir()
    for name in FOR_OUTSIDERS:
        shutil.copyfile(ROOT / "tools" / name, folder / "tools" / name)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [f"{_sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")
    packed = pack(folder, into / f"{folder.name}.tar")
    shutil.rmtree(folder)
    return packed


def pack(folder: Path, target: Path) -> Path:
    """A folder as one file. The same content gives the same bytes, whoever packs it and when."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.add(path, f"{folder.name}/{path.relative_to(folder).as_posix()}", filter=_nobodys)
    return target


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "", ""
    entry.mode = 0o755 if entry.name.endswith(".sh") else 0o644
    return entry


def _filled(text: str) -> str:
    """A part of the bundle for this version and this Python."""
    major, minor = sys.version_info[:2]
    return (
        text.replace("@VERSION@", __version__)
        .replace("@BASE@", f"{major}.{minor}")
        .replace("@PYTHON@", f"{major}, {minor}")
    )


def _pages() -> Iterator[Path]:
    for pattern in PAGES:
        yield from (path for path in sorted((ROOT / "docs").glob(pattern)) if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    fetch_wheels()
    if "--wheels" not in sys.argv[1:]:
        shutil.rmtree(DIST / "own", ignore_errors=True)
        print(make_bundle(build_wheel(DIST / "own"), WHEELS, DIST))
