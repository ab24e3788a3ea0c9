"""Small logs of cases as files, in XES and as tables."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.sax.saxutils import quoteattr

from onecity.casework.mining import Case, Event, Findings, Remarks, mined
from onecity.casework.mining.table import Columns
from onecity.kernel.refusal import Refused

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
HEAD: Final = ("case:concept:name", "concept:name", "time:timestamp", "org:group", "lifecycle:transition")


def when(time: int | None) -> str:
    """A time as logs write it."""
    return "" if time is None else (EPOCH + timedelta(microseconds=time)).isoformat()


def in_xes(cases: Sequence[Case]) -> bytes:
    """A log in XES."""

    def said(key: str, value: str, kind: str = "string") -> str:
        return f'<{kind} key="{key}" value={quoteattr(value)}/>' if value else ""

    def event(one: Event) -> str:
        return (
            f"<event>{said('concept:name', one.step)}{said('org:group', one.organ)}"
            f"{said('lifecycle:transition', one.life)}{said('time:timestamp', when(one.time), 'date')}</event>"
        )

    traces = "".join(
        f"<trace>{said('concept:name', case.name)}{''.join(map(event, case.events))}</trace>\n" for case in cases
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n{traces}</log>\n'.encode()


def in_csv(cases: Sequence[Case], *, sign: str = ",", head: Sequence[str] = HEAD) -> bytes:
    """A log as a table."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=sign)
    rows.writerow(head)
    rows.writerows((case.name, one.step, when(one.time), one.organ, one.life) for case in cases for one in case.events)
    return text.getvalue().encode()


def mine(content: bytes, ending: str = ".xes", columns: Columns | None = None) -> tuple[Findings, Remarks] | Refused:
    """What a log tells."""
    return mined(lambda: io.BytesIO(content), ending, columns=columns)


def found_in(content: bytes, ending: str = ".xes", columns: Columns | None = None) -> Findings:
    """What a log tells that can be read."""
    told = mine(content, ending, columns)
    assert not isinstance(told, Refused), told
    return told[0]
