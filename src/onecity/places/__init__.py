"""Where and when the city is: its four levels, its areas, its calendar."""

from onecity.places.areas import COUNTY, STREET, VILLAGE, period_faults, places_of
from onecity.places.cells import Cell, Cells, cells_of
from onecity.places.declared import CALENDAR, CITY, ID_FORM, NOTICE, City, calendar_of, hours_of
from onecity.places.grid import GRID, OUTLINE, Grid, Zone
from onecity.places.halls import HALL, Hall
from onecity.places.mapped import ground_collections
from onecity.places.model import Area, Level, Places, in_force
from onecity.places.outlines import Outlined, outlined
from onecity.places.social import SOCIAL_GRID, SocialGrid, SocialGrids, levels, social_grids_of

__all__ = [
    "CALENDAR",
    "CITY",
    "COUNTY",
    "GRID",
    "HALL",
    "ID_FORM",
    "NOTICE",
    "OUTLINE",
    "SOCIAL_GRID",
    "STREET",
    "VILLAGE",
    "Area",
    "Cell",
    "Cells",
    "City",
    "Grid",
    "Hall",
    "Level",
    "Outlined",
    "Places",
    "SocialGrid",
    "SocialGrids",
    "Zone",
    "calendar_of",
    "cells_of",
    "ground_collections",
    "hours_of",
    "in_force",
    "levels",
    "outlined",
    "period_faults",
    "places_of",
    "social_grids_of",
]
