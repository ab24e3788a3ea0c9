"""Walking the street: the nearest task first, what was seen there, and what is found on the way."""

import base64
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.http import stages, street
from tests.http.street import CENTRE, CITY, crew, drawn, mended, moved, photo, report, sent, verified
from tests.http.towns import Caller, Town, hidden

from onecity.governance.facts import CheckedIn, Located, Sighting
from onecity.governance.keeping import ReportKeeper
from onecity.governance.model import problem_of
from onecity.governance.usecases import appraising
from onecity.governance.usecases.reporting import load_report
from onecity.governance.web.centre import Centre
from onecity.kernel.acting import Held, Scope
from onecity.kernel.ids import PersonId
from onecity.ledger import Ledger

HERE = {"longitude": "113.6651", "latitude": "34.7466"}
"""Where the inspector stands; nobody else finds these digits again."""
NEAR, FAR = {"longitude": 113.6660, "latitude": 34.7470}, {"longitude": 113.6900, "latitude": 34.7466}
PHOTO = {"photo": ("x.jpg", base64.b64decode(photo()), "image/jpeg")}


async def inspector(town: Town) -> Caller:
    return await town.sign_in(await town.new_officer(Held("governance.inspect", Scope(CENTRE, CITY))))


def centre_of(town: Town) -> Centre:
    assert town.city.centre is not None
    return town.city.centre


async def to_look_at(town: Town, operator: Caller, **more: Any) -> UUID:
    case = await street.case_of(town, await report(town, **more))
    await moved(operator, case, "intake", "look_first")
    return case


async def checks(town: Town, case: UUID) -> list[CheckedIn]:
    history = await town.city.memory.ledger.history(case)
    return [one.fact for one in history if isinstance(one.fact, CheckedIn)]


async def told_by(town: Town, who: Caller) -> list[Any]:
    """The reports that somebody wrote down, by whose hand their histories begin."""
    person, ledger = await town.person(who), town.city.memory.ledger
    rows = await town.rows("select * from reports where source = 'patrol' order by report")
    return [row for row in rows if (await ledger.history(row["report"]))[0].by.person == person]


async def opens(who: Caller, case: UUID, name: str) -> bool:
    """Whether somebody sees a photograph of a case: the bytes of a picture, not only its name."""
    shown = await who.get(f"/street/{case}/photos/{name}")
    return shown.status_code == 200 and shown.content.startswith(b"\xff\xd8") and shown.content.endswith(b"\xff\xd9")


async def bodies(town: Town, case: UUID) -> str:
    """All that the facts of a case hold, as their bytes stand in the ledger."""
    rows = await town.rows("select body from ledger.facts where stream = $1", case)
    assert b"checked_in" in b"".join(row["body"] for row in rows) or b"seen" in b"".join(row["body"] for row in rows)
    return "\n".join(bytes(row["body"]).decode() for row in rows)


async def test_the_nearest_task_comes_first_and_says_which_way_it_lies(town: Town) -> None:
    operator, who = await stages.operator(town), await inspector(town)
    far, near = await to_look_at(town, operator, point=FAR), await to_look_at(town, operator, point=NEAR)
    point = {"longitude": 113.6651, "latitude": 34.7466}
    answer = await who.send("/api/street/patrol", {"point": point})
    assert answer.status_code == 200, answer.text
    tasks = answer.json()["tasks"]
    placed = {one["case"]: one for one in tasks}
    # A case that is not filed lies in its cell; where exactly is told to whoever opens it.
    assert placed[str(near)]["metres"] < 250 and not placed[str(near)]["exact"]
    assert 2_000 < placed[str(far)]["metres"] < 2_500 and placed[str(far)]["direction"] == "e"
    order = [one["case"] for one in tasks]
    assert order.index(str(near)) < order.index(str(far))
    distances = [one["metres"] for one in tasks if one["metres"] is not None]
    assert distances == sorted(distances)
    page = await who.post("/street/patrol", HERE)
    assert page.status_code == 200 and "往东" in page.text and "近的在前" in page.text
    assert page.text.index(f"/street/patrol/{near}/look") < page.text.index(f"/street/patrol/{far}/look")


