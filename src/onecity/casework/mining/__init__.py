"""What a log of cases tells, ours or a foreign one: how long cases take, where they wait and for whom."""

from collections.abc import Callable, Iterator
from typing import IO

from onecity.casework.mining.conformance import Comparing, Conformance, Stray, means
from onecity.casework.mining.measures import measured, nine_of_ten, spread, waits_of, work_of
from onecity.casework.mining.model import (
    DAY_US,
    Case,
    Event,
    Findings,
    Remarks,
    Spread,
    Unreadable,
    Variant,
    Wait,
    WaitBy,
)
from onecity.casework.mining.opened import MOST_MB, MOST_RATIO, Stop
from onecity.casework.mining.own import OWN_COLUMNS, NoLog, OwnLog
from onecity.casework.mining.table import Columns, read_table
from onecity.casework.mining.xes import read_xes
from onecity.kernel.refusal import Refused

ENDINGS = (".xes", ".xes.gz", ".csv", ".csv.gz")
"""The files that are read, by their endings."""

__all__ = [
    "DAY_US",
    "ENDINGS",
    "MOST_MB",
    "MOST_RATIO",
    "OWN_COLUMNS",
    "Case",
    "Columns",
    "Comparing",
    "Conformance",
    "Event",
    "Findings",
    "NoLog",
    "OwnLog",
    "Remarks",
    "Spread",
    "Stray",
    "Unreadable",
    "Variant",
    "Wait",
    "WaitBy",
    "ending_of",
    "means",
    "measured",
    "mined",
    "nine_of_ten",
    "spread",
    "waits_of",
    "work_of",
]


def ending_of(name: str) -> str | None:
    """The ending of a file that is read; None of any other.

    >>> ending_of("Permits.XES.gz"), ending_of("permits.xlsx")
    ('.xes.gz', None)
    """
    return next((one for one in ENDINGS if name.lower().endswith(one)), None)


def mined(
    opened: Callable[[], IO[bytes]], ending: str, *, columns: Columns | None = None, beside: Comparing | None = None
) -> tuple[Findings, Remarks] | Refused:
    """What a log tells, and what was seen on the way; Refused where the file is none. `beside` sees each case too."""
    remarks, packed = Remarks(), ending.endswith(".gz")

    def seen(cases: Iterator[Case]) -> Iterator[Case]:
        for case in cases:
            if beside is not None:
                beside.see(case)
            yield case

    try:
        if ending.startswith(".csv"):
            found = measured(seen(read_table(opened, remarks, columns=columns, packed=packed)))
        else:
            with opened() as file:
                found = measured(seen(read_xes(file, remarks, packed=packed)))
    except Stop as stop:
        return stop.refused
    return (found, remarks) if found.cases else Refused(Unreadable.NO_CASE)
