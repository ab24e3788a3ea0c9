"""The rooms of the house: what `pyproject.toml` says of them covers all that there are."""

import tomllib
from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

from tests.architecture.house import HOUSE, ROOT, modules, packages

from onecity.bootstrap.rooms import SCHEMAS
from onecity.machinery.postgres import read_migrations


def contracts() -> list[dict[str, Any]]:
    """The contracts that `make check` keeps."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def test_the_order_of_the_house_names_every_package_and_knows_no_exception() -> None:
    [order] = [one for one in contracts() if one["type"] == "layers"]
    named = {part.strip(" ()") for layer in order["layers"] for part in layer.split("|")}
    assert set(packages()) - named == set()
    assert order["exhaustive"]
    assert [one for one in contracts() if "ignore_imports" in one] == []


def test_every_pure_room_is_under_the_contract_of_pure_decisions() -> None:
    sources = [pattern for one in contracts() if one["type"] == "forbidden" for pattern in one["source_modules"]]
    for room in ("model", "rules", "projections", "declared"):
        found = [module.name for module in modules() if module.name.split(".")[2:3] == [room]]
        assert found
        for name in found:
            room_of = ".".join(name.split(".")[:3])
            assert any(fnmatchcase(room_of, pattern) for pattern in sources), name


def test_every_package_with_tables_is_entered_and_numbers_its_migrations_once() -> None:
    assert {path.parent.parent.name for path in HOUSE.glob("*/schema/*.sql")} == set(SCHEMAS)
    numbers = Counter((one.package, one.number) for one in read_migrations(SCHEMAS))
    assert [f"{package}/{number:04}" for (package, number), times in numbers.items() if times > 1] == []
