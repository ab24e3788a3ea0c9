"""Departments write: one officer amends or prepares an item in the browser, another one publishes it from a day on."""

from onecity.services.amending.facts import FACTS, Amending, ComposedPart, Composing, NewDemand, NewQuestion, Preparing
from onecity.services.amending.projections import AMENDMENTS
from onecity.services.amending.usecases import Amendments, undone

__all__ = [
    "AMENDMENTS",
    "FACTS",
    "Amending",
    "Amendments",
    "ComposedPart",
    "Composing",
    "NewDemand",
    "NewQuestion",
    "Preparing",
    "undone",
]
