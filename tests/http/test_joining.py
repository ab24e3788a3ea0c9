"""Two reports of one thing: whoever joins them at the same moment as somebody else leaves nobody without a case."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
from tests.http.street import MATTER, Crew, case_of, closed, crew, move, report, sent
from tests.http.towns import Caller, Town

from onecity.governance.facts import Followed

ROUNDS = 4


async def join(who: Caller, own: UUID, case: UUID) -> httpx.Response:
    return await who.send(f"/api/street/{own}/join", {"case": str(case), "metres": 3, "hours": 1}, key=uuid4())


async def opened(town: Town, many: int) -> list[tuple[dict[str, Any], UUID]]:
    """So many reports, each with the case that it opened."""
    told = [await report(town) for _ in range(many)]
    return [(one, await case_of(town, one)) for one in told]


async def results(town: Town, *cases: UUID) -> list[str | None]:
    rows = await town.rows("select result from cases where id = any($1)", list(cases))
    return [row["result"] for row in rows]


async def two(town: Town) -> tuple[Crew, Crew]:
    return await crew(town), await crew(town)


async def test_of_two_joinings_that_cross_one_is_refused_and_one_case_stays_open(town: Town) -> None:
    one, other = await two(town)
    for _ in range(ROUNDS):
        (_, first), (_, second) = await opened(town, 2)
        answers = await asyncio.gather(join(one.operator, first, second), join(other.operator, second, first))
        assert sorted(answer.status_code for answer in answers) == [200, 409], [one.text for one in answers]
        assert sorted(await results(town, first, second), key=str) == [None, "joined"]


async def test_nobody_is_joined_to_a_case_that_ends_in_the_same_moment(town: Town) -> None:
    one, other = await two(town)
    for _ in range(ROUNDS):
        (told, own), (_, case) = await opened(town, 2)
        ends = move(other.operator, case, "intake", "void", words={"reason": "去看过，已经填平了"})
        joined, _ended = await asyncio.gather(join(one.operator, own, case), ends)
        follows = await case_of(town, told)
        if joined.status_code == 200:
            # It was joined before the case ended, so its end tells whoever follows.
            history = await town.city.memory.ledger.history(case)
            names = [type(fact.fact).__name__ for fact in history]
            assert follows == case and names.index("Followed") < names.index("CaseEnded")
        else:
            assert joined.status_code == 409 and follows == own and await results(town, own) == [None]


async def test_a_crowd_that_reports_one_thing_at_once_follows_one_case(town: Town) -> None:
    place = {"longitude": 113.7413, "latitude": 34.7801, "within": 8}
    first = await report(town, point=place)
    same = {"tell": {"words": "路面塌了一个洞", "matter": MATTER, "point": place}, "number": first["number"]}
    asked = [town.caller().send("/api/reports/same", same, key=uuid4()) for _ in range(14)]
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
    rows = await town.rows("select count(*) as many from reports where case_id = $1", await case_of(town, first))
    assert rows[0]["many"] == 15


async def test_all_that_follow_a_case_go_along_when_it_is_joined_and_part_one_by_one(town: Town) -> None:
    team = await crew(town)
    (first, a), (_, b), (third, c) = await opened(town, 3)
    assert (await join(team.operator, c, a)).status_code == 200
    assert (await join(team.operator, a, b)).status_code == 200
    assert await case_of(town, first) == await case_of(town, third) == b
    told = [one.fact for one in await town.city.memory.ledger.history(b) if isinstance(one.fact, Followed)]
    assert [set(one.reports) for one in told] == [{UUID(first["report"]), UUID(third["report"])}]
    # The case of others does not end because one of those who follow it is joined elsewhere.
    _, elsewhere = (await opened(town, 1))[0]
    assert (await join(team.operator, c, elsewhere)).status_code == 409
    answers = [await team.operator.send("/api/street/part", {"report": third["report"]}, key=uuid4()) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 404], "what is apart is not parted again"
    assert await case_of(town, third) not in (a, b, c) and await case_of(town, first) == b


async def test_only_whoever_opened_a_case_is_asked_how_it_went(town: Town) -> None:
    team = await crew(town)
    (first, case), (second, own) = await opened(town, 2)
    assert (await join(team.operator, own, case)).status_code == 200
    await sent(first, town, team)
    await closed(case, town, team)
    mine, theirs = [(await town.caller().get(told["follow"])).text for told in (first, second)]
    for form in ("/rate", "/reopen"):
        assert f'action="{first["follow"]}{form}"' in mine and f'action="{second["follow"]}{form}"' not in theirs
    assert (await town.caller().send(f"/api{second['follow']}/rate", {"level": 1})).status_code == 403


async def test_whoever_is_shown_how_far_another_reporter_stood_leaves_a_look_with_them(town: Town) -> None:
    team, citizen = await crew(town), await town.new_citizen()
    place = {"longitude": 113.7313, "latitude": 34.7701, "within": 8}
    seen, mine = await report(town, citizen, point=place), await report(town, point=place)
    page = await team.operator.get(f"/street/{await case_of(town, mine)}/intake/join")
    assert f"{seen['number']}，相距 0 米" in page.text
    looks = await town.rows("select what, about from reads where subject = $1", await town.person(citizen))
    assert [(one["what"], str(one["about"])) for one in looks] == [("case", seen["report"])]
