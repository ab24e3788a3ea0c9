"""One counter for what people may ask of the city: items, one form, applications, each item a case of its own."""

from typing import Final

from onecity.services import amending, facts, feedback, pledging, projects, queueing
from onecity.services.amending import AMENDMENTS
from onecity.services.checking import FIELD, ITEM
from onecity.services.cited import CITED
from onecity.services.declared import Item
from onecity.services.facts import Applied, Branch
from onecity.services.feedback import RATINGS
from onecity.services.pledging import PLEDGES
from onecity.services.projections import AFFAIRS
from onecity.services.projects import PROJECTS
from onecity.services.queueing import QUEUES

FACTS: Final = (
    *facts.FACTS, *amending.FACTS, *feedback.FACTS, *pledging.FACTS, *projects.FACTS, *queueing.FACTS,
)  # fmt: skip

__all__ = [
    "AFFAIRS", "AMENDMENTS", "CITED", "FACTS", "FIELD", "ITEM", "PLEDGES", "PROJECTS", "QUEUES", "RATINGS", "Applied",
    "Branch",
    "Item",
]  # fmt: skip
