"""What an application used is that application's: a second one for another address takes it only where somebody says
so, by whichever door it comes.
"""

import json
import re
from base64 import b64encode
from html import unescape
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
import yaml
from tests.http.doors import CommandLine, at_the_clock_of, fields_of
from tests.http.test_mandates import switched
from tests.http.test_window import CONFIRMED, ITEM, clerk_of, guest_of, press
from tests.http.towns import FORM, REVIEW, Caller, Town, hidden

from onecity.drills.cities import ANSWERS

PLAN: Final = "floor_plan"
FIRST: Final = b"%PDF-1.7 the first shop"
SECOND: Final = b"%PDF-1.7 the second shop"
PERMIT: Final = "/items/food_business"
MATERIALS: Final = f"{PERMIT}/materials"
LOOK: Final = f"/materials/{PLAN}?purpose={PERMIT}"
NEXT_SHOP: Final = ANSWERS | {"shop_name": "拾味小馆二店"}
FIRE: Final = {name: ANSWERS[name] for name in ("premises_street", "premises_address", "premises_area")} | {
    "floor_number": "1",
    "exit_count": "2",
    "uses_gas": "yes",
}
USE: Final = {f"use-{PLAN}": "yes"}


async def put(who: Caller, content: bytes, purpose: str = PERMIT) -> None:
    sent = {"material": PLAN, "content": b64encode(content).decode(), "purpose": purpose}
    assert (await who.send("/api/materials", sent)).status_code == 200


