"""A file is for what its person attached it to: another draft of theirs, or an application for something else, neither
shows nor takes it unless they say so.
"""

from base64 import b64encode
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from tests.http.doors import fields_of
from tests.http.stages import RESTAURANT, project
from tests.http.test_mandates import switched
from tests.http.test_second_shop import FIRE, PLAN, asked_for_a_plan, handed_over, lacks, reason, shown
from tests.http.test_window import CONFIRMED, clerk_of, guest_of, press
from tests.http.towns import Caller, Town, hidden

from onecity.drills.cities import ANSWERS

PERMIT: Final = "/items/food_business"
INSPECTION: Final = "/items/fire_safety_inspection"
EVENT: Final = "/life-events/open_restaurant"
OF_PERMIT: Final = b"%PDF-1.7 plan of the permit"
OF_INSPECTION: Final = b"%PDF-1.7 plan of the inspection"
OF_EVENT: Final = b"%PDF-1.7 plan of the event"
THERE: Final = "已经有了"
FORMS: Final = {PERMIT: ANSWERS, INSPECTION: FIRE, EVENT: RESTAURANT}
COMMANDS: Final[dict[str, dict[str, Any]]] = {
    PERMIT: {"items": ["food_business"], "answers": ANSWERS},
    INSPECTION: {"items": ["fire_safety_inspection"], "answers": FIRE},
    EVENT: {"event": "open_restaurant", "answers": RESTAURANT},
}


async def fill_in(who: Caller, path: str) -> None:
    """Answer every page of a form up to its documents."""
    at = f"{path}/apply"
    while not at.endswith("/materials"):
        page = await who.get(at)
        if page.status_code == 303:
            at = page.headers["location"]
            continue
        asked = fields_of(page).values
        said = {name: FORMS[path].get(name, value) for name, value in asked.items() if name != "csrf"}
        answer = await who.post(at.partition("?")[0], said | {"do": "own" if "cards" in asked else "next"})
        assert answer.status_code == 303, answer.text
        at = answer.headers["location"]


async def attach(who: Caller, path: str, content: bytes) -> httpx.Response:
    """Attach a floor plan on the page of the documents."""
    file = {PLAN: ("x", content, "application/pdf")}
    page = await who.ask("POST", f"{path}/materials", data={"csrf": who.csrf, "do": "upload"}, files=file)
    assert page.status_code == 200, page.text
    return page


async def hand_in(who: Caller, path: str) -> UUID:
    """Hand the draft in; the application."""
    answer = await who.post(f"{path}/review", {"key": hidden(await who.get(f"{path}/review"), "key")})
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].split("/")[2])


async def put(who: Caller, content: bytes, **purpose: str) -> httpx.Response:
    """A program brings a floor plan."""
    sent = {"material": PLAN, "content": b64encode(content).decode()} | purpose
    return await who.send("/api/materials", sent)


