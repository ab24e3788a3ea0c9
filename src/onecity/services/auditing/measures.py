"""The measures of an item: what it costs whoever applies, each as lines that can be added up over any set of items."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from onecity.casework import PROCESS, simulated_laws
from onecity.kernel.clock import Unit
from onecity.packs import Pack, Text
from onecity.services.auditing.model import Change, Counted, Figure, figure
from onecity.services.auditing.naming import is_conditional
from onecity.services.auditing.obtaining import Sources
from onecity.services.auditing.steps import Steps
from onecity.services.auditing.took import NO_LOG, Log, Times
from onecity.services.checking import ITEM
from onecity.services.declared import Item, Needed
from onecity.services.forms import MATERIAL
from onecity.services.intermediaries import Intermediary, intermediaries_of

MEASURES: Final = (
    "steps", "steps_sometimes", "steps_without_information", "materials", "materials_weighted", "materials_net",
    "time_law", "time_promised", "time_counting", "visits", "proofs",
)  # fmt: skip
"""What is measured of every item. Intermediaries and the time taken are told apart: not every pack declares the first,
and the second needs a log."""

UNDECLARED, TAKEN = "intermediaries", "time_taken"
_HOURS: Final[Mapping[Unit, int]] = {Unit.WORKING_HOURS: 8, Unit.URGENT_HOURS: 24}
"""How many of its hours make a day of a limit."""
_HALF: Final = 0.5
"""What a material weighs that only some must bring."""

Lines = Mapping[str, tuple[Counted, ...]]
"""The lines of each measure."""


class Measured(msgspec.Struct, frozen=True):
    """An item with the lines of all its measures."""

    id: str
    name: Text
    lines: Lines


class Measuring:
    """Measures the items of one pack; a process that many items follow is walked once."""

    def __init__(self, pack: Pack, sources: Sources, log: Log = NO_LOG) -> None:
        self._pack = pack
        self._sources = sources
        self._log = log
        self._others = intermediaries_of(pack)
        self._steps: dict[str, Steps] = {}

    def steps(self, process: str) -> Steps:
        """A process of the pack, looked at once."""
        if process not in self._steps:
            self._steps[process] = Steps(self._pack.all(PROCESS)[process].value)
        return self._steps[process]

    def item(self, name: str) -> Measured:
        """One item, measured."""
        item = self._pack.all(ITEM)[name].value
        times = self._log.get(name, ())
        made_up, counting = self._is_made_up(item), _days(name, item, item.limit.limit.number, times)
        return Measured(name, item.called, {**self._step_lines(name, item), **self._material_lines(name, item)} | {
            # Days that the simulated city gives because no law names any are nothing that the law gives, and a promise
            # is held against the law of the same items.
            "time_law": () if made_up else (_days(name, item, item.limit.number, times),),
            "time_promised": () if made_up else (counting,),
            "time_counting": (counting,),
            # By the unit of the item alone: medians of different units are nothing that can be added up.
            "time_taken": tuple(_taken(name, item, one) for one in times if one.unit == item.limit.unit),
            "visits": (_visits(name, item),),
            "intermediaries": tuple(_paid(row) for row in self._others.get(name, {}).values()),
        })  # fmt: skip

    def _is_made_up(self, item: Item) -> bool:
        return item.limit.because.law in self._pack.once(simulated_laws)

    def _step_lines(self, name: str, item: Item) -> Lines:
        steps = self.steps(item.process)

        def lines(chosen: Sequence[str]) -> tuple[Counted, ...]:
            return tuple(
                Counted(
                    f"{name}/{step}", steps.process.steps[step].name, item=name,
                    more={"process": item.process, "duty": steps.process.steps[step].duty},
                )
                for step in chosen
            )  # fmt: skip

        return {
            "steps": lines(steps.needed),
            "steps_sometimes": lines(steps.sometimes),
            "steps_without_information": lines(steps.without_information),
        }

    def _material_lines(self, name: str, item: Item) -> Lines:
        found: dict[str, list[Counted]] = {key: [] for key in MEASURES if key.startswith(("materials", "proofs"))}
        for needed in item.needs:
            line = self._material(name, needed)
            found["materials"].append(line)
            weight = _HALF if line.more["conditional"] else 1
            found["materials_weighted"].append(msgspec.structs.replace(line, counts=weight))
            if not self._sources.is_relied_on(needed.material):
                found["materials_net"].append(msgspec.structs.replace(line, counts=weight))
            proof = self._proof(name, needed)
            if proof is not None:
                found["proofs"].append(msgspec.structs.replace(line, more={**line.more, "class": proof}))
        return {key: tuple(lines) for key, lines in found.items()}

    def _material(self, name: str, needed: Needed) -> Counted:
        material = self._pack.all(MATERIAL)[needed.material].value
        because = None if needed.because is None else needed.because.citation
        more = {
            "material": needed.material,
            "conditional": is_conditional(material.name.zh),
            "fetched": self._sources.is_relied_on(needed.material),
            "origin": str(needed.origin),
            "because": because,
        }
        return Counted(f"{name}/{needed.material}", material.name, item=name, more=more)

    def _proof(self, name: str, needed: Needed) -> str | None:
        source = self._sources.of(name, needed) or self._sources.unprovable(name, needed)
        return None if source is None else source.proof


def _days(name: str, item: Item, number: int, times: Sequence[Times]) -> Counted:
    limit = item.limit
    took = next((one for one in times if one.unit == limit.unit), None)
    more = {
        "unit": str(limit.unit), "law": limit.number, "promised": limit.promised, "because": limit.because.citation,
        "measured_median": took and took.middle, "measured_p90": took and took.nine_of_ten,
    }  # fmt: skip
    hours = _HOURS.get(limit.unit)
    return Counted(name, item.called, round(number / hours, 4) if hours else number, name, more)


def _taken(name: str, item: Item, times: Times) -> Counted:
    """What the cases of an item took, in the middle; each of them stands behind it."""
    took = [f"{one.case}={one.days}" for one in times.cases]
    more = {"unit": times.unit, "measured_p90": times.nine_of_ten, "cases": len(took), "took": took}
    return Counted(name, item.called, times.middle, name, more)


def _paid(row: Intermediary) -> Counted:
    more = {
        "who": row.who.zh, "who_en": row.who.en, "payer": row.payer or "unknown", "price": row.price or "unknown",
        "because": row.because.citation,
    }  # fmt: skip
    return Counted(row.id, row.service, item=row.item, more=more)


def _visits(name: str, item: Item) -> Counted:
    why = item.why_visit or Text("", "")
    return Counted(
        name, item.called, item.visits, name, {"depth": item.depth, "why": why.zh, "why_en": why.en}
    )  # fmt: skip


def changes(
    before: Mapping[str, Measured] | None, after: Mapping[str, Measured], names: Sequence[str]
) -> tuple[Change, ...]:
    """Every measure over the same items; without a before they carry none."""

    def of(side: Mapping[str, Measured] | None, measure: str) -> list[Counted] | None:
        return None if side is None else [line for name in names for line in side[name].lines[measure]]

    found = []
    for measure in MEASURES:
        earlier, later = of(before, measure), of(after, measure)
        assert later is not None, "there is always a pack to look at"
        found.append(
            Change(
                measure,
                None if earlier is None else figure(earlier, len(names), "items"),
                figure(later, len(names), "items"),
            )
        )
    # A pack without a single line declares nothing, and a log tells of the later version alone: nobody knows from when
    # an earlier one's cases are.
    paid = [_told(of(side, UNDECLARED), names) for side in (before, after)]
    return (*found, Change(TAKEN, None, _told(of(after, TAKEN), names)), Change(UNDECLARED, *paid))


def _told(lines: Sequence[Counted] | None, names: Sequence[str]) -> Figure | None:
    return figure(lines, len(names), "items") if lines else None
