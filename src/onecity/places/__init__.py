"""Where and when the city is: its levels, its areas, its calendar."""

from onecity.places.declared import CALENDAR, CITY, NOTICE, City, calendar_of, hours_of

__all__ = ["CALENDAR", "CITY", "NOTICE", "City", "calendar_of", "hours_of"]