async def applied(who: Caller, path: str, **more: Any) -> Any:
    """A program applies; the receipt."""
    answer = await who.send("/api/applications", COMMANDS[path] | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def quoted(town: Town, affair: UUID | str, material: str = PLAN) -> list[bytes]:
    """Every file of a material that an application quotes."""
    rows = await town.rows(
        "select person, blob from brought join uploads_by_purpose using (blob) where affair = $1 and material = $2",
        UUID(str(affair)), material,
    )  # fmt: skip
    return [town.city.counter.uploads.open(row["person"], material, row["blob"]) or b"" for row in rows]


async def seen(who: Caller, path: str, base: str = "") -> bytes | None:
    """The floor plan that whoever looks at it there sees."""
    answer = await who.get(f"{base}/materials/{PLAN}?purpose={path}")
    return answer.content if answer.status_code == 200 else None


async def test_two_items_that_ask_for_the_same_material_share_no_file(town: Town) -> None:
    founder = await town.new_citizen()
    for path in (PERMIT, INSPECTION):
        await fill_in(founder, path)
    assert THERE in shown(await attach(founder, PERMIT, OF_PERMIT))
    other = await founder.get(f"{INSPECTION}/materials")
    assert THERE not in shown(other)
    assert "传的" not in shown(other)
    assert f"use-{PLAN}" not in other.text, "what waits for something else is not even offered"
    assert "传的" not in shown(await founder.get(f"{INSPECTION}/review"))
    assert await quoted(town, await hand_in(founder, INSPECTION)) == []
    assert await quoted(town, await hand_in(founder, PERMIT)) == [OF_PERMIT]


async def test_each_draft_keeps_its_own_file_and_dropping_one_leaves_the_other(town: Town) -> None:
    founder = await town.new_citizen()
    for path, content in ((PERMIT, OF_PERMIT), (INSPECTION, OF_INSPECTION)):
        await fill_in(founder, path)
        await attach(founder, path, content)
    assert (await seen(founder, PERMIT), await seen(founder, INSPECTION)) == (OF_PERMIT, OF_INSPECTION)
    person = await town.person(founder)
    await town.city.counter.drafts.drop(person, PERMIT)
    await town.city.counter.uploads.purge(town.clock().replace(year=town.clock().year + 1))
    assert (await seen(founder, PERMIT), await seen(founder, INSPECTION)) == (None, OF_INSPECTION)
    assert await quoted(town, await hand_in(founder, INSPECTION)) == [OF_INSPECTION]


async def test_an_item_and_a_life_event_that_holds_it_share_no_file(town: Town) -> None:
    founder = await town.new_citizen()
    for path in (PERMIT, EVENT):
        await fill_in(founder, path)
    await attach(founder, EVENT, OF_EVENT)
    assert THERE not in shown(await founder.get(f"{PERMIT}/materials"))
    assert await quoted(town, await hand_in(founder, PERMIT)) == []
    assert await quoted(town, await hand_in(founder, EVENT)) == [OF_EVENT]


async def test_a_stage_of_one_project_takes_nothing_from_another_project(town: Town) -> None:
    builder, report = await town.new_citizen(), "construction_completion_filing_acceptance_report"
    stage = [f"/projects/{await project(town, builder)}/stages/4" for _ in range(2)]
    file = {report: ("x", OF_PERMIT, "application/pdf")}
    word = {"csrf": builder.csrf, "do": "upload"}
    page = await builder.ask("POST", f"{stage[0]}/materials", data=word, files=file)
    assert THERE in shown(page)
    assert THERE not in shown(await builder.get(f"{stage[1]}/materials"))
    for path, found in ((stage[1], []), (stage[0], [OF_PERMIT])):
        answer = await builder.send(f"/api{path}", {"answers": {}}, key=uuid4())
        assert await quoted(town, answer.json()["affair"], report) == found


async def test_a_draft_that_is_resumed_elsewhere_finds_its_file(town: Town) -> None:
    account = await town.register("周雨桐", await town.resident("周雨桐"))
    phone = await town.sign_in(account)
    await fill_in(phone, PERMIT)
    await attach(phone, PERMIT, OF_PERMIT)
    computer = await town.sign_in(account)
    assert THERE in shown(await computer.get(f"{PERMIT}/materials"))
    assert await quoted(town, await hand_in(computer, PERMIT)) == [OF_PERMIT]


async def test_at_the_window_a_file_stays_with_the_form_on_which_it_was_scanned(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)

    async def typed(path: str, word: str, files: dict[str, bytes] | None = None) -> httpx.Response:
        return await press(clerk, guest.base + path, FORMS[path] | CONFIRMED | {"do": word}, files)

    assert THERE in shown(await typed(PERMIT, "keep", {PLAN: OF_PERMIT}))
    assert THERE not in shown(await typed(INSPECTION, "keep"))
    assert await seen(clerk, PERMIT, guest.base) == OF_PERMIT
    assert await seen(clerk, INSPECTION, guest.base) is None
    for path, found in ((INSPECTION, []), (PERMIT, [OF_PERMIT])):
        answer = await typed(path, "submit")
        assert answer.status_code == 303, answer.text
        assert await quoted(town, answer.headers["location"].split("/")[-2]) == found


async def test_a_program_says_what_a_file_is_for(town: Town) -> None:
    founder = await town.new_citizen()
    await put(founder, OF_PERMIT, purpose=PERMIT)
    await put(founder, OF_EVENT, purpose=EVENT)
    assert lacks(await applied(founder, INSPECTION))
    assert await quoted(town, (await applied(founder, PERMIT))["affair"]) == [OF_PERMIT]
    assert await quoted(town, (await applied(founder, EVENT))["affair"]) == [OF_EVENT]


async def test_an_application_for_several_items_takes_what_is_for_each_of_them(town: Town) -> None:
    founder = await town.new_citizen()
    await put(founder, OF_INSPECTION, purpose=INSPECTION)
    both = {"items": ["food_business", "fire_safety_inspection"], "answers": ANSWERS | FIRE}
    assert await quoted(town, (await applied(founder, PERMIT, **both))["affair"]) == [OF_INSPECTION]


async def test_a_file_without_a_purpose_counts_only_where_somebody_says_so(town: Town) -> None:
    founder = await town.new_citizen()
    assert (await put(founder, OF_PERMIT)).status_code == 200
    assert lacks(await applied(founder, PERMIT))
    await fill_in(founder, PERMIT)
    page = await founder.get(f"{PERMIT}/materials")
    assert "这一份没说是办哪件事的，这次用吗？" in page.text
    assert fields_of(page).values[f"use-{PLAN}"] == ""
    assert await quoted(town, await hand_in(founder, PERMIT)) == []
    assert await quoted(town, (await applied(founder, INSPECTION, uses=[PLAN]))["affair"]) == [OF_PERMIT]


async def test_nobody_brings_for_what_is_not_there_or_not_theirs(town: Town) -> None:
    founder, stranger = await town.new_citizen(), await town.new_citizen("马腾飞")
    affair = (await applied(founder, PERMIT))["affair"]
    nowhere = ("/items/no_such_item", "/life-events/no_such_event", "items/food_business", "/", "/affairs/none")
    foreign = (f"/affairs/{affair}", f"/projects/{uuid4()}/stages/1", f"/affairs/{affair.upper()}")
    for purpose in (*nowhere, *foreign):
        assert reason(await put(stranger, OF_PERMIT, purpose=purpose)) == "services.no_such_purpose", purpose
    assert await seen(stranger, f"/affairs/{affair}") is None
    assert (await put(founder, OF_PERMIT, purpose=f"/affairs/{affair}")).status_code == 200


async def test_an_agent_brings_for_and_sees_only_the_matters_of_the_mandate(town: Town) -> None:
    founder, agent = await town.new_citizen(), await town.new_citizen("马腾飞")
    await put(founder, OF_PERMIT, purpose=PERMIT)
    await put(founder, OF_INSPECTION, purpose=INSPECTION)
    await switched(agent, await town.mandate(founder, agent, **{"matter-fire_safety_inspection": "yes"}))
    assert await seen(agent, PERMIT) is None
    assert await seen(agent, INSPECTION) == OF_INSPECTION
    assert (await agent.get(f"/materials/{PLAN}")).status_code == 404
    assert reason(await put(agent, OF_PERMIT, purpose=PERMIT)) == "services.no_such_purpose"
    assert reason(await put(agent, OF_PERMIT, purpose=EVENT)) == "services.no_such_purpose"
    assert await quoted(town, (await applied(agent, INSPECTION))["affair"]) == [OF_INSPECTION]


async def test_a_supplement_takes_what_was_brought_for_it_and_no_draft_of_the_same_item(town: Town) -> None:
    founder = await town.new_citizen()
    affair = (await applied(founder, PERMIT))["affair"]
    case = await asked_for_a_plan(town, founder, affair)
    await fill_in(founder, PERMIT)
    await attach(founder, PERMIT, OF_PERMIT)
    path = f"/affairs/{affair}/cases/{case}/bring"
    page = await founder.get(path)
    assert THERE not in shown(page)
    silent = await founder.send(f"/api/affairs/{affair}/bring", {"case": case})
    assert reason(silent) == "services.still_lacking"
    words, file = {"csrf": founder.csrf, "key": hidden(page, "key")}, {PLAN: ("x", OF_EVENT, "application/pdf")}
    assert (await founder.ask("POST", path, data=words, files=file)).status_code == 303
    assert await handed_over(town, affair) == OF_EVENT
    assert await quoted(town, await hand_in(founder, PERMIT)) == [OF_PERMIT]


async def test_another_try_keeps_its_own_file_beside_a_newer_one_of_the_same_item(town: Town) -> None:
    founder = await town.new_citizen()
    await put(founder, OF_PERMIT, purpose=PERMIT)
    first = await applied(founder, PERMIT)
    await put(founder, OF_EVENT, purpose=PERMIT)
    affair, [case] = first["affair"], first["cases"]
    assert (await founder.send(f"/api/affairs/{affair}/withdraw", {"case": case})).status_code == 200
    again = await founder.send(f"/api/affairs/{affair}/again", {"item": "food_business"})
    assert again.status_code == 200, again.text
    file = await town.accept.get(f"/desk/cases/{again.json()['case']}/materials/{PLAN}")
    assert file.content == OF_PERMIT
    assert await quoted(town, (await applied(founder, PERMIT))["affair"]) == [OF_EVENT]
