"""What a log of cases tells, in whichever form it comes; and what is said of a file that is none."""

import gzip
import io
from typing import Final

import pytest
from tests.logs import HEAD, found_in, mine

from onecity.casework.mining import DAY_US, Case, Columns, Event, Unreadable, measured, mined, waits_of, work_of
from onecity.casework.mining.times import Order, instant
from onecity.kernel.refusal import Refused

TWO: Final = """<?xml version="1.0"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
 <extension name="Time" prefix="time" uri="http://127.0.0.1:1/time.xesext"/>
 <global scope="trace"><string key="concept:name" value="x"/></global>
 <global scope="event"><string key="concept:name" value="x"/><date key="time:timestamp" value="not now"/></global>
 <classifier name="Activity" keys="concept:name"/>
 <string key="creator" value="us"><string key="time:timestamp" value="never"/></string>
 <trace>
  <string key="concept:name" value="1"><date key="time:timestamp" value="1999-01-01"/></string>
  <date key="time:timestamp" value="nobody reads this"/>
  <event><string key="concept:name" value="受理"/><string key="org:group" value="窗口"/><string key="org:resource" value="7"/>
   <date key="time:timestamp" value="2020-01-03T01:00:00+01:00"/></event>
  <event><date key="time:timestamp" value="2020-01-01T00:00:00Z"/><string key="concept:name" value="申请"/>
   <list key="more"><values><date key="time:timestamp" value="1990-01-01"/></values></list></event>
 </trace>
 <trace/>
 <trace><string key="concept:name" value="2"/>
  <event><string key="concept:name" value="申请"/><date key="time:timestamp" value="2020-01-01T00:00:00"/></event>
  <event><string key="concept:name" value="受理"/><string key="org:resource" value="7"/>
   <date key="time:timestamp" value="2020-01-05T00:00:00.000-00:00"/></event>
  <event><string key="concept:name" value="发证"/></event>
 </trace>
</log>"""


def test_a_log_tells_durations_waits_and_what_it_lacks() -> None:
    told = mine(TWO.encode())
    assert not isinstance(told, Refused)
    found, remarks = told
    assert (found.cases, found.events, found.timed, found.untimed_events, remarks.naive) == (3, 5, 2, 1, 1)
    assert found.durations is not None
    assert (found.durations.median_days, found.durations.mean_days, found.durations.p90_days) == (3.0, 3.0, 4.0)
    [wait] = found.waiting
    assert (wait.before, wait.step, wait.organ, wait.organ_days) == ("申请", "受理", "7", 4.0)
    assert (wait.cases, wait.times, wait.median_days, wait.mean_days, wait.total_days) == (2, 2, 3.0, 3.0, 6.0)
    assert [(one.name, one.total_days) for one in found.by_organ] == [("7", 4.0), ("窗口", 2.0)]
    assert [(one.steps, one.cases, one.share) for one in found.variants] == [(("申请", "受理"), 2, 1.0)]


@pytest.mark.parametrize(
    "written",
    [
        TWO.replace(' xmlns="http://www.xes-standard.org/"', ""),
        TWO.replace("http://www.xes-standard.org/", "http://code.deckfour.org/xes"),
        TWO.replace("xmlns=", "xmlns:x=").replace("</", "</x:").replace("<x:", "<").replace("</x:", "</"),
        "\ufeff" + TWO,
        TWO.replace("\n", "\r\n"),
    ],
    ids=["no namespace", "another namespace", "an unused prefix", "a mark", "other ends of lines"],
)
def test_the_same_log_written_otherwise_tells_the_same(written: str) -> None:
    assert found_in(written.encode()) == found_in(TWO.encode())


def test_prefixed_elements_and_other_encodings_are_read() -> None:
    log = '<x:log xmlns:x="u"><x:trace><x:event><x:date key="time:timestamp" value="2020-01-01"/></x:event></x:trace></x:log>'
    assert found_in(log.encode()).timed == 1
    assert found_in(TWO.replace('<?xml version="1.0"?>', "").encode("utf-16")) == found_in(TWO.encode())


def test_packed_and_unpacked_files_tell_the_same() -> None:
    for ending, content in ((".xes", TWO.encode()), (".csv", b"case,step,time\n1,a,2020-01-01\n1,b,2020-01-02\n")):
        plain = found_in(content, ending)
        assert found_in(gzip.compress(content), f"{ending}.gz") == plain
        assert found_in(gzip.compress(content), ending) == plain


def test_traces_of_one_name_are_cases_of_their_own_and_told_so() -> None:
    found = found_in(TWO.replace('value="2"', 'value="1"').encode())
    assert (found.cases, found.repeated_names) == (3, 1)


