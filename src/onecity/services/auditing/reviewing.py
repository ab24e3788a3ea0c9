"""A pack audited, or two versions of one beside each other."""

from collections.abc import Mapping, Sequence

from onecity.casework import PROCESS
from onecity.kernel.refusal import Reason, Refused
from onecity.packs import Pack, Text
from onecity.places import CITY
from onecity.services.auditing.decisions import decisions_of
from onecity.services.auditing.events import Version, audited_events
from onecity.services.auditing.fields import fields_of
from onecity.services.auditing.measures import Measured, Measuring, changes
from onecity.services.auditing.model import Audit, Counted, Figure, Side, figure
from onecity.services.auditing.obtaining import Sources
from onecity.services.auditing.proposing import Proposing
from onecity.services.auditing.took import NO_LOG, Log
from onecity.services.checking import ITEM
from onecity.services.life_events import LIFE_EVENT


class NoEvent(Reason):
    """Why nothing could be audited."""

    UNKNOWN = "services.audit.no_event"


def audited(after: Pack, before: Pack | None = None, *, event: str | None = None, log: Log = NO_LOG) -> Audit | Refused:
    """What there is to tell of a pack, beside an earlier one if there is one; with `event` of its items alone.

    `log` says how long the cases of its items took.
    """
    packs = [pack for pack in (before, after) if pack is not None]
    if event is not None and not any(event in pack.all(LIFE_EVENT) for pack in packs):
        known = sorted({name for pack in packs for name in pack.all(LIFE_EVENT)})
        return Refused(NoEvent.UNKNOWN, {"event": event, "known": ", ".join(known) or "–"})
    later, earlier = _Looked(after, event, log=log), None if before is None else _Looked(before, event, after)
    names = sorted({*later.items, *(earlier.items if earlier else ())})
    same = [name for name in names if name in later.items and (earlier is None or name in earlier.items)]
    decisions = decisions_of(after)
    proposals = later.proposing.all(later.items, decisions)
    everything = {one.id for one in later.proposing.all(sorted(after.all(ITEM)), {})}
    return Audit(
        before=None if earlier is None else earlier.side(),
        after=later.side(),
        names={name: (later if name in later.items else earlier or later).measured[name].name for name in names},
        same=tuple(same),
        appeared=tuple(name for name in names if earlier is not None and name not in earlier.items),
        vanished=tuple(name for name in names if name not in later.items),
        changes=changes(None if earlier is None else earlier.measured, later.measured, same),
        fields=fields_of(after, later.items),
        events=audited_events(later.version(), None if earlier is None else earlier.whole(), only=event),
        obtainable=later.obtainable(),
        guarded=later.guarded(),
        proposals=proposals,
        unused_decisions=tuple(one for id_, one in sorted(decisions.items()) if id_ not in everything),
    )


class _Looked:
    """One pack with its items measured: all of them, or those of one life event."""

    def __init__(self, pack: Pack, event: str | None, later: Pack | None = None, log: Log = NO_LOG) -> None:
        sources = Sources(pack)
        self._pack = pack
        self._measuring = Measuring(pack, sources, log)
        self.items: Sequence[str] = _items(pack, event, later)
        self.measured: Mapping[str, Measured] = {name: self._measuring.item(name) for name in self.items}
        self.proposing = Proposing(pack, sources, self._measuring)

    def side(self) -> Side:
        """Which pack it is."""
        return Side(self._pack.one(CITY).name, self._pack.version, tuple(self.items))

    def version(self) -> Version:
        """The pack with the items that were measured."""
        return Version(self._pack, self.measured)

    def whole(self) -> Version:
        """The pack with all its items measured: an event may bundle what it did not bundle before."""
        rest = {name: self._measuring.item(name) for name in self._pack.all(ITEM) if name not in self.measured}
        return Version(self._pack, {**self.measured, **rest})

    def obtainable(self) -> Figure:
        """The materials that the city has already."""
        asked = sum(len(self._pack.all(ITEM)[name].value.needs) for name in self.items)
        return figure(self.proposing.obtainable(self.items), asked, "materials")

    def guarded(self) -> Figure:
        """The steps that no proposal touches, and why."""
        processes = sorted({self._pack.all(ITEM)[name].value.process for name in self.items})
        found: list[Counted] = []
        number = 0
        for process in processes:
            steps = self._measuring.steps(process)
            number += len(steps.of_organs)
            for step, guard in steps.guards.items():
                name: Text = self._pack.all(PROCESS)[process].value.steps[step].name
                found.append(Counted(f"{process}/{step}", name, more={"guard": str(guard), "process": process}))
        return figure(found, number, "organ_steps")


def _items(pack: Pack, event: str | None, later: Pack | None = None) -> Sequence[str]:
    """The items of a pack, or those of an event: what only a later pack bundles was done by itself before."""
    if event is None:
        return sorted(pack.all(ITEM))
    events = [
        one.all(LIFE_EVENT)[event].value for one in (pack, later) if one is not None and event in one.all(LIFE_EVENT)
    ]
    return sorted({part.item for declared in events for part in declared.parts} & pack.all(ITEM).keys())
