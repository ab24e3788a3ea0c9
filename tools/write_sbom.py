"""Writes down what an installed OneCity consists of, as CycloneDX: every package that the wheel brings along, locked.

It reads `requirements.lock`, asks no network, and gives the same file for the same lock and SOURCE_DATE_EPOCH.
Source: CycloneDX 1.6 (ECMA-424). Example: python -m tools.write_sbom --into dist/onecity.cdx.json
"""

import argparse
import os
import re
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

import msgspec
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT: Final = Path(__file__).parents[1]
INTO: Final = ROOT / "dist" / "onecity.cdx.json"
_SPACE: Final = UUID("5e7c2f6e-5ac4-5a0e-9c0d-0c8a1f5b7e11")
_PINNED: Final = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<where>[^\\]+?))?(?: \\)?\n")


class Locked(msgspec.Struct, frozen=True):
    """A package of the lock: `where` is the marker of the machines that get it, `via` names who asks for it."""

    name: str
    version: str
    where: str
    via: tuple[str, ...]

    @property
    def purl(self) -> PackageURL:
        """The name by which the world knows it."""
        return PackageURL("pypi", name=self.name, version=self.version)


def read_lock(text: str) -> tuple[Locked, ...]:
    """Every package of a lock, in its order."""
    found = []
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", text):
        pinned = _PINNED.match(block)
        if pinned is not None:
            said = re.findall(r"(?m)^    #\s+(?:via )?([A-Za-z0-9._-]+(?: \(dev\))?)$", block)
            via = tuple(one for one in said if one != "via")
            found.append(Locked(pinned["name"], pinned["version"], pinned["where"] or "", via))
    return tuple(found)


def of_the_wheel(locked: Sequence[Locked], asked: Sequence[str]) -> tuple[Locked, ...]:
    """What the wheel brings along: what it asks for itself, and whatever those ask for."""
    names = {plain(re.split(r"[^A-Za-z0-9._-]", one)[0]) for one in asked}
    while more := {plain(one.name) for one in locked if names & set(map(plain, one.via))} - names:
        names |= more
    return tuple(one for one in locked if plain(one.name) in names)


def plain(name: str) -> str:
    """The name of a package in its one spelling. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def bill(project: Mapping[str, str], packages: Sequence[Locked], at: datetime) -> Bom:
    """The bill of materials."""
    bom = Bom()
    city = Component(
        name=project["name"], version=project["version"], type=ComponentType.APPLICATION, bom_ref="onecity",
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )  # fmt: skip
    bom.metadata.component, bom.metadata.timestamp = city, at
    parts = {(one.name, one.version): _component(one) for one in packages}
    for component in parts.values():
        bom.components.add(component)
    for one in packages:
        for asks in one.via:
            above = [city] if asks == project["name"] else [part for (n, _), part in parts.items() if n == asks]
            for component in above:
                bom.register_dependency(component, [parts[one.name, one.version]])
    said = "\n".join(f"{one.name}=={one.version} ; {one.where}" for one in packages)
    bom.serial_number = uuid5(_SPACE, sha256(said.encode()).hexdigest())
    return bom


def _component(one: Locked) -> Component:
    where = [Property(name="onecity:only-where", value=one.where)] if one.where else []
    licences = [LicenseFactory().make_from_string(text) for text in _licence(one)]
    return Component(
        name=one.name, version=one.version, type=ComponentType.LIBRARY, purl=one.purl, bom_ref=str(one.purl),
        properties=where, licenses=licences,
    )  # fmt: skip


def _licence(one: Locked) -> Sequence[str]:
    """The licence as the package itself states it, where this very version is installed and says it in SPDX."""
    try:
        found = metadata.metadata(one.name)
    except metadata.PackageNotFoundError:
        return ()
    stated = found.get_all("License-Expression") or []
    return stated if found["Version"] == one.version else ()


def written(root: Path, at: datetime) -> str:
    """The bill of a checkout, as JSON."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    locked = read_lock((root / "requirements.lock").read_text("utf-8"))
    said = {name: str(project[name]) for name in ("name", "version", "license")}
    return JsonV1Dot6(bill(said, of_the_wheel(locked, project["dependencies"]), at)).output_as_string(indent=1) + "\n"


def main(words: Sequence[str]) -> int:
    """Write the file, and say how many packages it names."""
    parser = argparse.ArgumentParser(prog="python -m tools.write_sbom", description=__doc__)
    parser.add_argument("--into", type=Path, default=INTO)
    given = parser.parse_args(words)
    at = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())), UTC)
    text = written(ROOT, at)
    given.into.parent.mkdir(parents=True, exist_ok=True)
    given.into.write_text(text, "utf-8")
    print(f"{given.into}: {len(msgspec.json.decode(text)['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
