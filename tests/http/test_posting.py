"""A result by post: chosen with the application, printed and sent by the post room, come back, and sent elsewhere."""

import re
from html import unescape
from io import BytesIO
from typing import Final
from uuid import UUID, uuid4

import pytest
from httpx import Response
from pypdf import PdfReader
from tests.http.test_case_at_work import letters, move
from tests.http.test_window import CONFIRMED, ITEM, PLAN, clerk_of, guest_of, press
from tests.http.towns import AGENCY, AREA, Caller, Thread, Town, hidden

from onecity.casework import CasePosted, DeliveryChosen
from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Held, Scope

HOME: Final = {"name": "周雨桐", "phone": "138 0000 0001", "line": "金水区纬二路 58 号 3 单元 12 号"}
TYPED: Final = {f"paper-{part}": text for part, text in HOME.items()} | {"paper-way": "post"}
ELSEWHERE: Final = TYPED | {"paper-line": "二七区大学路 9 号院 2 号楼"}
NUMBER: Final = "EZ123456789CN"


async def post_room(town: Town, agency: str = AGENCY, area: str = AREA) -> Caller:
    return await town.sign_in(await town.new_officer(Held("services.deliver", Scope(agency, area))))


async def applied(who: Caller, **more: object) -> Response:
    return await who.send("/api/applications", {"items": ["food_business"], "answers": ANSWERS} | more)


async def granted(town: Town, citizen: Caller) -> Thread:
    answer = await applied(citizen, delivery="post", to=HOME)
    assert answer.status_code == 200, answer.text
    receipt = answer.json()
    thread = Thread(UUID(receipt["affair"]), receipt["number"], UUID(receipt["cases"][0]), uuid4())
    assert await move(town.accept, thread, "acceptance", "accept") == 200
    assert await move(town.decide, thread, "decision", "grant") == 200
    return thread


async def choice_of(town: Town, thread: Thread) -> str:
    """The number of the address as it is now, which the printed sheet bears."""
    history = await town.city.memory.ledger.history(thread.case)
    return str(max(one.version for one in history if isinstance(one.fact, DeliveryChosen)))


async def act(town: Town, clerk: Caller, thread: Thread, deed: str, **fields: str) -> Response:
    page = await clerk.get(f"/desk/post/{thread.case}")
    choice = {"choice": await choice_of(town, thread)} if 'name="choice"' in page.text else {}
    return await clerk.post(f"/desk/post/{thread.case}/{deed}", choice | fields | {"key": hidden(page, "key")})


async def own(citizen: Caller, thread: Thread) -> str:
    return (await citizen.get(f"/affairs/{thread.affair}/cases/{thread.case}")).text


