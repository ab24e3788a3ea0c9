"""The inbox, the choice of channels and the public board, as people and programs see them."""

import asyncio
import re
from html import unescape
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import httpx
import pytest
from structlog.testing import capture_logs
from tests.http.test_mandates import switched
from tests.http.towns import Caller, Town, hidden, typed

from onecity.bootstrap.city import app_of
from onecity.bootstrap.jobs import post_jobs_of
from onecity.bootstrap.settings import Settings
from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import the_city
from onecity.kernel.ids import PersonId
from onecity.ledger import Change, Decision, Fact
from onecity.machinery.jobs import run_once
from onecity.notices import letter_to, publish

ADDRESS: Final = "canary@mail.example.cn"
REFUSAL: Final = {"facts": "没有厨房", "rule": "食品安全法第 33 条", "remedy": "加一间厨房"}


class Noted(Fact, frozen=True):
    """The answer to a test's own command."""


async def record(town: Town, *changes: Change) -> None:
    async def decide() -> Decision:
        return Decision(changes, Noted())

    await town.city.memory.ledger.record(uuid4(), decide, Noted, by=the_city(), now=town.clock())


async def posted(town: Town, letter: UUID, folder: Path) -> list[str]:
    """Let the city's job work until a letter's delivery has ended; what they wrote about it."""
    jobs = post_jobs_of(town.city, Settings(data=folder), "https://city.example")
    while not await town.rows("select from deliveries where letter = $1", letter):
        assert (await run_once(jobs, town.clock()))["notices.post"], "the letter is never told of"
    files = [path.read_text("utf-8") for path in (folder / "simulated_post").iterdir()]
    return [text for text in files if str(letter) in text]


async def wrote(town: Town, to: Caller, kind: str, matter: str, *, about: UUID | None = None) -> UUID:
    """A letter to somebody."""
    town.clock.tick()
    change = letter_to(
        PersonId(await town.person(to)), kind, about=about or uuid4(), sender="fire_rescue", facts={"matter": matter}, words=None,
        law="", key=uuid4(), now=town.clock(),
    )  # fmt: skip
    await record(town, change)
    return change.stream


def rows(page: httpx.Response) -> list[str]:
    """The lines of a list of letters."""
    return re.findall(r'<li class="row inbox.*?<a href="/letters/[^"]*">(.*?)</a>', page.text, re.DOTALL)