async def applied(who: Caller, **more: Any) -> Any:
    answer = await who.send("/api/applications", {"items": ["food_business"], "answers": NEXT_SHOP} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def reason(answer: httpx.Response) -> str:
    """Why the city said no."""
    return str(answer.json()["type"]).removeprefix("urn:onecity:")


def lacks(receipt: Any) -> bool:
    """Whether an application went in without its floor plan."""
    return PLAN in {one["material"] for one in receipt["missing"]}


async def first_shop(who: Caller) -> Any:
    """Somebody applies with a floor plan; the receipt."""
    await put(who, FIRST)
    receipt = await applied(who)
    assert not lacks(receipt)
    return receipt


async def handed_over(town: Town, affair: str) -> bytes | None:
    """The floor plan as the officer of an application reads it."""
    [row] = await town.rows("select id from cases where affair = $1", UUID(affair))
    answer = await town.accept.get(f"/desk/cases/{row['id']}/materials/{PLAN}")
    return answer.content if answer.status_code == 200 else None


async def test_the_interface_hands_nothing_of_one_shop_to_the_next(town: Town) -> None:
    founder = await town.new_citizen()
    first = await first_shop(founder)
    second = await applied(founder)
    assert lacks(second)
    assert (await handed_over(town, first["affair"]), await handed_over(town, second["affair"])) == (FIRST, None)


async def test_what_a_command_names_counts_once_more(town: Town) -> None:
    founder = await town.new_citizen()
    await first_shop(founder)
    second = await applied(founder, uses=[PLAN])
    assert not lacks(second)
    assert await handed_over(town, second["affair"]) == FIRST
    assert lacks(await applied(founder)), "it was named for one application, not for all"


async def test_what_was_put_since_counts_for_the_next_application_alone(town: Town) -> None:
    founder = await town.new_citizen()
    await first_shop(founder)
    await put(founder, SECOND)
    second = await applied(founder)
    assert await handed_over(town, second["affair"]) == SECOND
    assert lacks(await applied(founder))


@pytest.mark.parametrize("named", [PLAN, "no_such_thing"])
async def test_nobody_names_what_is_not_there(town: Town, named: str) -> None:
    founder, body = await town.new_citizen(), {"items": ["food_business"], "answers": NEXT_SHOP, "uses": [named]}
    answer = await founder.send("/api/applications", body)
    assert reason(answer) == "services.not_brought"
    assert answer.json()["title"] == "有 1 份材料您没有传过，或者这件事用不着。"


async def asked_for_a_plan(town: Town, who: Caller, affair: str) -> str:
    """The officer asks for the floor plan; the case."""
    [row] = await town.rows("select id from cases where affair = $1", UUID(affair))
    move = {"step": "acceptance", "outcome": "supplement", "words": {}, "lacking": [PLAN]}
    assert (await town.accept.send(f"/api/cases/{row['id']}/moves", move)).status_code == 200
    return str(row["id"])


async def test_a_supplement_takes_what_was_put_for_it_and_what_it_names(town: Town) -> None:
    founder = await town.new_citizen()
    await first_shop(founder)
    second, third = await applied(founder), await applied(founder)
    cases = [await asked_for_a_plan(town, founder, one["affair"]) for one in (second, third)]
    bring = [f"/api/affairs/{one['affair']}/bring" for one in (second, third)]
    silent = await founder.send(bring[0], {"case": cases[0]})
    assert reason(silent) == "services.still_lacking", "the first shop's plan is not brought"
    await put(founder, SECOND, f"/affairs/{second['affair']}")
    assert (await founder.send(bring[0], {"case": cases[0]})).status_code == 200
    assert await handed_over(town, second["affair"]) == SECOND
    assert reason(await founder.send(bring[1], {"case": cases[1]})) == "services.still_lacking"
    assert (await founder.send(bring[1], {"case": cases[1], "uses": [PLAN]})).status_code == 200
    assert await handed_over(town, third["affair"]) == SECOND


async def test_another_try_keeps_the_documents_of_its_own_application(town: Town) -> None:
    founder = await town.new_citizen()
    first = await first_shop(founder)
    [case] = first["cases"]
    assert (await founder.send(f"/api/affairs/{first['affair']}/withdraw", {"case": case})).status_code == 200
    again = await founder.send(f"/api/affairs/{first['affair']}/again", {"item": "food_business"})
    assert again.status_code == 200
    file = await town.accept.get(f"/desk/cases/{again.json()['case']}/materials/{PLAN}")
    assert file.content == FIRST


async def test_the_command_line_takes_only_what_it_is_told(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_clock_of(town, monkeypatch)
    terminal = CommandLine(town, await town.register("周雨桐", await town.resident("周雨桐")), tmp_path)
    answers, plan = tmp_path / "answers.yaml", tmp_path / "plan.pdf"
    answers.write_text(yaml.safe_dump(dict(NEXT_SHOP), allow_unicode=True), "utf-8")
    plan.write_bytes(FIRST)
    apply = ("service", "apply", "food_business", "--answers", str(answers))

    async def lacking(*words: str) -> bool:
        done = await terminal.signed_in(*apply, *words)
        assert done.exit_code == 0, done.output
        return PLAN in json.loads(done.stdout)["lacking"]

    assert (await terminal.signed_in("case", "upload", PLAN, str(plan), "--purpose", PERMIT)).exit_code == 0
    assert not await lacking()
    assert await lacking()
    assert not await lacking("--use", PLAN)
    refused = await terminal.signed_in(*apply, "--use", "sign_drawing")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == ["有 1 份材料您没有传过，或者这件事用不着。", "  招牌效果图"]


def shown(page: httpx.Response) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]*>", " ", page.text)))


async def drafted(who: Caller) -> httpx.Response:
    """The form is filled in for the second shop; the page of the documents."""
    assert (await who.post(FORM, NEXT_SHOP)).headers["location"] == MATERIALS
    return await who.get(MATERIALS)


async def hand_in(who: Caller) -> str:
    answer = await who.post(REVIEW, {"key": hidden(await who.get(REVIEW), "key")})
    return answer.headers["location"].split("/")[2]


async def test_a_page_offers_what_was_used_and_takes_it_only_when_it_is_ticked(town: Town) -> None:
    founder = await town.new_citizen()
    first = await first_shop(founder)
    page = await drafted(founder)
    origin = f"2020年9月22日 传的，办食品经营许可（{first['number']}）时用过"
    assert origin in shown(page)
    assert fields_of(page).values[f"use-{PLAN}"] == "", "nothing is ticked beforehand"
    assert "换一份" in page.text
    assert (await founder.get(LOOK)).content == FIRST
    review = await founder.get(REVIEW)
    assert origin in shown(review)
    assert "没有选用" in review.text
    assert f'href="{LOOK}"' not in review.text
    untouched = await hand_in(founder)
    assert await handed_over(town, untouched) is None

    await drafted(founder)
    ticked = await founder.post(MATERIALS, USE | {"do": "upload"})
    assert fields_of(ticked).values[f"use-{PLAN}"] == "yes"
    review = await founder.get(REVIEW)
    assert origin in shown(review)
    assert f'href="{LOOK}"' in review.text
    assert await handed_over(town, await hand_in(founder)) == FIRST


async def test_a_tick_can_be_taken_back(town: Town) -> None:
    founder = await town.new_citizen()
    await first_shop(founder)
    await drafted(founder)
    await founder.post(MATERIALS, USE | {"do": "next"})
    await founder.post(MATERIALS, {"do": "next"})
    assert await handed_over(town, await hand_in(founder)) is None


async def test_a_tick_is_for_the_file_that_was_shown(town: Town) -> None:
    founder = await town.new_citizen()
    await first_shop(founder)
    await drafted(founder)
    await founder.post(MATERIALS, USE | {"do": "next"})
    await put(founder, SECOND)
    await applied(founder)
    assert await handed_over(town, await hand_in(founder)) is None, "the second file was ticked by nobody"


async def test_a_new_file_is_told_with_its_day_and_can_be_looked_at(town: Town) -> None:
    founder = await town.new_citizen()
    await first_shop(founder)
    await drafted(founder)
    word, file = {"csrf": founder.csrf, "do": "upload"}, {PLAN: ("x", SECOND, "application/pdf")}
    page = await founder.ask("POST", MATERIALS, data=word, files=file)
    assert "2020年9月22日 传的 看店面平面图" in shown(page)
    assert f"use-{PLAN}" not in page.text, "it is there anyway"
    assert (await founder.get(LOOK)).content == SECOND
    assert await handed_over(town, await hand_in(founder)) == SECOND


async def test_nobody_looks_at_the_file_of_another(town: Town) -> None:
    founder = await town.new_citizen()
    await first_shop(founder)
    for stranger in (await town.new_citizen(), town.accept):
        assert (await stranger.get(LOOK)).status_code == 404


async def test_a_supplement_on_the_page_offers_it_too(town: Town) -> None:
    founder = await town.new_citizen()
    first = await first_shop(founder)
    second = await applied(founder)
    path = f"/affairs/{second['affair']}/cases/{await asked_for_a_plan(town, founder, second['affair'])}/bring"
    page = await founder.get(path)
    assert first["number"] in shown(page)
    key = hidden(page, "key")
    assert (await founder.post(path, {"key": key})).status_code == 422
    assert (await founder.post(path, {"key": key} | USE)).status_code == 303
    assert await handed_over(town, second["affair"]) == FIRST


async def test_a_clerk_asks_before_a_document_is_used_again(town: Town) -> None:
    clerk = await clerk_of(town)
    guest = await guest_of(town, clerk)

    async def typed(fields: dict[str, str], files: dict[str, bytes] | None = None) -> str:
        answer = await press(clerk, guest.base + ITEM, NEXT_SHOP | CONFIRMED | fields, files)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].split("/")[-2]

    first = await typed({}, {PLAN: FIRST})
    assert await handed_over(town, await typed({})) is None
    [row] = await town.rows("select number from affairs where affair = $1", UUID(first))
    screen = await clerk.get(guest.base + ITEM)
    assert row["number"] in shown(screen)
    assert fields_of(screen).values[f"use-{PLAN}"] == ""
    looks = await town.rows("select 1 from reads where subject = $1", guest.person)
    assert (await clerk.get(f"{guest.base}{LOOK}")).content == FIRST
    assert len(await town.rows("select 1 from reads where subject = $1", guest.person)) == len(looks) + 1
    assert await handed_over(town, await typed(USE)) == FIRST


async def test_whoever_acts_in_one_matter_does_not_come_upon_the_files_of_another(town: Town) -> None:
    founder, agent = await town.new_citizen(), await town.new_citizen("马腾飞")
    first = await first_shop(founder)
    await switched(agent, await town.mandate(founder, agent, **{"matter-fire_safety_inspection": "yes"}))
    path = "/items/fire_safety_inspection"
    assert (await agent.get(f"/materials/{PLAN}")).status_code == 404
    assert (await agent.get(LOOK)).status_code == 404
    await agent.post(f"{path}/apply/rest", FIRE)
    page = await agent.get(f"{path}/materials")
    assert "店面平面图" in page.text
    assert first["number"] not in page.text
    assert f"use-{PLAN}" not in page.text
    body = {"items": ["fire_safety_inspection"], "answers": FIRE, "uses": [PLAN]}
    assert reason(await agent.send("/api/applications", body)) == "services.not_brought"
