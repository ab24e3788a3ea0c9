"""Which laws a city cites: every one that is cited is declared, so that it can be named in English."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, get_args

import msgspec
from msgspec.structs import astuple, fields

from onecity.casework.citations import Laws
from onecity.casework.declared import Because, Law, Numbered
from onecity.kernel.cited import Cited
from onecity.packs import Declared, Fault, Kind, Pack, Place, Table
from onecity.packs.laws import articles_in


def laws_of(pack: Pack) -> Laws:
    """The laws that a pack declares."""
    return pack.once(_laws)


def _laws(pack: Pack) -> Laws:
    return Laws({one.value.name.zh: one.value.name.en for one in pack.all(LAW).values()})


def law_faults(pack: Pack, declared: Declared[Any]) -> Iterator[Fault]:
    """A fault for every article of a law that the pack does not declare, and for one that the law does not have."""
    titles, numbered = laws_of(pack).english, numbered_in(pack)
    for path, because in _cited_in(declared.value):
        # Nobody could name it in English.
        yield from pack.unknown(declared, f"{path}.law", LAW, because.law, among=titles)
        known = numbered.get((because.law, because.version))
        if known is not None and (beyond := _beyond(because, known)):
            law = f"《{because.law}》 of {because.version}"
            what = f"{law} has the articles {known.first} to {known.last}, and no {beyond}."
            yield declared.fault(f"{path}.article", what, "Write the number of the article that says so.")


def _beyond(because: Because, known: Numbered) -> str:
    """The first article of a citation that its law does not have; nothing if there is none."""
    return next((one for one in articles_in(because.article) if not known.has(int(one.partition("-")[0]))), "")


def numbered_in(pack: Pack) -> Mapping[tuple[str, date], Numbered]:
    """From which article to which the laws of a pack go, by title and version, as far as somebody counted them."""
    return pack.once(_numbered)


def _numbered(pack: Pack) -> Mapping[tuple[str, date], Numbered]:
    laws = (one.value for one in pack.all(LAW).values())
    return {(law.name.zh, one.version): one for law in laws for one in law.numbered}


def unnamed(pack: Pack, declared: Declared[Any], cited: Iterable[Cited]) -> Iterator[Fault]:
    """A fault for every law that the house itself cites and the pack does not declare."""
    titles = laws_of(pack).english
    for law, place in {one.law: one.citation for one in cited if one.law not in titles}.items():
        what = f"The house itself cites {place}, and there is no law `{law}`."
        yield declared.fault("", what, f"Declare it in {LAW.folder}, with `name: {{zh: {law}, en: its English name}}`.")


class CitedAt(msgspec.Struct, frozen=True):
    """An article that a declaration or a row of a table cites, where it begins, and where its number stands."""

    kind: str
    id: str
    place: Place
    number_at: Place
    because: Because


def citations_in(pack: Pack) -> tuple[CitedAt, ...]:
    """Every article that a pack cites, file by file from the top."""
    found = [
        CitedAt(one.kind, name, one.places[path], one.places[f"{path}.article"], because)
        for those in pack.declared.values()
        for one in those.values()
        if not one.drawn
        for name, path, because in _named_in(one)
    ]
    return tuple(sorted(found, key=lambda one: one.place))


def compared_in(pack: Pack) -> Mapping[tuple[str, str, date], str]:
    """The hash of each article that somebody compared with its text: what a declaration of the pack quotes of it."""
    return pack.once(_compared)


def _compared(pack: Pack) -> Mapping[tuple[str, str, date], str]:
    every = (one for those in pack.declared.values() for one in those.values() if not one.drawn)
    cited = (because for one in every for _, _, because in _named_in(one))
    return {(one.law, one.article, one.version): one.sha256 for one in cited if one.sha256 is not None}


def simulated_laws(pack: Pack) -> frozenset[str]:
    """The laws that the city made up."""
    return frozenset(one.value.name.zh for one in pack.all(LAW).values() if one.value.simulated)


def _named_in(declared: Declared[Any]) -> Iterator[tuple[str, str, Because]]:
    """Every article in a declaration, with the id of the declaration or of the row that cites it, and the path."""
    if not isinstance(declared.value, Table):
        yield from ((declared.id, path, because) for path, because in _cited_in(declared.value))
        return
    rows: tuple[msgspec.Struct, ...] = declared.value.rows
    if rows and _cites(type(rows[0])):
        for number, row in enumerate(rows):
            cited = _cited_in(row)
            yield from ((str(astuple(row)[0]), f"rows.{number}.{path}", because) for path, because in cited)


def _cites(row: type[msgspec.Struct]) -> bool:
    """Whether a row of this type can cite an article: the thousands of villages are not looked through."""
    types = [part for field in fields(row) for part in (field.type, *get_args(field.type))]
    return any(
        isinstance(one, type) and (one is Because or (issubclass(one, msgspec.Struct) and _cites(one))) for one in types
    )


def _cited_in(value: object) -> Iterator[tuple[str, Because]]:
    """Every article in a declaration, with the path to it."""
    return ((path, part) for path, part in said_in(value) if isinstance(part, Because))


def said_in(value: object, path: str = "") -> Iterator[tuple[str, Because | str]]:
    """Every article and every text in a declaration, with the path to it; a citation is one, and none of its words."""
    match value:
        case Because() | str():
            yield path, value
            return
        case msgspec.Struct():
            inside: list[tuple[object, object]] = [(name, getattr(value, name)) for name in value.__struct_fields__]
        case Mapping():
            inside = list(value.items())
        case tuple():
            inside = list(enumerate(value))
        case _:
            return
    for name, part in inside:
        yield from said_in(part, f"{path}.{name}" if path else str(name))


def _check(pack: Pack, declared: Declared[Law]) -> Iterator[Fault]:
    others = {one.value.name.zh: name for name, one in pack.all(LAW).items() if name < declared.id}
    other = others.get(declared.value.name.zh)
    if other is not None:
        yield declared.fault("name.zh", f"The law `{other}` has this title already.", "Keep one of the two.")
    days = [one.version for one in declared.value.numbered]
    for at, one in enumerate(declared.value.numbered):
        if one.version in days[:at]:
            yield declared.fault(f"numbered.{at}.version", "This version is counted already.", "Keep one of the two.")
        if one.first > one.last:
            yield declared.fault(f"numbered.{at}.last", "The last article comes before the first.", "Turn them round.")


LAW: Kind[Law] = Kind("law", "casework/laws", Law, _check)
"""What citations may name."""
