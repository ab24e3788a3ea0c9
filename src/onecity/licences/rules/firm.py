"""What the change and the end of a firm mean for the licences that name it.

A firm's licences are known by what stands on them: its name or, where nothing bears it because it is the name that
changes, the place where the firm sits.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from onecity.ledger import Fact
from onecity.licences.declared import LicenceType
from onecity.licences.facts import LicenceChanged, LicenceStruckOff
from onecity.licences.identifier import MOST_EDITIONS
from onecity.licences.model import Licence, State, state_on


class Held(msgspec.Struct, frozen=True):
    """A licence of somebody, and its type as the pack in force declares it."""

    licence: Licence
    kind: LicenceType


class Decided(msgspec.Struct, frozen=True):
    """The decision about a firm: its case, what it was about, and its day."""

    case: UUID
    matter: str
    day: date


def own(held: Sequence[Held], kind: str, values: Mapping[str, str], *, day: date) -> Held | None:
    """The licence of a type that names the firm of which some `values` tell; None where several could, or none."""
    alive = [one for one in held if one.licence.issued.type == kind and _lives(one.licence, day)]
    named = [one for one in alive if _said(one.licence.values, one.kind.named_by) & _said(values, one.kind.named_by)]
    seated = [one for one in alive if _said(one.licence.values, one.kind.seated_at) & _said(values, one.kind.seated_at)]
    found = named or seated
    return found[0] if len(found) == 1 else None


def standing_on(held: Sequence[Held], below: Held, *, day: date) -> tuple[Held, ...]:
    """The licences that stand on another one and name the same firm."""
    names = _said(below.licence.values, below.kind.named_by)
    return tuple(
        one
        for one in held
        if one.kind.stands_on is not None
        and one.kind.stands_on.type == below.licence.issued.type
        and _lives(one.licence, day)
        and _said(one.licence.values, one.kind.named_by) & names
    )


def struck_off(licence: Licence, decided: Decided) -> tuple[Fact, ...]:
    """The end of a licence whose firm is struck off. Nobody escapes a penalty so: one that is proposed goes on."""
    return () if licence.proposal else (LicenceStruckOff(decided.case, decided.matter),)


def changed(held: Held, values: Mapping[str, str], decided: Decided) -> tuple[Fact, ...]:
    """The next edition of the licence that was decided on, with what stands on it now."""
    now = {name: values.get(name, text) for name, text in (held.licence.values or {}).items()}
    now |= {name: values[name] for name in held.kind.fields if name in values}
    return _edition(held.licence, now, decided)


def values_along(held: Held, below: Held, values: Mapping[str, str]) -> dict[str, str]:
    """What a licence says once the one on which it stands has new `values`: what it said as that one did, it says anew
    as far as it follows.
    """
    on, stands, before = held.kind.stands_on, held.licence.values or {}, below.licence.values or {}
    moved = {text: values[name] for name, text in before.items() if values.get(name, text) != text}
    follows = on.follows if on else ()
    return {name: moved.get(text, text) if name in follows else text for name, text in stands.items()}


def changed_along(held: Held, below: Held, values: Mapping[str, str], decided: Decided) -> tuple[Fact, ...]:
    """The next edition of a licence that stands on one that gets new `values`; nothing where nothing follows."""
    return _edition(held.licence, values_along(held, below, values), decided)


def _edition(licence: Licence, values: Mapping[str, str], decided: Decided) -> tuple[Fact, ...]:
    if values == licence.values or licence.edition >= MOST_EDITIONS:
        return ()
    return (
        LicenceChanged(
            licence.edition + 1, decided.day, decided.case, decided.matter, licence.issued.holder, dict(values)
        ),
    )


def _lives(licence: Licence, day: date) -> bool:
    return state_on(licence, day) in (State.VALID, State.SUSPENDED)


def _said(values: Mapping[str, str] | None, names: Sequence[str]) -> frozenset[str]:
    """What some facts say, without space around it."""
    return frozenset(text for name in names if (text := (values or {}).get(name, "").strip()))
