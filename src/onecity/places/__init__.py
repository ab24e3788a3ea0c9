"""Where and when the city is: its four levels, its areas, its calendar."""

from onecity.places.areas import COUNTY, STREET, VILLAGE, places_of
from onecity.places.declared import CALENDAR, CITY, ID_FORM, NOTICE, City, calendar_of, hours_of
from onecity.places.model import Area, Level, Places, in_force

__all__ = [
    "CALENDAR",
    "CITY",
    "COUNTY",
    "ID_FORM",
    "NOTICE",
    "STREET",
    "VILLAGE",
    "Area",
    "City",
    "Level",
    "Places",
    "calendar_of",
    "hours_of",
    "in_force",
    "places_of",
]
