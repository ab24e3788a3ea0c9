"""Somebody without a phone comes to the window: one screen, a receipt on paper, and afterwards everything is theirs."""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from tests.http.towns import AGENCY, AREA, Caller, Town, hidden, typed

from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Acting, Channel, Held, Scope
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.machinery.web import holding
from onecity.people import DUTY, Document
from onecity.people import Why as PeopleWhy
from onecity.people.roll import Identity
from onecity.people.usecases.mandates import refusal_for
from onecity.people.usecases.receptions import Received, Receptions, Served
from onecity.services import Applied
from onecity.services.web import doors, routes

PLAN: Final = b"%PDF-1.7 plan"
OFFICE: Final = "government_services"
NAME: Final = "周雨桐"
ITEM: Final = "/items/food_business"
CONFIRMED: Final = {"window-confirmed": "yes", "window-delivery": "counter", "do": "submit"}
FOUND: Final = {"facts": "符合条件", "rule": "食品安全法第 35 条", "remedy": "无"}


class Guest(msgspec.Struct, frozen=True):
    """Somebody who stands at the window: name and number, the reception's address, whose data they are."""

    name: str
    number: str
    base: str
    person: UUID


async def clerk_of(town: Town, area: str = AREA, *more: Held) -> Caller:
    """A window clerk whom no other test knows, so that nobody else ends their reception."""
    window = Held("services.window", Scope(OFFICE, area))
    return await town.sign_in(await town.new_officer(window, *more))


async def shows(town: Town, clerk: Caller, name: str, number: str, document: str = "identity_card") -> httpx.Response:
    """Somebody shows a document; the answer of the page."""
    page = await clerk.get("/window")
    sent = {"name": name, "number": number, "document": document, "key": hidden(page, "key")}
    return await clerk.post("/window", sent)


async def guest_of(town: Town, clerk: Caller, name: str = NAME, number: str = "") -> Guest:
    """Somebody without an account stands at a clerk's window."""
    number = number or await town.resident(name)
    answer = await shows(town, clerk, name, number)
    assert answer.status_code == 303, answer.text
    base = answer.headers["location"]
    [row] = await town.rows("select person from receptions where reception = $1", UUID(base.rpartition("/")[2]))
    return Guest(name, number, base, row["person"])


async def press(
    clerk: Caller, path: str, fields: dict[str, str], files: dict[str, bytes] | None = None
) -> httpx.Response:
    """Fill in a form of a page and send it, with files if there are any."""
    page = await clerk.get(path)
    assert page.status_code == 200, page.text
    sent = {"key": hidden(page, "key"), "csrf": clerk.csrf, **fields}
    if 'name="shown"' in page.text:
        sent = {"shown": hidden(page, "shown")} | sent
    parts = {name: ("x", content, "application/pdf") for name, content in (files or {}).items()}
    return await clerk.ask("POST", path, data=sent, files=parts or None)


async def handed_in(town: Town, clerk: Caller, guest: Guest, **files: bytes) -> UUID:
    """The food permit, applied for at the window; the affair."""
    answer = await press(clerk, guest.base + ITEM, ANSWERS | CONFIRMED, files)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].endswith("/receipt")
    return UUID(answer.headers["location"].split("/")[-2])


async def case_of(town: Town, affair: UUID) -> UUID:
    rows = await town.rows("select id from cases where affair = $1 order by id desc", affair)
    found: UUID = rows[0]["id"]
    return found


async def moved(who: Caller, case: UUID, step: str, outcome: str, **more: object) -> None:
    answer = await who.send(f"/api/cases/{case}/moves", {"step": step, "outcome": outcome, "words": {}} | more)
    assert answer.status_code == 200, answer.text


