"""A table of messages is read as Python's csv writes it, and what cannot be read is told with its line."""

import pytest
from tests.messages import LABELLED, MESSAGES, table

from onecity.governance.routing import Example, NotRouted, begins_with_mark, examples_of
from onecity.kernel.refusal import Refused


def test_what_was_written_is_read_again_in_its_order() -> None:
    assert examples_of(LABELLED, labelled=True) == MESSAGES


def test_columns_are_found_by_their_names_and_others_are_passed_over() -> None:
    written = table(("id", "body", "title", "label"), [("1", "长话", "短话", "灯")])
    assert examples_of(written, labelled=True) == (Example(2, "短话", "长话", "灯"),)
    assert examples_of(written, labelled=False) == (Example(2, "短话", "长话"),)


def test_a_title_may_hold_tabs_quotes_and_line_breaks_and_lines_are_those_of_the_file() -> None:
    titles = ["一\t二", '"灯"坏了', "一\r\n二\n三", " ", "", "完"]
    found = examples_of(table(("title",), [[title] for title in titles]), labelled=False)
    assert not isinstance(found, Refused)
    assert [one.title for one in found] == titles
    assert [one.line for one in found] == [2, 3, 4, 7, 8, 9]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n"])
def test_empty_lines_at_the_end_are_no_messages(end: bytes) -> None:
    assert examples_of("title\n灯".encode() + end, labelled=False) == (Example(2, "灯"),)


def test_the_mark_of_a_spreadsheet_is_passed_over() -> None:
    marked = b"\xef\xbb\xbf" + table(("title",), [["灯"]])
    assert (begins_with_mark(marked), begins_with_mark(LABELLED)) == (True, False)
    assert examples_of(marked, labelled=False) == (Example(2, "灯"),)


def test_a_table_may_hold_no_messages_at_all() -> None:
    assert examples_of(b"title\n", labelled=False) == ()


@pytest.mark.parametrize(
    ("content", "why", "details"),
    [
        (b"", NotRouted.EMPTY, {}),
        (b"\r\n\r\n", NotRouted.EMPTY, {}),
        (b"\xef\xbb\xbf", NotRouted.EMPTY, {}),
        ("label\ttitle\n灯\t".encode() + b"a\n\xb5\xc6\n", NotRouted.NOT_UTF8, {"line": 3}),
        ("label\ttitle\n灯\t亮\n".encode("utf-16"), NotRouted.NOT_UTF8, {"line": 1}),
        (b"label,title\n1,2\n", NotRouted.NO_TITLE, {}),
        (b"\n\nlabel\ttitle\n", NotRouted.NO_TITLE, {}),
        (b"title\nx\n", NotRouted.NO_LABEL, {}),
        (b"label\ttitle\ttitle\n", NotRouted.COLUMN_TWICE, {"column": "title"}),
        (b"label\ttitle\na\tb\n\nc\td\n", NotRouted.LINE_EMPTY, {"line": 3}),
        (b'label\ttitle\na\t"b\nc"\na\n', NotRouted.FIELDS, {"line": 4, "found": 1, "columns": 2}),
        (b"label\ttitle\na\tb\tc\n", NotRouted.FIELDS, {"line": 2, "found": 3, "columns": 2}),
        (b'label\ttitle\na\tb\nc\t"d\ne\tf\n', NotRouted.QUOTES, {"line": 3}),
        (b'label\ttitle\na\t"b"c\n', NotRouted.QUOTES, {"line": 2}),
        (b"label\ttitle\na\tb\na\t" + b"x" * 200_000 + b"\n", NotRouted.FIELD_TOO_LONG, {"line": 3}),
        (b"label\ttitle\n \tb\n", NotRouted.LABEL_EMPTY, {"line": 2}),
        (b'label\ttitle\n"a\tb"\tc\n', NotRouted.LABEL_UNPRINTABLE, {"line": 2}),
        (b'label\ttitle\n"a\nb"\tc\n', NotRouted.LABEL_UNPRINTABLE, {"line": 2}),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    content: bytes, why: NotRouted, details: dict[str, str | int]
) -> None:
    assert examples_of(content, labelled=True) == Refused(why, details)


def test_a_label_that_is_not_read_cannot_be_wrong() -> None:
    assert examples_of(b'label\ttitle\n"a\tb"\tc\n\td\n', labelled=False) == (Example(2, "c"), Example(3, "d"))
