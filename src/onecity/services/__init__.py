"""One counter for what people may ask of the city: items, one form, applications, each item a case of its own."""

from onecity.services.checking import FIELD, ITEM
from onecity.services.cited import CITED
from onecity.services.declared import Item
from onecity.services.facts import FACTS, Applied, Branch
from onecity.services.projections import AFFAIRS

__all__ = ["AFFAIRS", "CITED", "FACTS", "FIELD", "ITEM", "Applied", "Branch", "Item"]
