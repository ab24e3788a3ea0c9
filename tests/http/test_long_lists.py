"""A list that is longer than a page says so, and leads on to its last row; nothing is cut off in silence."""

import re
from itertools import count

import pytest
from tests.http.towns import Town


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a page, and as many pages as a town of many tests may have."""
    monkeypatch.setattr("onecity.machinery.web.paging._DEEPEST", 10_000)
    for module in ("desk", "joint", "affairs"):
        monkeypatch.setattr(f"onecity.services.web.{module}._A_PAGE", 2)


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
    found: list[str] = []
    for page in count(1):
        answer = (await town.accept.get(f"/api/desk?page={page}")).json()
        assert answer["page"] == page
        found += [one["case"] for one in answer["work"]]
        if not answer["goes_on"]:
            break
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