def text_of(pdf: bytes) -> list[str]:
    return [re.sub(r"[\s\x00]", "", page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


async def printed(clerk: Caller, **fields: str) -> Response:
    return await clerk.post("/desk/post/print", {"key": str(uuid4())} | fields)


async def test_a_result_goes_by_post_comes_back_and_goes_elsewhere(town: Town) -> None:
    citizen, clerk = await town.new_citizen(), await post_room(town)
    thread = await granted(town, citizen)
    [row] = await town.rows("select step, due from work_items where case_id = $1", thread.case)
    assert row["step"] == "send_out"
    assert "等着寄出" in await own(citizen, thread)
    assert "58 号 3 单元" in await own(citizen, thread)
    listed = await clerk.get("/desk/post")
    assert f"/desk/post/{thread.case}" in listed.text
    assert "3 单元" not in listed.text, "a list is no look at an address"
    pdf = await printed(clerk, cases=hidden(listed, "cases"))
    assert pdf.headers["content-type"] == "application/pdf"
    sheets = text_of(pdf.content)
    assert any("金水区纬二路58号3单元12号" in sheet and thread.number in sheet for sheet in sheets)
    assert any("同意了您的申请" in sheet for sheet in sheets), "the decision"
    assert any("食品经营许可证" in sheet and "verify" in sheet for sheet in sheets), "the licence"
    looks = (await citizen.get("/api/reads")).json()["reads"]
    assert "给您寄结果要看地址" in {look["reason"] for look in looks}
    assert (await act(town, clerk, thread, "posted", tracking=NUMBER)).headers["location"] == "/desk/post"
    assert await town.rows("select from work_items where case_id = $1", thread.case) == []
    page = await own(citizen, thread)
    for said in ("已寄出", NUMBER, "模拟承运"):
        assert said in page, said
    assert NUMBER in (await citizen.get(f"/affairs/{thread.affair}")).text
    assert "casework.posted" in await letters(town, thread.affair)
    [letter] = await town.rows(
        "select letter from letters where about = $1 and kind = 'casework.posted'", thread.affair
    )
    assert NUMBER in (await citizen.get(f"/letters/{letter['letter']}")).text
    assert (await act(town, clerk, thread, "posted", tracking=NUMBER)).status_code == 409
    assert (await act(town, clerk, thread, "returned", why="nobody")).status_code == 303
    assert "casework.returned_nobody" in await letters(town, thread.affair)
    page = await own(citizen, thread)
    assert "没有人收，退回来了" in page
    assert "最晚" in page
    [row] = await town.rows("select step from work_items where case_id = $1", thread.case)
    assert row["step"] == "hand_over"
    path = f"/affairs/{thread.affair}/cases/{thread.case}/post"
    form = await citizen.get(path)
    assert "58 号 3 单元" in form.text
    assert (await citizen.post(path, ELSEWHERE | {"key": hidden(form, "key")})).status_code == 303
    [row] = await town.rows("select step from work_items where case_id = $1", thread.case)
    assert row["step"] == "send_out"
    parcel = await clerk.get(f"/desk/post/{thread.case}")
    assert "大学路 9 号院" in parcel.text
    assert (await act(town, clerk, thread, "posted", tracking="EZ000000001CN")).status_code == 303


async def test_no_address_and_no_number_of_a_parcel_stands_in_clear(town: Town) -> None:
    citizen, clerk = await town.new_citizen(), await post_room(town)
    thread = await granted(town, citizen)
    assert (await act(town, clerk, thread, "posted", tracking=NUMBER)).status_code == 303
    rows = await town.rows("select body::text as body from ledger.facts where stream = $1", thread.case)
    history = await town.city.memory.ledger.history(thread.case)
    [chosen] = [one.fact for one in history if isinstance(one.fact, DeliveryChosen)]
    [sent] = [one.fact for one in history if isinstance(one.fact, CasePosted)]
    assert chosen.to is not None
    assert (chosen.to.phone, sent.tracking) == ("13800000001", NUMBER)
    assert all(secret not in row["body"] for row in rows for secret in ("纬二路", "13800000001", NUMBER))
    for answer in (*citizen.seen, *clerk.seen):
        assert NUMBER not in str(answer.url)
    officer = await town.decide.get(f"/desk/cases/{thread.case}")
    assert ("已寄出" in officer.text, NUMBER in officer.text) == (True, False), "it tells where the person lives"
    assert NUMBER not in (await town.decide.get(f"/api/cases/{thread.case}")).text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"paper-name": ""}, "paper-name"),
        ({"paper-phone": "12345"}, "paper-phone"),
        ({"paper-line": "路"}, "paper-line"),
        ({"paper-line": "路" * 500}, "paper-line"),
    ],
)
async def test_on_the_page_what_is_wrong_with_an_address_stands_at_its_field(
    town: Town, change: dict[str, str], field: str
) -> None:
    citizen = await town.new_citizen()
    await citizen.post("/items/food_business/apply/rest", ANSWERS)
    path = "/items/food_business/review"
    page = await citizen.get(path)
    assert 'value="post"' in page.text
    before = await town.written()
    answer = await citizen.post(path, TYPED | change | {"key": hidden(page, "key")})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    kept = "138 0000 0001" if field != "paper-phone" else "12345"
    assert kept in answer.text, "what was typed is not lost"
    assert await town.written() == before
    done = await citizen.post(path, TYPED | {"key": hidden(page, "key")})
    assert done.status_code == 303
    assert done.headers["location"].endswith("/receipt")


async def test_whoever_chooses_nothing_gets_it_online_and_needs_no_address(town: Town) -> None:
    citizen = await town.new_citizen()
    await citizen.post("/items/food_business/apply/rest", ANSWERS)
    page = await citizen.get("/items/food_business/review")
    done = await citizen.post("/items/food_business/review", {"key": hidden(page, "key"), "paper-name": "随手写的"})
    assert done.status_code == 303
    [row] = await town.rows("select id from cases where affair = $1", UUID(done.headers["location"].split("/")[2]))
    history = await town.city.memory.ledger.history(row["id"])
    assert not any(isinstance(one.fact, DeliveryChosen) for one in history)


