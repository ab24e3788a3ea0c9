"""The audit of 四减两清理: what a pack asks of people, measured, and what it need not ask; no number without a list."""

from onecity.services.auditing.decisions import AUDIT_DECISION
from onecity.services.auditing.flows import Flow, flows_of
from onecity.services.auditing.lists import Row, read_rows
from onecity.services.auditing.model import Audit
from onecity.services.auditing.page import page
from onecity.services.auditing.reviewing import audited
from onecity.services.auditing.sheets import event_sheets, flow_sheet, sheet_of
from onecity.services.auditing.tables import tables_of
from onecity.services.auditing.telling import as_data, flows_as_data
from onecity.services.auditing.took import read_times

__all__ = [
    "AUDIT_DECISION",
    "Audit",
    "Flow",
    "Row",
    "as_data",
    "audited",
    "event_sheets",
    "flow_sheet",
    "flows_as_data",
    "flows_of",
    "page",
    "read_rows",
    "read_times",
    "sheet_of",
    "tables_of",
]
