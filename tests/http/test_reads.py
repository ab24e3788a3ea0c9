"""Who looked at my data: every look shows itself at once, can be asked about, and cannot be taken back."""

import re
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest
from tests.http.towns import AGENCY, AREA, Town

from onecity.kernel.acting import Acting, Channel, Scope, the_city
from onecity.kernel.ids import PersonId
from onecity.machinery.postgres import connect
from onecity.people.reads import KEPT, damages_of_reads

WORDS: Final = "为什么看我的材料？"
REASON: Final = "核对地址，只看了这一项。"


async def test_a_look_shows_itself_at_once_with_agency_masked_name_duty_affair_and_reason(town: Town) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    assert "还没有人看过" in (await citizen.get("/reads")).text
    await town.accept.get(f"/desk/cases/{thread.case}")
    page = (await citizen.get("/reads")).text
    for part in (
        "市场监督管理局 苏*",
        "受理",
        "食品经营许可",
        "办您的事要看",
        "今天 ",
        f'href="/affairs/{thread.affair}"',
    ):
        assert part in page
    assert "苏敏" not in page
    assert "近 30 天 1 次，每次都有事由" in (await citizen.get("/")).text


async def test_looks_come_newest_first_and_in_pages(town: Town) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    for _ in range(51):
        await town.accept.get(f"/api/cases/{thread.case}")
    await town.decide.get(f"/api/cases/{thread.case}")
    first, second = (await citizen.get("/reads")).text, (await citizen.get("/reads?page=2")).text
    assert first.index("高*") < first.index("苏*")
    assert first.count('class="row read"') == 50
    assert second.count('class="row read"') == 2
    assert "高*" not in second
    for odd in ("0", "-1", "x", "²"):
        assert (await citizen.get(f"/reads?page={odd}")).status_code == 200
    told = [(await citizen.get(f"/api/reads?page={page}")).json() for page in (1, 2)]
    assert [(len(one["reads"]), one["page"], one["goes_on"]) for one in told] == [(50, 1, True), (2, 2, False)]


async def test_the_interface_tells_the_same(town: Town) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    await town.accept.get(f"/api/cases/{thread.case}")
    [look] = (await citizen.get("/api/reads")).json()["reads"]
    assert (look["agency"], look["who"], look["duty"]) == ("市场监督管理局", "苏*", "受理")
    assert (look["about"], look["affair"]) == (str(thread.affair), "食品经营许可")


async def test_a_question_reaches_those_who_answer_but_not_whoever_looked(town: Town) -> None:
    thread = await town.apply(town.citizen)
    question = await town.question(thread)
    query = "select person from letters where about = $1 and kind = 'people.read_question'"
    told = {row["person"] for row in await town.rows(query, question)}
    assert told == {await town.person(town.admin), await town.person(town.second)}
    page = await town.admin.listed("/questions")
    assert f"/questions/{question}" in page
    assert "林晓梅" not in page


async def test_an_answer_is_a_letter_and_leads_back_to_the_looks(town: Town) -> None:
    thread = await town.apply(town.citizen)
    question = await town.question(thread)
    form = (await town.admin.get(f"/questions/{question}")).text
    for part in (WORDS, "林晓梅", "苏*", "受理"):
        assert part in form
    assert (await town.admin.post(f"/questions/{question}", {"words": REASON})).status_code == 303
    [[letter]] = await town.rows(
        "select letter from letters where about = $1 and kind = 'people.read_answer'", question
    )
    shown = (await town.citizen.get(f"/letters/{letter}")).text
    assert REASON in shown
    assert 'href="/reads"' in shown
    assert f"/questions/{question}" not in (await town.admin.get("/questions")).text
    assert REASON in (await town.second.get(f"/questions/{question}")).text
    again = await town.second.post(f"/questions/{question}", {"words": "another"})
    assert again.status_code == 409


async def test_whoever_answers_is_seen_to_have_looked(town: Town) -> None:
    citizen = town.citizen
    question = await town.question(await town.apply(citizen))
    await town.admin.get(f"/questions/{question}")
    page = (await citizen.get("/reads")).text
    assert "回答您的提问要看" in page
    assert "温**" in page


