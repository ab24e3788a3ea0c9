"""A pack is a folder; loading it reads every file, checks every reference and runs every example."""

import gc
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from onecity.packs.faults import Fault, Place, in_reading_order
from onecity.packs.kinds import Declared, Kind
from onecity.packs.tables import MAX_TABLE_BYTES, is_table, size
from onecity.packs.versions import parts_of
from onecity.packs.words import LANGUAGES
from onecity.packs.written import read_file

T = TypeVar("T", bound=msgspec.Struct)
V = TypeVar("V")

_NEARLY_READ: Final = re.compile(r"\.(ya?ml|csv)(\.txt)?$", re.IGNORECASE)
"""How a file ends that its author holds for a declaration, whether it is read or not."""


class Pack(msgspec.Struct, frozen=True, dict=True):
    """The declarations of one city, by kind and id, and its own sentences, by language and key."""

    declared: Mapping[str, Mapping[str, Declared[Any]]]
    words: Mapping[str, Mapping[str, str]] = {}

    def all(self, kind: Kind[T]) -> Mapping[str, Declared[T]]:
        """Every declaration of a kind, by id."""
        return self.declared.get(kind.name, {})

    def one(self, kind: Kind[T]) -> T:
        """The only declaration of a kind of which a pack has exactly one."""
        assert kind.single, f"{kind.name} has many declarations"
        return next(iter(self.all(kind).values())).value

    def remembering(self, past: "Pack") -> "Pack":
        """The same pack with what it declares no more, so that it can still be named."""
        kinds = dict.fromkeys([*self.declared, *past.declared])
        declared = {kind: {**past.declared.get(kind, {}), **self.declared.get(kind, {})} for kind in kinds}
        return Pack(declared, self.words)

    def once(self, make: "Callable[[Pack], V]") -> V:
        """What a function makes of this pack. It is made once: a pack never changes."""
        made: dict[Callable[[Pack], Any], Any] = self.__dict__.setdefault("made", {})
        if make not in made:
            made[make] = make(self)
        found: V = made[make]
        return found

    def counts(self) -> dict[str, int]:
        """How many things of each kind the pack declares: each row of a table is one."""
        return {
            kind: sum(size(declared.value) for declared in found.values())
            for kind, found in sorted(self.declared.items())
        }

    @cached_property
    def version(self) -> str:
        """The version of the whole pack: it changes with every rule and every sentence in it."""
        return parts_of(self)[-1].version

    def unknown(
        self, declared: Declared[Any], path: str, kind: Kind[Any], name: str, *, among: Collection[str] | None = None
    ) -> Iterator[Fault]:
        """A fault if the declaration's part `path` names something of a kind that the pack does not declare.

        What is not named by its id is looked for `among` the names that it has.
        """
        known = self.all(kind) if among is None else among
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            home = f"{kind.folder}/{name}.yaml" if among is None else kind.folder
            mend = f"Did you mean `{near[0]}`?" if near else f"Declare it in {home}."
            yield declared.fault(path, f"There is no {kind.name} `{name}`.", mend)


def _files(folder: Path, kind: Kind[Any]) -> Iterator[tuple[str, Path]]:
    """Id and path of every file of a kind."""
    if kind.single:
        if not kind.optional or (folder / kind.folder).is_file():
            yield kind.name, folder / kind.folder
        return
    root = folder / kind.folder
    for path in sorted(root.rglob("*.yaml")):
        yield path.relative_to(root).with_suffix("").as_posix(), path


def _value(
    folder: Path, path: Path, wanted: Any, without: Collection[int] = ()
) -> tuple[Any, Mapping[str, Place], tuple[Fault, ...]]:
    """What one file says, as the type that is wanted, and its places; or the faults that forbid it. Of a table some
    lines may be left out.
    """
    if (barred := _barred(folder, path)) is not None:
        return None, {}, (barred,)
    content = path.read_bytes()
    if without and is_table(wanted):
        lines = content.splitlines(keepends=True)
        content = b"".join(line for number, line in enumerate(lines, 1) if number not in without)
    return read_file(path.relative_to(folder).as_posix(), content, wanted)


def _barred(folder: Path, path: Path) -> Fault | None:
    """Why a file is not even opened: a link may lead to what is not the pack's, and no message is to quote that."""
    file = path.relative_to(folder)
    if path.resolve() != path:
        return Fault(
            Place(file.as_posix(), 1, 1), "This is a link.", "Put the file itself here; links are not followed."
        )
    found = path.stat().st_size
    if found <= MAX_TABLE_BYTES:
        return None
    most = f"{MAX_TABLE_BYTES:,} is the most."
    return Fault(Place(file.as_posix(), 1, 1), f"The file has {found:,} bytes.", most)


def _read(
    folder: Path, kind: Kind[T], name: str, path: Path, without: Mapping[str, set[int]]
) -> tuple[Declared[T] | None, Sequence[Fault]]:
    file = path.relative_to(folder).as_posix()
    if not path.is_file():
        place = Place(file, 1, 1)
        return None, [Fault(place, "The file is missing.", "Every pack has one; begin with that of another city.")]
    value, places, faults = _value(folder, path, kind.type, without.get(file, ()))
    return (None, faults) if faults else (Declared(kind.name, name, value, places), ())


def _words(folder: Path) -> tuple[dict[str, Mapping[str, str]], Sequence[Fault]]:
    """The pack's own sentences by language, and what is wrong with their files."""
    known = {f"words/{lang}.yaml": lang for lang in LANGUAGES}
    found: dict[str, Mapping[str, str]] = {}
    faults: list[Fault] = []
    for path in sorted((folder / "words").rglob("*.yaml")):
        file = path.relative_to(folder).as_posix()
        if file not in known:
            mend = f"Words live in {' or '.join(known)}."
            faults.append(Fault(Place(file, 1, 1), "The house does not speak from this file.", mend))
            continue
        sentences, _, wrong = _value(folder, path, Mapping[str, str])
        faults.extend(wrong)
        if not wrong:
            found[known[file]] = sentences
    return found, faults


