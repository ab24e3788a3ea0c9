"""SQL stands where somebody who looks for it looks first."""

import re
from collections.abc import Mapping
from typing import Final

from tests.architecture.house import HOUSE, modules, texts

ELSEWHERE: Final[Mapping[str, str]] = {
    "machinery/key_copies.py": "the same of their second copies, see docs/adr/0050-back-up-with-postgresqls-own-tools.md",
    "machinery/keystore.py": "the keys lie in a SQLite file of their own, see docs/adr/0005-keep-keys-outside-the-database.md",
}
"""Modules with SQL that are no store, no projection and no part of the database's own room, and why."""

_VERB: Final = re.compile(r"\s*(select|insert|update|delete|merge|with|create|alter|drop|truncate|grant|revoke|lock|listen|notify)\b")  # fmt: skip
_SIGN: Final = re.compile(
    r"\b(from|into|set|as (materialized )?\(|table|database|role|schema|to|values)\b|\$\d|^\s*select\s+\S"
)


def is_sql(text: str) -> bool:
    """Whether a text is a statement: it begins with a verb of SQL and goes on like one, in small letters."""
    return bool(_VERB.match(text)) and bool(_SIGN.search(text))


def is_at_home(path: str) -> bool:
    """Whether SQL may stand in a module."""
    name = path.rsplit("/", 1)[-1]
    return (
        name in ("store.py", "projections.py")
        or "/store/" in path
        or "/projections/" in path
        or path.startswith("machinery/postgres/")
        or path == "packs/expressions/printing.py"
    )


def test_the_look_for_sql_finds_statements_and_no_sentences() -> None:
    statements = (
        "select 1",
        "select a from b where c = $1",
        "\n  with c as materialized (select",
        "create database {}",
    )
    assert all(is_sql(text) for text in statements)
    sentences = (
        "select",
        "with the city's own calendar",
        "Update the pack from a folder.",
        "delete",
        "lock",
        "granted",
    )
    assert not any(is_sql(text) for text in sentences)


def test_sql_stands_only_in_stores_projections_and_the_room_of_the_database() -> None:
    strange: list[str] = []
    used: set[str] = set()
    for module in modules():
        path = module.path.relative_to(HOUSE).as_posix()
        found = [module.at(node) for node, text in texts(module) if is_sql(text)]
        if path in ELSEWHERE and found:
            used.add(path)
        elif not is_at_home(path):
            strange += found
    assert strange == []
    assert used == ELSEWHERE.keys()


def test_no_two_migrations_of_a_package_share_a_number() -> None:
    # The number says what has run: of two with the same one, a city would run one and fail at the other.
    numbered = [(path.parent, path.name.partition("_")[0]) for path in HOUSE.glob("*/schema/*.sql")]
    twice = {place for place in numbered if numbered.count(place) > 1}
    assert sorted(f"{folder.relative_to(HOUSE)}/{number}" for folder, number in twice) == []
