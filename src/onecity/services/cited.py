"""What services cites: the article behind a longer joint limit."""

from datetime import date
from typing import Final

from onecity.kernel.cited import Cited
from onecity.services.listing import limits

LENGTHENED: Final = Cited("行政许可法", "第 42 条第 2 款", date(2019, 4, 23))
"""The head of government lengthens the limit of what several departments handle together."""

CITED: Final = (LENGTHENED, *limits.CITED)
