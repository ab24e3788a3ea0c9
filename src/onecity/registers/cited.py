"""What registers cites: the law that keeps the registers."""

from datetime import date
from typing import Final

from onecity.kernel.cited import Cited

RESIDENTS: Final = Cited("户口登记条例", "第 3、4 条", date(1958, 1, 9))
"""Who keeps the register of residents."""

CITED: Final = (RESIDENTS,)