@pytest.mark.parametrize(
    ("more", "status", "reason"),
    [
        ({"delivery": "post"}, 409, "casework.no_recipient"),
        ({"delivery": "post", "to": HOME | {"phone": "1"}}, 409, "casework.no_phone"),
        ({"delivery": "post", "to": HOME | {"line": "1"}}, 409, "casework.no_address"),
        ({"delivery": "counter", "to": HOME}, 409, "casework.address_not_asked"),
        ({"delivery": "pigeon", "to": HOME}, 422, ""),
        ({"delivery": "post", "to": {"name": "周雨桐"}}, 422, ""),
        ({"delivery": "post", "to": HOME | {"zip": "450000"}}, 422, ""),
    ],
)
async def test_a_program_is_told_what_is_wrong_with_an_address(
    town: Town, more: dict[str, object], status: int, reason: str
) -> None:
    citizen = await town.new_citizen()
    before = await town.written()
    answer = await applied(citizen, **more)
    assert answer.status_code == status, answer.text
    assert reason in answer.text
    assert await town.written() == before


async def test_what_no_agency_posts_is_not_offered_and_not_taken(town: Town) -> None:
    catalogue = town.city.counter.catalogue
    item = next(name for name, _ in catalogue.items() if "post" not in catalogue.ways(name))
    citizen = await town.new_citizen()
    answer = await citizen.send("/api/applications", {"items": [item], "answers": {}, "delivery": "post", "to": HOME})
    assert answer.status_code == 409
    assert "online" in catalogue.ways(item)


async def test_a_program_and_a_second_one_do_what_the_pages_do(town: Town) -> None:
    citizen, clerk = await town.new_citizen(), await post_room(town)
    thread = await granted(town, citizen)
    found = (await clerk.get("/api/post")).json()
    assert str(thread.case) in {one["case"] for one in found["waiting"]}
    one = f"/api/cases/{thread.case}/post"
    parcel = (await clerk.get(one)).json()
    assert parcel["to"]["phone"] == "13800000001"
    assert (await clerk.send(one, {"tracking": "no", "choice": parcel["choice"]})).status_code == 409
    assert (await clerk.send(one, {"tracking": NUMBER, "choice": parcel["choice"] + 1})).status_code == 409
    key = uuid4()
    first = await clerk.send(one, {"tracking": NUMBER, "choice": parcel["choice"]}, key=key)
    again = await clerk.send(one, {"tracking": NUMBER, "choice": parcel["choice"]}, key=key)
    assert (first.status_code, first.json()) == (200, again.json())
    assert (await clerk.send(f"{one}/return", {"why": "eaten"})).status_code == 422
    assert (await clerk.send(f"{one}/return", {"why": "unknown"})).status_code == 200
    anew = {"case": str(thread.case), "how": "post", "to": HOME}
    assert (await citizen.send(f"/api/affairs/{thread.affair}/post", anew)).status_code == 200
    assert (await citizen.send(f"/api/affairs/{uuid4()}/post", anew)).status_code == 404
    assert (await clerk.get(one)).json()["choice"] > parcel["choice"]


async def test_the_post_room_of_another_agency_or_city_sees_and_sends_nothing(town: Town) -> None:
    citizen = await town.new_citizen()
    thread = await granted(town, citizen)
    for stranger in (await post_room(town, "fire_rescue"), await post_room(town, AGENCY, "410200")):
        assert str(thread.case) not in (await stranger.get("/desk/post")).text
        assert (await stranger.get(f"/desk/post/{thread.case}")).status_code == 404
        assert (await stranger.get(f"/api/cases/{thread.case}/post")).status_code == 404
        assert (await stranger.post(f"/desk/post/{thread.case}/posted", {"tracking": NUMBER})).status_code == 404
        assert (await printed(stranger, cases=str(thread.case))).status_code == 409
    assert (await town.decide.get("/desk/post")).status_code == 403
    other = await town.new_citizen()
    assert (await other.get(f"/affairs/{thread.affair}/cases/{thread.case}/post")).status_code == 404