async def test_without_a_script_a_street_or_a_cell_says_where_one_stands(town: Town) -> None:
    operator, who = await stages.operator(town), await inspector(town)
    case = await to_look_at(town, operator, point=NEAR)
    cell = (await town.rows("select cell from problems where case_id = $1", case))[0]["cell"]
    page = await who.get("/street/patrol")
    assert f"/street/patrol/{case}/look" in page.text and "按最晚时间排" in page.text
    by_street = await who.post("/street/patrol", {"area": "410105001"})
    assert "街道中间" in by_street.text and "公里" in by_street.text
    by_cell = await who.send("/api/street/patrol", {"cell": cell})
    assert next(one for one in by_cell.json()["tasks"] if one["case"] == str(case))["metres"] == 0
    for wrong in ({"area": "999999999"}, {"cell": "410105001001999"}, {"area": "410105"}):
        refused = await who.post("/street/patrol", wrong)
        assert refused.status_code == 422 and "在哪里" in refused.text


async def test_a_look_is_noted_with_a_distance_and_nothing_of_the_place_where_somebody_stood(town: Town) -> None:
    operator, who = await stages.operator(town), await inspector(town)
    case = await to_look_at(town, operator, point=NEAR)
    path = f"/street/patrol/{case}/look"
    form = await who.get(path)
    assert "看有没有这回事" in form.text and "真的好了" not in form.text and "有这回事" in form.text
    asked = HERE | {"seen": "as_reported", "key": hidden(form, "key"), "csrf": who.csrf}
    done = await who.ask("POST", path, data=asked, files=PHOTO)
    assert done.status_code == 303 and done.headers["location"] == path
    [check] = await checks(town, case)
    assert check.seen is Sighting.AS_REPORTED and check.located is Located.DEVICE and len(check.photos) == 1
    assert check.metres is not None and 90 < check.metres < 100
    page = await who.get(path)
    assert "手机定位" in page.text and f"{path}/there" in page.text
    assert "113.665" not in await bodies(town, case)
    # Whoever decides at the desk sees the look and its photograph.
    desk = await operator.get(f"/street/{case}")
    assert "和报的一样" in desk.text and check.photos[0] in desk.text
    assert await opens(operator, case, check.photos[0])
    ended = await who.post(f"{path}/there", {"key": hidden(page, "key")})
    assert ended.status_code == 303 and ended.headers["location"] == "/street/patrol"
    assert (await town.rows("select stage from problems where case_id = $1", case))[0]["stage"] == "intake"
    assert (await who.get(path)).status_code == 409


async def test_a_form_that_comes_again_from_elsewhere_on_the_way_doubles_nothing(town: Town) -> None:
    operator, who = await stages.operator(town), await inspector(town)
    case = await to_look_at(town, operator)
    path, asked = f"/street/patrol/{case}/look", {"seen": "not_found", "key": str(uuid4())}
    for place in (HERE, {"longitude": "113.7", "latitude": "34.75"}):
        assert (await who.post(path, asked | place)).status_code == 303
    assert len(await checks(town, case)) == 1


async def test_a_place_that_cannot_be_reached_says_why_and_is_looked_at_again(town: Town) -> None:
    operator, who = await stages.operator(town), await inspector(town)
    case = await to_look_at(town, operator)
    path = f"/street/patrol/{case}/look"
    for wrong, says in (
        ({}, "看到什么"),
        ({"seen": "unreachable"}, "为什么到不了"),
        ({"seen": "right", "metres": "x"}, "米数"),
    ):
        refused = await who.post(path, wrong)
        assert refused.status_code == 422 and says in refused.text
    assert await checks(town, case) == []
    told = {"seen": "unreachable", "reason": "围挡锁着", "metres": "40"}
    assert (await who.post(path, told)).status_code == 303
    [check] = await checks(town, case)
    assert (check.reason, check.metres, check.located) == ("围挡锁着", 40, Located.OFFICER)
    page = await who.get(path)
    assert "围挡锁着" in page.text and f"{path}/there" not in page.text and "记下来" in page.text
    assert "围挡锁着" not in await bodies(town, case)


