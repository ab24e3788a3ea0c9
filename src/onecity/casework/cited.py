"""What casework cites: the laws that keep cases, and the one that makes an overrun public."""

from datetime import date
from typing import Final

from onecity.kernel.cited import Cited

RUNNING: Final = Cited("个人信息保护法", "第 13 条第 1 款第 3 项", date(2021, 8, 20))
"""What an authority needs for its task while the case is open."""

ARCHIVES: Final = Cited("国家档案局令第 8 号", "第 6、8 条", date(2006, 12, 18))
"""For how long an ended case is kept."""

OVERRUN: Final = Cited("优化营商环境条例", "第 36 条", date(2019, 10, 22))
"""The reason of a missed day is published."""

CITED: Final = (RUNNING, ARCHIVES, OVERRUN)
