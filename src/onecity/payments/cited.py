"""What payments cites: the laws that keep fees and their books."""

from datetime import date
from typing import Final

from onecity.kernel.cited import Cited

BOOKS: Final = Cited("会计档案管理办法（财政部、国家档案局令第79号）", "第 14 条", date(2015, 12, 11))
"""For how long the papers of money that moved are kept."""

MOVING: Final = Cited("个人信息保护法", "第 13 条第 1 款第 3 项", date(2021, 8, 20))
"""What an authority needs for its task while the fee is open."""

CITED: Final = (BOOKS, MOVING)
