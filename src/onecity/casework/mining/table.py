"""Logs as tables: one event a row, whatever the columns are called and whichever sign stands between them."""

import csv
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import IO, Final

import msgspec

from onecity.casework.mining.model import Case, Event, Remarks, Unreadable
from onecity.casework.mining.opened import Stop, lines
from onecity.casework.mining.times import NOTHING, Order, has_year_last, instant

CASE, STEP, TIME, ORGAN, LIFE, INSTANCE, BEGUN = "case", "step", "time", "organ", "life", "instance", "begun"
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    CASE: (
        "caseconceptname", "caseid", "caseno", "casenumber", "casenr", "casekey", "casename", "caseidentifier",
        "traceid", "tracename", "traceconceptname", "processinstance", "processinstanceid", "applicationid",
        "applicationnumber", "dossierid", "dossier", "zaakid", "zaaknummer", "zaak", "案件编号", "案件号", "办件编号",
        "办件号", "业务流水号", "受理编号", "申请编号", "案号", "案件", "case", "trace", "application",
    ),
    STEP: (
        "conceptname", "activity", "activityname", "activityen", "activitylabel", "activityid", "eventconceptname",
        "eventname", "taskname", "task", "stepname", "step", "operation", "action", "环节名称", "环节", "步骤名称",
        "步骤", "活动", "event",
    ),
    TIME: (
        "timetimestamp", "completetimestamp", "eventtimetimestamp", "timestamp", "eventtimestamp", "eventtime",
        "completetime", "completiontime", "completiontimestamp", "completed", "endtimestamp", "endtime", "enddatetime",
        "datetime", "eventdate", "完成时间", "结束时间", "办理时间", "操作时间", "时间", "enddate", "date", "time",
        "starttimestamp", "starttime", "startdatetime", "开始时间",
    ),
    ORGAN: (
        "orggroup", "organ", "orgunit", "organisation", "organization", "department", "agency", "办理部门", "部门",
        "机关", "group", "orgrole", "role", "orgresource", "resource", "resourcename", "办理人", "人员",
        "user", "officer",
    ),
    LIFE: ("lifecycletransition", "lifecycle", "transition", "eventtype"),
    INSTANCE: ("conceptinstance", "activityinstance", "activityinstanceid"),
    BEGUN: ("starttimestamp", "starttime", "startdatetime", "开始时间"),
}  # fmt: skip
"""What houses call the columns, the likeliest first; in small letters and without anything between the words."""

NEEDED: Final = (CASE, STEP, TIME)
_SIGNS: Final = ",;\t|"
_MONTHS: Final = 12
_LONGEST_HEAD: Final = 100
"""Lines that the names of the columns may stand on."""
_SEP: Final = re.compile(r"\ufeff?sep=(.)\r?\n?", re.IGNORECASE)
"""A first line by which spreadsheets tell each other the sign between columns."""


class Columns(msgspec.Struct, frozen=True):
    """The names of columns, where a person named them."""

    case: str | None = None
    step: str | None = None
    time: str | None = None
    organ: str | None = None


class _Table(msgspec.Struct, frozen=True):
    """A table whose first row is read: its columns, in which place what stands, and the rows with their lines."""

    names: Sequence[str]
    places: Mapping[str, int]
    rows: Iterator[tuple[int, list[str]]]

    def times(self) -> Iterator[tuple[int, str]]:
        """Every time of the table, ends and begins, with its line."""
        places = [self.places[what] for what in (TIME, BEGUN) if what in self.places]
        return ((line, row[place].strip()) for line, row in self.rows for place in places)


class _YearLast(Exception):
    """A time has its year in the last place, and it is not known yet what stands first."""


def read_table(
    opened: Callable[[], IO[bytes]], remarks: Remarks, *, columns: Columns | None = None, packed: bool = False
) -> Iterator[Case]:
    """The cases of a table, in the order in which they first occur. Raises Stop at the first place that cannot be read.

    `opened` opens the file anew each time: a file whose times have the year last is read twice, since only all its
    times together tell whether the day or the month stands first.
    """
    asked = columns or Columns()
    try:
        with closing(opened()) as file:
            found = _cases(_table(lines(file, packed=packed), asked), None, remarks)
    except _YearLast:
        with closing(opened()) as file:
            order = _order(_table(lines(file, packed=packed), asked).times())
        with closing(opened()) as file:
            found = _cases(_table(lines(file, packed=packed), asked), order, remarks)
    while found:
        name = next(iter(found))
        yield Case(name, tuple(found.pop(name)))


def _cases(table: _Table, order: Order | None, remarks: Remarks) -> dict[str, list[Event]]:
    remarks.naive = remarks.homeless = 0
    remarks.columns = {what: table.names[place] for what, place in table.places.items()}
    case_at, found = table.places[CASE], dict[str, list[Event]]()
    event_of = _events(table.places, order, remarks)
    for line, row in table.rows:
        event, case = event_of(line, row), row[case_at].strip()
        if case:
            found.setdefault(case, []).append(event)
        else:
            remarks.homeless += 1
    return found


