"""What a city remembers of a matter, told so that two cities can be compared.

Ids become what they stand for, so that it still shows who is meant. Left out are instants, the hashes of sealed bytes,
through which door somebody came and who typed; days of the law stay, and for whom something was done.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final
from uuid import UUID

import msgspec
from tests.http.towns import Town

from onecity.bootstrap.rooms import FACT_TYPES
from onecity.casework import CaseOpened
from onecity.kernel.acting import Acting, Channel
from onecity.ledger import Recorded
from onecity.licences.facts import LicenceIssued
from onecity.notices.facts import LetterSent
from onecity.services.facts import Applied

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SEALED: Final = re.compile(r"[0-9a-f]{64}")
_NUMBER: Final = re.compile(r"\d{8}-[0-9A-Z]{7}")
_KINDS: Final = {kind.type: kind.kind for kind in FACT_TYPES}
_OTHER_MATTERS: Final = ("people.", "registers.", "ledger.")
"""What happens to people and to the city itself, whoever applies for what."""


class Told(msgspec.Struct, frozen=True):
    """A fact as two cities can be compared by: in which history, what kind, for whom, and what was decided."""

    history: str
    kind: str
    whose: str
    says: Mapping[str, Any]


async def everything(town: Town) -> list[list[Recorded]]:
    """Every history that is about a matter and not about a person or the city, in the order of their first facts."""
    rows = await town.rows("select distinct stream from ledger.facts where kind !~ $1", _pattern())
    found = [list(await town.city.memory.ledger.history(row["stream"])) for row in rows]
    return sorted(found, key=lambda history: (history[0].at, str(type(history[0].fact)), _first_words(history[0])))


def _pattern() -> str:
    return "^(" + "|".join(re.escape(name) for name in _OTHER_MATTERS) + ")"


def _first_words(first: Recorded) -> str:
    """What a history begins with, without its ids: the order of two that began in the same moment."""
    said = msgspec.json.encode(first.fact, order="deterministic").decode()
    return _SEALED.sub("", _NUMBER.sub("", _ID.sub("", said)))


def told(histories: Sequence[Sequence[Recorded]], people: Mapping[UUID, str]) -> list[Told]:
    """The facts of some histories, one history after the other."""
    names = {str(one): name for one, name in people.items()} | _named(histories)
    return [
        Told(names[str(one.stream)], _KINDS[type(one.fact)], _whose(one.by, names), _plain(one.fact, names))
        for history in histories
        for one in history
    ]


def _named(histories: Sequence[Sequence[Recorded]]) -> dict[str, str]:
    """What each history is: the affair, the second case of an item, the licence of a kind, a letter of a kind."""
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    for history in histories:
        match history[0].fact:
            case Applied(event=event):
                what = f"application {event}"
            case CaseOpened(matter=matter):
                what = f"case {matter}"
            case LicenceIssued(type=kind):
                what = f"licence {kind}"
            case LetterSent(kind=kind):
                what = f"letter {kind}"
            case other:
                what = type(other).__name__
        counts[what] = counts.get(what, 0) + 1
        names[str(history[0].stream)] = f"{what} {counts[what]}"
    return names


def _whose(by: Acting, names: Mapping[str, str]) -> str:
    return names[str(by.subject)] if by.subject else "the city"


def _plain(fact: object, names: Mapping[str, str]) -> dict[str, Any]:
    """The content of a fact: ids become what they stand for, sealed bytes and receipt numbers a word."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        if not isinstance(value, str):
            return value
        known = _ID.sub(lambda found: names.get(found[0], f"a stranger {found[0]}"), value)
        return _NUMBER.sub("(number)", known)

    found: dict[str, Any] = msgspec.to_builtins(fact)
    if isinstance(found.get("materials"), dict):
        found["materials"] = dict.fromkeys(found["materials"], "(sealed)")
    return {key: plain(value) for key, value in found.items()}


async def what_happened(town: Town, people: Mapping[UUID, str]) -> list[Told]:
    """All that a city remembers of the matters of its people."""
    return told(await everything(town), people)


async def doors_of(town: Town, person: UUID) -> set[tuple[Channel, bool]]:
    """Through which doors somebody's commands came, and whether they typed them themself."""
    facts = [one for history in await everything(town) for one in history]
    return {(one.by.channel, one.by.person == person) for one in facts if one.by.subject == person}


def differences(one: Sequence[Told], other: Sequence[Told]) -> list[str]:
    """Where two accounts differ, fact by fact; nothing if they say the same."""
    found: list[str] = []
    histories = list(dict.fromkeys(fact.history for fact in (*one, *other)))
    for name in histories:
        here, there = ([fact for fact in facts if fact.history == name] for facts in (one, other))
        for number, (mine, theirs) in enumerate(zip_longest(here, there), 1):
            if mine != theirs:
                found.append(f"{name}, fact {number}: {mine} is not {theirs}")
    if not found and [fact.history for fact in one] != [fact.history for fact in other]:
        found.append("the histories began in another order")
    return found
