"""Every citation of a pack beside the texts of the laws: which agree, and what became of those that do not."""

from collections.abc import Iterable, Mapping

import msgspec

from onecity.casework.laws import CitedAt, citations_in, laws_of, said_in, simulated_laws
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
