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
from onecity.licences.facts import FirmEnded, LicenceChanged, LicenceStruckOff
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
    """The licence of a type that names the firm of which some `values` tell; None where several could, or none.

    Where the name points at one licence and the place at another one, nobody can tell which is meant.
    """
    alive = [one for one in held if one.licence.issued.type == kind and _lives(one.licence, day)]
    named = [one for one in alive if _name(one.licence.values, one.kind) == _name(values, one.kind) != ""]
    seated = [one for one in alive if _said(one.licence.values, one.kind.seated_at) & _said(values, one.kind.seated_at)]
    found = [one for one in named if one in seated] if named and seated else named or seated
    return found[0] if len(found) == 1 else None


def standing_on(held: Sequence[Held], below: Held, *, day: date) -> tuple[Held, ...]:
    """The licences that stand on another one and name the same firm, as it is called now or was called before.

    What bears a former name that another firm of the holder has now is that one's.
    """
    names, others = _names_ever(below), _names_of_others(held, below, day)
    return tuple(
        one
        for one in held
        if one.kind.stands_on is not None
        and one.kind.stands_on.type == below.licence.issued.type
        and _lives(one.licence, day)
        and (name := _name(one.licence.values, one.kind)) in names
        and name not in others
    )


def _names_ever(one: Held) -> frozenset[str]:
    every = (_name(values, one.kind) for values in (one.licence.values, *one.licence.former))
    return frozenset(name for name in every if name)


def _names_of_others(held: Sequence[Held], below: Held, day: date) -> frozenset[str]:
    """What the holder's other firms are called now; not what this one is called as well."""
    kind = below.licence.issued.type
    others = (one for one in held if one.licence.issued.type == kind and one is not below and _lives(one.licence, day))
    return frozenset(_name(one.licence.values, one.kind) for one in others) - {_name(below.licence.values, below.kind)}


def struck_off(licence: Licence, decided: Decided) -> tuple[Fact, ...]:
    """The end of a licence whose firm is struck off. Nobody escapes a penalty so: one that is proposed goes on, and the
    licence ends when it is dropped.
    """
    if licence.proposal is not None:
        return (FirmEnded(decided.case, decided.matter),)
    return (LicenceStruckOff(decided.case, decided.matter),)


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


def _name(values: Mapping[str, str] | None, kind: LicenceType) -> str:
    """What a licence names: the first of its naming facts that says something. A branch is not its company."""
    return next((text for name in kind.named_by if (text := (values or {}).get(name, "").strip())), "")


def _said(values: Mapping[str, str] | None, names: Sequence[str]) -> frozenset[str]:
    """What some facts say, without space around it."""
    return frozenset(text for name in names if (text := (values or {}).get(name, "").strip()))
