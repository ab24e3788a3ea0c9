"""Which materials of a pack need not be brought: other items give them, licences show them, registers hold them."""

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec

from onecity.licences import LICENCE_TYPE
from onecity.packs import Pack, Text
from onecity.people import AGENCY
from onecity.registers import REGISTER
from onecity.services.auditing.alike import Names, shared_by
from onecity.services.auditing.model import Confidence
from onecity.services.auditing.naming import SIMILAR, core, likeness, parts
from onecity.services.auditing.patterns import Way, fitting, is_own_work
from onecity.services.checking import ITEM
from onecity.services.declared import Needed
from onecity.services.forms import MATERIAL

_LEAST_SHARED: Final = 4
"""Signs that two names have in common side by side, at least, to be called alike."""
SAME, WITHIN, ALIKE = range(3)
"""How near a name comes: the same, one within the other, or only alike."""
_KINDS: Final = ("licences", "items", "registers")


class Source(msgspec.Struct, frozen=True):
    """Where a material comes from: which kind of thing has it, its id, what it is called and who keeps it.

    `declared` says that the pack names it so itself; then nothing is to be decided.
    """

    kind: str
    id: str
    name: Text
    holder: Text
    way: Way
    confidence: Confidence
    proof: str | None
    law: str | None = None
    declared: bool = False


class Known(msgspec.Struct, frozen=True):
    """Something that the city has already, with the name by which a material may mean it."""

    kind: str
    id: str
    plain: str
    name: Text
    agency: str | None


