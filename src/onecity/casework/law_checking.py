"""Every citation of a pack beside the texts of the laws: which agree, and what became of those that do not."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec
from msgspec.structs import replace

from onecity.casework.declared import Numbered
from onecity.casework.laws import LAW, CitedAt, citations_in, laws_of, numbered_in, said_in, simulated_laws
from onecity.packs import Pack, Place, Table
from onecity.packs.laws import Citation, Compared, Library, Result, compared


class Looked(msgspec.Struct, frozen=True):
    """A citation of a pack, and what came out beside the text of the law."""

    cited: CitedAt
    found: Compared

    @property
    def facts(self) -> Mapping[str, str]:
        """What the sentence about it names."""
        because = self.cited.because
        said = {"law": because.law, "article": because.article, "version": because.version.isoformat()}
        return {**said, "phrase": because.phrase, **self.found.facts}


def laws_cited(pack: Pack) -> frozenset[str]:
    """The laws of which a pack cites an article."""
    return frozenset(one.because.law for one in citations_in(pack))


def law_checked(pack: Pack, library: Library, only: Iterable[tuple[str, str]] | None = None) -> tuple[Looked, ...]:
    """The citations of a pack beside a library, file by file; `only` those of some declarations, by kind and id."""
    wanted, simulated = None if only is None else frozenset(only), simulated_laws(pack)
    found = []
    for one in citations_in(pack):
        if wanted is None or (one.kind, one.id) in wanted:
            said = one.because
            citation = Citation(said.law, said.article, said.version, said.phrase, said.sha256)
            found.append(Looked(one, compared(citation, library, simulated=said.law in simulated)))
    return tuple(found)


def counted(looked: Iterable[Looked]) -> dict[str, int]:
    """How many citations there are, and how many of each result."""
    results = [one.found.result for one in looked]
    return {"checked": len(results)} | {str(result): results.count(result) for result in Result}


def hashes_lacking(looked: Iterable[Looked]) -> dict[Place, str]:
    """The hash of the article for each citation that agrees and has none, by the place of its article's number.

    In a table the cell is there already, and whoever fills in the others fills it in.
    """
    return {
        one.cited.number_at: one.found.sha256
        for one in looked
        if one.found.sha256
        and one.cited.because.sha256 is None
        and not one.found.result.is_wrong
        and not one.cited.place.file.endswith(".csv")
    }


def numbered_otherwise(pack: Pack, library: Library) -> tuple[Looked, ...]:
    """The versions that a pack cites and of which it tells other articles than the whole text in a library has."""
    found, cited = [], {(one.because.law, one.because.version): one.because for one in citations_in(pack)}
    for name, one in pack.all(LAW).items():
        for at, said in enumerate(one.value.numbered):
            law = one.value.name.zh
            known, because = _numbered(library, law, said.version), cited.get((law, said.version))
            if known is not None and because is not None and known != said:
                place = one.places[f"numbered.{at}.last"]
                because = replace(because, article=str(said.last), phrase="", sha256=None)
                facts = {"first": str(known.first), "last": str(known.last)}
                result = Compared(Result.CHANGED, "numbered_otherwise", facts)
                found.append(Looked(CitedAt(one.kind, name, place, place, because), result))
    return tuple(found)


def numbers_lacking(pack: Pack, library: Library) -> dict[str, tuple[str, ...]]:
    """How each version of a law is numbered that a pack cites and a library has whole, as YAML by the law's file.

    What the pack tells already of a version stays.
    """
    told, cited = numbered_in(pack), {(one.because.law, one.because.version) for one in citations_in(pack)}
    files = {one.value.name.zh: one.places["name"].file for one in pack.all(LAW).values()}
    found: dict[str, tuple[str, ...]] = {}
    for law, version in sorted(cited - told.keys()):
        known = _numbered(library, law, version)
        if known is not None and law in files:
            first = "" if known.first == 1 else f"first: {known.first}, "
            line = f"{{version: {version}, {first}last: {known.last}}}"
            found[files[law]] = (*found.get(files[law], ()), line)
    return found


def _numbered(library: Library, law: str, version: date) -> Numbered | None:
    """From which article to which a law goes in a version; None where no whole text says so, or several differ."""
    found = {Numbered(version, ends[1], ends[0]) for ends in _ends(library, law, version)}
    return found.pop() if len(found) == 1 else None


def _ends(library: Library, law: str, version: date) -> Iterator[tuple[int, int]]:
    for one in library.of(law):
        # A text without a day may be of any version.
        if one.whole and one.articles and version in one.days:
            yield one.articles[0].main, one.articles[-1].main


def cited_in_words(pack: Pack) -> int:
    """How many articles the texts of a pack name, which nothing compares: they say no version of the law."""
    laws = laws_of(pack)
    values = (one.value for those in pack.declared.values() for one in those.values())
    return sum(
        laws.places_in(text)
        for value in values
        if not isinstance(value, Table)
        for _, text in said_in(value)
        if isinstance(text, str)
    )