def test_events_outside_of_traces_are_counted_by_themselves() -> None:
    told = mine(b"<log><event/><trace><event/></trace></log>")
    assert not isinstance(told, Refused)
    assert (told[0].events, told[0].timed, told[0].durations, told[1].homeless) == (1, 0, None, 1)


@pytest.mark.parametrize(
    "head",
    [
        ("case:concept:name", "concept:name", "time:timestamp"),
        ("case_id", "activity", "timestamp"),
        ("Case ID", "Activity", "Complete Timestamp"),
        ("CaseID", "ActivityName", "End Time"),
        ("办件编号", "环节", "办理时间"),
        ("zaakid", "event", "date"),
    ],
)
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_columns_are_found_by_what_houses_call_them(head: tuple[str, ...], sign: str) -> None:
    rows = [
        ("more", *head),
        ('"a\nb"', "1", "x", "2020-01-01T00:00:00Z"),
        ("", "2", "x", ""),
        ("", "1", "y", "2020-01-03"),
    ]
    text = "\ufeff" + "\r\n".join(sign.join(row) for row in rows)
    found = found_in(text.encode(), ".csv")
    assert (found.cases, found.events, found.timed, found.untimed_events) == (2, 3, 1, 1)
    assert found.durations is not None
    assert found.durations.mean_days == 2.0


def test_columns_may_be_named() -> None:
    content = b"a,b,c,d\n1,x,2020-01-01,p\n1,y,2020-01-02,q\n"
    assert mine(content, ".csv") == Refused(
        Unreadable.NO_COLUMN,
        {"missing": "case, step, time", "options": "--case, --step, --time", "found": "a, b, c, d"},
    )
    found = found_in(content, ".csv", Columns("a", "b", "c", "d"))
    assert [(one.step, one.organ, one.total_days) for one in found.waiting] == [("y", "q", 1.0)]
    assert mine(content, ".csv", Columns("e")) == Refused(Unreadable.NOT_THERE, {"name": "e", "found": "a, b, c, d"})


def test_a_row_with_begin_and_end_is_work_and_its_duration_is_told_by_the_time_of_its_end() -> None:
    content = (
        b"Case ID,Activity,Resource,Start Timestamp,Complete Timestamp\n"
        b"1,a,r,2020/01/01 00:00:00.000,2020/01/03 00:00:00.000\n1,b,r,2020/01/04 00:00:00.000,2020/01/07 00:00:00.000\n"
    )
    found = found_in(content, ".csv")
    assert found.durations is not None
    assert (found.durations.median_days, found.waiting[0].total_days) == (4.0, 1.0)


def test_rows_of_one_case_may_stand_apart_and_empty_rows_say_nothing() -> None:
    content = b"sep=;\ncase;step;time\n1;a;2020-01-01\n2;a;2020-01-01\n\n;;\n1;b;2020-01-04\n;c;2020-01-01\n"
    told = mine(content, ".csv")
    assert not isinstance(told, Refused)
    assert (told[0].cases, told[0].events, told[1].homeless, told[1].naive) == (2, 3, 1, 4)


def test_day_and_month_are_told_apart_by_the_whole_file() -> None:
    def days(one: str, other: str) -> float | Refused:
        told = mine(f"case,step,time\n1,a,{one}\n1,b,{other}\n".encode(), ".csv")
        return told if isinstance(told, Refused) else told[0].waiting[0].total_days

    assert days("01/02/2020 10:00", "13/02/2020 10:00") == 12.0
    assert days("1/2/2020 10:00 AM", "1/13/2020 10:00 AM") == 11.0
    assert days("01.02.2020", "03.02.2020") == 2.0
    assert days("01-02-2020:11.02", "02-02-2020:11.02") == 1.0
    assert days("01/02/2020", "02/02/2020") == Refused(Unreadable.DAY_OR_MONTH, {"line": 2})
    assert days("13/02/2020", "02/13/2020") == Refused(Unreadable.TIME, {"line": 3, "found": "02/13/2020"})


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1970-01-02", 1.0),
        ("1970-01-02T00:00Z", 1.0),
        ("1970-01-02 12:00:00.000+12:00", 1.0),
        ("1970-01-01T12:00:00.0000000-1200", 1.0),
        ("1970/1/2 00:00:00,000", 1.0),
        ("1970年1月2日", 1.0),
        ("1970-1-2 0:00 UTC", 1.0),
        ("19700102000000", 1.0),
        ("197001021200", 1.5),
        ("2019-12-31 24:00", None),
        ("0086400000", 1000.0),
        ("0000086400000", 1.0),
        ("02-Jan-1970 00:00:00", 1.0),
        ("Jan 2, 1970 12:00 PM", 1.5),
        ("2 Juli 1970", 182.0),
        ("2 Wednesday 1970", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+12:00", None),
        ("1970-13-02", None),
        ("1970-01-32", None),
        ("1/2/1970", None),
        ("tomorrow", None),
        ("1970-01-02T00:00+99:00", None),
    ],
)
def test_times_are_read_as_houses_write_them(text: str, day: float | None) -> None:
    found = instant(text)
    assert (found and found[0] / DAY_US) == day


