"""A list that is longer than a page says so, and leads on to its last row; nothing is cut off in silence."""

import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any, Final
from uuid import uuid4

import pytest
from tests.http.towns import AGENCY, AREA, Caller, Town

from onecity.kernel.acting import Held, Scope, the_city
from onecity.machinery.web import Paging, Visit
from onecity.payments.rules import ended_badly
from onecity.payments.usecases import change

NO_LIST: Final[Mapping[str, tuple[str, ...]]] = {
    "shows or asks for one thing": (
        "/sign-in", "/register", "/lost", "/set-up", "/account", "/account/password", "/account/post", "/verify",
        "/admin/officers/new", "/proof", "/proof/checkpoint", "/health/live", "/health/ready", "/metrics", "/look",
        "/api/docs", "/window/mandates", "/report", "/reports", "/street/patrol/report", "/street/hotline",
        "/street/live", "/api/street/live",
        "/projects/new", "/features", "/features/", "/features/conformance", "/features/api",
    ),
    "tells all there is": (
        "/account/export", "/api/account/export", "/mandates", "/absence", "/admin/officers", "/window",
        "/open/street", "/api/open/street", "/features/collections", "/open/map", "/api/open/map/spots",
        "/static/ground.geojson", "/open/catalogue.csv", "/open/catalogue.jsonld", "/open/catalogue/exchange.csv", "/api/bookings",
        "/open/ratings.csv",
    ),
    "is as long as the pack": (
        "/api/items", "/api/life-events", "/api/known", "/answers", "/api/answers", "/halls", "/api/halls",
        "/api/project-kinds",
    ),
    "is as long as an engineer made it": ("/street/hooks",),
    "is as long as the code has work units": ("/operate",),
    "shows the first of what other pages list": ("/",),
    "shows what fits best, or says that there is more": (
        "/search", "/api/search", "/desk/find", "/desk/amendments/events", "/street/map/points", "/api/street/map", "/api/open/map", "/api/open/map/cells",
        "/api/open/map/parts",
        "/orders", "/api/orders", "/street/supervision", "/api/street/supervision", "/street/patrol",
    ),
}  # fmt: skip
"""Every page and answer behind an address without a name that is not read page by page, by why nothing is lost."""


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a page, and as many pages as a town of many tests may have."""
    monkeypatch.setattr("onecity.machinery.web.paging._DEEPEST", 10_000)
    paged = [
        module for name, module in sys.modules.items() if name.startswith("onecity.") and "_A_PAGE" in vars(module)
    ]
    assert len(paged) > 10
    for module in paged:
        monkeypatch.setattr(module, "_A_PAGE", 2)


async def read_on(who: Caller, path: str, name: str) -> list[Any]:
    """A list as a program reads it, page by page."""
    found: list[Any] = []
    for page in count(1):
        answer = (await who.get(f"{path}?page={page}")).json()
        assert (answer["page"], len(answer[name]) <= 2) == (page, True)
        found += answer[name]
        if not answer["goes_on"]:
            return found
    raise AssertionError


def rows(page: str, path: str) -> list[str]:
    return re.findall(rf'href="{path}/([0-9a-f-]{{36}})"', page)


async def test_ones_own_affairs_go_on_over_the_pages(town: Town) -> None:
    citizen = await town.new_citizen()
    opened = [str((await town.apply(citizen)).affair) for _ in range(5)]
    first = (await citizen.get("/affairs")).text
    assert rows(first, "/affairs") == opened[:2:-1]
    assert "第 1 页" in first
    assert rows(await citizen.listed("/affairs"), "/affairs") == opened[::-1]
    assert 'rel="next"' not in (await citizen.get("/affairs?page=3")).text


async def test_the_work_list_goes_on_over_the_pages_and_counts_none_that_it_does_not_show(town: Town) -> None:
    citizen = await town.new_citizen()
    opened = {str((await town.apply(citizen)).case) for _ in range(3)}
    first = (await town.accept.get("/desk")).text
    assert len(rows(first, "/desk/cases")) == 2
    assert "2 件，" not in first
    found = rows(await town.accept.listed("/desk"), "/desk/cases")
    assert opened <= set(found)
    assert len(found) == len(set(found))


async def test_a_program_reads_the_work_list_page_by_page(town: Town) -> None:
    citizen = await town.new_citizen()
    opened = {str((await town.apply(citizen)).case) for _ in range(3)}
    found = [one["case"] for one in await read_on(town.accept, "/api/desk", "work")]
    assert opened <= set(found)
    assert len(found) == len(set(found))


async def test_beside_a_case_the_list_leads_on_to_the_desk_and_not_to_another_look(town: Town) -> None:
    case = [await town.apply(await town.new_citizen()) for _ in range(3)][-1].case
    page = (await town.accept.get(f"/desk/cases/{case}")).text
    assert 'rel="next" href="/desk?page=2"' in page


async def test_applications_decided_together_go_on_over_the_pages(town: Town) -> None:
    citizen = await town.new_citizen()
    joint = {str(await town.joint(citizen)) for _ in range(3)}
    assert len(rows((await town.mayor.get("/desk/joint")).text, "/desk/joint")) == 2
    assert joint <= set(rows(await town.mayor.listed("/desk/joint"), "/desk/joint"))


async def test_behind_the_deepest_page_the_city_says_to_search_and_tells_no_page_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onecity.machinery.web.paging._DEEPEST", 1)
    citizen = await town.new_citizen()
    for _ in range(3):
        await town.apply(citizen)
    assert (await town.accept.get("/api/desk?page=1")).json()["goes_on"]
    answer = await town.accept.get("/api/desk?page=2")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:onecity:page")
    assert 'rel="next" href="?page=2"' in (await citizen.get("/affairs")).text
    page = await citizen.get("/affairs?page=2")
    assert page.status_code == 422
    assert "请改用搜索" in page.text


@pytest.mark.parametrize("page", ["99999999999", "999999999"])
async def test_a_page_that_no_list_has_is_refused_before_anything_is_read(town: Town, page: str) -> None:
    assert (await town.accept.get(f"/desk?page={page}")).status_code == 422
    assert (await town.nobody.get(f"/api/notices?page={page}")).status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "two", "９", ""])
async def test_a_page_that_is_not_there_is_the_nearest_one(town: Town, page: str) -> None:
    assert (await town.accept.get(f"/desk?page={page}")).status_code == 200
    assert (await town.mayor.get(f"/desk/joint?page={page}")).status_code == 200


async def test_a_program_reads_all_applications_of_its_own(town: Town) -> None:
    citizen = await town.new_citizen()
    opened = [str((await town.apply(citizen)).affair) for _ in range(3)]
    assert await read_on(citizen, "/api/affairs", "affairs") == opened[::-1]


async def test_what_runs_at_the_window_goes_on_over_the_pages(town: Town) -> None:
    citizen = await town.new_citizen()
    opened = [str((await town.apply(citizen)).affair) for _ in range(3)]
    path = f"/window/{await town.reception(citizen)}"
    assert rows(await town.window.listed(path), f"{path}/affairs") == opened[::-1]


async def test_fees_go_on_over_the_pages_for_whoever_owes_and_whoever_takes_them(town: Town) -> None:
    citizen = await town.new_citizen()
    fees = [str((await town.fee(citizen)).payment) for _ in range(3)]
    told = [one["payment"] for one in await read_on(citizen, "/api/payments", "payments")]
    assert sorted(told) == sorted(fees)
    assert set(fees) <= set(rows(await town.cashier.listed("/desk/payments"), "/desk/payments"))


async def test_what_a_cashier_hands_back_goes_on_beside_what_is_due(town: Town) -> None:
    citizen = await town.new_citizen()
    fees = [(await town.fee(citizen)).payment for _ in range(3)]
    for fee in fees:
        assert (await town.cashier.post(f"/desk/payments/{fee}/cash", {"key": str(uuid4())})).status_code == 303
        await change(fee, ended_badly, till=town.city.counter.till, key=uuid4(), by=the_city(), now=town.clock())
    await town.fee(citizen)
    found: list[str] = []
    for page in count(1):
        text = (await town.cashier.get(f"/desk/payments?back={page}")).text
        due, _, back = text.partition("等着退现金的")
        assert len(rows(due, "/desk/payments")) >= 1, "a page of one list is no page of the other"
        found += rows(back, "/desk/payments")
        if f'rel="next" href="?back={page + 1}"' not in text:
            break
    assert {str(fee) for fee in fees} <= set(found)


async def test_a_wallet_goes_on_over_the_pages(town: Town) -> None:
    citizen = await town.new_citizen()
    given = [str((await town.issue(citizen)).licence) for _ in range(5)]
    assert sorted(rows(await citizen.listed("/wallet"), "/wallet")) == sorted(given)
    assert sorted(one["licence"] for one in await read_on(citizen, "/api/wallet", "licences")) == sorted(given)


async def test_renewals_and_ends_that_wait_go_on_over_the_pages(town: Town) -> None:
    citizen = await town.new_citizen()
    given = {str((await town.issue(citizen)).licence) for _ in range(3)}
    why = {"facts": "厨房没有下水", "rule": "某法第 9 条", "sure": "yes"}
    with town.clock.later(timedelta(days=5 * 365 - 60)):
        await town.stay(citizen, town.keeper)
        for one in sorted(given):
            assert (await citizen.send(f"/api/wallet/{one}/renew", None)).status_code == 200
        assert given <= set(rows(await town.keeper.listed("/desk/renewals"), "/desk/renewals"))
        for one in sorted(given):
            sent = {**why, "key": str(uuid4())}
            assert (await town.keeper.post(f"/desk/licences/{one}/revoke", sent)).status_code == 303
        assert given <= set(rows(await town.keeper.listed("/desk/licences"), "/desk/licences"))
    await town.wake()


async def test_looks_and_questions_about_them_go_on_over_the_pages(town: Town) -> None:
    asked = {str(await town.question(await town.apply(town.citizen))) for _ in range(3)}
    found = rows(await town.admin.listed("/questions"), "/questions")
    assert (asked <= set(found), len(found)) == (True, len(set(found)))
    looks = [one["read"] for one in await read_on(town.citizen, "/api/reads", "reads")]
    assert len(looks) == len(set(looks)) >= 3
    assert (await town.citizen.listed("/reads")).count('class="row read"') == len(looks)


async def test_the_days_of_the_books_go_on_over_the_pages(alone: Town) -> None:
    await alone.fee(await alone.new_citizen())
    with alone.clock.later(timedelta(days=4)):
        await alone.stay(alone.cashier)
        for day in ("2020-09-22", "2020-09-23", "2020-09-24"):
            assert (await alone.cashier.post(f"/finance/{day}", {"key": str(uuid4())})).status_code == 303
        told = re.findall(r'href="/finance/(2020-09-2[0-9])"', await alone.cashier.listed("/finance"))
    assert [day for day in told if day < "2020-09-25"] == ["2020-09-24", "2020-09-23", "2020-09-22"]


async def test_every_address_without_a_name_leads_on_or_holds_all_there_is(
    alone: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever adds a list either reads it page by page, or writes down here why it has an end."""
    routes = [one for one in alone.app.state.declared if one.method == "GET" and "{" not in one.path]
    duties = sorted({duty for one in routes for duty in one.who.duties or ()})
    # In a town of its own: whoever holds every duty would get letters that other tests count.
    officer = await alone.sign_in(await alone.new_officer(*(Held(duty, Scope(AGENCY, AREA)) for duty in duties)))
    paged: set[str] = set()
    for name in ("of", "uncounted"):
        monkeypatch.setattr(Paging, name, _noted(getattr(Paging, name), paged))
    for one in routes:
        await officer.get(one.path)
    assert {one.path for one in routes} - paged == {path for paths in NO_LIST.values() for path in paths}


def _noted(make: Any, paged: set[str]) -> Any:
    def noted(visit: Visit, *more: Any, **named: Any) -> Paging:
        paged.add(visit.request.url.path)
        found: Paging = make(visit, *more, **named)
        return found

    return noted