async def test_a_person_without_an_account_applies_on_one_screen_and_takes_a_receipt_home(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    screen = await clerk.get(guest.base + ITEM)
    for field in ANSWERS:
        assert f'name="{field}"' in screen.text
    assert 'capture="environment"' in screen.text
    assert "field-error" not in screen.text
    assert "built-in" not in screen.text
    assert f"正在接待 {NAME}" in screen.text
    answer = await press(clerk, guest.base + ITEM, ANSWERS | CONFIRMED, {"floor_plan": PLAN})
    assert answer.status_code == 303, answer.text
    receipt = await clerk.get(answer.headers["location"])
    affair = UUID(answer.headers["location"].split("/")[-2])
    [row] = await town.rows("select subject, number from affairs where affair = $1", affair)
    assert row["subject"] == guest.person
    paper = ("申请人", NAME, "收到的材料", "店面平面图", "盖章", "签字", "为您代录", "政务服务办公室，综合窗口")
    for said in (row["number"], "食品经营许可", "市场监督管理局，电话", *paper):
        assert said in receipt.text, said
    assert '<a class="nowrap" href="tel:' in receipt.text
    first = (await town.city.memory.ledger.history(affair))[0]
    reception = guest.base.rpartition("/")[2]
    assert (first.by.person, first.by.on_behalf_of) == (await town.person(clerk), guest.person)
    assert (first.by.channel, first.by.duty, first.by.mandate) == (Channel.WINDOW, "services.window", reception)
    assert "floor_plan" in getattr(first.fact, "materials", {})


async def test_what_was_done_at_the_window_waits_for_whoever_registers_later(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    affair = await handed_in(town, clerk, guest)
    await clerk.get(f"{guest.base}/affairs/{affair}")
    citizen = await town.sign_in(await town.register(guest.name, guest.number))
    assert await town.person(citizen) == guest.person
    page = await citizen.get(f"/affairs/{affair}")
    assert page.status_code == 200
    assert "窗口代录：政务服务办公室" in page.text
    looks = (await citizen.get("/api/reads")).json()["reads"]
    assert {look["reason"] for look in looks} == {"您在窗口办事，给您办要看"}
    assert {look["about"] for look in looks} == {str(affair), guest.base.rpartition("/")[2]}
    assert all((look["agency"], look["duty"]) == ("政务服务办公室", "综合窗口") for look in looks)


async def test_every_page_about_a_person_is_a_look_that_they_see(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    reception = UUID(guest.base.rpartition("/")[2])

    async def looks() -> list[UUID]:
        rows = await town.rows("select about from reads where subject = $1 order by at", guest.person)
        return [row["about"] for row in rows]

    assert await looks() == []
    await clerk.get(guest.base)
    assert await looks() == [reception]
    assert (await clerk.post(guest.base + ITEM, {"do": "submit"})).status_code == 422
    assert await looks() == [reception] * 2
    assert (await clerk.get(f"{guest.base}/affairs/{uuid4()}")).status_code == 404
    assert await looks() == [reception] * 2
    affair = await handed_in(town, clerk, guest)
    await clerk.get(f"{guest.base}/affairs/{affair}")
    assert await looks() == [reception, reception, reception, affair]


async def test_whoever_has_an_account_finds_what_they_began_on_the_phone(town: Town) -> None:
    citizen = await town.new_citizen()
    known = await town.identity(citizen)
    await citizen.post("/items/food_business/apply/rest", ANSWERS | {"shop_name": "手机上填的"})
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk, known.name, known.number)
    assert guest.person == await town.person(citizen)
    assert "没填完的" in (await clerk.get(guest.base)).text
    assert typed(await clerk.get(guest.base + ITEM), "shop_name") == "手机上填的"
    affair = await handed_in(town, clerk, guest)
    assert (await citizen.get(f"/affairs/{affair}")).status_code == 200
    assert f"/affairs/{affair}" in (await citizen.get("/affairs")).text


@pytest.mark.parametrize("number", ["410199199001010014", "41019919900101001X", "no number", ""])
async def test_a_number_that_the_register_does_not_know_begins_nothing(town: Town, number: str) -> None:
    clerk = await clerk_of(town)
    before = await town.written()
    answer = await shows(town, clerk, NAME, number)
    assert answer.status_code == 422
    assert 'href="#number"' in answer.text
    assert "派出所" in answer.text
    assert "到窗口" not in answer.text, "they are at the window"
    assert await town.written() == before


async def test_another_name_than_that_of_the_register_begins_nothing(town: Town) -> None:
    clerk, number = await clerk_of(town), await town.resident(NAME)
    before = await town.written()
    answer = await shows(town, clerk, "周雨同", number)
    assert answer.status_code == 422
    assert await town.written() == before


async def test_without_a_document_nobody_is_received(town: Town) -> None:
    clerk, number = await clerk_of(town), await town.resident(NAME)
    for document in ("", "library_card"):
        answer = await shows(town, clerk, NAME, number, document)
        assert answer.status_code == 422
        assert 'href="#document"' in answer.text
    assert (await shows(town, clerk, NAME, number, "household_register")).status_code == 303


async def test_no_address_and_no_fact_of_a_reception_holds_the_number(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    await handed_in(town, clerk, guest)
    for answer in clerk.seen:
        assert guest.number not in str(answer.url)
        assert guest.number not in answer.headers.get("location", "")
    rows = await town.rows("select body::text as body from ledger.facts")
    assert rows
    assert all(guest.number not in row["body"] and guest.name not in row["body"] for row in rows)


async def test_the_next_person_ends_the_reception_of_the_one_before(town: Town) -> None:
    clerk = await clerk_of(town)
    first, second = await guest_of(town, clerk), await guest_of(town, clerk, "马腾飞")
    before = await town.written()
    late = await clerk.post(first.base + ITEM, ANSWERS | CONFIRMED | {"shown": "food_business"})
    assert late.status_code == 409
    assert "这次接待已经结束了" in late.text
    assert (await clerk.get(first.base)).status_code == 409
    assert await town.written() == before
    assert "马腾飞" in (await clerk.get(second.base)).text


async def test_when_the_person_goes_nothing_more_is_done_for_them(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    assert (await clerk.post(f"{guest.base}/end", {})).headers["location"] == "/window"
    assert (await clerk.post(f"{guest.base}/end", {})).headers["location"] == "/window"
    assert (await clerk.get(guest.base + ITEM)).status_code == 409
    assert NAME not in (await clerk.get("/window")).text


async def test_a_reception_ends_with_the_day(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    assert f'href="{guest.base}"' in (await clerk.get("/window")).text
    with town.clock.later(timedelta(days=1)):
        await town.stay(clerk)
        assert (await clerk.get(guest.base)).status_code == 409
        assert f'href="{guest.base}"' not in (await clerk.get("/window")).text
    await town.stay(clerk)


async def test_a_reception_is_its_own_clerks_and_nobody_elses(town: Town) -> None:
    clerk, colleague = await clerk_of(town), await clerk_of(town)
    guest = await guest_of(town, clerk)
    for path in (guest.base, guest.base + ITEM, f"/window/{uuid4()}", "/window/no-id"):
        assert (await colleague.get(path)).status_code == 404, path
    assert (await colleague.post(f"{guest.base}/end", {})).status_code == 404
    assert (await clerk.get(guest.base)).status_code == 200


async def test_a_clerk_without_the_duty_is_refused_and_one_whose_duty_ended_too(town: Town) -> None:
    assert (await town.accept.get("/window")).status_code == 403
    assert (await town.accept.post("/window", {"name": NAME})).status_code == 403
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    ended = "delete from duties where person = $1 returning person"
    await town.rows(ended, await town.person(clerk))
    assert (await clerk.get(guest.base)).status_code == 403


async def test_a_window_of_another_city_receives_nobody_here(town: Town) -> None:
    clerk, number = await clerk_of(town, "410200"), await town.resident(NAME)
    before = await town.written()
    answer = await shows(town, clerk, NAME, number)
    assert answer.status_code == 403
    assert await town.written() == before


async def test_the_window_of_a_county_takes_what_lies_there_and_says_where_to_go_with_the_rest(town: Town) -> None:
    clerk = await clerk_of(town, "410105")
    guest = await guest_of(town, clerk)
    outside = ANSWERS | {"premises_street": "410103001"}
    before = (await town.written())[:4]
    answer = await press(clerk, guest.base + ITEM, outside | CONFIRMED)
    assert answer.status_code == 409
    assert "不归这个窗口收件" in answer.text
    assert (await town.written())[:4] == before
    await handed_in(town, clerk, guest)


async def test_the_same_button_twice_is_one_application(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    page = await clerk.get(guest.base + ITEM)
    sent = ANSWERS | CONFIRMED | {"key": hidden(page, "key"), "shown": hidden(page, "shown")}
    first, again = await clerk.post(guest.base + ITEM, sent), await clerk.post(guest.base + ITEM, sent)
    assert first.headers["location"] == again.headers["location"]
    assert len(await town.rows("select from affairs where subject = $1", guest.person)) == 1


async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    wrong = ANSWERS | {"premises_area": "many"}
    answer = await press(clerk, guest.base + ITEM, wrong | CONFIRMED | {"window-confirmed": ""}, {"floor_plan": b"x"})
    assert answer.status_code == 422
    for field in ("premises_area", "window-confirmed", "floor_plan"):
        assert f'href="#{field}"' in answer.text, field
    assert typed(answer, "premises_area") == "many"
    later = await clerk.get(guest.base + ITEM)
    assert (typed(later, "premises_area"), typed(later, "shop_name")) == ("many", ANSWERS["shop_name"])
    assert "直接离开这一页会丢掉没存的" in later.text
    assert await town.rows("select from affairs where subject = $1", guest.person) == []


async def test_answers_switch_items_on_and_a_screen_that_changed_is_seen_before_it_is_handed_in(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    path = guest.base + "/life-events/open_restaurant"
    before = await clerk.get(path)
    kept = await press(clerk, path, {"premises_area": "400", "wants_sign": "yes", "do": "keep"})
    assert kept.status_code == 200
    assert "还没有交" in kept.text
    assert len(hidden(kept, "shown").split()) > len(hidden(before, "shown").split())
    stale = await press(clerk, path, CONFIRMED | {"shown": hidden(before, "shown")})
    assert stale.status_code == 422
    assert "要办的变了" in stale.text


async def test_a_material_that_a_licence_shows_is_said_and_not_asked(town: Town) -> None:
    citizen = await town.new_citizen()
    known = await town.identity(citizen)
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk, known.name, known.number)
    path = f"{guest.base}/items/food_business"
    asked = await clerk.get(path)
    material = next(
        one.material
        for one in town.city.counter.catalogue.bundle(["food_business"])["food_business"].needs
        if town.city.counter.catalogue.shown_by(one.material)
    )
    assert f'type="file" name="{material}"' in asked.text or f'name="{material}" type="file"' in asked.text
    kind = town.city.counter.catalogue.shown_by(material)
    assert kind is not None
    await town.issue(citizen, kind=kind, values=ANSWERS | {"trade_name": "拾味小馆"})
    await town.publish()
    shown = await clerk.get(path)
    assert f'name="{material}"' not in shown.text
    assert "在您的证照包里" in shown.text


async def test_what_a_register_knows_is_said_with_its_source_and_taken_over_by_a_tick(town: Town) -> None:
    known, clerk = await town.identity(town.citizen), await clerk_of(town)
    guest = await guest_of(town, clerk, known.name, known.number)
    path = guest.base + ITEM
    await town.city.counter.drafts.drop(guest.person, ITEM)
    screen = await clerk.get(path)
    assert "182.4" in screen.text
    assert 'name="premises_area"' not in screen.text
    sent = {"shop_name": "拾味小馆", "food_sold": "meals", "cards": hidden(screen, "cards")} | CONFIRMED
    untold = await press(clerk, path, sent)
    assert untold.status_code == 422
    assert 'href="#agree-premises"' in untold.text
    own = await press(clerk, path, sent | {"do": "own"})
    assert 'name="premises_area"' in own.text
    told = await press(clerk, path, sent | {"agree-premises": "yes"})
    assert told.status_code == 303, told.text
    affair = UUID(told.headers["location"].split("/")[-2])
    fact = (await town.city.memory.ledger.history(affair))[0].fact
    assert isinstance(fact, Applied)
    assert {taken.register for taken in fact.known.values()} == {"premises"}
    assert (fact.answers or {})["premises_area"] == "182.4"


async def test_what_is_missing_is_brought_to_the_window_and_the_officer_looks_again(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    affair = await handed_in(town, clerk, guest)
    case = await case_of(town, affair)
    await moved(town.accept, case, "acceptance", "supplement", lacking=["floor_plan"])
    path = f"{guest.base}/affairs/{affair}/cases/{case}"
    assert f'href="{path}/bring"' in (await clerk.get(f"{guest.base}/affairs/{affair}")).text
    answer = await press(clerk, f"{path}/bring", {}, {"floor_plan": PLAN})
    assert answer.headers["location"] == f"{guest.base}/affairs/{affair}"
    page = await clerk.get(path)
    assert page.text.count("窗口代录：政务服务办公室") == 2
    assert f'href="{path}/bring"' not in page.text
    assert "acceptance" in [
        row["step"] for row in await town.rows("select step from work_items where case_id = $1", case)
    ]


async def test_a_refused_matter_is_tried_again_and_withdrawn_at_the_window(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    affair = await handed_in(town, clerk, guest, floor_plan=PLAN)
    case = await case_of(town, affair)
    await moved(town.accept, case, "acceptance", "accept")
    await moved(town.decide, case, "decision", "refuse", words=FOUND)
    path = f"{guest.base}/affairs/{affair}/cases/{case}"
    assert (await press(clerk, f"{path}/again", ANSWERS)).headers["location"] == f"{guest.base}/affairs/{affair}"
    new = await case_of(town, affair)
    assert new != case
    again = f"{guest.base}/affairs/{affair}/cases/{new}"
    assert (await press(clerk, f"{again}/withdraw", {})).status_code == 303
    [row] = await town.rows("select result from cases where id = $1", new)
    assert row["result"] == "withdrawn"
    last = (await town.city.memory.ledger.history(new))[-1].by
    assert (last.channel, last.on_behalf_of) == (Channel.WINDOW, guest.person)


async def test_a_result_on_paper_is_handed_over_and_rated_by_the_person_once(town: Town) -> None:
    clerk = await clerk_of(town, AREA, Held("services.deliver", Scope(AGENCY, AREA)))
    guest = await guest_of(town, clerk)
    affair = await handed_in(town, clerk, guest, floor_plan=PLAN)
    case = await case_of(town, affair)
    assert f"{guest.base}/cases/{case}/deliver" not in (await clerk.get(guest.base)).text
    await moved(town.accept, case, "acceptance", "accept")
    await moved(town.decide, case, "decision", "refuse", words=FOUND)
    page = await clerk.get(guest.base)
    assert "1 份结果可以领" in page.text
    done = await clerk.post(f"{guest.base}/cases/{case}/deliver", {"key": hidden(page, "key")})
    assert done.headers["location"] == guest.base
    [row] = await town.rows("select delivered from cases where id = $1", case)
    assert row["delivered"] is not None
    by = (await town.city.memory.ledger.history(case))[-1].by
    assert (by.duty, by.channel, by.on_behalf_of) == ("services.deliver", Channel.WINDOW, None)
    path = f"{guest.base}/affairs/{affair}/cases/{case}/rate"
    assert "窗口人员不要代选" in (await clerk.get(path)).text
    assert (await press(clerk, path, {"rating": "4"})).status_code == 303
    assert (await clerk.get(path)).status_code == 409
    assert (await clerk.post(path, {"rating": "5", "key": str(uuid4())})).status_code == 409
    [row] = await town.rows("select rated from cases where id = $1", case)
    assert row["rated"] == 4


async def test_what_was_granted_is_printed_where_it_is_handed_over(town: Town) -> None:
    clerk = await clerk_of(town, AREA, Held("services.deliver", Scope(AGENCY, AREA)))
    guest = await guest_of(town, clerk)
    case = await case_of(town, await handed_in(town, clerk, guest, floor_plan=PLAN))
    await moved(town.accept, case, "acceptance", "accept")
    await moved(town.decide, case, "decision", "grant")
    await town.publish()
    page = await clerk.get(guest.base)
    [row] = await town.rows("select licence from licences where holder = $1", guest.person)
    paper = f"{guest.base}/wallet/{row['licence']}/paper"
    assert f'href="{paper}"' in page.text
    assert (await clerk.get(paper)).status_code == 200
    assert f"{guest.base}/cases/{case}/deliver" in page.text


async def test_a_clerk_who_does_not_hand_over_is_told_where_the_result_lies(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    affair = await handed_in(town, clerk, guest, floor_plan=PLAN)
    case = await case_of(town, affair)
    await moved(town.accept, case, "acceptance", "accept")
    await moved(town.decide, case, "decision", "refuse", words=FOUND)
    assert "要到市场监督管理局的出件窗口领" in (await clerk.get(guest.base)).text
    answer = await clerk.post(f"{guest.base}/cases/{case}/deliver", {})
    assert answer.status_code == 403


async def test_letters_are_read_at_the_window_and_lead_to_their_affair(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    affair = await handed_in(town, clerk, guest)
    [row] = await town.rows("select letter from letters where about = $1", affair)
    path = f"{guest.base}/letters/{row['letter']}"
    assert f'href="{guest.base}/letters"' in (await clerk.get(guest.base)).text
    assert f'href="{path}"' in (await clerk.get(f"{guest.base}/letters")).text
    letter = await clerk.get(path)
    assert f'href="{guest.base}/affairs/{affair}"' in letter.text
    assert guest.name in letter.text
    by = (await town.city.memory.ledger.history(row["letter"]))[-1].by
    assert (by.person, by.on_behalf_of) == (await town.person(clerk), guest.person)
    thread = await town.apply(town.citizen)
    assert (await clerk.get(f"{guest.base}/letters/{thread.letter}")).status_code == 404


async def test_a_licence_is_printed_at_the_window_and_its_holder_sees_the_look(town: Town) -> None:
    citizen = await town.new_citizen()
    known, given = await town.identity(citizen), await town.issue(citizen)
    await town.publish()
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk, known.name, known.number)
    path = f"{guest.base}/wallet/{given.licence}"
    assert f'href="{guest.base}/wallet"' in (await clerk.get(guest.base)).text
    assert f'href="{path}"' in (await clerk.get(f"{guest.base}/wallet")).text
    assert f'href="{path}/paper"' in (await clerk.get(path)).text
    paper = await clerk.get(f"{path}/paper")
    assert paper.headers["content-type"] == "application/pdf"
    assert "政务服务办公室" in (await citizen.get(f"/wallet/{given.licence}")).text
    other = await town.issue(town.citizen)
    before = await town.rows("select count(*) as looks from reads")
    assert (await clerk.get(f"{guest.base}/wallet/{other.licence}")).status_code == 404
    assert (await clerk.post(f"{guest.base}/wallet/{other.licence}/cancel", {})).status_code == 404
    assert await town.rows("select count(*) as looks from reads") == before


async def agent_of(town: Town, clerk: Caller, grantor: Caller, **matters: str) -> tuple[Guest, UUID]:
    """Somebody at the window who may act for a grantor: them, and the mandate."""
    agent = await town.new_citizen("马腾飞")
    mandate = await town.mandate(grantor, agent, **matters)
    known = await town.identity(agent)
    return await guest_of(town, clerk, known.name, known.number), mandate


async def test_whoever_comes_for_somebody_else_applies_for_them_under_their_mandate(town: Town) -> None:
    grantor, clerk = await town.new_citizen("林晓梅"), await clerk_of(town)
    agent, mandate = await agent_of(town, clerk, grantor)
    page = await clerk.get(agent.base)
    assert "替 林晓梅 办" in page.text
    turned = await clerk.post(f"{agent.base}/for", {"mandate": str(mandate)})
    assert turned.status_code == 303
    other = msgspec.structs.replace(agent, base=turned.headers["location"])
    assert (await clerk.get(agent.base)).status_code == 409
    assert "正在接待 马腾飞，替 林晓梅 办" in (await clerk.get(other.base)).text
    affair = await handed_in(town, clerk, other)
    [row] = await town.rows("select subject from affairs where affair = $1", affair)
    assert row["subject"] == await town.person(grantor)
    assert (await grantor.get(f"/affairs/{affair}")).status_code == 200
    assert "窗口代录" in (await grantor.get(f"/affairs/{affair}")).text
    back = await clerk.post(f"{other.base}/for", {})
    assert f"/affairs/{affair}" not in (await clerk.get(back.headers["location"])).text
    assert (await clerk.get(f"{back.headers['location']}/affairs/{affair}")).status_code == 404


async def test_a_mandate_for_one_matter_opens_no_other_at_the_window(town: Town) -> None:
    grantor, clerk = await town.new_citizen("林晓梅"), await clerk_of(town)
    hidden_one = await town.apply(grantor)
    agent, mandate = await agent_of(town, clerk, grantor, **{"matter-seal_filing": "yes"})
    base = (await clerk.post(f"{agent.base}/for", {"mandate": str(mandate)})).headers["location"]
    page = (await clerk.get(base)).text
    assert f'href="{base}/items/seal_filing"' in page
    assert f'href="{base}{ITEM}"' not in page
    assert "open_restaurant" not in page
    assert str(hidden_one.affair) not in page
    assert (await clerk.get(base + ITEM)).status_code == 409
    assert (await clerk.post(f"{base}/cases/{hidden_one.case}/deliver", {})).status_code == 404
    before = await town.written()
    assert (await clerk.post(base + ITEM, ANSWERS | CONFIRMED | {"shown": "food_business"})).status_code == 409
    assert (await clerk.get(f"{base}/affairs/{hidden_one.affair}")).status_code == 404
    assert await town.written() == before


async def test_a_mandate_that_is_over_or_another_agents_is_not_taken_at_the_window(town: Town) -> None:
    grantor, clerk = await town.new_citizen("林晓梅"), await clerk_of(town)
    agent, mandate = await agent_of(town, clerk, grantor)
    foreign = await town.mandate(grantor, town.other)
    for wrong in (str(foreign), str(uuid4()), "no-id"):
        assert (await clerk.post(f"{agent.base}/for", {"mandate": wrong})).status_code == 404, wrong
    turned = (await clerk.post(f"{agent.base}/for", {"mandate": str(mandate)})).headers["location"]
    assert (await grantor.post(f"/mandates/{mandate}/end", {})).status_code == 303
    assert (await clerk.get(turned)).status_code == 409
    assert (await clerk.post(turned + ITEM, ANSWERS | CONFIRMED)).status_code == 409


async def test_an_affair_of_somebody_else_is_not_found_and_no_look_is_noted(town: Town) -> None:
    thread = await town.apply(town.citizen)
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    before = await town.rows("select count(*) as looks from reads")
    own = f"{guest.base}/affairs/{thread.affair}"
    for path in (own, f"{own}/receipt", f"{own}/cases/{thread.case}", f"{own}/cases/{thread.case}/rate"):
        assert (await clerk.get(path)).status_code == 404, path
    assert (await clerk.post(f"{guest.base}/cases/{thread.case}/deliver", {})).status_code == 404
    assert (await clerk.post(f"{own}/cases/{thread.case}/withdraw", {})).status_code == 404
    assert await town.rows("select count(*) as looks from reads") == before


async def test_a_clerk_does_not_receive_themself(town: Town) -> None:
    clerk = await clerk_of(town)
    own = await town.identity(clerk)
    answer = await shows(town, clerk, own.name, own.number)
    assert answer.status_code == 409


async def test_beside_somebody_elses_affairs_no_door_leads_to_the_clerks_own(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    affair = await handed_in(town, clerk, guest)
    for path in (guest.base, f"{guest.base}/affairs/{affair}", f"{guest.base}/affairs/{affair}/receipt"):
        page = (await clerk.get(path)).text
        assert 'href="/affairs' not in page, path
        assert 'href="/wallet' not in page, path
        assert 'href="/window"' in page, path
        assert f'href="{guest.base}"' in page, path


async def test_whoever_went_turns_to_nobody_elses_matters(town: Town) -> None:
    """The end came in another tab, after the page of this one was let in."""
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)
    receptions, which = town.city.counter.receptions, UUID(guest.base.rpartition("/")[2])
    by = Acting(PersonId(await town.person(clerk)), Channel.WINDOW, "services.window", Scope(OFFICE, AREA))
    now, today = town.clock(), town.clock().date()
    assert isinstance(await receptions.end(which, by=by, key=uuid4(), now=now), Received)
    before = await town.written()
    turned = await receptions.turn_to(which, None, by=by, key=uuid4(), now=now, today=today)
    assert turned == Refused(PeopleWhy.RECEPTION_OVER)
    assert await town.written() == before


async def test_of_two_people_received_at_once_only_one_still_stands_there(town: Town) -> None:
    clerk = await clerk_of(town)
    guests = [Identity(await town.resident(name), name) for name in ("周雨桐", "马腾飞", "林晓梅")]
    receptions, person = town.city.counter.receptions, await town.person(clerk)
    by = Acting(PersonId(person), Channel.WINDOW, "services.window", Scope(OFFICE, AREA))
    now, today = town.clock(), town.clock().date()
    begun = await asyncio.gather(
        *(
            receptions.receive(
                one, Document.IDENTITY_CARD, by=by, key=uuid4(), now=now + timedelta(milliseconds=number), today=today
            )
            for number, one in enumerate(guests)
        )
    )
    assert len({one.reception for one in begun if isinstance(one, Received)}) == 3
    rows = await town.rows("select ended from receptions where officer = $1", person)
    assert [row["ended"] is None for row in rows].count(True) == 1


async def test_whoever_came_under_one_mandate_does_not_act_under_another(town: Town) -> None:
    grantor, clerk = await town.new_citizen("林晓梅"), await clerk_of(town)
    agent, mandate = await agent_of(town, clerk, grantor, **{"matter-seal_filing": "yes"})
    wide = {"name": agent.name, "number": agent.number, "until": "2021-05-01", "all": "yes"}
    base = (await clerk.post(f"{agent.base}/for", {"mandate": str(mandate)})).headers["location"]
    assert (await grantor.post("/mandates/new/person", wide)).status_code == 303
    served = await town.city.counter.receptions.serve(
        UUID(base.rpartition("/")[2]), PersonId(await town.person(clerk)),
        [Held("services.window", Scope(OFFICE, AREA))], today=town.clock().date(),
    )  # fmt: skip
    assert isinstance(served, Served)
    ledger, day = town.city.memory.ledger, town.clock().date()
    assert await refusal_for(served.by, ["seal_filing"], ledger=ledger, day=day, area=AREA) is None
    no = await refusal_for(served.by, ["food_business"], ledger=ledger, day=day, area=AREA)
    assert no == Refused(PeopleWhy.NOT_IN_MANDATE)


async def test_a_clerk_receives_in_their_own_duty_before_that_of_an_absent_colleague(town: Town) -> None:
    county = Scope(OFFICE, "410122")
    absent_one = await town.sign_in(await town.new_officer(Held("services.window", Scope(OFFICE, AREA))))
    clerk = await town.sign_in(await town.new_officer(Held("services.window", county)))
    day = town.clock.at.date().isoformat()
    sent = {"since": day, "until": day, "deputy": str(await town.person(clerk))}
    assert (await absent_one.post("/absence", sent)).status_code == 303
    [row] = await town.rows("select absence from absences where deputy = $1", await town.person(clerk))
    proposal = f"/admin/proposals/{row['absence']}"
    page = await town.admin.get(proposal)
    done = await town.admin.post(proposal, {"do": "confirm", "key": hidden(page, "key")})
    assert done.status_code == 303
    visitor = await town.city.door.visitor(clerk.token, now=town.clock())
    assert visitor is not None
    assert [held.instead_of is None for held in visitor.duties] == [False, True], "the colleague's comes first"
    guest = await guest_of(town, clerk)
    begun = (await town.city.memory.ledger.history(UUID(guest.base.rpartition("/")[2])))[0].by
    assert (begun.scope, begun.instead_of) == (county, None)


def test_the_window_is_open_to_the_duties_that_the_pack_declares_for_it(town: Town) -> None:
    duties = dict(town.city.pack.all(DUTY))
    assert town.city.counter.receptions.duties == ("services.window",)
    other = duties["services.accept"]
    duties["services.accept"] = msgspec.structs.replace(
        other, value=msgspec.structs.replace(other.value, at_window=True)
    )
    for declared in (duties, {}):
        receptions = Receptions(
            town.city.memory.ledger, town.city.counter.roll, town.city.look_ups.person, declared,
            town.city.mandates.may_act, AREA,
        )  # fmt: skip
        counter = msgspec.structs.replace(town.city.counter, receptions=receptions)
        who = holding(*receptions.duties)
        found = [one for one in routes(counter, town.city.cabinet) if one.path.startswith("/window")]
        assert found
        assert all(one.who == who for one in found)
        assert [door.who for door in doors(counter, town.city.pack) if door.href == "/window"] == [who]
    assert str(who) == "nobody"
