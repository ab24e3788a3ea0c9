"""Reading YAML into typed values: what is wrong is found all at once, at its place, with a way to mend it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import pytest

from onecity.packs.faults import Fault
from onecity.packs.reading import Reading
from onecity.packs.source import MAX_BYTES, read_source


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Part(msgspec.Struct, frozen=True):
    name: str
    size: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1


class Whole(msgspec.Struct, frozen=True):
    title: str
    day: date | None = None
    area: Decimal | None = None
    open: bool = False
    colour: Colour | None = None
    parts: tuple[Part, ...] = ()


def read(text: str) -> tuple[Any, list[Fault]]:
    tree, faults = read_source("whole.yaml", text.encode())
    if tree is None:
        return None, list(faults)
    reading = Reading()
    return reading.value(tree, Whole), [*faults, *reading.faults]


def test_a_good_file_becomes_a_frozen_value() -> None:
    found, faults = read(
        "title: 一城\nday: 2020-04-08\narea: 182.4\nopen: true\ncolour: red\nparts:\n  - {name: a, size: 9}\n"
    )
    assert faults == []
    assert found == Whole("一城", date(2020, 4, 8), Decimal("182.4"), True, Colour.RED, (Part("a", 9),))


def test_every_value_knows_its_line_and_column() -> None:
    tree, _ = read_source("whole.yaml", b"title: a\nparts:\n  - name: b\n")
    reading = Reading()
    assert tree is not None
    reading.value(tree, Whole)
    assert str(reading.places["parts.0.name"]) == "whole.yaml:3:11"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel: a\n", "whole.yaml:1:1: The key `titel` is unknown here. Did you mean `title`?"),
        ("day: 2020-01-01\n", "whole.yaml:1:1: The key `title` is missing. Add `title:` with its value."),
        ("title: a\nday: 2020-02-30\n", "whole.yaml:2:6: `2020-02-30` is not a day. Write it like 2020-04-08."),
        ("title: a\nopen: yes\n", "whole.yaml:2:7: `yes` is not true or false. Write it like true."),
        ("title: a\ncolour: gren\n", "whole.yaml:2:9: `gren` is not one of the choices. Did you mean `green`?"),
        ("title: a\nparts: {name: b}\n", "whole.yaml:2:8: Here a list is needed. Write one `- item` a line, or `[a, b]`."),
        ("title: a\nparts: [{name: b, size: 10}]\n", "whole.yaml:2:25: 10 is too large. The most is 9."),
        ("title: a\nparts: [{name: b, size: 08}]\n", "whole.yaml:2:25: `08` is not a whole number. Write it like 20."),
        ("title: a\ntitle: b\n", "whole.yaml:2:1: The key `title` stands here twice. Keep one of the two."),
        ("title: &t a\nparts: [{name: *t}]\n", "whole.yaml:1:8: Anchors and aliases are not allowed in packs. Write the value out where it is used."),
        ("title:\n", "whole.yaml:1:7: The value is missing. Write it after the colon, or remove the key."),
        ("", "whole.yaml:1:1: The file is empty. Write the declaration, or delete the file."),
    ],
)  # fmt: skip
def test_each_fault_names_its_place_and_the_way_to_mend_it(text: str, said: str) -> None:
    _, faults = read(text)
    assert said in [str(fault) for fault in faults]


def test_all_faults_of_a_file_are_found_at_once() -> None:
    _, faults = read("titel: a\nday: soon\nparts: [{size: 0}]\n")
    assert len(faults) == 5


@pytest.mark.parametrize("content", [b"a: [\n", b"\xff\xfe", b"a: \x00", b"x" * (MAX_BYTES + 1), b"[" * 5000])
def test_a_file_that_is_no_yaml_is_a_fault_and_never_an_exception(content: bytes) -> None:
    tree, faults = read_source("broken.yaml", content)
    assert tree is None
    assert len(faults) == 1
