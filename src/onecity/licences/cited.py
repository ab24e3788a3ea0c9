"""What licences cites: the articles behind each deed and end, and the law that keeps licences."""

from datetime import date
from typing import Final

from onecity.kernel.cited import Cited

PENALTY: Final = Cited("行政处罚法", "第 9 条", date(2021, 1, 22))
"""Suspending and revoking are penalties."""

CHECKING: Final = Cited("行政许可法", "第 61 条", date(2019, 4, 23))
"""Whoever licenses watches over what was licensed."""

ANNULMENT: Final = Cited("行政许可法", "第 69 条", date(2019, 4, 23))
"""What was given wrongly is annulled."""

AT_WISH: Final = Cited("行政许可法", "第 70 条", date(2019, 4, 23))
"""A licence ends because its holder wishes so."""

RENEWAL: Final = Cited("行政许可法", "第 50 条", date(2019, 4, 23))
"""Asked for in time, answered before the last day, else renewed."""

RELIED_ON: Final = Cited("个人信息保护法", "第 13 条第 1 款第 3 项", date(2021, 8, 20))
"""What an authority needs for its task while others may rely on a licence."""

CITED: Final = (PENALTY, CHECKING, ANNULMENT, AT_WISH, RENEWAL, RELIED_ON)