def _events(places: Mapping[str, int], order: Order | None, remarks: Remarks) -> Callable[[int, Sequence[str]], Event]:
    """What makes an event of a row."""
    # A column that is not there is read from behind the row, where an empty field is put.
    step_at, time_at, organ_at, life_at, instance_at, begun_at = (
        places.get(what, -1) for what in (STEP, TIME, ORGAN, LIFE, INSTANCE, BEGUN)
    )

    def when(line: int, text: str) -> int | None:
        if text.lower() in NOTHING:
            return None
        found = instant(text, order)
        if found is None:
            if order is None and has_year_last(text):
                raise _YearLast
            raise Stop(Unreadable.TIME, line=line, found=text[:40])
        remarks.naive += found[1]
        return found[0]

    def event(line: int, row: Sequence[str]) -> Event:
        time, begun = when(line, row[time_at].strip()), None
        if begun_at >= 0:
            begun = when(line, row[begun_at].strip())
        return Event(
            time, sys.intern(row[step_at].strip()), sys.intern(row[organ_at].strip()),
            sys.intern(row[life_at].strip().lower()), row[instance_at].strip(), begun,
        )  # fmt: skip

    return event


def _table(text: Iterator[str], asked: Columns) -> _Table:
    """The first row of a table, which says what the others are."""
    first = next(text, None)
    if first is None:
        raise Stop(Unreadable.EMPTY_FILE)
    skipped, told = 0, _SEP.fullmatch(first)
    if told:
        skipped, first = 1, next(text, "")
    head = [first]
    # A name may hold a line break within quotes.
    while "".join(head).count('"') % 2 and len(head) < _LONGEST_HEAD and (more := next(text, None)) is not None:
        head.append(more)
    sign, names = _signed(head, told[1] if told else None)
    places = _places(names, asked)
    return _Table(names, places, _rows(text, sign, len(names), skipped + len(head)))


def _signed(head: Sequence[str], told: str | None) -> tuple[str, list[str]]:
    """The sign between columns: the one by which most of the columns are found that a log needs, then most of all."""
    tried: list[tuple[int, int, str, list[str]]] = []
    for sign in told or _SIGNS:
        try:
            names = next(csv.reader(head, delimiter=sign, strict=True), [])
        except (csv.Error, TypeError, ValueError):
            continue
        known = {_plain(name) for name in names}
        tried.append((sum(not known.isdisjoint(NAMES[what]) for what in NEEDED), len(names), sign, names))
    if not tried:
        raise Stop(Unreadable.NOT_CSV, line=1)
    _, _, sign, names = max(tried, key=lambda one: one[:2])
    return sign, [name.strip() for name in names]


def _places(names: Sequence[str], asked: Columns) -> Mapping[str, int]:
    plain, places = [_plain(name) for name in names], dict[str, int]()
    for what, known in NAMES.items():
        name = getattr(asked, what, None)
        if name is not None:
            if name not in names:
                raise Stop(Unreadable.NOT_THERE, name=name, found=_listed(names))
            places[what] = names.index(name)
        elif (found := next((plain.index(one) for one in known if one in plain), None)) is not None:
            places[what] = found
    missing = [what for what in NEEDED if what not in places]
    if missing:
        options = ", ".join(f"--{what}" for what in missing)
        raise Stop(Unreadable.NO_COLUMN, missing=", ".join(missing), options=options, found=_listed(names))
    if places.get(BEGUN) == places[TIME]:
        del places[BEGUN]
    return places


def _rows(text: Iterator[str], sign: str, width: int, before: int) -> Iterator[tuple[int, list[str]]]:
    """Each row that holds anything, with the line on which it begins, as wide as the first, and an empty field."""
    last = ""

    def read() -> Iterator[str]:
        nonlocal last
        for one in text:
            last = one
            yield one

    rows = csv.reader(read(), delimiter=sign, strict=True)
    while True:
        line = before + rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise Stop(Unreadable.NOT_CSV, line=line) from None
        if not any(row):
            continue
        if len(row) != width:
            if any(one.strip() for one in row[width:]):
                raise Stop(Unreadable.FIELDS, line=line, found=len(row), width=width)
            if len(row) < width and not last.endswith(("\n", "\r")):
                # Rows may leave out empty fields at their end; the last one of a file that was cut lacks more.
                raise Stop(Unreadable.CUT, line=line)
            row = row[:width] + [""] * (width - len(row))
        row.append("")
        yield line, row


def _order(texts: Iterable[tuple[int, str]]) -> Order:
    """Whether the day or the month stands first, told by all times of a file together."""
    first, signs = 0, set[str]()
    for line, text in texts:
        found = has_year_last(text)
        if found is None:
            continue
        one, two, sign = found
        if one > _MONTHS or two > _MONTHS:
            return Order.DAY_FIRST if one > _MONTHS else Order.MONTH_FIRST
        first = first or line
        signs.add(sign)
    if "/" in signs:
        raise Stop(Unreadable.DAY_OR_MONTH, line=first)
    # Where dots or dashes stand between the numbers, nobody writes the month first.
    return Order.DAY_FIRST


def _plain(name: str) -> str:
    return re.sub(r"[\s_:.\-/()]+", "", name.lower())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:40])[:400]
