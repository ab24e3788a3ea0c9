"""What each package brings to the running city; a new room is entered here and nowhere else."""

from typing import Final

from onecity import casework, governance, ledger, licences, notices, payments, people, registers, services
from onecity.casework import ordering

SCHEMAS: Final = (
    "ledger",
    "people",
    "registers",
    "notices",
    "payments",
    "casework",
    "licences",
    "services",
    "governance",
)
"""Packages with tables, lowest first."""

FACT_TYPES: Final = (
    *ledger.FACTS,
    *people.FACTS,
    *registers.FACTS,
    *notices.FACTS,
    *payments.FACTS,
    *casework.FACTS,
    *ordering.FACTS,
    *licences.FACTS,
    *services.FACTS,
    *governance.FACTS,
)

CITED: Final = (
    *people.CITED,
    *registers.CITED,
    *payments.CITED,
    *casework.CITED,
    *licences.CITED,
    *services.CITED,
)
"""The places in laws that the code itself cites; a pack declares every law among them."""

PROJECTIONS: Final = (
    ledger.PACKS,
    *people.PEOPLE,
    notices.LETTERS,
    notices.WISHES,
    notices.BOARD,
    payments.PAYMENTS,
    payments.DAYS,
    casework.CASES,
    ordering.ORDERS,
    licences.LICENCES,
    services.AFFAIRS,
    governance.STREET,
    governance.PARTS,
)

COLUMNS: Final = (casework.COLUMNS, governance.COLUMNS)
"""What an export in columns says of facts in clear."""