def tabs(page: httpx.Response) -> list[tuple[str, str]]:
    """What can be chosen above the list: words and where they lead."""
    [found] = re.findall(r'<nav class="list-tabs".*?</nav>', page.text, re.DOTALL) or [""]
    return [(unescape(label), unescape(href)) for href, label in re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', found)]


async def test_an_empty_inbox_says_what_will_be_there(town: Town) -> None:
    page = await (await town.new_citizen()).get("/letters")
    assert "还没有来信" in page.text
    assert tabs(page) == []
    assert 'href="/items"' in page.text


async def test_a_letter_is_marked_until_it_is_opened(town: Town) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    page = await citizen.get("/letters")
    assert rows(page) == ["食品经营许可：收到了您的申请"]
    assert ("有 1 封还没看" in page.text, "inbox-unread" in page.text) == (True, True)
    await citizen.get(f"/letters/{thread.letter}")
    page = await citizen.get("/letters")
    assert rows(page) == ["食品经营许可：收到了您的申请"]
    assert ("还没看" in page.text, "inbox-unread" in page.text) == (False, False)


async def test_letters_can_be_looked_at_by_affair_and_by_what_is_not_opened(town: Town) -> None:
    citizen = await town.new_citizen()
    first, second = uuid4(), uuid4()
    opened = await wrote(town, citizen, "services.received", "food_business", about=first)
    await wrote(town, citizen, "services.received", "seal_filing shop_sign_filing", about=second)
    await wrote(town, citizen, "services.accepted", "food_business", about=first)
    await citizen.get(f"/letters/{opened}")
    everything, seal = await citizen.get("/letters"), town.city.counter.scribe.matter("zh", "seal_filing")
    assert rows(everything) == [
        "食品经营许可：受理了", f"{seal}等 2 项：收到了您的申请", "食品经营许可：收到了您的申请",
    ]  # fmt: skip
    chosen = dict(tabs(everything))
    assert list(chosen) == ["全部 3", "还没看的 2", "食品经营许可（9月22日起） 2", f"{seal}等 2 项（9月22日起） 1"]
    assert rows(await citizen.get(chosen["还没看的 2"])) == rows(everything)[:2]
    of_first = await citizen.get(f"/letters?affair={first}")
    assert rows(of_first) == ["食品经营许可：受理了", "食品经营许可：收到了您的申请"]
    assert re.search(rf'href="/letters\?affair={first}" aria-current="page"', of_first.text)
    assert rows(await citizen.get(f"/letters?affair={uuid4()}")) == []
    assert rows(await citizen.get("/letters?affair=no-id")) == rows(everything)


async def test_an_affair_of_somebody_else_shows_none_of_its_letters(town: Town) -> None:
    thread = await town.apply(town.citizen)
    stranger = await town.new_citizen()
    await wrote(town, stranger, "services.granted", "food_business")
    assert rows(await stranger.get(f"/letters?affair={thread.affair}")) == []


async def test_an_affair_beyond_those_that_have_room_keeps_its_tab_while_it_is_shown(town: Town) -> None:
    citizen = await town.new_citizen()
    affairs = [uuid4() for _ in range(12)]
    for affair in affairs:
        await wrote(town, citizen, "services.granted", "food_business", about=affair)
    assert len(tabs(await citizen.get("/letters"))) == 5
    assert f"/letters?affair={affairs[0]}" in dict(tabs(await citizen.get(f"/letters?affair={affairs[0]}"))).values()


async def test_a_long_inbox_has_pages(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.notices.web.pages._A_PAGE", 2)
    citizen, about = await town.new_citizen(), uuid4()
    for kind in ("received", "accepted", "granted"):
        await wrote(town, citizen, f"services.{kind}", "food_business", about=about)
    first = await citizen.get("/letters")
    assert [row.rpartition("：")[2] for row in rows(first)] == ["办好了", "受理了"]
    second = await citizen.get("/letters?page=2")
    assert [row.rpartition("：")[2] for row in rows(second)] == ["收到了您的申请"]
    assert 'rel="next" href="?page=2"' in first.text
    assert 'rel="prev" href="?page=1"' in second.text
    for asked in ("0", "3", "-1", "x", "９", "9" * 30):
        assert (await citizen.get(f"/letters?page={asked}")).status_code == 200


async def test_both_languages_list_and_show_a_letter(town: Town) -> None:
    citizen = await town.new_citizen()
    letter = await wrote(town, citizen, "services.granted", "food_business")
    citizen.http.cookies.set("lang", "en")
    assert rows(await citizen.get("/letters")) == ["Food business permit: Granted"]
    page = await citizen.get(f"/letters/{letter}")
    assert f"Tuesday 22 September 2020, letter number {letter}" in page.text


async def test_a_letter_tells_how_its_reader_was_told_of_it(town: Town, tmp_path: Path) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    before = await citizen.get(f"/letters/{thread.letter}")
    assert "短信" not in before.text
    [text] = await posted(town, thread.letter, tmp_path)
    assert "100****5432" in text
    assert f"【郑州一城】您有一封信。\n看信：https://city.example/letters/{thread.letter}" in text
    at = town.clock.at.astimezone(town.city.pages.formats["zh"]._zone)
    after = await citizen.get(f"/letters/{thread.letter}")
    assert f"今天 {at:%H:%M} 短信已发（模拟，没有真的发出）" in after.text


async def test_the_officer_sees_in_the_history_that_the_letter_went_out(town: Town, tmp_path: Path) -> None:
    thread = await town.apply(await town.new_citizen())
    await town.accept.post(f"/desk/cases/{thread.case}/acceptance/accept", {"sure": "yes"})
    await town.decide.post(f"/desk/cases/{thread.case}/decision/refuse", REFUSAL | {"sure": "yes"})
    letters = await town.rows("select letter from letters where case_id = $1 order by sent", thread.case)
    await posted(town, letters[-1]["letter"], tmp_path)
    page = await town.accept.get(f"/desk/cases/{thread.case}")
    titles = re.findall(r'<p class="moment-title">(.*?)<span', page.text)
    assert titles == ["不予许可", "写信：没有同意", "受理", "写信：受理了", "收到申请"]
    assert page.text.count("短信已发（模拟，没有真的发出）") == 2


async def test_a_letter_to_an_officer_leads_to_the_case_and_stays_out_of_its_history(town: Town) -> None:
    thread = await town.apply(await town.new_citizen())
    town.clock.tick()
    change = letter_to(
        PersonId(await town.person(town.accept)), "desk.due_soon", about=thread.case, sender="market_supervision",
        facts={"matter": "food_business", "case": str(thread.case), "due": "2020-09-25"}, words=None, law="", key=uuid4(),
        now=town.clock(),
    )  # fmt: skip
    await record(town, change)
    page = await town.accept.get(f"/letters/{change.stream}")
    assert "请在 9月25日 星期五 前定下来" in page.text
    assert f'href="/desk/cases/{thread.case}"' in page.text
    assert "/affairs/" not in page.text
    assert "写信" not in (await town.accept.get(f"/desk/cases/{thread.case}")).text


async def test_the_inbox_is_that_of_the_one_acted_for_within_the_mandate(town: Town) -> None:
    principal, agent = await town.new_citizen("陈建国"), await town.new_citizen("马腾飞")
    theirs, own = await town.apply(principal), await town.apply(agent)
    outside = await wrote(town, principal, "services.granted", "seal_filing")
    await switched(agent, await town.mandate(principal, agent))
    page = await agent.get("/letters")
    assert rows(page) == ["食品经营许可：收到了您的申请"]
    assert f"/letters/{theirs.letter}" in page.text
    assert "有 1 封还没看" in page.text
    assert "您有 1 封没看的信" in (await agent.get("/")).text
    assert rows(await agent.get("/letters?unopened=")) == rows(page)
    assert "陈建国，您好" in (await agent.get(f"/letters/{theirs.letter}")).text
    for letter in (own.letter, outside):
        assert (await agent.get(f"/letters/{letter}")).status_code == 404
    [_, opened] = await town.city.memory.ledger.history(theirs.letter)
    assert (opened.by.person, opened.by.on_behalf_of) == (await town.person(agent), await town.person(principal))


async def test_whoever_acts_for_another_still_chooses_for_themself(town: Town) -> None:
    principal, agent = await town.new_citizen("陈建国"), await town.new_citizen("马腾飞")
    await switched(agent, await town.mandate(principal, agent))
    await choose(agent, channel="email", email=ADDRESS, tells="no")
    wished = "select channel from post_wishes where person = $1"
    assert await town.rows(wished, await town.person(agent)) == [("email",)]
    assert await town.rows(wished, await town.person(principal)) == [("sms",)]


def field_error(page: httpx.Response, field: str) -> str:
    found = re.search(rf'id="{field}-error".*?</span>([^<]*)</span>', page.text, re.DOTALL)
    return found[1] if found else ""


async def choose(who: Caller, **fields: str) -> httpx.Response:
    page = await who.get("/account/post")
    return await who.post("/account/post", {"key": hidden(page, "key"), **fields})


async def test_a_person_chooses_how_they_are_told(town: Town, tmp_path: Path) -> None:
    citizen = await town.new_citizen()
    page = await citizen.get("/account/post")
    assert "100****5432" in page.text
    assert "只写成文件，不会真的发出" in page.text
    done = await choose(citizen, channel="email", email=ADDRESS, tells="yes")
    assert done.headers["location"] == "/account/post"
    page = await citizen.get("/account/post")
    assert "c***@mail.example.cn" in page.text
    assert typed(page, "email") == ADDRESS
    assert 'value="email" checked' in page.text
    assert 'name="tells" value="yes" checked' in page.text
    thread = await town.apply(citizen)
    [text] = await posted(town, thread.letter, tmp_path)
    assert "【郑州一城】您有一封信：食品经营许可，收到了您的申请。" in text
    assert "email: c***@mail.example.cn" in text


async def test_a_choice_of_no_message_is_kept(town: Town) -> None:
    citizen = await town.new_citizen()
    assert (await choose(citizen, channel="inbox")).status_code == 303
    page = await citizen.get("/account/post")
    assert "不另外提醒" in page.text
    assert 'value="inbox" checked' in page.text


async def test_a_choice_with_something_open_comes_back_as_it_was_typed(town: Town) -> None:
    citizen = await town.new_citizen()
    empty = await choose(citizen)
    assert (empty.status_code, field_error(empty, "channel")) == (422, "请选一种")
    wrong = await choose(citizen, channel="both", email="<script>@x")
    assert (wrong.status_code, typed(wrong, "email")) == (422, "<script>@x")
    assert field_error(wrong, "email") == "邮箱要写全，比如 name@example.cn"
    assert field_error(wrong, "tells") == "请选一个：说，还是不说"
    assert 'value="both" checked' in wrong.text
    assert (await choose(citizen, channel="pigeon", tells="yes")).status_code == 422
    person = await town.person(citizen)
    assert await town.rows("select channel from post_wishes where person = $1", person) == [("sms",)]


async def test_a_choice_sent_twice_is_one_choice(town: Town) -> None:
    citizen = await town.new_citizen()
    fields = {"key": str(uuid4()), "channel": "email", "email": ADDRESS, "tells": "no"}
    answers = await asyncio.gather(*(citizen.post("/account/post", fields) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    person = await town.person(citizen)
    count = "select count(*) from ledger.facts where kind like 'notices.post_chosen/%' and position($1 in convert_from(body, 'UTF8')) > 0"
    assert await town.rows(count, str(person)) == [(1,)]


async def test_an_officer_without_a_number_is_not_offered_messages_to_it(town: Town) -> None:
    page = await town.idle.get("/account/post")
    assert 'value="email"' in page.text
    assert 'value="sms"' not in page.text
    assert (await choose(town.idle, channel="sms", tells="no")).status_code == 422


async def test_an_address_is_in_clear_nowhere_but_on_its_owners_page(
    town: Town, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    citizen = await town.new_citizen()
    with capture_logs() as lines:
        await choose(citizen, channel="both", email=ADDRESS + " x", tells="no")
        await choose(citizen, channel="both", email=ADDRESS, tells="no")
        thread = await town.apply(citizen)
        texts = await posted(town, thread.letter, tmp_path)
    said = [repr(lines), *texts, *capfd.readouterr()]
    tables = await town.rows("select schemaname, tablename from pg_tables where schemaname in ('ledger', 'projections', 'working')")  # fmt: skip
    for schema, table in tables:
        said += [row[0] for row in await town.rows(f"select t::text from {schema}.{table} t")]
    assert len(texts) == 2
    for text in said:
        assert ADDRESS not in text
        assert ADDRESS.encode().hex() not in text
    for answer in citizen.seen:
        assert ADDRESS not in str(answer.request.url)


async def overrun(town: Town, agency: str, days: int, *, reason: str = "等一份鉴定") -> UUID:
    town.clock.tick()
    change = publish(
        "casework.overrun", facts={"matter": "food_business", "days": str(days), "reason": reason}, about=uuid4(),
        agency=agency, law="优化营商环境条例第 36 条", key=uuid4(), now=town.clock(),
    )  # fmt: skip
    await record(town, change)
    return change.stream


async def test_the_board_tells_everybody_what_was_late_and_why(town: Town) -> None:
    old = await overrun(town, "market_supervision", 2)
    new = await overrun(town, "fire_rescue", 3, reason="<b>停电</b>")
    page = await town.nobody.get("/open/notices")
    assert page.text.index(f"notice-{new}") < page.text.index(f"notice-{old}")
    for said in ("食品经营许可：没有按时办好", "消防救援支队有一件没有在最晚日期前办好，超了 3 个工作日。", "原因：&lt;b&gt;停电&lt;/b&gt;", "优化营商环境条例第 36 条", "9月22日 星期二"):  # fmt: skip
        assert said in page.text
    chosen = tabs(page)
    assert next(iter(chosen))[1] == "/open/notices"
    assert '<a href="/open/notices?agency=fire_rescue">消防救援支队</a>' in page.text
    only = await town.nobody.get("/open/notices?agency=fire_rescue")
    assert re.search(r'agency=fire_rescue" aria-current="page"', only.text)
    assert (f"notice-{new}" in only.text, f"notice-{old}" in only.text) == (True, False)
    assert "现在没有公示" in (await town.nobody.get("/open/notices?agency=nobody")).text
    assert 'href="/open/notices"' in (await town.nobody.get("/")).text


async def test_the_board_offers_the_agencies_with_the_most_and_the_one_that_is_asked_for(town: Town) -> None:
    for number, agency in enumerate(("tax_service", "civil_affairs", "ecology", "education", "finance", "commerce")):
        for _ in range(4 - number // 2):
            await overrun(town, agency, 1)
    offered = [href for _, href in tabs(await town.nobody.get("/open/notices"))]
    assert len(offered) == 6
    assert "/open/notices?agency=tax_service" in offered
    asked = [href for _, href in tabs(await town.nobody.get("/open/notices?agency=commerce"))]
    assert "/open/notices?agency=commerce" in asked


async def test_programs_read_the_same_board(town: Town) -> None:
    notice = await overrun(town, "urban_management", 1)
    answer = (await town.nobody.get("/api/notices?agency=urban_management")).json()
    found = next(one for one in answer["notices"] if one["notice"] == str(notice))
    assert found["paragraphs"] == ["城市管理局有一件没有在最晚日期前办好，超了 1 个工作日。", "原因：等一份鉴定"]
    assert {one["agency"] for one in answer["notices"]} == {"urban_management"}
    assert (found["kind"], found["law"], found["title"]) == (
        "casework.overrun", "优化营商环境条例第 36 条", "食品经营许可：没有按时办好",
    )  # fmt: skip
    assert "about" not in found


async def test_the_board_says_nothing_of_whose_case_it_was(town: Town) -> None:
    notice = await overrun(town, "market_supervision", 5)
    [[about]] = await town.rows("select about from notices where notice = $1", notice)
    for path in ("/open/notices", "/api/notices"):
        assert str(about) not in (await town.nobody.get(path)).text


async def test_a_long_board_has_pages(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.notices.web.board._A_PAGE", 1)
    first, second = await overrun(town, "public_security", 1), await overrun(town, "public_security", 2)
    path = "/open/notices?agency=public_security"
    assert 'rel="next" href="?agency=public_security&amp;page=2"' in (await town.nobody.get(path)).text
    [[newer]] = await town.rows("select count(*) from notices where notice > $1 and agency = 'public_security'", second)
    pages = [
        (await town.nobody.get(f"/api/notices?agency=public_security&page={newer + page}")).json() for page in (1, 2)
    ]
    assert [[one["notice"] for one in page["notices"]] for page in pages] == [[str(second)], [str(first)]]
    assert [page["page"] for page in pages] == [newer + 1, newer + 2]


async def test_a_city_without_a_post_offers_no_message(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = await town.new_citizen()
    monkeypatch.setattr("onecity.bootstrap.city.post_of", lambda *_: None)
    monkeypatch.setattr("onecity.bootstrap.jobs.post_of", lambda *_: None)
    settings = Settings(data=tmp_path)
    visitor = Caller(app_of(town.city, settings), town.clock, "192.0.2.1", citizen.token)
    page = await visitor.get("/account/post")
    assert "不另外提醒" in page.text
    assert '<form method="post" action="/account/post"' not in page.text
    assert (await visitor.post("/account/post", {"channel": "sms", "tells": "no"})).status_code == 422
    assert post_jobs_of(town.city, settings, "") == ()
    await visitor.http.aclose()


async def test_only_who_asked_for_paper_is_told_when_it_comes(town: Town) -> None:
    for delivery, told in (("online", False), ("counter", True)):
        citizen = await town.new_citizen()
        sent = {"items": ["food_business"], "answers": ANSWERS, "delivery": delivery}
        receipt = (await citizen.send("/api/applications", sent)).json()
        for caller, move in (
            (town.accept, {"step": "acceptance", "outcome": "accept"}),
            (town.decide, {"step": "decision", "outcome": "grant"}),
        ):
            answer = await caller.send(f"/api/cases/{receipt['cases'][0]}/moves", {**move, "words": {}})
            assert answer.status_code == 200, answer.text
        kind = "services.granted"
        [row] = await town.rows(
            "select letter from letters where about = $1 and kind = $2", UUID(receipt["affair"]), kind
        )
        page = (await citizen.get(f"/letters/{row['letter']}")).text
        assert ("您要的纸质的，最晚" in page) is told