def test_noon_and_midnight_of_twelve_hours() -> None:
    assert [instant(f"1/1/1970 {text}", Order.DAY_FIRST) for text in ("12:00 AM", "12:00 pm", "13:00 PM")] == [
        (0, True), (DAY_US // 2, True), None,
    ]  # fmt: skip


def day(step: str, at: float, life: str = "", instance: str = "") -> Event:
    return Event(round(at * DAY_US), step, "", life, instance)


def test_start_and_complete_are_one_piece_of_work_and_work_going_on_is_no_wait() -> None:
    case = [
        day("a", 0, "start"), day("b", 1, "start"), day("b", 2, "complete"), day("a", 5, "complete"),
        day("c", 7, "start"), day("c", 7, "complete"), day("d", 7, "start"),
    ]  # fmt: skip
    waits = [(one.before, one.step, one.long / DAY_US) for one in waits_of(work_of(case))]
    assert waits == [("a", "b", 0.0), ("a", "c", 2.0), ("c", "d", 0.0)]


def test_repeats_of_a_step_are_told_apart_by_instance_and_else_in_their_order() -> None:
    apart = [
        day("a", 0, "start", instance="1"), day("a", 1, "start", instance="2"), day("a", 2, "complete", instance="2"),
        day("a", 4, "complete", instance="1"),
    ]  # fmt: skip
    assert [(one.begin // DAY_US, one.end // DAY_US) for one in work_of(apart)] == [(0, 4), (1, 2)]
    assert [(one.begin // DAY_US, one.end // DAY_US) for one in work_of([one._replace(instance="") for one in apart])] == [
        (0, 2), (1, 4),
    ]  # fmt: skip


@pytest.mark.parametrize(("nobody", "organ", "part"), [(5, None, 5.0), (1, "二科", 2.0)])
def test_a_wait_names_whom_it_was_longest_for_and_nobody_where_that_is_a_placeholder(
    nobody: int, organ: str | None, part: float
) -> None:
    case = Case("1", (
        day("a", 0), day("b", nobody)._replace(organ="EMPTY"), day("a", nobody), day("b", nobody + 2)._replace(organ="二科"),
    ))  # fmt: skip
    [wait] = measured([case]).waiting
    assert (wait.organ, wait.total_days, wait.organ_days) == (organ, nobody + 2.0, max(part, 2.0))


BOMB: Final = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><log><string key="x" value="&b;"/></log>'
BROKEN: Final = gzip.compress(TWO.encode())
WRONG: Final = {
    "empty": (b"", ".xes", Unreadable.EMPTY_FILE, {}),
    "blank": (b" \n ", ".xes", Unreadable.EMPTY_FILE, {}),
    "empty table": (b"", ".csv", Unreadable.EMPTY_FILE, {}),
    "no trace": (b"<log></log>", ".xes", Unreadable.NO_CASE, {}),
    "a table that was cut": (b"case,step,time\n1,a,2020-01-01\n1,b", ".csv", Unreadable.CUT, {"line": 3}),
    "only columns": (b"case,step,time\n", ".csv", Unreadable.NO_CASE, {}),
    "not packed": (TWO.encode(), ".xes.gz", Unreadable.NOT_GZIP, {}),
    "packed and cut": (BROKEN[:-20], ".xes.gz", Unreadable.DAMAGED, {}),
    "packed and changed": (BROKEN[:-6] + b"\0\0" + BROKEN[-4:], ".xes.gz", Unreadable.DAMAGED, {}),
    "packed garbage": (BROKEN[:10] + b"\xff" * 40, ".xes.gz", Unreadable.DAMAGED, {}),
    "no xml": (b"case,step\n1,2\n", ".xes", Unreadable.NOT_XML, {"line": 1, "column": 1}),
    "wrong in the middle": (b"<log>\n<trace>&</trace></log>", ".xes", Unreadable.NOT_XML, {"line": 2, "column": 9}),
    "cut": (TWO.encode()[:-30], ".xes", Unreadable.CUT, None),
    "cut in a tag": (b"<log>\n<trace><event ke", ".xes", Unreadable.CUT, None),
    "not xes": (b"<html><body/></html>", ".xes", Unreadable.NOT_XES, {"line": 1, "found": "html"}),
    "an entity bomb": (BOMB.encode(), ".xes", Unreadable.DOCTYPE, {"line": 1}),
    "a file of ours": (
        b'<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<log>&x;</log>', ".xes", Unreadable.DOCTYPE, {"line": 1}
    ),
    "an unknown entity": (b"<log>\n&nbsp;</log>", ".xes", Unreadable.DOCTYPE, {"line": 2}),
    "deep": (b"<log>" + b"<list>" * 200, ".xes", Unreadable.TOO_DEEP, {"line": 1, "most": 100}),
    "another encoding": (b'<?xml version="1.0" encoding="GB18030"?><log/>', ".xes", Unreadable.NOT_TEXT, {"line": 1}),
    "no encoding": (b'<?xml version="1.0" encoding="klingon"?><log/>', ".xes", Unreadable.NOT_TEXT, {"line": 1}),
    "a time": (
        TWO.replace("2020-01-01T00:00:00Z", "soon").encode(), ".xes", Unreadable.TIME, {"line": 13, "found": "soon"}
    ),
    "a time in a row": (
        b"case,step,time\n1,\"a\nb\",2020-01-01\n1,b,soon\n", ".csv", Unreadable.TIME, {"line": 4, "found": "soon"}
    ),
    "not utf-8": ("case,step,time\n1,受理,2020-01-01\n".encode("gb18030"), ".csv", Unreadable.NOT_TEXT, {"line": 2}),
    "an open quote": (b'case,step,time\n1,"a,2020-01-01\n', ".csv", Unreadable.NOT_CSV, {"line": 2}),
    "too many fields": (
        b"case,step,time\n1,a,2020-01-01,x\n", ".csv", Unreadable.FIELDS, {"line": 2, "found": 4, "width": 3}
    ),
    "no case": (
        b"step,time\n", ".csv", Unreadable.NO_COLUMN, {"missing": "case", "options": "--case", "found": "step, time"}
    ),
    "a line without end": (b"x" * 3_000_000, ".csv", Unreadable.NOT_CSV, {"line": 1}),
    "a tag without end": (b"<log><a b='" + b"x" * 9_000_000, ".xes", Unreadable.NOT_XML, {"line": 1, "column": 1}),
    "a bomb": (gzip.compress(b"<log>" + b" " * 40_000_000, 9), ".xes.gz", Unreadable.BOMB, {"most": 400}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_log_is_told_with_its_place(name: str) -> None:
    content, ending, why, details = WRONG[name]
    told = mine(content, ending)
    assert isinstance(told, Refused), told
    assert told.reason is why
    assert details is None or told.details == details


def test_every_way_to_be_unreadable_is_shown_but_for_size() -> None:
    shown = {why for _, _, why, _ in WRONG.values()}
    assert set(Unreadable) - shown == {Unreadable.TOO_LARGE, Unreadable.NOT_THERE, Unreadable.DAY_OR_MONTH}


def test_a_file_larger_than_the_bound_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.casework.mining.opened.MOST_MB", 1)
    told = mine(b"<log>" + b" \n" * 2**20, ".xes")
    assert told == Refused(Unreadable.TOO_LARGE, {"most": 1})


def test_the_file_is_closed_whatever_happens() -> None:
    for content in (b"case,step,time\n1,a,13/02/2020\n", b"case,step,time\n1,a,soon\n", b"x"):
        files: list[io.BytesIO] = []

        def opened(content: bytes = content, files: list[io.BytesIO] = files) -> io.BytesIO:
            files.append(io.BytesIO(content))
            return files[-1]

        mined(opened, ".csv")
        assert all(one.closed for one in files)


def test_head_names_what_the_standard_names() -> None:
    assert found_in(",".join(HEAD).encode() + b"\n1,a,2020-01-01,g,complete\n", ".csv").cases == 1


@pytest.mark.parametrize("count", [1612010812345, 1612010812, 1577836800000])
def test_a_count_is_a_count_and_never_a_day_with_an_hour(count: int) -> None:
    assert instant(str(count)) == (count * (1_000 if count > 10**12 else 1_000_000), False)


def test_begins_tell_too_whether_the_day_or_the_month_stands_first() -> None:
    rows = "Case ID,Activity,Start Timestamp,Complete Timestamp\n1,a,{},2020-04-02T00:00:00Z\n"
    told = mine(rows.format("03/31/2020").encode(), ".csv")
    assert not isinstance(told, Refused)
    unsure = mine(rows.format("03/04/2020").encode(), ".csv")
    assert isinstance(unsure, Refused) and unsure.reason == Unreadable.DAY_OR_MONTH


def test_whoever_ended_work_as_nobody_is_nobody() -> None:
    begun, ended = Event(0, "a", "", "start"), Event(DAY_US, "a", "UNDEFINED", "complete")
    assert [one.organ for one in work_of([begun, ended])] == [""]
