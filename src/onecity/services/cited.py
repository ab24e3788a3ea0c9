"""What services cites: behind a longer joint limit, behind proofs that are cleared away, behind what costs nothing."""

from datetime import date
from typing import Final

from onecity.casework import Because
from onecity.kernel.cited import Cited

LENGTHENED: Final = Cited("行政许可法", "第 42 条第 2 款", date(2019, 4, 23))
"""The head of government lengthens the limit of what several departments handle together."""

PROOFS: Final = Cited("优化营商环境条例", "第 44 条第 2 款", date(2019, 10, 22))
"""No proof is asked for where licences, documents, promises, checks or contracts do as well."""

GENERAL: Final = Because("行政许可法", "42", date(2019, 4, 23), "自受理行政许可申请之日起二十日内", "42565960654f0fc9")
"""The general limit of a permit, in working days by article 82; laws and regulations may say otherwise."""

GENERAL_LIMIT: Final = Cited(GENERAL.law, "第 42 条第 1 款", GENERAL.version)
"""The same article, by the paragraph."""

TOGETHER: Final = Cited("优化营商环境条例", "第 42 条", date(2019, 10, 22))
"""Departments check finished construction works together."""

FREE: Final = Cited("行政许可法", "第 58 条第 1 款", date(2019, 4, 23))
"""No fee is taken for a permit, unless a law or a regulation says so."""

CITED: Final = (LENGTHENED, PROOFS, GENERAL_LIMIT, TOGETHER, FREE)
