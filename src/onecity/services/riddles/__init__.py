"""Riddles: what people search for and the city does not understand, learnt without learning anything about them."""

from onecity.services.riddles.rules import ASKERS, DAYS, FITS, asker, is_riddle
from onecity.services.riddles.store import Riddle
from onecity.services.riddles.usecases import Riddles

__all__ = ["ASKERS", "DAYS", "FITS", "Riddle", "Riddles", "asker", "is_riddle"]
