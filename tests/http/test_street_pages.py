"""The pages of the street: reported on a phone, followed by a link, moved at a desk."""

import re
from datetime import date, timedelta
from html import unescape
from itertools import pairwise
from urllib.parse import quote
from uuid import UUID, uuid4

from tests.http import stages
from tests.http.street import (
    CENTRE,
    MENDERS,
    case_of,
    closed,
    condition_of,
    crew,
    drawn,
    filed,
    mended,
    moved,
    report,
    sent,
    verified,
)
from tests.http.towns import Town, hidden

from onecity.casework import draw, remind
from onecity.governance.ground import metres
from onecity.kernel.acting import Held, Scope

WORDS = "井盖响，半夜吵得睡不着"


async def test_words_of_danger_come_back_with_the_number_to_call_and_nothing_is_lost(town: Town) -> None:
    before = await town.written()
    asked = {"words": "这里煤气味很重", "matter": "", "area": "410105001", "address": "纬二路 58 号", "contact": ""}
    page = await town.caller().post("/report", asked)
    assert page.status_code == 200 and 'href="tel:119"' in page.text
    assert "这里煤气味很重" in page.text and "纬二路 58 号" in page.text
    assert await town.written() == before
    seen = {"sure": hidden(page, "sure"), "key": hidden(page, "key"), "seen": "yes"}
    again = await town.caller().post("/report", asked | seen)
    assert again.status_code == 303 and again.headers["location"].startswith("/follow/")


async def test_a_report_on_paper_words_alone_is_followed_by_its_link(town: Town) -> None:
    citizen = town.caller()
    form = await citizen.get("/report")
    assert 'type="file"' in form.text and "不用注册" in form.text
    asked = {"words": WORDS, "matter": "", "area": "410105001", "key": hidden(form, "key"), "seen": "yes"}
    sent_on = await citizen.post("/report", asked)
    page = await town.caller().get(sent_on.headers["location"])
    assert page.status_code == 200
    assert "等受理" in page.text and "9月28日" in page.text
    # The words of the report are its own; the page of the link says how it goes, not who said what.
    assert (await citizen.post("/report", asked)).headers["location"] == sent_on.headers["location"]


async def test_a_form_that_lacks_the_place_says_so_and_keeps_what_was_typed(town: Town) -> None:
    page = await town.caller().post("/report", {"words": WORDS, "matter": "", "area": ""})
    assert page.status_code == 422 and "在哪里" in page.text and WORDS in page.text


async def test_a_file_that_is_no_photograph_is_refused_in_words(town: Town) -> None:
    files = {"photo": ("x.jpg", b"no photograph", "image/jpeg")}
    sent = {"words": WORDS, "matter": "", "area": "410105001", "seen": "yes"}
    page = await town.caller().ask("POST", "/report", data=sent, files=files)
    assert page.status_code == 422 and "不是照片" in page.text


