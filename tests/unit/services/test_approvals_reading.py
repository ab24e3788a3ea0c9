"""A file of approvals: every fault in one exact sentence at its place, all of them at once, and what is no fault."""

from typing import Final

import pytest

from onecity.services.approvals import read_approvals

HEAD: Final = (
    "id,stage,name,organ,model_days,predecessors,project_types,base_case_for,after_kind,after_days,counts_as_organ_time"
)
A: Final = "A,1立项用地,First,One,10,,S G,S,keep,10,yes"
B: Final = "B,2工程建设,Second,Two,20,A,S,S,merge,,yes"
C: Final = 'C,4竣工验收,"Third, last",One,5,A B,S,,drop,,"yes, before the reform only"'


def read(*lines: str, end: str = "\n") -> list[str]:
    rows, faults = read_approvals("f.csv", end.join([*lines, ""]).encode())
    assert bool(rows) != bool(faults)
    return [str(fault) for fault in faults]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_good_file_is_read_whatever_ends_its_lines(end: str) -> None:
    assert read(HEAD, A, B, C, end=end) == []


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        (["A,1,First,One,10,X9,S,S,keep,10,yes"], [
            "f.csv:2:18: The predecessor `X9` is no row of this file. Name rows by their ids."]),
        ([A, "C09,1,Second,One,10,C9,S,S,keep,10,yes"], [
            "f.csv:3:21: The predecessor `C9` is no row of this file. Did you mean `C09`?"]),
        (["A,1,First,One,10,A,S,S,keep,10,yes"], [
            "f.csv:2:18: `A` waits for itself. Take it out of its own predecessors."]),
        (["C,1,n,o,1,B,S,S,keep,1,yes", "B,1,n,o,1,A,S,S,keep,1,yes", "A,1,n,o,1,C,S,S,keep,1,yes",
          "D,1,n,o,1,A E,S,S,keep,1,yes", "E,1,n,o,1,D,S,S,keep,1,yes", "F,1,n,o,1,E,S,S,keep,1,yes"], [
            "f.csv:4:11: `A` waits for `C`, `C` for `B`, `B` for `A`: a circle. Take one of these predecessors away.",
            "f.csv:5:11: `D` waits for `E`, `E` for `D`: a circle. Take one of these predecessors away."]),
        (["A,1,First,One,ten,,S,S,keep,10,yes"], [
            "f.csv:2:15: `ten` is no number. Write whole days in digits, like 20."]),
        (["A,1,First,One,１０,,S,S,keep,10,yes"], [
            "f.csv:2:15: `１０` is no number. Write whole days in digits, like 20."]),
        (["A,1,First,One,2.5,,S,S,keep,10,yes"], [
            "f.csv:2:15: `2.5` is no whole number of days. Write whole days, like 20."]),
        (["A,1,First,One,10,,S,S,keep,-3,yes"], [
            "f.csv:2:28: `-3` is less than no day. Write 0 or more."]),
        (["A,1,First,One,99999999999,,S,S,keep,36501,yes"], [
            "f.csv:2:15: `99999999999` days are more than a hundred years. Write the days of one item.",
            "f.csv:2:37: `36501` days are more than a hundred years. Write the days of one item."]),
        ([A, B, A], [
            "f.csv:4:1: The id `A` stands in line 2 already. Keep one of the two."]),
        ([A, ",1,First,One,10,,S,S,keep,10,yes", "X Y,1,First,One,10,,S,S,keep,10,yes"], [
            "f.csv:3:1: The cell of `id` is empty. Give the row an id, or remove the line.",
            "f.csv:4:1: `X Y` is no id. An id has no blank, comma or semicolon in it."]),
        (["A,5运营,First,One,10,,S,S,keep,10,yes", "B,,First,One,10,,S,S,keep,10,yes", "C,12,F,O,1,,S,S,keep,1,yes"], [
            "f.csv:2:3: `5运营` is no stage. Begin it with the number of the stage, 1 to 4, like 1立项用地.",
            "f.csv:3:3: The cell of `stage` is empty. Begin it with the number of the stage, 1 to 4, like 1立项用地.",
            "f.csv:4:3: `12` is no stage. Begin it with the number of the stage, 1 to 4, like 1立项用地."]),
        (["A,1,First,One,10,,S X,GS,keep,10,yes"], [
            "f.csv:2:19: `X` is no type of project. Known are G, L, S, I, D, M; write a blank between two of them.",
            "f.csv:2:23: `GS` is no type of project. Known are G, L, S, I, D, M; write a blank between two of them."]),
        (["A,1,First,One,10,,S,S,kept,10,yes"], [
            "f.csv:2:23: `kept` is nothing that the reform does with an item. Write keep, merge or drop."]),
        (["A,1,First,One,10,,S,S,keep,10,maybe"], [
            "f.csv:2:31: `maybe` does not say whether the days are organ time. Begin it with yes or no."]),
        (["A,1,First,One,10,,S,S,keep,10,yesterday"], [
            "f.csv:2:31: `yesterday` does not say whether the days are organ time. Begin it with yes or no."]),
        (["A,1,,,,,S,S,keep,,yes"], [
            "f.csv:2:5: The cell of `name` is empty. Fill it in.",
            "f.csv:2:6: The cell of `organ` is empty. Fill it in.",
            "f.csv:2:7: The cell of `model_days` is empty. The row counts as organ time: write its days, 0 if it takes none.",
            "f.csv:2:18: The cell of `after_days` is empty. The row is kept: write its days after the reform, 0 if it takes none."]),
        (["A,1,Fir\x1b[31mst,One,10,,S,S,keep,10,yes"], [
            "f.csv:2:5: An invisible character stands in this cell. Remove it."]),
        (["A,1,First,One,10,,S,S,keep,10", "B,1,Second,One,10,A,S,S,keep,10,yes"], [
            "f.csv:2:1: This line has 10 cells for 11 columns. Put a text with a comma in quotes, and leave no cell out."]),
        (['A,1,"First" and,One,10,,S,S,keep,10,yes', "B,1,n,o,x,A,S,S,keep,1,yes"], [
            'f.csv:2:12: A cell in quotes must be whole. Put all of it in quotes, and write a quote in it as "".',
            "f.csv:3:9: `x` is no number. Write whole days in digits, like 20."]),
        (['A,1,"First,One,10,,S,S,keep,10,yes'], [
            "f.csv:2:5: The quote that opens here is never closed. Close it; a quote inside a cell in quotes is written twice.",
            "f.csv:1:1: Below the first line stands no row. Write one for each item."]),
        ([], ["f.csv:1:1: Below the first line stands no row. Write one for each item."]),
    ],
)  # fmt: skip
def test_every_fault_of_a_row_is_told_at_its_place(lines: list[str], faults: list[str]) -> None:
    assert sorted(read(HEAD, *lines)) == sorted(faults)


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", ["f.csv:1:1: The file is empty. Write the names of the columns in its first line."]),
        (b"\xef\xbb\xbf \r\n,,\r\n", ["f.csv:1:1: The file is empty. Write the names of the columns in its first line."]),
        (f"{HEAD}\n{A}\n".encode("gbk"), [
            "f.csv:2:4: From here on the file is not UTF-8. Save it as UTF-8; GBK and UTF-16 are not read."]),
        (f"{HEAD}\n{A}\n".encode("utf-16"), [
            "f.csv:1:1: From here on the file is not UTF-8. Save it as UTF-8; GBK and UTF-16 are not read."]),
        (f"{HEAD}\n{A}\n".replace(",", ";").encode(), [
            "f.csv:1:1: These columns are not separated by commas. Save the table as CSV."]),
        (f"{HEAD},name\n{A},again\n".encode(), ["f.csv:1:116: The column `name` stands here twice. Keep one of the two."]),
        (f"{HEAD}\n{A}\n".replace("predecessors", "predecesors").replace(",organ,", ",who,").encode(), [
            "f.csv:1:1: The column `organ` is missing. Add it to the first line, and a cell to each line below.",
            "f.csv:1:1: The column `predecessors` is missing. Did you mean it where `predecesors` stands?"]),
        (f'"id,{HEAD}\n{A}\n'.encode(), [
            "f.csv:1:1: The quote that opens here is never closed. Close it; a quote inside a cell in quotes is written twice."]),
        (f'"id"x,{HEAD}\n{A}\n'.encode(), [
            'f.csv:1:5: A cell in quotes must be whole. Put all of it in quotes, and write a quote in it as "".']),
        (HEAD.encode() + b"\n" * 5_000_000, ["f.csv:1:1: The file has 5,000,114 bytes. 5,000,000 is the most."]),
        ("\n".join([HEAD, *(f"{n}," + A[2:] for n in range(2_001))]).encode(), [
            "f.csv:1:1: The file has 2,001 rows. 2,000 is the most. Is it the right file?"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_file_is_told(content: bytes, faults: list[str]) -> None:
    rows, found = read_approvals("f.csv", content)
    assert (rows, [str(fault) for fault in found]) == ({}, faults)


def test_all_faults_are_told_at_once_in_the_order_of_reading() -> None:
    told = read(HEAD, "A,9,First,One,x,B,S,S,keep,10,yes", "B,1,Second,One,10,A,S,S,keep,-1,yes")
    assert [fault.split(" ")[0] for fault in told] == ["f.csv:2:3:", "f.csv:2:15:", "f.csv:2:17:", "f.csv:3:30:"]


def test_columns_may_stand_in_another_order_beside_others_and_rows_between_empty_lines() -> None:
    lines = (f"{HEAD},note", f"{A},x", "", f'{B},"two\nlines"', ",,,,,,,,,,,", f"{C},y")
    turned = "\r\n".join(",".join(reversed(line.split(","))) for line in (f"{HEAD},note", f"{A},x", f"{B},y"))
    assert read(*lines) == []
    rows, faults = read_approvals("f.csv", turned.encode("utf-8-sig"))
    assert (faults, rows["B"].predecessors, rows["A"].types) == ((), ("A",), frozenset("SG"))


def test_a_place_is_that_of_the_file_also_behind_a_cell_of_several_lines() -> None:
    told = read(f"note,{HEAD}", f'"a\r\nb\nc",{A}', f"x,{B},y")
    assert [fault.split(" ")[0] for fault in told] == ["f.csv:5:1:"]


def test_ids_may_stand_between_commas_and_what_a_spreadsheet_writes_is_a_number() -> None:
    content = "\n".join([HEAD, A, B, 'D,1,  Fourth\u3000one ,One,5.0,"A;B、A",s g,S,Keep,2.00,Yes'])
    rows, faults = read_approvals("f.csv", content.encode())
    assert faults == ()
    found = rows["D"]
    assert (found.predecessors, found.days, found.days_after, found.name) == (("A", "B"), 5, 2, "Fourth one")
    assert (found.types, found.organ_time) == (frozenset("SG"), True)


def test_what_does_not_count_needs_no_days_and_no_organ() -> None:
    assert read(HEAD, "A,1,First,,,,S,S,keep,,no", "B,1,Second,,,A,S,,keep,,yes") == []