async def test_whom_the_lot_fell_on_finds_the_task_and_others_do_not(town: Town) -> None:
    team, told = await crew(town), await report(town, point=NEAR)
    case = await sent(told, town, team)
    await mended(case, team)
    who = await drawn(case, town)
    path = f"/street/patrol/{case}/verify"
    assert path in (await who.get("/street/patrol")).text
    page = await who.get(path)
    assert "结案条件" in page.text
    assert path not in (await team.mate.get("/street/patrol")).text
    refused = await team.mate.get(path)
    assert refused.status_code in (403, 422)
    said = {"step": "verify", "seen": "right", "point": {"longitude": 113.6651, "latitude": 34.7466}}
    key = uuid4()
    for _ in range(2):
        answer = await who.send(f"/api/street/{case}/check-ins", said, key=key)
        assert answer.status_code == 200, answer.text
    assert len(await checks(town, case)) == 1
    assert (await team.mate.send(f"/api/street/{case}/check-ins", said, key=uuid4())).status_code != 200
    nowhere = await who.send(f"/api/street/{case}/check-ins", said | {"step": "handle"}, key=uuid4())
    assert nowhere.status_code == 409
    good = await who.post(f"{path}/good", {})
    assert good.status_code == 303


async def test_check_ins_change_no_figure_of_the_appraisal(alone: Town) -> None:
    """In a town of its own: a case of another test may become due in one of these minutes."""
    town = alone

    async def figures() -> Any:
        return (await town.caller().get("/api/open/street")).json()

    operator, who = await stages.operator(town), await inspector(town)
    case = await to_look_at(town, operator)
    before = await figures()
    for number in range(5):
        # Another minute each time, so that they are computed anew.
        with town.clock.later(timedelta(minutes=number + 1)):
            await town.stay(who)
            said = {"step": "look", "seen": "as_reported", "metres": number}
            answer = await who.send(f"/api/street/{case}/check-ins", said, key=uuid4())
            assert answer.status_code == 200
            assert (await figures())["shares"] == before["shares"]
    assert len(await checks(town, case)) == 5
    page = await who.get("/street/patrol")
    assert "不记也不算" in page.text


async def test_what_an_inspector_finds_is_reported_with_one_tap_on_its_kind(town: Town) -> None:
    who = await inspector(town)
    form = await who.get("/street/patrol/report")
    assert 'name="kind"' in form.text
    # Enter presses the first button of a form, and chooses nothing.
    first = re.search(
        r"<button[^>]*type=\"submit\"[^>]*>", form.text[form.text.index('action="/street/patrol/report"') :]
    )
    assert first is not None and "name=" not in first[0]
    asked = HERE | {"kind": street.MATTER, "key": hidden(form, "key")}
    done = await who.post("/street/patrol/report", asked)
    assert done.status_code == 303 and done.headers["location"].startswith("/street/patrol?told=W")
    [row] = await told_by(town, who)
    assert row["number"] in (await who.get(done.headers["location"])).text
    assert "<script>" not in (await who.get("/street/patrol?told=<script>")).text
    assert row["source"] == "patrol" and row["cell"]
    # Who writes it down in a duty is not whose matter it is.
    assert row["subject"] == row["report"]
    # The same form again is the same report.
    assert (await who.post("/street/patrol/report", asked)).status_code == 303
    assert len(await told_by(town, who)) == 1
    lacking = await who.post("/street/patrol/report", {"kind": street.MATTER})
    assert lacking.status_code == 422 and "在哪里" in lacking.text
    danger = await who.post("/street/patrol/report", HERE | {"words": "这里煤气味很重"})
    assert danger.status_code == 200 and 'href="tel:119"' in danger.text


