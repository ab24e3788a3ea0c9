"""The few scripts of the house, each a module of one package: pages work without them and say so."""

import gzip
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec


class Module(msgspec.Struct, frozen=True):
    """A script, plain and small, and its address, which changes with its content."""

    url: str
    content: bytes
    small: bytes


def modules_of(root: Path) -> Mapping[str, Module]:
    """The scripts of all packages by their names."""
    found: dict[str, Module] = {}
    for path in sorted(root.glob("*/web/modules/*.js")):
        content = path.read_bytes()
        assert path.stem not in found, "two packages name a module alike"
        found[path.stem] = Module(
            f"/static/{sha256(content).hexdigest()[:16]}.js", content, gzip.compress(content, mtime=0)
        )
    return found
