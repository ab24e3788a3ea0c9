"""What people cites: the laws that keep what is held on a person."""

from datetime import date
from typing import Final

from onecity.kernel.cited import Cited

OFFICERS: Final = Cited("个人信息保护法", "第 13 条第 1 款第 2 项", date(2021, 8, 20))
"""Who serves the city is known to it."""

LOOKS: Final = Cited("个人信息保护法", "第 56 条", date(2021, 8, 20))
"""Records of what was done with personal data are kept."""

CITED: Final = (OFFICERS, LOOKS)
