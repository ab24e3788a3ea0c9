"""A decision about a firm reaches all the licences that name it, in the same transaction, each with its letter."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from onecity.casework import Because
from onecity.kernel.ids import PersonId
from onecity.ledger import Change, Fact
from onecity.licences.declared import LICENCE_TYPE, StandsOn
from onecity.licences.model import Licence
from onecity.licences.rules.firm import (
    Decided,
    Held,
    changed,
    changed_along,
    own,
    standing_on,
    struck_off,
    values_along,
)
from onecity.licences.usecases import Licences, held_by
from onecity.notices import letter_to


class FirmLicences:
    """The licences of a holder, as a decision about one of their firms sees them."""

    def __init__(self, licences: Licences, held: Sequence[Held]) -> None:
        self._licences = licences
        self._held = held

    def reached(self, kind: str, values: Mapping[str, str], *, day: date) -> tuple[Held, tuple[Held, ...]] | None:
        """The licence of a type that names a firm, and those that stand on it; None where it cannot be told."""
        below = own(self._held, kind, values, day=day)
        return (below, standing_on(self._held, below, day=day)) if below else None

    def strike_off(
        self, kind: str, values: Mapping[str, str], because: Because, *, decided: Decided, key: UUID, now: datetime
    ) -> tuple[Change, ...]:
        """The changes that end a firm's licence of a type, by an article, and all that stand on it."""
        found = self.reached(kind, values, day=decided.day)
        if found is None:
            return self._told_of_none(kind, because, decided, key, now)
        below, above = found
        ends = [(below.licence, because), *((one.licence, _on(one).because) for one in above)]
        return tuple(
            change
            for licence, article in ends
            for change in _told(licence, struck_off(licence, decided), _letter(licence), article, key, now)
        )

    def _told_of_none(
        self, kind: str, because: Because, decided: Decided, key: UUID, now: datetime
    ) -> tuple[Change, ...]:
        """The letter to a holder of such licences of whom nobody can tell which one is the firm's."""
        mine = [one.licence for one in self._held if one.licence.issued.type == kind and one.licence.ended is None]
        if not mine:
            return ()
        letter = letter_to(
            mine[0].holder, "licences.reached_none", about=decided.case, sender=mine[0].issued.agency,
            facts={"matter": decided.matter, "case": str(decided.case)}, words=None, law=because.citation, key=key,
            now=now,
        )  # fmt: skip
        return (letter,)

    def change(
        self, kind: str, values: Mapping[str, str], *, decided: Decided, key: UUID, now: datetime
    ) -> tuple[Change, ...] | None:
        """The changes that give a firm's licence of a type its next edition, and along with it those that stand on it;
        None where the firm has no such licence here. Whoever asked for the change hears of it with the decision.
        """
        found = self.reached(kind, values, day=decided.day)
        if found is None:
            return None
        below, above = found
        facts = changed(below, values, decided)
        if not facts:
            return ()
        changes = [Change(below.licence.id, below.licence.version, facts)]
        for one in above:
            follows = _on(one).follows_because
            if follows is not None:
                more = changed_along(one, below, values, decided)
                changes += _told(one.licence, more, "licences.changed", follows, key, now)
        return tuple(changes)


def changed_by(matter: str, *, licences: Licences) -> str | None:
    """The type of licence that a success in a matter changes."""
    kinds = licences.pack.all(LICENCE_TYPE)
    return next((name for name, kind in kinds.items() if matter in kind.value.changed_by), None)


def ended_by(matter: str, *, licences: Licences) -> str | None:
    """The type of licence that a success in a matter ends."""
    kinds = licences.pack.all(LICENCE_TYPE)
    return next((name for name, kind in kinds.items() if matter in kind.value.ended_by), None)


async def firm_licences(holder: PersonId, *, licences: Licences) -> FirmLicences:
    """The licences of a holder that the pack in force still declares."""
    kinds = licences.pack.all(LICENCE_TYPE)
    held = await held_by(holder, licences=licences)
    return FirmLicences(licences, [Held(one, kinds[one.issued.type].value) for one in held if one.issued.type in kinds])


class Along(msgspec.Struct, frozen=True):
    """What a success would do to licences beside what it gives: whether it `ends` them or changes what they say."""

    ends: bool
    licences: tuple[Licence, ...]


async def goes_along(
    matter: str, holder: PersonId, values: Mapping[str, str], *, licences: Licences, day: date
) -> Along | None:
    """What a success in a matter would do today; None if it reaches no licence of the holder."""
    changes, ends = changed_by(matter, licences=licences), ended_by(matter, licences=licences)
    kind = ends or changes
    if kind is None:
        return None
    found = (await firm_licences(holder, licences=licences)).reached(kind, values, day=day)
    if found is None:
        return None
    below, above = found
    if ends is not None:
        return Along(ends=True, licences=tuple(one.licence for one in (below, *above) if one.licence.proposal is None))
    moved = (one.licence for one in above if values_along(one, below, values) != one.licence.values)
    return Along(ends=False, licences=tuple(moved))


def _letter(licence: Licence) -> str:
    """What the holder is told of a licence whose firm ends: that it ends as well, or waits for a penalty."""
    return "licences.firm_ended" if licence.proposal else "licences.struck_off"


def _on(held: Held) -> StandsOn:
    assert held.kind.stands_on is not None, "only what stands on another one was found"
    return held.kind.stands_on


def _told(
    licence: Licence, facts: tuple[Fact, ...], kind: str, because: Because, key: UUID, now: datetime
) -> list[Change]:
    """A change of a licence with the letter to its holder; nothing where nothing changes."""
    if not facts:
        return []
    issued = licence.issued
    letter = letter_to(
        licence.holder, kind, about=issued.affair, sender=issued.agency,
        facts={"matter": issued.matter, "case": str(licence.id)}, words=None, law=because.citation, key=key, now=now,
    )  # fmt: skip
    return [Change(licence.id, licence.version, facts), letter]
