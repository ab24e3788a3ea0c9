"""一网治城: what happens on the street, from a report to a verified, closed case."""

from onecity.governance.catalogue import CATALOGUE, MATTER, PART, Catalogue, catalogue_of
from onecity.governance.declared import Matter, Part
from onecity.governance.facts import FACTS, Point, Source
from onecity.governance.filing import CONDITION, OWNERS, STREET_RULES, Condition, Filing, StreetRules, filing_of
from onecity.governance.phrases import PHRASE, default_model
from onecity.governance.projections import STREET
from onecity.governance.rules import Tell, Why
from onecity.governance.usecases import Ground, Street, StreetMatters, Told, hears_too, is_street

__all__ = [
    "CATALOGUE",
    "CONDITION",
    "FACTS",
    "MATTER",
    "OWNERS",
    "PART",
    "PHRASE",
    "STREET",
    "STREET_RULES",
    "Catalogue",
    "Condition",
    "Filing",
    "Ground",
    "Matter",
    "Part",
    "Point",
    "Source",
    "Street",
    "StreetMatters",
    "StreetRules",
    "Tell",
    "Told",
    "Why",
    "catalogue_of",
    "default_model",
    "filing_of",
    "hears_too",
    "is_street",
]
