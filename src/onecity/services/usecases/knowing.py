"""What registers know of whoever applies: shown with its source, passed on only as far as that person agrees."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Ledger
from onecity.people import agreeing
from onecity.people.roll import Roll
from onecity.registers import FactRow, Registers
from onecity.services.answers import Field, Wrong
from onecity.services.catalogue import Catalogue
from onecity.services.facts import Taken
from onecity.services.rules import Why


class KnownFact(msgspec.Struct, frozen=True):
    """An answer that a register gives, as the form keeps it, with its source and the day on which it was recorded."""

    value: str
    register: str
    source: str
    recorded: date
    taken: Taken


class Archive(msgspec.Struct, frozen=True):
    """The registers, and the numbers by which people are found in them."""

    registers: Registers
    roll: Roll

    async def known(self, fields: Mapping[str, Field], *, subject: UUID, day: date) -> dict[str, KnownFact]:
        """What the registers know of a person among some questions; what a form would not take is not offered."""
        registers = dict.fromkeys(field.known.register for field in fields.values() if field.known)
        identity = await self.roll.identity(PersonId(subject)) if registers else None
        if identity is None:
            return {}
        rows = {name: await self.registers.facts(name, identity.number, day=day) for name in registers}
        found: dict[str, KnownFact] = {}
        for name, field in fields.items():
            row = rows.get(field.known.register) if field.known else None
            fact = self._fact(field, row, day) if row else None
            if fact is not None:
                found[name] = fact
        return found

    def _fact(self, field: Field, row: FactRow, day: date) -> KnownFact | None:
        assert field.known is not None, "the caller found its row"
        value = field.read(row.facts.get(field.known.fact, ""), on=day)
        if isinstance(value, Wrong):
            return None
        return KnownFact(value, row.register, row.source, row.recorded, Taken(row.register, self.registers.quoted(row)))


def readers_of(catalogue: Catalogue, items: Sequence[str], fields: Collection[str]) -> tuple[str, ...]:
    """The agencies that read some answers, because an item of theirs asks for one."""
    asking = [
        item.agency for item in catalogue.bundle(items).values() if any(asked.field in fields for asked in item.asks)
    ]
    return tuple(sorted(set(asking)))


async def agreed(
    known: Mapping[str, KnownFact], items: Sequence[str], *, purpose: str, catalogue: Catalogue, ledger: Ledger,
    by: Acting, key: UUID, now: datetime, today: date,
) -> tuple[Change, ...] | Refused:  # fmt: skip
    """The consents with which answers are passed from registers to the agencies that read them."""
    changes: tuple[Change, ...] = ()
    for register in sorted({fact.register for fact in known.values()}):
        fields = [name for name, fact in known.items() if fact.register == register]
        readers = readers_of(catalogue, items, fields)
        if not readers:
            continue
        more = await agreeing(purpose, register, readers, ledger=ledger, by=by, key=key, now=now, today=today)
        if isinstance(more, Refused):
            return more
        changes += more
    return changes


def lacking(names: Sequence[str], known: Mapping[str, KnownFact], seen: Mapping[str, str]) -> Refused | None:
    """Why answers cannot be taken from registers: they do not know them, or they say another thing than was `seen`."""
    missing = tuple(
        name for name in names if name not in known or seen.get(name, known[name].value) != known[name].value
    )
    return Refused(Why.NOT_KNOWN, {"fields": missing, "number": len(missing)}) if missing else None
