"""What the city knows before anybody asks: rows of registers, each with its source and its days."""

from onecity.registers.cited import CITED
from onecity.registers.declared import REGISTER, Register
from onecity.registers.facts import FACTS, RegisterImported
from onecity.registers.registers import FIRMS, GUARDIANS, PERSONS, Registers, Row
from onecity.registers.rows import FactRow, FirmRow, GuardianRow, Guardianship, PersonRow

__all__ = [
    "CITED",
    "FACTS",
    "FIRMS",
    "GUARDIANS",
    "PERSONS",
    "REGISTER",
    "FactRow",
    "FirmRow",
    "GuardianRow",
    "Guardianship",
    "PersonRow",
    "Register",
    "RegisterImported",
    "Registers",
    "Row",
]
