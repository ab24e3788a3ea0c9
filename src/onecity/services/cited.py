"""What services cites: the article behind a longer joint limit, and that by which proofs are cleared away."""

from datetime import date
from typing import Final

from onecity.kernel.cited import Cited
from onecity.services.listing import limits

LENGTHENED: Final = Cited("行政许可法", "第 42 条第 2 款", date(2019, 4, 23))
"""The head of government lengthens the limit of what several departments handle together."""

PROOFS: Final = Cited("优化营商环境条例", "第 44 条第 2 款", date(2019, 10, 22))
"""No proof is asked for where licences, documents, promises, checks or contracts do as well."""

CITED: Final = (LENGTHENED, PROOFS, *limits.CITED)
