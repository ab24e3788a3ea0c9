"""Listed items that can be applied for: a line of a form each, drawn into items by the templates of their processes."""

from typing import Any, Final

import msgspec

from onecity.packs import Kind
from onecity.services import listing
from onecity.services.offering import declared
from onecity.services.offering.declared import (
    TEMPLATE,
    OfferedItem,
    ShortField,
    Template,
    lacks,
    offered_items,
    short_fields,
)
from onecity.services.offering.drawing import drawn_fields, drawn_items, field_of, material_of
from onecity.services.offering.events import drawn_events

SHORT_FIELD: Final[Kind[Any]] = msgspec.structs.replace(declared.SHORT_FIELD, draws=drawn_fields)
OFFERED_ITEM: Final[Kind[Any]] = msgspec.structs.replace(declared.OFFERED_ITEM, draws=drawn_items)
LISTED_EVENT: Final[Kind[Any]] = msgspec.structs.replace(listing.LISTED_EVENT, draws=drawn_events)
"""The kinds whose lines amount to more: fields, then items of these, then events of those."""

__all__ = [
    "LISTED_EVENT",
    "OFFERED_ITEM",
    "SHORT_FIELD",
    "TEMPLATE",
    "OfferedItem",
    "ShortField",
    "Template",
    "field_of",
    "lacks",
    "material_of",
    "offered_items",
    "short_fields",
]
