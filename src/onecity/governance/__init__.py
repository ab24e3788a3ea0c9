"""一网治城: what happens on the street, from a report to a verified, closed case."""

from onecity.governance.catalogue import CATALOGUE, MATTER, PART, Catalogue, catalogue_of
from onecity.governance.declared import Matter, Part

__all__ = ["CATALOGUE", "MATTER", "PART", "Catalogue", "Matter", "Part", "catalogue_of"]