async def test_an_operator_files_and_a_dispatcher_sends_on_their_pages(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await case_of(town, told)
    assert str(case) in await team.operator.listed("/street")
    page = await team.operator.get(f"/street/{case}")
    assert "立案" in page.text and "等受理" in page.text
    form = await team.operator.get(f"/street/{case}/intake/file")
    assert condition_of(town) in form.text
    wrong = await team.operator.post(f"/street/{case}/intake/file", {"condition": ""})
    assert wrong.status_code == 422 and "立案条件" in wrong.text
    filed = await team.operator.post(
        f"/street/{case}/intake/file",
        {"condition": condition_of(town), "key": hidden(form, "key"), "by_hand": "yes"},
    )
    assert filed.status_code == 303
    form = await team.dispatcher.get(f"/street/{case}/dispatch/send")
    # The rule of responsibility has chosen; one tap is enough.
    chosen = re.search(r'<option value="([a-z_]+)" selected>', form.text)
    assert chosen, "nobody was proposed"
    sent_out = await team.dispatcher.post(f"/street/{case}/dispatch/send", {"to-handle": chosen[1]})
    assert sent_out.status_code == 303, unescape(sent_out.text)


async def test_whoever_mends_shows_it_and_the_draw_stands_on_the_page_of_the_link(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    without = await team.mender.post(f"/street/{case}/handle/done", {"done": "补好了"})
    assert without.status_code == 422 and "照片" in without.text and "补好了" in without.text
    await mended(case, team)
    who = await drawn(case, town)
    page = await town.caller().get(told["follow"])
    assert ("SHA-256" in page.text and "补好了" in page.text) or "换" in page.text
    assert str(await town.person(who)) not in page.text
    form = await who.get(f"/street/{case}/verify/good")
    done = await who.post(f"/street/{case}/verify/good", {"key": hidden(form, "key")})
    assert done.status_code == 303
    closing = {"answer": "补好了，别的单位的人去看过。"}
    assert (await team.operator.post(f"/street/{case}/close/close", closing)).status_code == 303
    page = await town.caller().get(told["follow"])
    assert "办好了" in page.text and closing["answer"] in page.text
    rated = await town.caller().post(f"{told['follow']}/rate", {"rating": "5", "words": ""})
    assert rated.status_code == 303
    again = await town.caller().post(f"{told['follow']}/reopen", {"words": ""})
    assert again.status_code == 422


async def test_a_blocked_move_says_why(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await case_of(town, told)
    page = await team.dispatcher.get(f"/street/{case}")
    assert "这件不归您办" in page.text
    assert (await team.dispatcher.get(f"/street/{case}/intake/file")).status_code == 403


async def test_an_officer_who_looks_is_shown_to_whoever_reported(town: Town) -> None:
    citizen, team = await town.new_citizen(), await crew(town)
    told = await report(town, citizen)
    await team.operator.get(f"/street/{await case_of(town, told)}")
    assert "办您的事要看" in (await citizen.get("/reads")).text


async def test_a_photograph_is_shown_to_those_who_deal_with_it_only(town: Town) -> None:
    where = (await stages.photographed(town)).partition("/")
    path = f"/street/{where[0]}/photos/{where[2]}"
    operator = await stages.operator(town)
    shown = await operator.get(path)
    assert shown.status_code == 200 and shown.headers["content-type"] == "image/jpeg"
    assert (await operator.get(f"/street/{where[0]}/photos/{'0' * 64}")).status_code == 404
    assert (await town.citizen.get(path)).status_code == 403


async def test_everything_is_said_in_english_too(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    for who, path in ((town.caller(), "/report"), (town.caller(), told["follow"]), (team.mender, f"/street/{case}")):
        page = await who.ask("GET", path, headers={"cookie": f"lang=en; session={who.token}"})
        assert page.status_code == 200 and '<html lang="en' in page.text
        main = re.sub("<[^>]+>", " ", page.text.partition("<main")[2].partition("<footer")[0])
        assert "governance." not in main
    assert MENDERS


async def test_the_appraisal_moves_with_a_case_and_shows_what_it_leaves_out(alone: Town) -> None:
    """In a town of its own, where no other test has been to the future and back."""
    town = alone

    async def shares() -> dict[str, tuple[int, int]]:
        told = (await town.caller().get("/api/open/street")).json()
        return {one["name"]: (one["numerator"], one["denominator"]) for one in told["shares"]}

    team, told = await crew(town), await report(town)
    before = await shares()
    case = await sent(told, town, team)
    await mended(case, team)
    await verified(case, town)
    await moved(team.operator, case, "close", "close", words={"answer": "好了。"})
    after = await shares()
    for name in ("closed", "handled"):
        assert after[name] == (before[name][0] + 1, before[name][1] + 1), name
    again = await town.caller().send(f"/api{told['follow']}/reopen", {"words": "又塌了"})
    assert again.status_code == 200
    assert (await shares())["reopened"][0] == before["reopened"][0] + 1
    page = await town.caller().get("/open/street")
    assert "结案率" in page.text and "同一处又坏" in page.text and " / " in page.text


async def test_the_same_hole_three_weeks_later_raises_recurrence_and_the_closing_rate_does_not_hide_it(
    alone: Town,
) -> None:
    """In a town of its own, where no other test has been to the future and back."""
    town = alone

    async def share(name: str) -> tuple[int, int]:
        told = (await town.caller().get("/api/open/street")).json()
        return next((one["numerator"], one["denominator"]) for one in told["shares"] if one["name"] == name)

    team, place = await crew(town), {"longitude": 113.7001, "latitude": 34.7401}
    told = await report(town, point=place)
    case = await sent(told, town, team)
    await closed(case, town, team)
    before = await share("recurred")
    with town.clock.later(timedelta(days=20)):
        await town.stay(team.operator, team.dispatcher)
        again = await report(town, point=place)
        back = await filed(again, town, team)
        after, page = await share("recurred"), await team.operator.get(f"/street/{back}")
    assert told["number"] in page.text and f'href="/street/{case}"' in page.text, "the case page says what came back"
    assert after[0] == before[0] + 1


async def test_whoever_accepts_sees_what_the_machine_guesses_and_why(town: Town) -> None:
    team, told = await crew(town), await report(town, words="路面塌了一个大洞", matter="")
    page = await team.operator.get(f"/street/{await case_of(town, told)}")
    assert "机器猜" in page.text and "把握" in page.text


async def test_two_reports_of_one_hole_are_joined_on_the_page_that_says_how_alike_they_are(town: Town) -> None:
    place = {"longitude": 113.7205, "latitude": 34.7601, "within": 8}
    team = await crew(town)
    first, second = await report(town, point=place), await report(town, point=place)
    case, own = await case_of(town, first), await case_of(town, second)
    form = await team.operator.get(f"/street/{own}/intake/join")
    assert str(case) in form.text and "相距 0 米" in form.text
    unsaid = await team.operator.post(f"/street/{own}/intake/join", {"other": ""})
    assert unsaid.status_code == 422
    joined = await team.operator.post(f"/street/{own}/intake/join", {"other": str(case), "key": hidden(form, "key")})
    assert joined.status_code == 303
    assert len(await town.rows("select from reports where case_id = $1", case)) == 2


async def test_an_officer_finds_the_same_hole_beyond_the_edge_of_its_cell(town: Town) -> None:
    here, aside = ({"longitude": at, "latitude": 34.7707, "within": 8} for at in edge_of_a_cell(town, 34.7707))
    team, first, second = await crew(town), await report(town, point=here), await report(town, point=aside)
    case, own = await case_of(town, first), await case_of(town, second)
    cells = await town.rows("select count(distinct cell) as many from problems where case_id = any($1)", [case, own])
    assert cells[0]["many"] == 2
    form = await team.operator.get(f"/street/{own}/intake/join")
    # Officers are told how far apart both stood, not how far the middle of the other's cell is.
    apart = round(metres((here["longitude"], here["latitude"]), (aside["longitude"], aside["latitude"])))
    assert re.search(f"{first['number']}，相距 {apart} 米", form.text)
    await moved(team.operator, case, "intake", "void", words={"reason": "去看过，已经填平了"})
    assert str(case) not in (await team.operator.get(f"/street/{own}/intake/join")).text


async def test_beyond_their_area_an_officer_sees_the_middle_of_a_cell_as_everybody_does(town: Town) -> None:
    here, aside = ({"longitude": at, "latitude": 34.7607, "within": 8} for at in edge_of_a_cell(town, 34.7607, 6))
    first, second = await report(town, point=here), await report(town, point=aside)
    own = await case_of(town, second)
    [row] = await town.rows("select left(area, 6) as county from problems where case_id = $1", own)
    who = await town.sign_in(await town.new_officer(Held("governance.accept", Scope(CENTRE, row["county"]))))
    page, number = (await who.get(f"/street/{own}/intake/join")).text, first["number"]
    assert number in page and not re.search(f"{number}，相距 [0-9] 米", page)


async def test_an_officer_finds_by_the_street_what_came_without_a_point(town: Town) -> None:
    team = await crew(town)
    first, second = [await report(town, point=None, area="410106002") for _ in range(2)]
    case, own = await case_of(town, first), await case_of(town, second)
    form = await team.operator.get(f"/street/{own}/intake/join")
    assert f"{first['number']}，同一个街道里" in form.text and f'value="{own}"' not in form.text
    done = await team.operator.post(f"/street/{own}/intake/join", {"other": str(case), "key": hidden(form, "key")})
    assert done.status_code == 303


async def test_an_officer_sees_what_is_open_near_even_if_nobody_could_say_what_it_is(town: Town) -> None:
    place, team = {"longitude": 113.7305, "latitude": 34.7701, "within": 8}, await crew(town)
    first = await report(town, point=place, matter="", words="看看这里")
    second = await report(town, point=place, matter="0102", words="一堆垃圾袋")
    one, other = await case_of(town, first), await case_of(town, second)
    later = (await team.operator.get(f"/street/{one}/intake/join")).text
    assert f"{second['number']}，相距 0 米，前后不到 1 小时" in later
    assert str(one) in (await team.operator.get(f"/street/{other}/intake/join")).text
    with town.clock.later(timedelta(hours=2, minutes=5)):
        third = await report(town, point=place | {"within": 400}, matter="", words="又是这里")
    # Where somebody stood is known too badly to say how far away that is.
    assert f"{third['number']}，同一个街道里，晚 2 小时" in (await team.operator.get(f"/street/{one}/intake/join")).text


def edge_of_a_cell(town: Town, north: float, digits: int = 15) -> tuple[float, float]:
    """Longitudes some metres to the west and to the east of an edge: of two cells, or of two counties by 6 digits."""
    assert town.city.centre is not None
    cells = town.city.centre.street.ground.cells
    steps = [113.7 + 0.00005 * step for step in range(4_000)]
    return next(
        (one, other)
        for one, other in pairwise(steps)
        if (here := cells.at(one, north))
        and (aside := cells.at(other, north))
        and here.code[:digits] != aside.code[:digits]
    )


async def test_whoever_reported_finds_it_in_what_the_city_holds_on_them(town: Town) -> None:
    citizen = await town.new_citizen()
    told = await report(town, citizen, words="门口的路塌了一块，记得来看")
    held = (await citizen.get("/api/account/export")).text
    assert "门口的路塌了一块，记得来看" in held and told["number"] in held


async def test_a_limit_of_hours_that_passed_hangs_on_the_board_with_its_instant(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    with town.clock.later(timedelta(hours=30)):
        await remind(town.clock(), office=town.city.counter.office)
        board = await town.caller().listed("/open/notices")
    late = await town.rows("select overrun from cases where id = $1", case)
    assert late[0]["overrun"] is not None
    assert "没有在" in board and "以前办好" in board


async def test_whoever_lost_the_link_finds_how_far_it_came_by_the_number_and_nothing_else(town: Town) -> None:
    told = await report(town, words="麤骉驫门前有个洞", contact="13900001111")
    page = await town.caller().get(f"/reports?q=%20{told['number'].lower()}")
    assert page.status_code == 200 and told["number"] in page.text and "等受理" in page.text
    assert "麤骉驫" not in page.text and "13900001111" not in page.text and told["follow"] not in page.text
    bare = told["number"].replace("-", "")
    for typed in (quote(f"Ｗ{bare[1:]}"), f"%20{bare}%20", quote(f"{bare[:9]} {bare[9:]}".lower())):
        assert told["number"] in (await town.caller().get(f"/reports?q={typed}")).text
    pasted = await town.caller().get("/reports?q=" + quote(f"https://city.example{told['follow']}"))
    assert pasted.headers["location"] == told["follow"]
    for nothing in ("", "R-0000-00000", "%00", "'" * 500):
        page = await town.caller().get(f"/reports?q={nothing}")
        assert page.status_code == 200 and ("没有这个号码" in page.text) == (nothing == "R-0000-00000")


async def test_an_empty_report_is_told_everything_at_once_and_a_long_one_which_field(town: Town) -> None:
    visitor = town.caller()
    page = await visitor.post("/report", {"key": str(uuid4())})
    assert page.status_code == 422 and "有 2 处要改" in page.text
    page = await visitor.post(
        "/report", {"key": str(uuid4()), "words": "洞", "address": "长" * 2_000, "contact": "1" * 2_000}
    )
    assert "有 3 处要改" in page.text
    for field in ("address", "contact", "area"):
        assert f'id="{field}-error"' in page.text


async def test_a_short_limit_is_told_of_on_the_day_after_the_work_came_and_not_with_it(alone: Town) -> None:
    team, told = await crew(alone), await report(alone, matter="z:water_pipe_burst")
    case = await filed(told, alone, team, "water_seeping", by_hand=False)
    near = "select kind from letters where about = $1 and kind = 'desk.due_soon'"
    await remind(alone.clock(), office=alone.city.counter.office)
    assert await alone.rows(near, case) == []
    [row] = await alone.rows("select due, due_at from cases where id = $1", case)
    assert row["due_at"] is None
    with alone.clock.later(timedelta(days=(row["due"] - alone.clock().date()).days)):
        await remind(alone.clock(), office=alone.city.counter.office)
        assert await alone.rows(near, case) != []


async def test_letters_about_the_street_lead_to_it(alone: Town) -> None:
    """Whoever reported to the page of their report, an officer to the case; neither to an affair that there is not."""
    town = alone
    citizen, team = await town.new_citizen(), await crew(town)
    told = await report(town, citizen)
    case = await sent(told, town, team)
    [letter, *_] = await town.rows(
        "select letter from letters where about = $1 and kind = 'governance.sent'", UUID(told["report"])
    )
    page = await citizen.get(f"/letters/{letter['letter']}")
    assert f'href="{told["follow"]}"' in page.text
    [row] = await town.rows("select due_at from work_items where case_id = $1", case)
    with town.clock.later(row["due_at"] - town.clock() + timedelta(minutes=1)):
        await remind(town.clock(), office=town.city.counter.office)
        await town.stay(team.mender)
        [letter] = await town.rows(
            "select letter from letters where about = $1 and person = $2", case, await town.person(team.mender)
        )
        page = await team.mender.get(f"/letters/{letter['letter']}")
        assert f'href="/street/{case}"' in page.text
        assert (await team.mender.get(f"/street/{case}")).status_code == 200


async def test_whoever_looked_is_not_sent_to_a_case_that_is_theirs_no_more(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await mended(case, team)
    who = await drawn(case, town)
    form = await who.get(f"/street/{case}/verify/good")
    done = await who.post(f"/street/{case}/verify/good", {"key": hidden(form, "key")})
    assert done.status_code == 303
    assert (await who.get(done.headers["location"])).status_code == 200


async def test_where_nobody_can_be_drawn_the_head_hears_of_it_once_a_day(alone: Town) -> None:
    town = alone
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await town.rows("update projections.duties set until = $1 where duty = 'governance.verify'", date(2020, 1, 2))
    await mended(case, team)
    for _ in range(3):
        await draw(town.clock(), office=town.city.counter.office)
    letters = await town.rows("select person from letters where about = $1 and kind = 'desk.nobody_to_draw'", case)
    assert await town.person(team.chief) in [row["person"] for row in letters]
    assert len(letters) == len({row["person"] for row in letters})
