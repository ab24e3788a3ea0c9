"""What the city does but nobody can apply for online yet: a line for each item and each life event, with its law."""

from onecity.services.listing.book import Listing, Sums, every_event, every_item, listing_of, sums
from onecity.services.listing.declared import (
    LISTED_DEMAND,
    LISTED_EVENT,
    LISTED_ITEM,
    LISTED_QUESTION,
    Demands,
    ListedDemand,
    ListedEvent,
    ListedItem,
    ListedQuestion,
    listed_demands,
    listed_events,
    listed_items,
    listed_questions,
)
from onecity.services.listing.limits import GENERAL, Candidate, LegalUnit, Rank, Resolved, of_full, resolve

__all__ = [
    "GENERAL",
    "LISTED_DEMAND",
    "LISTED_EVENT",
    "LISTED_ITEM",
    "LISTED_QUESTION",
    "Candidate",
    "Demands",
    "LegalUnit",
    "ListedDemand",
    "ListedEvent",
    "ListedItem",
    "ListedQuestion",
    "Listing",
    "Rank",
    "Resolved",
    "Sums",
    "every_event",
    "every_item",
    "listed_demands",
    "listed_events",
    "listed_items",
    "listed_questions",
    "listing_of",
    "of_full",
    "resolve",
    "sums",
]
