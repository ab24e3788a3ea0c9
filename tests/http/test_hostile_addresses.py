"""Addresses that nobody's page wrote: whatever stands in the place of an id, no file is reached and nothing breaks."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec
import pytest
from tests.http import stages
from tests.http.towns import Caller, Town

from onecity.machinery.blobs import Blobs
from onecity.machinery.web import Route

SECRETS: Final = ("root:x:0:", "BEGIN PRIVATE", "hatchling")
HOSTILE: Final[Mapping[str, str]] = {
    "up": quote("../../../../../../../../../../etc/passwd", safe=""),
    "up_twice": quote(quote("../../../pyproject.toml", safe=""), safe=""),
    "zero": "%00",
    "sql": quote("x' or 1=1; drop table facts; --\r\nset-cookie: session=evil", safe=""),
    "no_text": "%ff%fe%c0%80",
}
QUERY: Final = (
    "page",
    "q",
    "after",
    "f",
    "limit",
    "bbox",
    "datetime",
    "status",
    "start_date",
    "page_size",
    "next",
    "back",
)
"""Names behind a question mark that some page or interface reads."""


def parameters(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def addresses(routes: list[Route], value: str) -> list[tuple[str, str]]:
    """Every declared address with a value in the place of each of its ids, and behind its question mark."""
    query = "&".join(f"{name}={value}" for name in QUERY)
    return [
        (one.method, f"{one.path.format_map(dict.fromkeys(parameters(one.path), value))}?{query}") for one in routes
    ]


async def asked(caller: Caller, method: str, path: str) -> int:
    """The status of an answer, which names no file of the machine and sets nobody's cookie."""
    if method == "GET":
        answer = await caller.get(path)
    elif path.startswith("/api/"):
        answer = await caller.send(path, {})
    else:
        answer = await caller.post(path, {})
    assert not [one for one in SECRETS if one in answer.text], path
    assert "evil" not in answer.headers.get("set-cookie", "")
    return answer.status_code


@pytest.mark.threat("T12")
@pytest.mark.threat("T18")
@pytest.mark.threat("T11")
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
async def test_no_address_reaches_a_file_or_breaks_the_city(town: Town, value: str) -> None:
    """Every route with an id, asked by somebody whom it could let in."""
    ends = ("/live", "/sign-out")
    routes = [one for one in town.app.state.declared if "{" in one.path and not one.path.endswith(ends)]
    assert len(routes) > 100
    operator, citizen = await stages.operator(town), await town.new_citizen()
    broken: list[str] = []
    for method, path in addresses(routes, value):
        caller = operator if "street" in path else citizen
        if await asked(caller, method, path) >= 500:
            broken.append(f"{method} {path[:80]}")
    assert broken == []


@pytest.mark.threat("T11")
@pytest.mark.parametrize("value", ["sql", "zero"])
async def test_no_question_behind_an_address_breaks_the_city(town: Town, value: str) -> None:
    routes = [
        one for one in town.app.state.declared
        if one.method == "GET" and "{" not in one.path and not one.path.endswith("/live")
    ]  # fmt: skip
    operator = await stages.operator(town)
    statuses = {path: await asked(operator, "GET", path) for _, path in addresses(routes, HOSTILE[value])}
    assert len(statuses) > 60
    assert [path for path, status in statuses.items() if status >= 500] == []
    [[facts]] = await town.rows("select count(*) from ledger.facts")
    assert facts > 0


@pytest.mark.threat("T18")
@pytest.mark.parametrize("name", ["../../secret", "a" * 63, "A" * 64, "٣" * 64, "/" * 64, f"..{'/' * 62}", ""])
def test_no_name_of_a_blob_is_a_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    blobs = Blobs(tmp_path / "blobs" / "deep")
    assert blobs.get(name) is None
    assert not blobs.holds(name)
    blobs.remove(name)
    assert (tmp_path / "secret").read_bytes() == b"secret"


@pytest.mark.threat("T15")
@pytest.mark.parametrize("path", ["/api/reports", "/api/forms", "/report"])
async def test_a_packed_body_is_never_unpacked(town: Town, path: str) -> None:
    """Whoever sends a few kilobytes that become gigabytes has sent a few kilobytes that nobody can read."""
    body = gzip.compress(msgspec.json.encode({"words": "x" * 2**20}))
    form = not path.startswith("/api/")
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    sent = {"content-encoding": "gzip", "content-type": kind}
    answer = await town.caller().ask("POST", path, content=body, headers=sent)
    assert answer.status_code == (422 if form else 400)