async def test_an_address_that_changed_meanwhile_is_printed_anew(town: Town) -> None:
    citizen, clerk = await town.new_citizen(), await post_room(town)
    thread = await granted(town, citizen)
    [sheet] = [one for one in text_of((await printed(clerk, only=str(thread.case))).content) if "地址号" in one]
    [old] = re.findall(r"地址号(\d+)，", sheet)
    assert old == await choice_of(town, thread)
    path = f"/affairs/{thread.affair}/cases/{thread.case}/post"
    form = await citizen.get(path)
    assert (await citizen.post(path, ELSEWHERE | {"key": hidden(form, "key")})).status_code == 303
    page = await clerk.get(f"/desk/post/{thread.case}")
    assert old not in re.findall(r'value="(\d+)"', page.text), "the number stands on the sheet alone"
    sent = {"choice": old, "key": hidden(page, "key"), "tracking": NUMBER}
    late = await clerk.post(f"/desk/post/{thread.case}/posted", sent)
    assert late.status_code == 422
    assert 'href="#choice"' in late.text
    assert "按新地址重新打印" in late.text
    assert "大学路 9 号院" in late.text
    assert f'value="{NUMBER}"' in late.text, "what was typed is not lost"
    assert (await act(town, clerk, thread, "posted", tracking=NUMBER)).status_code == 303


async def test_an_address_is_read_only_while_it_waits_for_the_post(town: Town) -> None:
    citizen, clerk = await town.new_citizen(), await post_room(town)
    thread = await granted(town, citizen)
    page, state = f"/desk/post/{thread.case}", f"/api/cases/{thread.case}/post"
    assert "3 单元" in (await clerk.get(page)).text
    assert (await act(town, clerk, thread, "posted", tracking=NUMBER)).status_code == 303
    for answer in (await clerk.get(page), await clerk.get(state)):
        assert answer.status_code == 200
        assert "3 单元" not in answer.text
    assert (await act(town, clerk, thread, "returned", why="nobody")).status_code == 303
    assert "3 单元" not in (await clerk.get(page)).text
    done = await clerk.post(f"/desk/cases/{thread.case}/deliver", {"key": str(uuid4())})
    assert done.status_code == 303
    assert (await clerk.get(page)).status_code == 404


async def test_what_was_posted_is_shown_page_by_page(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.services.web.post_room._A_PAGE", 1)
    clerk, threads = await post_room(town), [await granted(town, await town.new_citizen()) for _ in range(2)]
    for thread in threads:
        assert (await act(town, clerk, thread, "posted", tracking=NUMBER)).status_code == 303
    path, seen = "/desk/post", ""
    while path and not all(f"/desk/post/{thread.case}" in seen for thread in threads):
        page = (await clerk.get(path)).text
        seen += page
        onward = [unescape(href) for href in re.findall(r'href="([^"]*sent=\d+[^"]*)"', page)]
        path = "/desk/post" + onward[-1] if onward and onward[-1] not in path else ""
    for thread in threads:
        assert f"/desk/post/{thread.case}" in seen


@pytest.mark.parametrize("deed", ["posted", "returned", "burnt"])
async def test_nonsense_from_the_post_room_changes_nothing(town: Town, deed: str) -> None:
    citizen, clerk = await town.new_citizen(), await post_room(town)
    thread = await granted(town, citizen)
    before = (await town.written())[0]
    for fields in ({}, {"tracking": "单号"}, {"tracking": "x" * 5_000}, {"why": "eaten"}, {"choice": "²"}):
        assert (await act(town, clerk, thread, deed, **fields)).status_code in (409, 422)
    assert (await town.written())[0] == before
    for fields in ({}, {"cases": "no ids"}, {"only": str(uuid4())}):
        assert (await printed(clerk, **fields)).status_code == 409


async def test_at_the_window_it_is_chosen_as_well_and_wrong_addresses_are_shown(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    by_post = CONFIRMED | {"window-delivery": "post"}
    wrong = await press(clerk, guest.base + ITEM, ANSWERS | by_post | {"paper-name": "周雨桐"}, {"floor_plan": PLAN})
    assert wrong.status_code == 422
    assert 'href="#paper-phone"' in wrong.text
    done = await press(clerk, guest.base + ITEM, ANSWERS | by_post | TYPED)
    assert done.status_code == 303, done.text
    affair = UUID(done.headers["location"].split("/")[-2])
    [row] = await town.rows("select id from cases where affair = $1", affair)
    history = await town.city.memory.ledger.history(row["id"])
    assert any(isinstance(one.fact, DeliveryChosen) for one in history)
