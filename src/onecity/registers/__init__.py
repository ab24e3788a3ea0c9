"""What the city knows before anybody asks: rows of registers, each with its source and its days."""

from onecity.registers.facts import FACTS, RegisterImported
from onecity.registers.registers import FIRMS, GUARDIANS, PERSONS, Registers
from onecity.registers.rows import FirmRow, GuardianRow, Guardianship, PersonRow

__all__ = [
    "FACTS",
    "FIRMS",
    "GUARDIANS",
    "PERSONS",
    "FirmRow",
    "GuardianRow",
    "Guardianship",
    "PersonRow",
    "RegisterImported",
    "Registers",
]
