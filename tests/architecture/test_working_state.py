"""Nothing is kept that `WORKING_STATE.md` does not name with its owner and its end."""

import ast
import re
from typing import Final

from tests.architecture.house import HOUSE, ROOT, modules, packages, rows

PAGE: Final = (ROOT / "WORKING_STATE.md").read_text("utf-8")
WORKING: Final = rows(PAGE, "Tables of `working`")
LEDGER: Final = rows(PAGE, "Tables of `ledger` beside the facts")
FOLDERS: Final = rows(PAGE, "Folders and files of the data folder")
NOBODY: Final = "–"
FACTS: Final = {"facts", "facts_all"}
"""The facts themselves, and the partition in which they lie."""


def made(schema: str) -> dict[str, str]:
    """The tables that the migrations of all packages leave behind in a schema, and the package that made each."""
    found: dict[str, str] = {}
    for path in sorted(HOUSE.glob("*/schema/*.sql")):
        text = re.sub(r"--[^\n]*", "", path.read_text("utf-8"))
        for verb, name in re.findall(rf"\b(create|drop) table (?:if (?:not )?exists )?{schema}\.(\w+)", text):
            if verb == "create":
                found[name] = path.parent.parent.name
            else:
                del found[name]
        for old, new in re.findall(rf"\balter table {schema}\.(\w+) rename to (\w+)", text):
            found[new] = found.pop(old)
    return found


def jobs() -> set[str]:
    """The names of the jobs that the city runs."""
    [module] = [one for one in modules() if one.name == "onecity.bootstrap.jobs"]
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    made_ = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Job"]
    return {str(name.value) for name in made_ if isinstance(name, ast.Constant)}


def test_every_table_of_working_state_is_named_with_its_owner_and_no_other_is() -> None:
    assert {row[0]: row[1] for row in WORKING} == made("working")
    assert len(WORKING) == len({row[0] for row in WORKING})


def test_every_table_of_the_ledger_that_holds_no_facts_is_named_and_no_other_is() -> None:
    assert {row[0]: row[1] for row in LEDGER} == {
        name: package for name, package in made("ledger").items() if name not in FACTS
    }


def test_every_row_says_what_it_holds_decides_and_when_it_ends() -> None:
    for row in (*WORKING, *LEDGER, *FOLDERS):
        assert len(row) == 6, row[0]
        assert all(row), row[0]
        assert row[1] in packages(), row[0]


def test_what_purges_is_a_job_of_the_city_and_every_purge_is_named() -> None:
    named = {row[5] for row in (*WORKING, *LEDGER, *FOLDERS)} - {NOBODY}
    assert named - jobs() == set()
    assert {name for name in jobs() if "purge" in name} - named == set()
    for row in (*WORKING, *FOLDERS):
        assert row[5] == NOBODY or row[5].split(".")[0] == row[1], f"{row[0]} is purged by another package"


def test_no_table_lies_outside_the_schemas_that_the_house_knows() -> None:
    for path in HOUSE.glob("*/schema/*.sql"):
        tables = re.findall(r"\bcreate table (?:if not exists )?([\w.]+)", path.read_text("utf-8"))
        strange = [name for name in tables if name.split(".")[0] not in ("ledger", "projections", "working")]
        assert strange == [], path
