"""What a pack could do without: materials fetched, proofs promised, steps left out, merged or put side by side."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from onecity.casework import PROCESS
from onecity.packs import Pack, Text
from onecity.services.auditing.fields import one_fact
from onecity.services.auditing.measures import Measuring
from onecity.services.auditing.model import Act, Confidence, Counted, Decision, Proposal
from onecity.services.auditing.obtaining import Source, Sources, needs_of
from onecity.services.checking import ITEM
from onecity.services.declared import Needed
from onecity.services.forms import MATERIAL


class Proposing:
    """Looks through a pack once and proposes; nothing is changed by it."""

    def __init__(self, pack: Pack, sources: Sources, measuring: Measuring) -> None:
        self._pack = pack
        self._sources = sources
        self._measuring = measuring

    def all(self, items: Sequence[str], decisions: Mapping[str, Decision]) -> tuple[Proposal, ...]:
        """Every proposal that concerns one of some items, in the order of their ids, with what was decided."""
        asked = set(items)
        found = [*self._materials(), *self._steps(), *one_fact(self._pack)]
        return tuple(
            msgspec.structs.replace(one, decision=decisions.get(one.id))
            for one in sorted(found, key=lambda one: one.id)
            if asked & set(one.items)
        )

    def obtainable(self, items: Sequence[str]) -> list[Counted]:
        """Every material of some items that the city has already, with its source."""
        asked = set(items)
        return [
            Counted(f"{item}/{needed.material}", self._called(needed), 1, item, _told(source))
            for item, needed in needs_of(self._pack)
            if item in asked and (source := self._sources.of(item, needed)) is not None
        ]

    def _called(self, needed: Needed) -> Text:
        return self._pack.all(MATERIAL)[needed.material].value.name

    def _materials(self) -> Iterator[Proposal]:
        for item, needed in needs_of(self._pack):
            source = self._sources.of(item, needed)
            if source is not None:
                yield self._fetch(item, needed, source)
                continue
            source = self._sources.unprovable(item, needed)
            if source is not None:
                yield self._about(Act.DECLARE, item, needed, source)
            elif "证明" in self._called(needed).zh and needed.because is None:
                yield self._about(Act.CITE, item, needed, None)

    def _fetch(self, item: str, needed: Needed, source: Source) -> Proposal:
        shown = source.kind == "licences" and not source.declared
        return self._about(Act.DROP_PROOF if shown else Act.FETCH, item, needed, source)

    def _about(self, act: Act, item: str, needed: Needed, source: Source | None) -> Proposal:
        called = self._called(needed)
        gaps = {"item": self._pack.all(ITEM)[item].value.called, "material": called}
        if source is not None:
            gaps |= {"source": source.name, "holder": source.holder}
        key = f"services.audit.proposal.{act}"
        if act is Act.FETCH and source is not None:
            key = f"services.audit.proposal.fetch.{source.kind}"
        return Proposal(
            f"{act}:{item}:{needed.material}", act, (item,), called,
            source.confidence if source else Confidence.EXACT, key, gaps,
            way=source.way if source else None, proof=source.proof if source else None,
            source=f"{source.kind}/{source.id}" if source else None, declared=bool(source and source.declared),
        )  # fmt: skip

    def _steps(self) -> Iterator[Proposal]:
        following: defaultdict[str, list[str]] = defaultdict(list)
        for name, item in sorted(self._pack.all(ITEM).items()):
            following[item.value.process].append(name)
        for process, items in sorted(following.items()):
            declared = self._pack.all(PROCESS)[process].value
            for one in self._measuring.steps(process).surplus():
                step, other = declared.steps[one.step], declared.steps.get(one.other)
                gaps = {
                    "process": declared.name, "step": step.name, "other": other.name if other else Text("–", "–"),
                    "because": Text(step.because.citation, step.because.citation),
                }  # fmt: skip
                yield Proposal(
                    f"{one.act}:{process}:{one.step}" + (f":{one.other}" if one.act is not Act.DELETE else ""),
                    one.act, tuple(items), step.name, Confidence.EXACT, f"services.audit.proposal.{one.act}", gaps,
                    source=f"processes/{process}",
                )  # fmt: skip


def _told(source: Source) -> Mapping[str, object]:
    return {
        "from": f"{source.kind}/{source.id}", "from_name": source.name.zh, "from_name_en": source.name.en,
        "holder": source.holder.zh, "holder_en": source.holder.en, "way": str(source.way), "class": source.proof,
        "confidence": str(source.confidence), "declared": source.declared,
    }  # fmt: skip
