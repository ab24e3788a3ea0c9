"""A pack is a folder; loading it reads every file, checks every reference and runs every example."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from onecity.packs.faults import Fault, Place, in_reading_order
from onecity.packs.kinds import Declared, Kind
from onecity.packs.reading import Reading
from onecity.packs.source import read_source
from onecity.packs.versions import version_of

T = TypeVar("T", bound=msgspec.Struct)


class Pack(msgspec.Struct, frozen=True):
    """The declarations of one city, by kind and id."""

    folder: Path
    declared: Mapping[str, Mapping[str, Declared[Any]]]

    def all(self, kind: Kind[T]) -> Mapping[str, Declared[T]]:
        """Every declaration of a kind, by id."""
        return self.declared.get(kind.name, {})

    def one(self, kind: Kind[T]) -> T:
        """The only declaration of a kind of which a pack has exactly one."""
        assert kind.single, f"{kind.name} has many declarations"
        return next(iter(self.all(kind).values())).value

    def counts(self) -> dict[str, int]:
        """How many declarations of each kind the pack holds."""
        return {kind: len(found) for kind, found in sorted(self.declared.items())}

    @property
    def version(self) -> str:
        """SHA-256, in hex, over the versions of all declarations."""
        digest = sha256()
        for kind in sorted(self.declared):
            for name in sorted(self.declared[kind]):
                digest.update(bytes.fromhex(version_of(self.declared[kind][name])))
        return digest.hexdigest()

    def unknown(self, declared: Declared[Any], path: str, kind: Kind[Any], name: str) -> Iterator[Fault]:
        """A fault if the declaration's part `path` names something of a kind that the pack does not declare."""
        known = self.all(kind)
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.4)
            mend = f"Did you mean `{near[0]}`?" if near else f"Declare it in {kind.folder}/{name}.yaml."
            yield declared.fault(path, f"There is no {kind.name} `{name}`.", mend)


def _files(folder: Path, kind: Kind[Any]) -> Iterator[tuple[str, Path]]:
    """Id and path of every file of a kind."""
    if kind.single:
        yield kind.name, folder / kind.folder
        return
    root = folder / kind.folder
    for path in sorted(root.rglob("*.yaml")):
        yield path.relative_to(root).with_suffix("").as_posix(), path


def _read(folder: Path, kind: Kind[T], name: str, path: Path) -> tuple[Declared[T] | None, Sequence[Fault]]:
    file = path.relative_to(folder).as_posix()
    if not path.is_file():
        return None, [Fault(Place(file, 1, 1), "The file is missing.", "Every pack has one; see `onecity pack new`.")]
    tree, faults = read_source(file, path.read_bytes())
    if tree is None:
        return None, faults
    reading = Reading()
    value = reading.value(tree, kind.type)
    faults = (*faults, *reading.faults)
    if faults:
        return None, faults
    return Declared(kind.name, name, value, reading.places), ()


def _strangers(folder: Path, kinds: Sequence[Kind[Any]]) -> Iterator[Fault]:
    """A YAML file that belongs to no kind would be silently ignored; it is a fault instead."""
    ours = {path for kind in kinds for _, path in _files(folder, kind)}
    for path in sorted(folder.rglob("*.yaml")):
        if path not in ours and path.relative_to(folder).parts[0] != "words":
            folders = ", ".join(kind.folder for kind in kinds)
            place = Place(path.relative_to(folder).as_posix(), 1, 1)
            yield Fault(place, "No kind of declaration lives here.", f"Move it below one of: {folders}.")


def load_pack(folder: Path, kinds: Sequence[Kind[Any]]) -> tuple[Pack, tuple[Fault, ...]]:
    """The pack in a folder and all its faults, in reading order. A pack with faults is not to be applied.

    References are checked only when every file can be read: a broken file would else be reported many times.
    """
    if not (folder / "pack.yaml").is_file():
        missing = Fault(Place("pack.yaml", 1, 1), "There is no pack here.", "Name a folder that holds a pack.yaml.")
        return Pack(folder, {}), (missing,)
    declared: dict[str, dict[str, Declared[Any]]] = {}
    faults: list[Fault] = list(_strangers(folder, kinds))
    for kind in kinds:
        for name, path in _files(folder, kind):
            found, wrong = _read(folder, kind, name, path)
            faults.extend(wrong)
            if found is not None:
                declared.setdefault(kind.name, {})[name] = found
    pack = Pack(folder, declared)
    if not faults:
        faults.extend(fault for kind in kinds for one in pack.all(kind).values() for fault in kind.check(pack, one))
    return pack, in_reading_order(faults)
