"""From a report on the street to a verified, closed case, as programs move it."""

import base64
import json
import re
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.http import stages
from tests.http.street import (
    CITY,
    MATTER,
    MENDERS,
    PLACE,
    case_of,
    closed,
    crew,
    drawn,
    filed,
    mended,
    move,
    moved,
    photo,
    report,
    sent,
    verified,
    waiting,
)
from tests.http.towns import Town

from onecity.casework import DrawOpened, Move, WorkDrawn, folded, lot
from onecity.casework.rules import drawing
from onecity.governance.events import live
from onecity.governance.model import problem_of
from onecity.governance.rules import Why
from onecity.governance.usecases.moving import Known, put_right
from onecity.governance.usecases.reporting import load_report
from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.ids import CaseId, PersonId
from onecity.kernel.refusal import Refused


async def progress(town: Town, told: dict[str, str]) -> dict[str, str]:
    answer = await town.caller().get("/api" + told["follow"])
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json()
    return found


async def test_a_hole_in_the_road_is_reported_filed_sent_mended_looked_at_and_closed(town: Town) -> None:
    team, told = await crew(town), await report(town)
    assert (await progress(town, told))["stage"] == "intake"
    case = await filed(told, town, team)
    assert (await progress(town, told))["stage"] == "dispatch"
    await moved(team.dispatcher, case, "dispatch", "send", to={"handle": MENDERS})
    # An urgent hour in the core of the city, from the dispatch on.
    now = await progress(town, told)
    assert now["stage"] == "handle" and now["due_at"]
    await mended(case, team)
    await verified(case, town)
    assert (await progress(town, told))["stage"] == "close"
    await moved(team.operator, case, "close", "close", words={"answer": "盖好了。"})
    assert (await progress(town, told))["result"] == "closed"
    rated = await town.caller().send(f"/api{told['follow']}/rate", {"level": 5})
    assert rated.status_code == 200, rated.text


