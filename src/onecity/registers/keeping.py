"""What the registers hold on a person. A register is its source's: the city may not erase what others keep by law."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from onecity.kernel.ids import PersonId
from onecity.people.holdings import Bond, Holding
from onecity.people.roll import Identity, Roll
from onecity.registers.cited import RESIDENTS
from onecity.registers.registers import Registers, Row


class RegisterKeeper:
    """Answers for the rows of a person's number, as they hold today; they lie under the key of the registers."""

    name = "registers"

    def __init__(self, registers: Registers, roll: Roll, declared: Sequence[str]) -> None:
        self._registers = registers
        self._roll = roll
        self._declared = declared

    async def holdings(self, person: PersonId, *, day: date) -> Sequence[Holding]:
        rows = await self._rows(await self._roll.identity(person), day)
        return (Holding("registers.held.rows", len(rows), Bond.OUTSIDE, law=RESIDENTS.citation),)

    async def export(self, person: PersonId) -> Mapping[str, object]:
        rows = await self._rows(await self._roll.identity(person), date.max)
        return {"rows": [msgspec.to_builtins(row) for row in rows]}

    async def erase(self, person: PersonId, *, wholly: bool) -> int:
        del person, wholly
        return 0

    async def _rows(self, known: Identity | None, day: date) -> list[Row]:
        if known is None:
            return []
        found = (
            await self._registers.person(known.number, day=day),
            await self._registers.firm(known.number, day=day),
            await self._registers.guardianship(known.number, day=day),
            *[await self._registers.facts(name, known.number, day=day) for name in self._declared],
        )
        return [row for row in found if row is not None]