async def test_a_question_needs_words_and_is_asked_once(town: Town) -> None:
    read = await town.look(await town.apply(town.citizen))
    empty = await town.citizen.post(f"/reads/{read}/ask", {"words": " "})
    assert empty.status_code == 422
    assert "请写一句" in empty.text
    assert (await town.citizen.post(f"/reads/{read}/ask", {"words": WORDS})).status_code == 303
    assert (await town.citizen.post(f"/reads/{read}/ask", {"words": WORDS})).status_code == 409
    assert "问过了，等答复" in (await town.citizen.get("/reads")).text
    assert not re.search(rf"/reads/{read}/ask", (await town.citizen.get("/reads")).text)


async def test_no_fact_about_a_question_says_what_was_asked(town: Town) -> None:
    question = await town.question(await town.apply(town.citizen))
    await town.admin.post(f"/questions/{question}", {"words": REASON})
    for [body] in await town.rows("select body from ledger.facts where stream = $1", question):
        assert WORDS not in body.decode()
        assert REASON not in body.decode()
    assert WORDS in repr(await town.city.memory.ledger.history(question))


async def entered(town: Town) -> int:
    return await town.city.counter.reads.enter(town.city.memory.ledger, by=the_city(), now=town.clock())


async def damage(town: Town) -> list[str]:
    connection = await connect(town.city.memory.database.app)
    try:
        found = await damages_of_reads(connection, town.city.memory.book, now=town.clock())
    finally:
        await connection.close()
    return [one.what for one in found]


async def test_looks_enter_the_tree_in_batches_and_each_once(town: Town) -> None:
    await entered(town)
    thread = await town.apply(town.citizen)
    first, second = await town.look(thread), await town.look(thread)
    assert await entered(town) == 2
    assert await entered(town) == 0
    rows = await town.rows("select batch, told from reads where read = any($1)", [first, second])
    assert len(set(rows)) == 1
    [batch] = {row["batch"] for row in rows}
    [recorded] = await town.city.memory.ledger.history(batch)
    assert getattr(recorded.fact, "count", 0) == 2
    assert await damage(town) == []


async def test_a_batch_that_was_gathered_before_the_plug_was_pulled_is_told_afterwards(town: Town) -> None:
    await entered(town)
    read = await town.look(await town.apply(town.citizen))
    batch = UUID("0174b383-0000-7000-8000-000000000001")
    await town.rows("update reads set batch = $1 where read = $2 returning read", batch, read)
    assert await entered(town) == 1
    assert len(await town.city.memory.ledger.history(batch)) == 1
    assert await damage(town) == []


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        ("delete from reads where read = $1 returning read", "had 1 looks at people's data and has 0"),
        ("update reads set reader = subject where read = $1 returning read", "was changed"),
        ("update reads set subject = reader where read = $1 returning read", "was changed"),
        ("update reads set at = at - interval '1 second' where read = $1 returning read", "was changed"),
        ("update reads set batch = gen_random_uuid() where read = $1 returning read", "of which no fact tells"),
    ],
)
async def test_a_look_that_is_changed_or_removed_is_found(town: Town, harm: str, found: str) -> None:
    await entered(town)
    read = await town.look(await town.apply(town.citizen))
    await entered(town)
    [before] = await town.rows("select * from reads where read = $1", read)
    await town.rows(harm, read)
    assert any(found in what for what in await damage(town))
    await town.rows("delete from reads where read = $1 returning read", read)
    columns = ", ".join(f"${number}" for number in range(1, len(before) + 1))
    await town.rows(f"insert into reads ({', '.join(before.keys())}) values ({columns}) returning read", *before)
    assert await damage(town) == []


@pytest.mark.parametrize(("age", "gone"), [(KEPT - timedelta(days=1), 0), (KEPT + timedelta(days=1), 1)])
async def test_looks_are_kept_while_a_person_could_sue_and_then_go_whole(town: Town, age: timedelta, gone: int) -> None:
    await entered(town)
    by = Acting(PersonId(await town.person(town.accept)), Channel.PHONE, "services.accept", Scope(AGENCY, AREA))
    about, reads = uuid4(), town.city.counter.reads
    await reads.note(await town.person(town.citizen), "case", about=about, by=by, now=town.clock() - age)
    await entered(town)
    assert await reads.purge(town.clock()) == gone
    assert len(await town.rows("select from reads where about = $1", about)) == 1 - gone
    assert await damage(town) == []
