"""What people ask the registers before somebody acts, in the words of people."""

from datetime import date

from onecity.people.model import KnownFirm, KnownWard
from onecity.people.usecases import Known
from onecity.registers import Guardianship, Registers


class LookUps:
    """Residents, firms and guardians, as the registers know them on a day."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers

    async def person(self, number: str, day: date) -> Known | None:
        """What the register of residents says of a number."""
        row = await self._registers.person(number, day=day)
        return Known(row.name, self._registers.quoted(row)) if row else None

    async def firm(self, number: str, day: date) -> KnownFirm | None:
        """What the register of firms says of a code."""
        row = await self._registers.firm(number, day=day)
        return KnownFirm(row.name, row.representative, self._registers.quoted(row)) if row else None

    async def ward(self, number: str, day: date) -> KnownWard | None:
        """Who the registers name as guardians of a number."""
        row = await self._registers.guardianship(number, day=day)
        person = await self._registers.person(number, day=day)
        if row is None or person is None:
            return None
        child = row.kind is Guardianship.CHILD
        return KnownWard(person.name, row.guardians, child, self._registers.quoted(row))
