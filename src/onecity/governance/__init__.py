"""一网治城: what happens on the street, from a report to a verified, closed case."""

from onecity.governance.appraisal import (
    Appraisal,
    Course,
    Out,
    Share,
    Waited,
    YunchengScore,
    appraise,
    waited,
    yuncheng_score,
)
from onecity.governance.catalogue import CATALOGUE, MATTER, PART, Catalogue, catalogue_of
from onecity.governance.columns import COLUMNS
from onecity.governance.dangers import dangers_in
from onecity.governance.declared import Matter, Part
from onecity.governance.duplicates import MEASURES, Kinship, Likeness, Measures, OpenReports, Reasons, Seen, likeness
from onecity.governance.facts import FACTS, Point, Source
from onecity.governance.filing import (
    CONDITION,
    OWNERS,
    STREET_RULES,
    Again,
    Condition,
    Danger,
    Filing,
    StreetRules,
    filing_of,
)
from onecity.governance.hotspots import SCAN, Event, HotSpot, Scan, hot_spots
from onecity.governance.parts import PARTS
from onecity.governance.phrases import PHRASE, default_model, said_of_the_street
from onecity.governance.projections import STREET
from onecity.governance.recurrence import Ended, Recurrence, Return, chains, recurrence_rate, returns
from onecity.governance.rules import Tell, Why
from onecity.governance.usecases import Ground, Street, StreetMatters, Told, hears_too, is_street

__all__ = [
    "CATALOGUE",
    "COLUMNS",
    "CONDITION",
    "FACTS",
    "MATTER",
    "MEASURES",
    "OWNERS",
    "PART",
    "PARTS",
    "PHRASE",
    "SCAN",
    "STREET",
    "STREET_RULES",
    "Again",
    "Appraisal",
    "Catalogue",
    "Condition",
    "Course",
    "Danger",
    "Ended",
    "Event",
    "Filing",
    "Ground",
    "HotSpot",
    "Kinship",
    "Likeness",
    "Matter",
    "Measures",
    "OpenReports",
    "Out",
    "Part",
    "Point",
    "Reasons",
    "Recurrence",
    "Return",
    "Scan",
    "Seen",
    "Share",
    "Source",
    "Street",
    "StreetMatters",
    "StreetRules",
    "Tell",
    "Told",
    "Waited",
    "Why",
    "YunchengScore",
    "appraise",
    "catalogue_of",
    "chains",
    "dangers_in",
    "default_model",
    "filing_of",
    "hears_too",
    "hot_spots",
    "is_street",
    "likeness",
    "recurrence_rate",
    "returns",
    "said_of_the_street",
    "waited",
    "yuncheng_score",
]
