"""What each package brings to the running city; a new room is entered here and nowhere else."""

from typing import Final

from onecity import casework, governance, ledger, licences, notices, payments, people, registers, services
from onecity.casework import ordering
from onecity.governance.events import watched as events_watched
from onecity.ledger import watched as ledger_watched
from onecity.ledger.outbox import watched as outbox_watched
from onecity.licences import watched as licences_watched
from onecity.machinery import watched as machinery_watched
from onecity.notices import watched as notices_watched
from onecity.payments import watched as payments_watched

SCHEMAS: Final = (
    "ledger",
    "machinery",
    "people",
    "registers",
    "notices",
    "payments",
    "casework",
    "licences",
    "services",
    "governance",
)
"""Packages with tables, lowest first; the ledger makes the schemas in which all others have theirs."""

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
    services.AMENDMENTS,
    services.PLEDGES,
    services.PROJECTS,
    services.QUEUES,
    services.RATINGS,
    governance.STREET,
    governance.PARTS,
)

WATCHED: Final = (
    *machinery_watched.UNITS,
    *ledger_watched.UNITS,
    *outbox_watched.UNITS,
    *notices_watched.UNITS,
    *payments_watched.UNITS,
    *licences_watched.UNITS,
    *events_watched.UNITS,
)
"""The work units of all packages: what is measured, and when somebody must look."""

COLUMNS: Final = (casework.COLUMNS, governance.COLUMNS)
"""What an export in columns says of facts in clear."""
