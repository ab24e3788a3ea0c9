"""What the city knows before anybody asks: rows of registers, each with its source and its days."""

from onecity.registers.facts import FACTS, RegisterImported
from onecity.registers.rows import PersonRow, Registers

__all__ = ["FACTS", "PersonRow", "RegisterImported", "Registers"]
