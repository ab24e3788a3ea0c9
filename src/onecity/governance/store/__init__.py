"""All the SQL of governance."""

from onecity.governance.store.callers import forget_callers, keep_caller, open_of_caller, purge_callers
from onecity.governance.store.lateness import late
from onecity.governance.store.problems import (
    ProblemRow,
    filed_near,
    last_change,
    latest_problems,
    open_in,
    open_in_street,
    problems,
    strained,
)
from onecity.governance.store.programs import ProgramKey, end_key, keep_key, key_holds, keys, program_of
from onecity.governance.store.releases import ReleasedRow, released, released_of, released_under
from onecity.governance.store.reports import ReportRow, number_of, report_numbered, reports_of, reports_of_case
from onecity.governance.store.requests import RequestRow, first_reported, how_many_problems, requests
from onecity.governance.store.sights import Happened, Seeing, Sight, Within, counted, happened, sights

__all__ = [
    "Happened",
    "ProblemRow",
    "ProgramKey",
    "ReleasedRow",
    "ReportRow",
    "RequestRow",
    "Seeing",
    "Sight",
    "Within",
    "counted",
    "end_key",
    "filed_near",
    "first_reported",
    "forget_callers",
    "happened",
    "how_many_problems",
    "keep_caller",
    "keep_key",
    "key_holds",
    "keys",
    "last_change",
    "late",
    "latest_problems",
    "number_of",
    "open_in",
    "open_in_street",
    "open_of_caller",
    "problems",
    "program_of",
    "purge_callers",
    "released",
    "released_of",
    "released_under",
    "report_numbered",
    "reports_of",
    "reports_of_case",
    "requests",
    "sights",
    "strained",
]