def _strangers(folder: Path, kinds: Sequence[Kind[Any]]) -> Iterator[Fault]:
    """A file that belongs to no kind would be silently ignored; it is a fault instead."""
    ours = {path for kind in kinds for _, path in _files(folder, kind)}
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder)
        ending = _NEARLY_READ.search(path.name)
        if path in ours or ending is None or not path.is_file():
            continue
        place = Place(file.as_posix(), 1, 1)
        read = ".csv" if ending[1].lower() == "csv" else ".yaml"
        if ending[0] != read:
            mend = f"Rename it to {path.name[: ending.start()]}{read}."
            yield Fault(place, f"Only files that end in {read} are read.", mend)
        elif read == ".csv" or file.parts[0] != "words":
            yield Fault(place, "No kind of declaration lives here.", _home(folder, file, kinds))


def _home(folder: Path, file: Path, kinds: Sequence[Kind[Any]]) -> str:
    """Where a stray file may have been meant to lie."""
    missing = [kind.folder for kind in kinds if kind.single and not (folder / kind.folder).is_file()]
    for meant in get_close_matches(file.as_posix(), missing, n=1, cutoff=0.75):
        return f"Did you mean `{meant}`?"
    if file.suffix == ".csv":
        tables = [kind.folder for kind in kinds if is_table(kind.type)]
        return f"Tables are read from: {', '.join(tables)}."
    for meant in get_close_matches(file.parent.as_posix(), [k.folder for k in kinds if not k.single], n=1):
        return f"Did you mean `{meant}/{file.name}`?"
    return f"Move it below one of: {', '.join(kind.folder for kind in kinds if not kind.single)}."


def load_pack(folder: Path, kinds: Sequence[Kind[Any]]) -> tuple[Pack, tuple[Fault, ...]]:
    """The pack in a folder and all its faults, in reading order. A pack with faults is not to be applied.

    References are checked only when every file can be read: a broken file would else be reported many times.
    """
    if not (folder / "pack.yaml").is_file():
        missing = Fault(Place("pack.yaml", 1, 1), "There is no pack here.", "Name a folder that holds a pack.yaml.")
        return Pack({}), (missing,)
    with _uncollected():
        return _loaded(folder.resolve(), kinds)


def readable_pack(folder: Path, kinds: Sequence[Kind[Any]]) -> tuple[Pack, tuple[Fault, ...]]:
    """As much of a pack as can be read, for whoever counts it, and all its faults: a file with faults is left out, of a
    table only the rows with faults. What follows from the rest is there.
    """
    pack, faults = load_pack(folder, kinds)
    if not pack.declared:
        return pack, faults
    with _uncollected():
        _, wrong = _declared(folder.resolve(), kinds, {})
        if not wrong:
            return pack, faults
        lines: dict[str, set[int]] = {}
        for fault in wrong:
            lines.setdefault(fault.place.file, set()).add(fault.place.line)
        declared, _ = _declared(folder.resolve(), kinds, lines)
        if any(kind.single and not kind.optional and kind.name not in declared for kind in kinds):
            # Nothing follows from a pack that lacks what every pack has.
            return pack, faults
        return with_drawn(Pack(declared, pack.words), kinds), faults


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hundreds of thousands of values come and stay: to look through them for garbage meanwhile takes long."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def with_drawn(pack: Pack, kinds: Sequence[Kind[Any]]) -> Pack:
    """The pack with what follows from it, kind by kind: what one draws the next one sees.

    What somebody wrote stands before what follows under the same id.
    """
    for kind in kinds:
        found = list(kind.draws(pack))
        if not found:
            continue
        declared = {name: dict(those) for name, those in pack.declared.items()}
        for one in found:
            declared.setdefault(one.kind, {}).setdefault(one.id, one)
        pack = Pack(declared, pack.words)
    return pack


def _loaded(folder: Path, kinds: Sequence[Kind[Any]]) -> tuple[Pack, tuple[Fault, ...]]:
    words, wrong_words = _words(folder)
    declared, wrong = _declared(folder, kinds, {})
    faults: list[Fault] = [*_strangers(folder, kinds), *wrong_words, *wrong]
    pack = Pack(declared, words)
    if not faults:
        pack = with_drawn(pack, kinds)
        faults.extend(checked(pack, kinds))
    return pack, in_reading_order(faults)


def _declared(
    folder: Path, kinds: Sequence[Kind[Any]], without: Mapping[str, set[int]]
) -> tuple[dict[str, dict[str, Declared[Any]]], list[Fault]]:
    """What the files of a pack declare, and what is wrong with them; of tables `without` some lines."""
    declared: dict[str, dict[str, Declared[Any]]] = {}
    faults: list[Fault] = []
    for kind in kinds:
        for name, path in _files(folder, kind):
            found, wrong = _read(folder, kind, name, path, without)
            faults.extend(wrong)
            if found is not None:
                declared.setdefault(kind.name, {})[name] = found
    return declared, faults


def checked(pack: Pack, kinds: Sequence[Kind[Any]]) -> tuple[Fault, ...]:
    """What is wrong with a pack whose every part could be read: references, examples, what each kind asks for."""
    found = (fault for kind in kinds for one in pack.all(kind).values() for fault in kind.check(pack, one))
    return in_reading_order(found)
