"""A bad rating is work: somebody else calls, checks, has it put right, and nobody who moved the case is among them."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import pytest
from tests.http import stages
from tests.http.stages import CALL_BACK, officer_with
from tests.http.towns import AGENCY, AREA, Caller, Thread, Town, hidden, open_town

from onecity.kernel.acting import Held, Scope
from onecity.ledger import rebuild
from onecity.machinery.postgres import Cluster, connect

WORDS = stages.RATED["rating_words"]
UPHELD = {"said": "没有人接电话", "found": "电话记录里有三个没接", "upheld": "yes"}
NOT_UPHELD = UPHELD | {"found": "没有查到", "upheld": "no"}


@pytest.fixture(scope="module")
async def the_ratings(cluster: Cluster, open_folder: Path) -> AsyncIterator[Town]:
    # Its figures are counted: a city that no other test knows.
    async with open_town(cluster, open_folder / "ratings", f"ratings_{uuid4().hex}") as found:
        yield found


@pytest.fixture
async def town(the_ratings: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr("onecity.bootstrap.city.now", the_ratings.clock)
    await the_ratings.wake()
    return the_ratings


@pytest.fixture
async def calls(town: Town) -> Caller:
    return await officer_with(town, CALL_BACK)


@pytest.fixture
async def another(town: Town) -> Caller:
    return await officer_with(town, CALL_BACK)


@pytest.fixture
async def third(town: Town) -> Caller:
    return await officer_with(town, CALL_BACK)


async def rated(town: Town) -> tuple[Caller, Thread, str]:
    """A citizen who rated badly, their application, and the page of the rating at the desk."""
    citizen = await town.new_citizen()
    thread = await stages.rated_badly(town, citizen)
    return citizen, thread, f"/desk/ratings/{thread.case}"


async def titles(citizen: Caller) -> str:
    return (await citizen.get("/letters")).text


async def test_a_bad_rating_is_called_back_upheld_put_right_and_told(
    town: Town, calls: Caller, another: Caller
) -> None:
    citizen, thread, path = await rated(town)
    assert path in await calls.listed("/desk/ratings")
    page = await calls.get(path)
    for said in (WORDS, "非常不满意", "9月28日", "谁评的", "模拟城市办事规则"):
        assert said in page.text, said
    reads = await town.city.counter.reads.of(await town.person(citizen))
    assert [(one.what, one.duty) for one in reads][:1] == [("rating", CALL_BACK)]
    assert "最晚 9月28日" in (await citizen.get(f"/affairs/{thread.affair}/cases/{thread.case}")).text
    assert (await calls.post(f"{path}/call", UPHELD)).status_code == 303
    assert "9月28日" not in (await calls.listed("/desk/ratings")).partition(path)[2][:400]
    assert "您反映的对，要改正" in await titles(citizen)
    # Whoever called does not put right; another one does.
    own = await calls.post(f"{path}/put-right", {"done": "换了电话"})
    assert (own.status_code, "要另一个人" in own.text) == (409, True)
    assert (await another.post(f"{path}/put-right", {"done": "换了电话<b>"})).status_code == 303
    assert path not in await calls.listed("/desk/ratings")
    assert re.search(r"改正了\s*<", await titles(citizen))
    mine = await citizen.get(f"/affairs/{thread.affair}/cases/{thread.case}")
    for said in ("换了电话&lt;b&gt;", "电话记录里有三个没接", "/object"):
        assert said in mine.text, said


async def test_a_good_rating_opens_nothing(town: Town, calls: Caller) -> None:
    citizen = await town.new_citizen()
    thread = await stages.refused(town, citizen)
    await citizen.post(f"/affairs/{thread.affair}/cases/{thread.case}/rate", {"rating": "3", "rating_words": WORDS})
    assert str(thread.case) not in await calls.listed("/desk/ratings")
    assert (await calls.get(f"/desk/ratings/{thread.case}")).status_code == 404


async def test_whoever_moved_the_case_neither_answers_nor_reads_what_was_said_before_somebody_called(
    town: Town, calls: Caller
) -> None:
    moves = await town.sign_in(
        await town.new_officer(*(Held(duty, Scope(AGENCY, AREA)) for duty in ("services.accept", CALL_BACK)))
    )
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    move = {"step": "acceptance", "outcome": "accept", "words": {}}
    assert (await moves.send(f"/api/cases/{thread.case}/moves", move)).status_code == 200
    refuse = {"step": "decision", "outcome": "refuse", "words": stages.WORDS}
    assert (await town.decide.send(f"/api/cases/{thread.case}/moves", refuse)).status_code == 200
    await citizen.post(f"/affairs/{thread.affair}/cases/{thread.case}/rate", stages.RATED)
    path = f"/desk/ratings/{thread.case}"
    shut = await moves.get(path)
    assert (shut.status_code, WORDS in shut.text) == (409, False)
    assert (await moves.post(f"{path}/call", UPHELD)).status_code == 409
    case = await moves.get(f"/desk/cases/{thread.case}")
    assert "非常不满意" not in case.text
    assert WORDS not in case.text
    assert (await calls.post(f"{path}/call", NOT_UPHELD)).status_code == 303
    case = await moves.get(f"/desk/cases/{thread.case}")
    assert "非常不满意" in case.text
    assert WORDS in case.text
    open_now = await moves.get(path)
    assert "您经手过" in open_now.text
    assert f"{path}/remove" not in open_now.text
    # Nor does whoever rated, if they are an officer: the case is in their hands as well.
    assert (await moves.post(f"{path}/remove", {"removes": "false", "reason": "没有这回事"})).status_code == 409


async def test_only_three_days_in_vain_count_as_not_reached(town: Town, calls: Caller) -> None:
    citizen, _, path = await rated(town)
    for day in range(3):
        with town.clock.later(timedelta(days=day)):
            later = await town.sign_in(await town.new_officer(Held(CALL_BACK, Scope(AGENCY, AREA))))
            assert (await later.post(f"{path}/try", {})).status_code == 303
            if day < 2:
                again = await later.post(f"{path}/try", {})
                assert (again.status_code, "今天已经记过" in again.text) == (409, True)
                assert path in await later.listed("/desk/ratings")
    assert path not in await calls.listed("/desk/ratings")
    assert "打不通您的电话" in await titles(citizen)


async def test_the_person_objects_once_and_a_third_one_looks_again(
    town: Town, calls: Caller, another: Caller, third: Caller
) -> None:
    citizen, thread, path = await rated(town)
    own = f"/affairs/{thread.affair}/cases/{thread.case}/object"
    early = await citizen.post(own, {"words": "我不同意"})
    assert early.status_code == 409
    assert (await calls.post(f"{path}/call", NOT_UPHELD)).status_code == 303
    empty = await citizen.post(own, {"words": " "})
    assert (empty.status_code, "请写清楚" in empty.text) == (422, True)
    assert (await citizen.post(own, {"words": "电话是有记录的"})).status_code == 303
    assert (await citizen.post(own, {"words": "还有"})).status_code == 409
    assert "电话是有记录的" in (await third.get(path)).text
    assert (await calls.post(f"{path}/recheck", {"found": "查了", "upheld": "no"})).status_code == 409
    assert (await another.post(f"{path}/recheck", {"found": "查到了", "upheld": "yes"})).status_code == 303
    # It is upheld now, so it is put right: by somebody else than who found it.
    assert (await another.post(f"{path}/put-right", {"done": "改了"})).status_code == 409
    assert (await third.post(f"{path}/put-right", {"done": "改了"})).status_code == 303
    assert "您反映的对" in await titles(citizen)
    assert own not in (await citizen.get(own.removesuffix("/object"))).text


async def test_after_its_days_nobody_objects(town: Town, calls: Caller) -> None:
    citizen, thread, path = await rated(town)
    await calls.post(f"{path}/call", NOT_UPHELD)
    case = f"/affairs/{thread.affair}/cases/{thread.case}"
    with town.clock.later(timedelta(days=40)):
        await town.stay(citizen)
        assert f"{case}/object" not in (await citizen.get(case)).text
        assert "时间过了" in (await citizen.post(f"{case}/object", {"words": "不同意"})).text


async def test_two_persons_remove_a_rating_and_a_recheck_brings_it_back(
    town: Town, calls: Caller, another: Caller, third: Caller
) -> None:
    citizen, thread, path = await rated(town)
    false = {"removes": "false", "reason": "那天没有开门"}
    assert (await another.post(f"{path}/remove", false)).status_code == 409
    await calls.post(f"{path}/call", NOT_UPHELD)
    unsaid = await another.post(f"{path}/remove", {"removes": "", "reason": "x"})
    assert (unsaid.status_code, "请选一个" in unsaid.text) == (422, True)
    assert (await another.post(f"{path}/remove", false)).status_code == 303
    assert path in await calls.listed("/desk/ratings")
    agree = {"agreed": "yes", "reason": "看了值班表"}
    assert (await another.post(f"{path}/decide", agree)).status_code == 409
    assert (await calls.post(f"{path}/decide", agree)).status_code == 303
    page = await third.get(path)
    for said in ("不算在公开的数里", "那天没有开门", "看了值班表", WORDS):
        assert said in page.text, said
    assert "您的评价不算在公开的数里" in await titles(citizen)
    await citizen.post(f"/affairs/{thread.affair}/cases/{thread.case}/object", {"words": "那天开着门"})
    assert (await calls.post(f"{path}/recheck", {"found": "x", "upheld": "yes"})).status_code == 409
    assert (await third.post(f"{path}/recheck", {"found": "监控里开着门", "upheld": "yes"})).status_code == 303
    [row] = await town.rows("select removal, upheld, state from ratings where case_id = $1", thread.case)
    assert tuple(row) == (None, True, "put_right")
    # What was upheld is not removed.
    assert (await calls.post(f"{path}/remove", false)).status_code == 409


async def test_officers_of_elsewhere_do_not_hear_that_there_is_a_rating(town: Town) -> None:
    _, _, path = await rated(town)
    for scope in (Scope(AGENCY, "410122"), Scope("civil_affairs", AREA)):
        stranger = await town.sign_in(await town.new_officer(Held(CALL_BACK, scope)))
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.post(f"{path}/call", UPHELD)).status_code == 404
        assert path not in await stranger.listed("/desk/ratings")


async def test_a_second_click_calls_nobody_twice(town: Town, calls: Caller) -> None:
    citizen, _, path = await rated(town)
    sent = UPHELD | {"key": str(uuid4())}
    assert [(await calls.post(f"{path}/call", sent)).status_code for _ in range(2)] == [303, 303]
    assert len(re.findall("您反映的对，要改正", await titles(citizen))) == 1


async def figures(town: Town) -> dict[str, int]:
    """The figures of the food permit, as programs read them."""
    page = (await town.nobody.get("/api/open/ratings")).json()
    assert page["goes_on"] is False
    found = [one for one in page["figures"] if one["item"] == "food_business"]
    return {name: number for one in found for name, number in one.items() if isinstance(number, int)} or dict.fromkeys(
        NUMBERS, 0
    )


LEVELS = [f"level_{level}" for level in range(1, 6)]
NUMBERS = ["ended", "rated", *LEVELS, "bad", "called", "upheld", "in_time", "removed"]


async def test_the_figures_add_up_and_every_number_has_its_list_without_a_name(
    town: Town, calls: Caller, another: Caller
) -> None:
    before = await figures(town)
    people = []
    for _ in range(2):
        citizen, thread, path = await rated(town)
        people += [citizen]
        await calls.post(f"{path}/call", UPHELD)
        await another.post(f"{path}/put-right", {"done": "改了"})
    removed, gone, path = await rated(town)
    await calls.post(f"{path}/call", NOT_UPHELD)
    await calls.post(f"{path}/remove", {"removes": "false", "reason": "没有这回事"})
    await another.post(f"{path}/decide", {"agreed": "yes", "reason": "查过"})
    good = await town.new_citizen()
    fine = await stages.refused(town, good)
    await good.post(f"/affairs/{fine.affair}/cases/{fine.case}/rate", {"rating": "5"})
    await stages.refused(town, await town.new_citizen())
    now = await figures(town)
    more = {name: now[name] - before[name] for name in NUMBERS}
    assert more == dict.fromkeys(NUMBERS, 0) | {
        "ended": 5, "rated": 3, "level_1": 2, "level_5": 1, "bad": 2, "called": 2, "upheld": 2, "in_time": 2, "removed": 1,
    }  # fmt: skip
    assert now["rated"] == sum(now[level] for level in LEVELS)
    assert now["bad"] == now["level_1"] + now["level_2"]
    where = f"agency={AGENCY}&item=food_business"
    page = await town.nobody.get(f"/open/ratings?{where}")
    names = [(await town.identity(one)).name for one in (*people, removed)]
    for name in NUMBERS:
        link = f"/open/ratings/list?what={name}&amp;{where.replace('&', '&amp;')}"
        assert re.search(rf'href="{re.escape(link)}".*?<strong>{now[name]}</strong>', page.text, re.DOTALL), name
        listed = await town.nobody.listed(f"/open/ratings/list?what={name}&{where}")
        assert listed.count('class="row"') == now[name], name
        secret = (*names, thread.number, gone.number, str(gone.case), str(gone.affair), WORDS)
        assert [one for one in secret if one in listed] == [], name
    assert "移除的" in await town.nobody.listed(f"/open/ratings/list?what=removed&{where}")
    table = (await town.nobody.get("/open/ratings.csv")).text.lstrip("\ufeff").splitlines()
    [row] = [line.split(",") for line in table[1:] if ",food_business," in line]
    assert dict(zip(table[0].split(",")[2:], map(int, row[2:]), strict=True)) == now
    assert (await town.nobody.get("/open/ratings/list?what=worst")).status_code == 404


async def test_a_number_of_the_whole_city_is_the_sum_of_its_parts(town: Town) -> None:
    await rated(town)
    page = (await town.nobody.get("/api/open/ratings")).json()["figures"]
    whole = await town.nobody.get("/open/ratings")
    for name in NUMBERS:
        number = sum(one[name] for one in page)
        assert re.search(rf"what={name}\".*?<strong>{number}</strong>", whole.text, re.DOTALL), name


async def test_somebody_complains_about_the_handling_at_another_office_with_its_own_clock(town: Town) -> None:
    citizen = await town.new_citizen()
    duties = (("services.decide", "market_supervision"), ("services.accept", "business_environment"))
    both = await town.sign_in(await town.new_officer(*(Held(duty, Scope(of, AREA)) for duty, of in duties)))
    thread = await stages.accepted(town, citizen)
    refuse = {"step": "decision", "outcome": "refuse", "words": stages.WORDS}
    assert (await both.send(f"/api/cases/{thread.case}/moves", refuse)).status_code == 200
    path = f"/affairs/{thread.affair}/cases/{thread.case}"
    assert f"{path}/complain" in (await citizen.get(path)).text
    begun = await citizen.post(f"{path}/complain", {})
    assert (begun.status_code, begun.headers["location"]) == (303, "/items/handling_complaint/apply")
    form = await citizen.get("/items/handling_complaint/apply/rest")
    assert f'value="{thread.number}"' in form.text
    answers = {
        "complained_receipt": thread.number, "complained_matter": "食品经营许可", "complained_how": "late",
        "complained_story": WORDS, "dispute_request": "说清楚", "applicant_phone": "000-0000-0000",
    }  # fmt: skip
    assert (await citizen.post("/items/handling_complaint/apply/rest", answers)).status_code == 303
    review = await citizen.get("/items/handling_complaint/review")
    sent = await citizen.post("/items/handling_complaint/review", {"key": hidden(review, "key")})
    affair = sent.headers["location"].split("/")[2]
    [case] = (await citizen.get(f"/api/affairs/{affair}")).json()["cases"]
    # 22 September and thirty natural days: the day itself does not count.
    assert (case["due"], case["due_for"]) == ("2020-10-22", "result")
    office = {
        duty: await town.sign_in(await town.new_officer(Held(duty, Scope("business_environment", AREA))))
        for duty in ("services.accept", "services.decide", "services.head")
    }
    # The agency that is complained about has no business here.
    assert (await town.accept.get(f"/desk/cases/{case['case']}")).status_code == 404

    async def move(duty: str, step: str, outcome: str, **more: object) -> int:
        sent = {"step": step, "outcome": outcome, "words": {}} | more
        return (await office[duty].send(f"/api/cases/{case['case']}/moves", sent)).status_code

    # Nor has whoever decided it, though they hold a duty of the office that looks into it as well.
    asked = {"step": "inquiry", "outcome": "found", "words": {}}
    no = await both.send(f"/api/cases/{case['case']}/moves", asked)
    assert (no.status_code, "您经手的事" in no.text) == (409, True)
    assert await move("services.accept", "inquiry", "found") == 200
    extend = await office["services.head"].get(f"/desk/cases/{case['case']}/answer/extend")
    assert "延几天" in extend.text
    why = {"why": "要问三个单位"}
    assert await move("services.head", "answer", "extend", days=31, words=why) == 409
    assert await move("services.head", "answer", "extend", days=30, words=why) == 200
    assert await move("services.head", "answer", "extend", days=1, words=why) == 409
    [case] = (await citizen.get(f"/api/affairs/{affair}")).json()["cases"]
    # Sixty days end on a Saturday, so on the Monday after it. Source: 民法典 article 203.
    assert case["due"] == "2020-11-23"
    words = {"facts": "查了记录", "done": "十月底改好"}
    assert await move("services.decide", "answer", "uphold", words=words) == 200
    assert "投诉属实" in await titles(citizen)
    # Whoever looks into complaints is not complained about here.
    own = await citizen.get(f"/affairs/{affair}/cases/{case['case']}")
    assert "/complain" not in own.text
    assert "12345" in own.text


async def test_a_city_of_before_finds_the_ratings_that_were_given(town: Town) -> None:
    _, thread, _ = await rated(town)
    step = files("onecity.services").joinpath("schema/0007_ratings.sql").read_text("utf-8")
    filling = step[step.index("insert into projections.ratings") :]
    owner = await connect(town.city.memory.database.owner)
    try:
        async with owner.transaction():
            known = "select case_id, level, rated from projections.ratings order by 1"
            before = await owner.fetch(known)
            await owner.execute("delete from projections.ratings")
            await owner.execute(filling)
            assert await owner.fetch(known) == before
            fresh = "select state, since = rated, upheld from projections.ratings where case_id = $1"
            assert tuple(await owner.fetchrow(fresh, thread.case)) == ("call", True, False)
            raise _UndoneError
    except _UndoneError:
        pass
    finally:
        await owner.close()


class _UndoneError(Exception):
    """Ends a transaction that nobody is to notice."""


async def test_the_rows_are_what_the_facts_say(town: Town) -> None:
    memory = town.city.memory
    connection = await connect(memory.database.owner)
    try:
        _, found = await rebuild(connection, memory.book, memory.projections, replace=False)
    finally:
        await connection.close()
    assert found == []
