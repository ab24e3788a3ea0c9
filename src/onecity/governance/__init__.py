"""一网治城: what happens on the street, from a report to a verified, closed case."""

from onecity.governance.catalogue import CATALOGUE, MATTER, PART, Catalogue, catalogue_of
from onecity.governance.declared import Matter, Part
from onecity.governance.filing import CONDITION, OWNERS, STREET_RULES, Condition, Filing, StreetRules, filing_of

__all__ = [
    "CATALOGUE",
    "CONDITION",
    "MATTER",
    "OWNERS",
    "PART",
    "STREET_RULES",
    "Catalogue",
    "Condition",
    "Filing",
    "Matter",
    "Part",
    "StreetRules",
    "catalogue_of",
    "filing_of",
]