class Sources:
    """What a pack gives, shows and holds, ready to be found by the names of materials."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._found: dict[str, Sequence[tuple[int, Known]]] = {}

    @cached_property
    def _known(self) -> Sequence[Known]:
        items = [
            Known("items", name, core(one.value.result.name.zh), one.value.result.name, one.value.agency)
            for name, one in sorted(self._pack.all(ITEM).items())
        ]
        licences = [
            Known("licences", name, core(one.value.name.zh), one.value.name, self._giver(name))
            for name, one in sorted(self._pack.all(LICENCE_TYPE).items())
        ]
        registers = [
            Known("registers", name, core(one.value.name.zh), one.value.name, one.value.holder)
            for name, one in sorted(self._pack.all(REGISTER).items())
        ]
        return (*items, *licences, *registers)

    @cached_property
    def _givers(self) -> Mapping[str, str]:
        """The item whose result is declared to be a material."""
        items = sorted(self._pack.all(ITEM).items())
        return {one.value.result.material: name for name, one in items if one.value.result.material}

    def _giver(self, licence: str) -> str | None:
        items = sorted(self._pack.all(ITEM).items())
        return next((one.value.agency for _, one in items if one.value.result.licence == licence), None)

    def _agency(self, name: str | None) -> Text:
        declared = self._pack.all(AGENCY).get(name or "")
        return declared.value.name if declared else Text("", "")

    def is_relied_on(self, material: str) -> bool:
        """Whether the house shows a licence from the wallet where this material is asked for."""
        giver = self._givers.get(material)
        return giver is not None and self._pack.all(ITEM)[giver].value.result.licence is not None

    def of(self, item: str, needed: Needed) -> Source | None:
        """Where a material that an item needs could come from: what is declared first, then the likest name."""
        giver = self._givers.get(needed.material)
        if giver is not None and giver != item:
            result = self._pack.all(ITEM)[giver].value.result
            known = Known("items", giver, "", result.name, self._pack.all(ITEM)[giver].value.agency)
            return self._source(item, known, Confidence.EXACT, declared=self.is_relied_on(needed.material))
        name = self._pack.all(MATERIAL)[needed.material].value.name.zh
        # A pattern knows which office; a name that is only alike may mean another paper of another one.
        return (
            self._by_name(item, name, (SAME, WITHIN))
            or self._by_pattern(item, needed)
            or self._by_name(item, name, (ALIKE,))
        )

    def unprovable(self, item: str, needed: Needed) -> Source | None:
        """Why nobody can check a material, so that a promise does as well."""
        name = self._pack.all(MATERIAL)[needed.material].value.name.zh
        for hit in fitting(name, given_by=self._pack.all(ITEM)[item].value.name.zh):
            if hit.pattern.holder is None:
                said = Text(hit.part, hit.part)
                way = hit.pattern.way
                return Source("patterns", hit.pattern.id, said, said, way, Confidence.ALIAS, "P2", hit.pattern.source)
        return None

    def _by_name(self, item: str, name: str, ranks: Container[int]) -> Source | None:
        """The thing whose name fits best, within some ranks; what the item gives itself is none."""
        found = [
            (rank, _KINDS.index(known.kind), known)
            for part in parts(name)
            for rank, known in self._ranked(part)
            if rank in ranks and not (known.kind == "items" and known.id == item)
        ]
        if not found:
            return None
        rank, _, known = min(found, key=lambda one: (*one[:2], one[2].id))
        # What is whose stands before the name: the seller's title is no title of the applicant.
        exact = rank == 0 and name == known.name.zh
        confidence = Confidence.SIMILAR if rank == ALIKE else Confidence.EXACT if exact else Confidence.ALIAS
        return self._source(item, known, confidence)

    def _ranked(self, part: str) -> Sequence[tuple[int, Known]]:
        """Everything that a part of a name may mean, looked up once."""
        if part not in self._found:
            near = (self._known[number] for number in self._names.near(part))
            self._found[part] = [(rank, known) for known in near if (rank := _rank(part, known)) is not None]
        return self._found[part]

    @cached_property
    def _names(self) -> Names:
        return Names([known.plain for known in self._known])

    def _by_pattern(self, item: str, needed: Needed) -> Source | None:
        called = self._pack.all(MATERIAL)[needed.material].value.name
        for hit in fitting(called.zh, given_by=self._pack.all(ITEM)[item].value.name.zh):
            pattern = hit.pattern
            if pattern.holder is not None:
                proof = pattern.proof or ("P3" if pattern.way is Way.LICENCE else "P1")
                return Source(
                    "patterns", pattern.id, called, pattern.holder, pattern.way, Confidence.ALIAS, proof, pattern.source
                )
        return None

    def _source(self, item: str, known: Known, confidence: Confidence, *, declared: bool = False) -> Source:
        asks = self._pack.all(ITEM)[item].value.agency
        way = {"registers": Way.NETWORK, "licences": Way.LICENCE}.get(known.kind)
        if way is None:
            licence = self._pack.all(ITEM)[known.id].value.result.licence
            way = Way.LICENCE if licence else Way.INTERNAL if known.agency == asks else Way.BETWEEN
        proof = "P3" if way is Way.LICENCE else "P1"
        return Source(
            known.kind, known.id, known.name, self._agency(known.agency), way, confidence, proof, declared=declared
        )


def _rank(part: str, known: Known) -> int | None:
    """How near a name comes to that of a thing, or None."""
    if part == known.plain:
        return SAME
    # What people write themselves is no result of an office; a register may still hold it, like a filed contract.
    if is_own_work(part) and known.kind != "registers":
        return None
    short, long = sorted((part, known.plain), key=len)
    if len(short) >= _LEAST_SHARED and short in long and len(short) / len(long) >= SIMILAR:
        return WITHIN
    shared = shared_by(part, known.plain)
    alike = shared >= _LEAST_SHARED and shared / len(short) >= SIMILAR
    return ALIKE if alike or likeness(part, known.plain) >= SIMILAR else None


def needs_of(pack: Pack) -> Iterator[tuple[str, Needed]]:
    """Every material that every item needs, in the order of their ids."""
    for name, declared in sorted(pack.all(ITEM).items()):
        for needed in declared.value.needs:
            yield name, needed
