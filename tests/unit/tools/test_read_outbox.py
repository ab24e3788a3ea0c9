"""The example of a consumer takes each fact once, in order, and only as it was sealed."""

import sqlite3
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from nats.aio.msg import Msg
from tools.read_outbox import TABLE, Fault, taken

from onecity.ledger import Stored, leaf_hash

STREAM = UUID(int=7)


def message(position: int, **changed: str) -> Msg:
    stored = Stored(STREAM, position + 1, "test.added/1", b'{"data": {"amount": 1}}')
    headers = {
        "Onecity-Position": str(position),
        "Onecity-Stream": str(stored.stream),
        "Onecity-Version": str(stored.version),
        "Onecity-Kind": stored.kind,
        "Onecity-Leaf": leaf_hash(stored.entry()).hex(),
    }
    at: Any = SimpleNamespace(sequence=SimpleNamespace(stream=position + 1))
    return cast("Msg", SimpleNamespace(headers=headers | changed, data=stored.body, metadata=at))


@pytest.fixture
def table() -> sqlite3.Connection:
    found = sqlite3.connect(":memory:")
    found.execute(TABLE)
    return found


def rows(table: sqlite3.Connection) -> list[tuple[int, str, int, str]]:
    return table.execute("select position, stream, version, kind from facts order by position").fetchall()


def test_what_comes_again_is_passed_over(table: sqlite3.Connection) -> None:
    assert [taken(table, message(position)) for position in (0, 1, 0, 1, 2)] == [0, 1, 1, 1, 2]
    assert rows(table) == [(position, str(STREAM), position + 1, "test.added/1") for position in (0, 1, 2)]


def test_nothing_is_taken_behind_a_gap(table: sqlite3.Connection) -> None:
    taken(table, message(0))
    with pytest.raises(Fault, match="position 2 came after 0"):
        taken(table, message(2))
    assert len(rows(table)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"Onecity-Version": "2"},
        {"Onecity-Kind": "test.added/2"},
        {"Onecity-Stream": str(UUID(int=8))},
        {"Onecity-Leaf": "00" * 32},
    ],
)
def test_what_was_changed_on_the_way_is_not_taken(table: sqlite3.Connection, changed: dict[str, str]) -> None:
    with pytest.raises(Fault, match="its leaf is another one"):
        taken(table, message(0, **changed))
    assert rows(table) == []