async def test_what_was_put_right_at_once_needs_a_photograph_and_is_looked_at_all_the_same(town: Town) -> None:
    team = await crew(town)
    who = await inspector(town)
    asked = HERE | {"matter": street.MATTER, "put_right": "yes", "csrf": who.csrf}
    without = await who.post("/street/patrol/report", asked)
    assert without.status_code == 422 and "照片" in without.text
    files = {"after": PHOTO["photo"]}
    assert (await who.ask("POST", "/street/patrol/report", data=asked, files=files)).status_code == 303
    [row] = await told_by(town, who)
    [check] = await checks(town, row["case_id"])
    assert check.seen is Sighting.RIGHT and len(check.photos) == 1
    assert check.photos[0] in (await team.operator.get(f"/street/{row['case_id']}")).text
    assert await opens(team.operator, row["case_id"], check.photos[0])
    case = await sent({"report": str(row["report"])}, town, team)
    closing = await street.move(team.operator, case, "close", "close", words={"answer": "好了。"})
    assert closing.status_code == 409, "nothing closes before somebody else looked"
    await mended(case, team)
    await verified(case, town)


async def test_a_photograph_of_what_an_inspector_found_is_seen_at_the_desk(town: Town) -> None:
    operator, who = await stages.operator(town), await inspector(town)
    asked = HERE | {"matter": street.MATTER, "csrf": who.csrf}
    assert (await who.ask("POST", "/street/patrol/report", data=asked, files=PHOTO)).status_code == 303
    [row] = await told_by(town, who)
    found = await load_report(row["report"], street=centre_of(town).street)
    assert found is not None and len(found.told.photos) == 1
    assert await opens(operator, row["case_id"], found.told.photos[0])


async def test_nobody_reports_on_patrol_where_their_duty_does_not_reach(town: Town) -> None:
    abroad = Held("governance.inspect", Scope(CENTRE, "410200"))
    asked = HERE | {"matter": street.MATTER, "put_right": "yes"}
    files = {"after": PHOTO["photo"]}
    who = await town.sign_in(await town.new_officer(abroad))
    refused = await who.ask("POST", "/street/patrol/report", data=asked | {"csrf": who.csrf}, files=files)
    assert refused.status_code == 403 and "不归您办" in refused.text
    assert await told_by(town, who) == []
    # Whoever holds it here as well writes it down in the duty that reaches.
    both = await town.sign_in(await town.new_officer(abroad, Held("governance.inspect", Scope(CENTRE, CITY))))
    sent_in = await both.ask("POST", "/street/patrol/report", data=asked | {"csrf": both.csrf}, files=files)
    assert sent_in.status_code == 303
    [row] = await told_by(town, both)
    by = (await town.city.memory.ledger.history(row["report"]))[0].by
    assert by.scope == Scope(CENTRE, CITY)


async def test_only_photographs_of_the_case_show_anything(town: Town) -> None:
    operator, team, who = await stages.operator(town), await crew(town), await inspector(town)
    case, elsewhere = await to_look_at(town, operator), await to_look_at(town, operator)
    others = (await who.send(f"/api/street/{elsewhere}/photos", {"content": photo()})).json()["photo"]
    seen = {"step": "look", "seen": "as_reported"}
    for name in ("0" * 64, others):
        refused = await who.send(f"/api/street/{case}/check-ins", seen | {"photos": [name]}, key=uuid4())
        assert refused.status_code == 409 and "不是这件事的" in refused.json()["title"], refused.text
    assert await checks(town, case) == []
    waits = await sent(await report(town), town, team)
    for name in ("0" * 64, others):
        refused = await street.move(team.mender, waits, "handle", "done", words={"done": "好了"}, photos=[name])
        assert refused.status_code == 409 and "不是这件事的" in refused.json()["title"], refused.text
    told = {"words": "有个坑", "matter": street.MATTER, "area": "410105001", "photos": [others]}
    assert (await town.caller().send("/api/reports", told, key=uuid4())).status_code == 409
    await mended(waits, team)