async def test_neither_whoever_mended_nor_a_colleague_of_the_unit_verifies(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await mended(case, team)
    chosen = await drawn(case, town)
    lists = {who: await waiting(who) for who in (chosen, *team.verifiers)}
    for who, work in lists.items():
        assert [one["yours"] for one in work if one["case"] == str(case)] in (
            [[True]] if who is chosen else [[False], []]
        )
    others = [team.mender, team.mate, *(one for one in team.verifiers if one is not chosen)]
    for who in others:
        answer = await move(who, case, "verify", "good")
        assert answer.status_code in (403, 404, 409), answer.text
    await moved(chosen, case, "verify", "good")


async def test_an_officer_elsewhere_hears_that_a_lot_fell_on_them_and_nobody_else_there_does(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A page that comes back hears at once what it missed, and its stream ends.
    monkeypatch.setattr(live, "LONGEST_S", 0.0)
    (team, told), fresh = (await crew(town), await report(town)), await crew(town)
    case = await sent(told, town, team)
    await mended(case, team)
    await town.seal()
    [[since]] = await town.rows("select max(position) from ledger.sealed")
    elsewhere = team.verifiers[1]
    laid = next(
        one.fact for one in await town.city.memory.ledger.history(case) if isinstance(one.fact, DrawOpened)
    ).candidates.index(await town.person(elsewhere))
    monkeypatch.setattr(drawing, "lot", lambda one, *rest: laid if one == case else lot(one, *rest))
    assert await drawn(case, town) is elsewhere
    await town.seal()
    heard = []
    for who, path in ((elsewhere, "/api/street/live"), (fresh.verifiers[1], "/api/street/live"),
                      (town.caller(), f"{told['follow']}/live")):  # fmt: skip
        bearer = {"authorization": f"Bearer {who.token}"} if who.token else {}
        answer = await who.ask("GET", path, headers=bearer | {"last-event-id": str(since)})
        heard.append(re.findall(r"data: (.*)", answer.text))
    told_of = {"case": str(case), "number": told["number"], "stage": "verify"}
    assert [[json.loads(one) for one in ones] for ones in heard] == [[told_of], [], [{"stage": "verify"}]]


async def test_the_draw_can_be_repeated_from_the_ledger(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await mended(case, team)
    await drawn(case, town)
    history = await town.city.memory.ledger.history(case)
    opened = next(one for one in history if isinstance(one.fact, DrawOpened))
    fell = next(one.fact for one in history if isinstance(one.fact, WorkDrawn))
    assert isinstance(opened.fact, DrawOpened)
    again = lot(case, opened.version, bytes.fromhex(fell.root), len(opened.fact.candidates))
    assert opened.fact.candidates[again] == fell.officer
    seals = await town.rows(
        "select n.root, n.size from ledger.sealed s join ledger.seals n on n.size > s.position"
        " where s.stream = $1 and s.version = $2 order by n.size limit 1", case, opened.version,
    )  # fmt: skip
    assert (bytes.fromhex(fell.root), fell.size) == (seals[0]["root"], seals[0]["size"])


async def test_the_database_itself_keeps_a_case_from_closing_unseen(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    with pytest.raises(asyncpg.CheckViolationError):
        await town.rows("update cases set result = 'closed', ended = now(), good = true where id = $1", case)
    with pytest.raises(asyncpg.CheckViolationError):
        await town.rows(
            "update cases set result = 'closed', ended = now(), good = true, worker = $2, checker = $3,"
            " worker_agency = 'a', checker_agency = 'a' where id = $1", case, uuid4(), uuid4(),
        )  # fmt: skip


async def test_work_without_a_photograph_is_not_reported_as_done(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    answer = await move(team.mender, case, "handle", "done", words={"done": "盖了"})
    assert answer.status_code in (409, 422) and "照片" in answer.json()["title"]
    stranger = await move(team.dispatcher, case, "handle", "done", words={"done": "盖了"})
    assert "不归您办" in stranger.json()["title"], "whose it is not hears nothing of the evidence"


async def test_no_photograph_that_the_case_had_before_shows_that_it_was_put_right(town: Town) -> None:
    team = await crew(town)
    first = photo()
    told, _ = await stages.told_with(town, {"photo": ("x.jpg", base64.b64decode(first), "image/jpeg")})
    case = await sent({"report": str(told.subject)}, town, team)
    once_more = (await team.mender.send(f"/api/street/{case}/photos", {"content": first})).json()["photo"]
    new = (await team.mender.send(f"/api/street/{case}/photos", {"content": photo()})).json()["photo"]
    loaded = await known(case, town)
    assert once_more not in told.photos, "the same file comes under another name"
    for photos in ([*told.photos], [new, *told.photos], [once_more]):
        refused = await move(team.mender, case, "handle", "done", words={"done": "补好了"}, photos=photos)
        assert refused.status_code == 409 and "原来就有" in refused.json()["title"], refused.text
    await moved(team.mender, case, "handle", "done", words={"done": "补好了"}, photos=[new])
    await moved(await drawn(case, town), case, "verify", "bad", words={"seen": "还在漏"})
    again = await move(team.mender, case, "handle", "done", words={"done": "补好了"}, photos=[new])
    assert again.status_code == 409 and "原来就有" in again.json()["title"], (
        "the picture of the first time shows nothing"
    )
    scope = Scope(MENDERS, CITY)
    mender = Acting(PersonId(await town.person(team.mender)), Channel.API, duty="governance.handle", scope=scope)
    centre = town.city.centre
    assert centre is not None
    late = await put_right(
        CaseId(case), Move("handle", "done", words={"done": "补好了"}), (new,), None, street=centre.street, key=uuid4(),
        by=mender, now=town.clock(), known=loaded,
    )  # fmt: skip
    assert isinstance(late, Refused) and late.reason is Why.OLD_PHOTO, "the case moved since it was loaded"
    await mended(case, team)


async def known(case: UUID, town: Town) -> Known:
    """What somebody has loaded of a case."""
    centre = town.city.centre
    assert centre is not None
    history = await town.city.memory.ledger.history(case)
    folded_case = folded(history)
    assert folded_case is not None
    told = await load_report(folded_case.opened.affair, street=centre.street)
    assert told is not None
    return Known(folded_case, problem_of(history), told)


async def test_a_photograph_loses_what_its_device_wrote_into_it(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    kept = await team.mender.send(f"/api/street/{case}/photos", {"content": photo()})
    centre = town.city.centre
    assert centre is not None
    content = centre.photos.open(UUID(told["report"]), kept.json()["photo"])
    assert content is not None and b"SECRET" not in content and content.startswith(b"\xff\xd8")
    wrong = await team.mender.send(f"/api/street/{case}/photos", {"content": "bm8gcGhvdG8="})
    assert wrong.status_code in (409, 422), wrong.text


async def test_a_unit_gives_a_case_back_once_and_then_it_is_appointed(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await moved(team.mender, case, "handle", "give_back")
    await moved(team.chief, case, "dispute", "appoint", to={"handle": MENDERS}, words={"reason": "路面归城管"})
    again = await move(team.mender, case, "handle", "give_back")
    assert again.status_code == 409, again.text
    due = await town.rows("select dispatched, returned from problems where case_id = $1", case)
    assert due[0]["returned"] == 1


async def test_a_case_is_put_off_extended_done_badly_and_done_again(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await moved(team.mender, case, "handle", "ask_extension")
    await moved(team.chief, case, "extension", "grant", days=1, words={"reason": "等配件"})
    await moved(team.mender, case, "handle", "ask_deferral")
    await moved(team.chief, case, "deferral", "grant", days=3, words={"reason": "下雨"})
    await moved(team.chief, case, "deferred", "resume")
    await mended(case, team)
    await moved(await drawn(case, town), case, "verify", "bad", words={"seen": "还在晃"})
    assert (await progress(town, told))["stage"] == "handle"
    await closed(case, town, team)
    row = (await town.rows("select * from problems where case_id = $1", case))[0]
    assert (row["reworked"], row["extended"], row["deferred"], row["stage"]) == (1, 1, 1, "closed")


async def test_two_units_work_on_one_case_and_it_is_looked_at_when_both_are_done(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await filed(told, town, team)
    await moved(team.dispatcher, case, "dispatch", "send_jointly", to={"handle": MENDERS, "assist": "general_office"})
    await mended(case, team)
    assert folded(await town.city.memory.ledger.history(case)).waiting.keys() == {"assist"}  # type: ignore[union-attr]


async def test_whoever_reported_reopens_once(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await closed(case, town, team)
    again = await town.caller().send(f"/api{told['follow']}/reopen", {"words": "又松了"})
    assert again.status_code == 200, again.text
    assert (await progress(town, told))["stage"] == "dispatch"
    await moved(team.dispatcher, case, "dispatch", "send", to={"handle": MENDERS})
    await closed(case, town, team)
    twice = await town.caller().send(f"/api{told['follow']}/reopen", {"words": "又松了"})
    assert twice.status_code == 409, twice.text


async def test_two_reports_of_the_same_cover_are_one_case_and_both_hear(town: Town) -> None:
    team = await crew(town)
    citizen = await town.new_citizen()
    first, second = await report(town), await report(town, citizen)
    case, own = await case_of(town, first), await case_of(town, second)
    joined = await team.operator.send(f"/api/street/{own}/join", {"case": str(case), "metres": 3, "hours": 1})
    assert joined.status_code == 200, joined.text
    await filed(first, town, team)
    assert (await progress(town, second))["stage"] == "dispatch"
    inbox = await citizen.listed("/letters")
    assert "立案" in inbox and "一件" in inbox
    counted = await town.rows("select count(*) as n from reports where case_id = $1", case)
    assert counted[0]["n"] == 2
    parted = await team.operator.send("/api/street/part", {"report": second["report"]}, key=uuid4())
    assert parted.status_code == 200, parted.text
    assert (await progress(town, second))["stage"] == "intake"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"words": "", "matter": ""}, "照片"),
        ({"point": None}, "在哪里"),
        ({"point": {"longitude": 116.4, "latitude": 39.9}}, "不在本市"),
        ({"matter": "99999"}, "没有这一种"),
        ({"matter": "01002"}, "没有这一种"),
        ({"words": "长" * 1001}, "太长"),
        ({"point": None, "area": "410105"}, "在哪里"),
    ],
    ids=["nothing", "nowhere", "Beijing", "no such kind", "a kind of years to come", "too long", "a whole county"],
)
async def test_a_report_that_cannot_be_taken_says_why(town: Town, wrong: dict[str, object], says: str) -> None:
    sent = {"words": "路面塌了一个洞", "matter": MATTER, "point": PLACE} | wrong
    answer = await town.caller().send("/api/reports", sent)
    assert answer.status_code in (404, 409, 422), answer.text
    assert says in answer.json()["title"]


async def test_a_link_of_somebody_else_opens_nothing(town: Town) -> None:
    told = await report(town)
    broken = told["follow"][:-2] + ("aa" if not told["follow"].endswith("aa") else "bb")
    assert (await town.caller().get("/api" + broken)).status_code == 404


async def test_a_case_of_the_street_is_no_case_of_services_and_the_other_way_round(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await case_of(town, told)
    assert (await team.operator.get(f"/api/cases/{case}")).status_code == 404
    assert (await team.operator.get(f"/desk/cases/{case}")).status_code == 404
    assert str(case) not in (await team.operator.get("/api/work")).text
    assert str(case) in {work["case"] for work in await waiting(team.operator)}


@pytest.mark.parametrize("outcome", ["file", "join"])
async def test_filing_and_joining_are_no_bare_moves(town: Town, outcome: str) -> None:
    team, told = await crew(town), await report(town)
    answer = await move(team.operator, await case_of(town, told), "intake", outcome)
    assert answer.status_code == 409, answer.text
    assert (await progress(town, told))["stage"] == "intake"