async def test_whoever_names_the_photograph_of_somebody_else_did_not_bring_it(town: Town) -> None:
    operator, first, second = await stages.operator(town), await inspector(town), await inspector(town)
    case = await to_look_at(town, operator)
    name = (await first.send(f"/api/street/{case}/photos", {"content": photo()})).json()["photo"]
    seen = {"step": "look", "seen": "as_reported", "photos": [name]}
    for who in (first, second):
        assert (await who.send(f"/api/street/{case}/check-ins", seen, key=uuid4())).status_code == 200
    problem = problem_of(await town.city.memory.ledger.history(case))
    assert problem.brought == {name: await town.person(first)}
    path = f"/street/{case}/photos/{name}/release"
    own = await first.post(path, stages.releasing(town, path))
    assert own.status_code == 422 and "要别人来定" in own.text, (
        "whoever brought it releases it after somebody else named it"
    )


async def test_with_whoever_reported_go_the_photographs_of_looks_in_every_case_of_the_report(town: Town) -> None:
    team, who, citizen = await crew(town), await inspector(town), await town.new_citizen()
    told = await report(town, citizen)
    other = await street.case_of(town, await report(town))

    async def looked_at() -> tuple[UUID, str]:
        """Somebody looks at the case that the report follows now, with a photograph."""
        case = await street.case_of(town, told)
        await moved(team.operator, case, "intake", "look_first")
        name = (await who.send(f"/api/street/{case}/photos", {"content": photo()})).json()["photo"]
        seen = {"step": "look", "seen": "as_reported", "photos": [name]}
        assert (await who.send(f"/api/street/{case}/check-ins", seen, key=uuid4())).status_code == 200
        await moved(who, case, "look", "there")
        return case, name

    first, before = await looked_at()
    joined = await team.operator.send(f"/api/street/{first}/join", {"case": str(other), "metres": 3, "hours": 1})
    assert joined.status_code == 200, joined.text
    parted = await team.operator.send("/api/street/part", {"report": told["report"]}, key=uuid4())
    assert parted.status_code == 200, parted.text
    second, after = await looked_at()
    assert first != second
    person, centre, blobs = await town.person(citizen), centre_of(town), town.city.memory.blobs / "photos"
    files = [blobs / name[:2] / name for name in (before, after)]
    assert all(one.exists() for one in files)
    keeper = ReportKeeper(town.city.memory.ledger, centre.photos, centre.callers)
    assert await keeper.erase(PersonId(person), wholly=False) == 0
    assert all(one.exists() for one in files), "as long as a law keeps the case"
    assert await keeper.erase(PersonId(person), wholly=True) == 2
    assert not any(one.exists() for one in files)


async def test_a_move_loads_the_history_of_its_case_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    kept = (await team.mender.send(f"/api/street/{case}/photos", {"content": photo()})).json()["photo"]
    loaded: list[UUID] = []
    history = Ledger.history

    async def counted(self: Ledger, stream: UUID) -> Any:
        loaded.append(stream)
        return await history(self, stream)

    monkeypatch.setattr(Ledger, "history", counted)
    await moved(team.mender, case, "handle", "done", words={"done": "补好了"}, photos=[kept])
    assert loaded.count(case) == 1


async def test_figures_are_computed_once_for_everybody_until_something_changes(
    alone: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a town of its own, where no other test has been to the future and back."""
    town, computed = alone, list[object]()
    real = appraising.appraised

    async def counted(*given: Any, **named: Any) -> Any:
        computed.append(given)
        return await real(*given, **named)

    monkeypatch.setattr(appraising, "appraised", counted)
    await town.caller().get("/open/street")
    first = len(computed)
    for path in ("/open/street", "/api/open/street", "/open/street"):
        assert (await town.caller().get(path)).status_code == 200
    same_minute = len(computed)
    await report(town)
    await town.caller().get("/open/street")
    assert same_minute - first <= 1, "computed for each who asked"
    assert len(computed) == same_minute + 1
