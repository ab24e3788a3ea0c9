"""Sensors report by CloudEvents as people do, and programs hear what happens on the street, each event in its turn."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook
from tests.http import stages, street
from tests.http.street import MATTER, PLACE, crew, filed, report
from tests.http.towns import Town, hidden

from onecity.governance.events import FAILING_FOR, HOOKS, KEPT, PAUSES, TEST, Courier, Kind, follow_street
from onecity.governance.events.arriving import OBSERVED
from onecity.governance.usecases import hooks, keys
from onecity.kernel.refusal import Refused
from onecity.machinery.outgoing import Answer, Unsent

CANARY = "麤骉驫"
"""A name that nobody else has."""
DATA: Mapping[str, Any] = {"words": "水位 31 厘米", "matter": MATTER, "point": PLACE}
URL = "https://hooks.example.cn/x"
EXAMPLES = settings(
    max_examples=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(autouse=True)
async def no_hooks_of_others(town: Town) -> AsyncIterator[None]:
    """Whatever a test lets hear hears nothing of the next test."""
    await followed(town)
    yield
    for one in await hooks.known_hooks(pool=town.city.memory.pool):
        await hooks.end_hook(one.name, pool=town.city.memory.pool)


async def a_key(town: Town) -> dict[str, str]:
    found = await keys.new_key(uuid4().hex, pool=town.city.memory.pool, now=town.clock())
    return {"authorization": f"Bearer {found}"}


async def send(town: Town, headers: Mapping[str, str], **more: Any) -> httpx.Response:
    """An event in structured mode."""
    event = {"specversion": "1.0", "id": uuid4().hex, "source": "/sensors/7", "type": OBSERVED, "data": DATA} | more
    sent = {"content-type": "application/cloudevents+json", **headers}
    return await town.caller().ask("POST", "/api/events", content=json.dumps(event), headers=sent)


async def test_an_observation_opens_a_report_as_a_citizens_does_and_once(town: Town) -> None:
    key, name = await a_key(town), uuid4().hex
    first = await send(town, key, id=name)
    assert first.status_code == 200, first.text
    assert (await send(town, key, id=name)).json() == first.json()
    assert (await send(town, key, id=name, source="/sensors/8")).json()["number"] != first.json()["number"]
    assert (await send(town, await a_key(town), id=name)).json()["number"] != first.json()["number"]
    rows = await town.rows("select source, number from reports where report = $1", UUID(first.json()["report"]))
    assert [tuple(row) for row in rows] == [("program", first.json()["number"])]


async def test_an_id_that_comes_back_with_another_observation_is_refused(town: Town) -> None:
    key, name = await a_key(town), uuid4().hex
    await send(town, key, id=name)
    again = await send(town, key, id=name, data={**DATA, "words": "别的"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:onecity:ledger.key_used_otherwise")


async def test_binary_mode_says_the_same(town: Town) -> None:
    key, name = await a_key(town), uuid4().hex
    first = await send(town, key, id=name)
    headers = {
        **key, "content-type": "application/json", "ce-specversion": "1.0", "ce-id": name, "ce-source": "/sensors/7",
        "ce-type": OBSERVED,
    }  # fmt: skip
    again = await town.caller().ask("POST", "/api/events", content=json.dumps(DATA), headers=headers)
    assert again.json() == first.json()


@pytest.mark.parametrize(("change", "status", "kind"), [
    ({"type": "other"}, 422, "governance.event.no_such_type"),
    ({"specversion": "0.3"}, 400, "governance.event.no_event"),
    ({"data": {"words": 7}}, 422, "governance.event.no_data"),
    ({"data": {"words": "x", "area": "999999999"}}, 409, "governance.no_place"),
    ({"data": {"words": "x", "point": {"longitude": 0, "latitude": 0}}}, 409, "governance.outside"),
    ({"data": {"matter": "0000000000", "point": PLACE}}, 409, "governance.no_such_matter"),
])  # fmt: skip
async def test_a_refusal_has_a_type(town: Town, change: dict[str, Any], status: int, kind: str) -> None:
    answer = await send(town, await a_key(town), **change)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:onecity:{kind}")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nobody_without_a_key_no_batch_and_nothing_large_is_taken(town: Town) -> None:
    assert (await send(town, {"authorization": "Bearer nobodys"})).status_code == 401
    assert (await send(town, {})).json()["type"] == "urn:onecity:governance.event.no_key"
    key = await a_key(town)
    batch = await send(town, {**key, "content-type": "application/cloudevents-batch+json"})
    assert (batch.status_code, batch.json()["type"]) == (415, "urn:onecity:governance.event.no_mode")
    assert (await send(town, key, data={"words": "x" * 70_000})).status_code == 413


async def test_whoever_opens_the_case_reads_that_a_sensor_or_a_program_told_it(town: Town) -> None:
    told = (await send(town, await a_key(town))).json()
    case = await street.case_of(town, told)
    page = await (await stages.operator(town)).get(f"/street/{case}")
    assert "传感器或程序" in page.text


class Receiver:
    """Hooks elsewhere: what each took, and how it answers."""

    def __init__(self, answer: Callable[[int], Answer] = lambda _: Answer(204)) -> None:
        self.came: list[tuple[Mapping[str, str], dict[str, Any]]] = []
        self.taken: list[int] = []
        self._answer = answer

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        assert url == URL
        event = json.loads(body)
        self.came.append((headers, event))
        answer = self._answer(int(event["id"]))
        if answer.taken:
            self.taken.append(int(event["id"]))
        return answer


async def hook(town: Town, *kinds: str, url: str = URL) -> hooks.NewHook:
    memory = town.city.memory
    found = await hooks.new_hook(
        uuid4().hex, url, kinds, pool=memory.pool, key=memory.keys.service_key(HOOKS), loopback=False, now=town.clock()
    )
    assert isinstance(found, hooks.NewHook), found
    return found


async def followed(town: Town) -> None:
    await town.seal()
    memory = town.city.memory
    await follow_street(town.clock(), ledger=memory.ledger, origin="zhengzhou.example")


def courier(town: Town, receiver: Receiver, at: datetime | None = None) -> Courier:
    memory = town.city.memory
    return Courier(memory.pool, receiver, memory.keys.service_key(HOOKS), lambda: at or town.clock())


async def test_a_program_hears_what_happens_signed_in_order_and_without_a_word_about_anybody(town: Town) -> None:
    made, team = await hook(town), await crew(town)
    told = await report(town, words=CANARY, contact="13912345678", address=CANARY)
    case = await filed(told, town, team)
    await followed(town)
    receiver = Receiver()
    assert await courier(town, receiver).run(town.clock()) == 3
    assert receiver.came[0][1]["type"] == Kind.REPORTED
    assert {event["type"] for _, event in receiver.came[1:]} == {Kind.FILED, Kind.MOVED}
    assert receiver.taken == sorted(receiver.taken)
    for headers, event in receiver.came:
        assert event["subject"] == told["number"]
        assert event["data"].keys() == {"case", "number", "stage", "matter", "area"}
        assert event["data"]["case"] == str(case)
        said = json.dumps([event, dict(headers)], ensure_ascii=False)
        assert CANARY not in said and "139123" not in said and told["report"] not in said
        expected = Webhook(made.secret).sign(
            headers["webhook-id"], town.clock(), json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        )
        assert headers["webhook-signature"] == expected
    assert await courier(town, receiver).run(town.clock()) == 0


async def test_a_hook_hears_only_the_kinds_that_it_asked_for_and_nothing_from_before(town: Town) -> None:
    await report(town)
    await followed(town)
    await hook(town, Kind.FILED)
    told, receiver = await report(town), Receiver()
    await filed(told, town, await crew(town))
    await followed(town)
    await courier(town, receiver).run(town.clock())
    assert [event["type"] for _, event in receiver.came] == [Kind.FILED]


@EXAMPLES
@given(answers=st.lists(st.sampled_from([204, 500, 302, None]), max_size=30), events=st.integers(1, 4))
async def test_whatever_a_receiver_answers_it_gets_every_event_at_least_once_and_in_order(
    town: Town, answers: Sequence[int | None], events: int
) -> None:
    left = list(answers)
    await followed(town)
    made = await hook(town, Kind.REPORTED)

    def answer(_: int) -> Answer:
        status = left.pop(0) if left else 204
        return Answer(status) if status else Answer(None, Unsent.UNREACHED)

    for _ in range(events):
        await report(town)
    await followed(town)
    receiver, at = Receiver(answer), town.clock()
    while (await hooks_of(town, made.name)).waits:
        await courier(town, receiver, at).run(at)
        # Every try at its hour: so few that fail do not pause a hook.
        first = await town.rows("select next_try from hook_events where dead is null order by position limit 1")
        at = max((at, *(row[0] for row in first)))
    # Only what was given up is missing, and it is kept; nothing else overtook what came before it.
    dead = [one.position for one in await hooks.dead_events(pool=town.city.memory.pool) if one.name == made.name]
    assert receiver.taken == sorted(receiver.taken)
    assert len(receiver.taken) + len(dead) == events
    tries = Counter(int(event["id"]) for _, event in receiver.came)
    assert max(tries.values()) <= len(PAUSES) + 1
    assert all(tries[position] == len(PAUSES) + 1 for position in dead)
    assert [int(event["id"]) for _, event in receiver.came] == sorted(tries.elements())
    # What was given up goes out once more when somebody says so.
    again = await hooks.again(made.name, None, pool=town.city.memory.pool, now=at)
    assert again == len(dead)
    await courier(town, Receiver(), at).run(at)
    assert (await hooks_of(town, made.name)).dead == 0
    await hooks.end_hook(made.name, pool=town.city.memory.pool)


async def hooks_of(town: Town, name: str) -> hooks.Hook:
    return next(one for one in await hooks.known_hooks(pool=town.city.memory.pool) if one.name == name)


async def test_each_try_has_the_same_id_and_pauses_grow(town: Town) -> None:
    await followed(town)
    await hook(town, Kind.REPORTED)
    await report(town)
    await followed(town)
    receiver, began = Receiver(lambda _: Answer(500)), town.clock()
    tried = list[int]()
    for second in range(sum(PAUSES[:4]) + 1):
        before = len(receiver.came)
        at = began + timedelta(seconds=second)
        await courier(town, receiver, at).run(at)
        if len(receiver.came) > before:
            tried.append(second)
    assert tried == [0, 5, 35, 155, 755]
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1


async def tried_out(town: Town, receiver: Receiver, at: datetime) -> datetime:
    """Let the courier try at every hour at which the first event is due until it gives up; when that was."""
    for pause in (0, *PAUSES):
        at += timedelta(seconds=pause)
        await courier(town, receiver, at).run(at)
    return at


async def told(town: Town) -> None:
    """Something happens, and is on its way."""
    await report(town)
    await followed(town)


def soon(town: Town) -> datetime:
    """An hour later than now, when everything that happens in a test is due."""
    return town.clock() + timedelta(hours=1)


async def test_a_hook_that_is_gone_is_paused_shown_and_gets_all_that_waited_once_it_is_resumed(town: Town) -> None:
    made, chief, at = await hook(town, Kind.REPORTED), await stages.chief(town), soon(town)
    gone, back = Receiver(lambda _: Answer(410)), Receiver()
    await told(town)
    assert await courier(town, gone, at).run(at) == 0
    await told(town)
    later = at + timedelta(days=20)
    await courier(town, gone, later).run(later)
    assert len(gone.came) == 1
    found = await hooks_of(town, made.name)
    assert (found.waits, found.dead, found.paused) == (2, 0, hooks.Paused(at, hooks.Pause.GONE))
    page = await chief.get("/street/hooks")
    assert "起停送" in page.text and "410" in page.text
    assert (await chief.post("/street/hooks/resume", {"hook": hidden(page, "hook")})).status_code == 303
    assert await courier(town, back, at).run(at) == 2
    assert back.taken == sorted(back.taken) and back.taken[0] == int(gone.came[0][1]["id"])
    page = await chief.get("/street/hooks")
    assert "起停送" not in page.text and "/street/hooks/resume" not in page.text


async def test_a_hook_that_takes_nothing_for_days_is_paused_but_not_if_it_took_something_meanwhile(town: Town) -> None:
    made, began, pool = await hook(town, Kind.REPORTED), soon(town), town.city.memory.pool
    fails = Receiver(lambda _: Answer(500))
    await told(town)
    await tried_out(town, fails, began)
    await told(town)
    assert await courier(town, Receiver(), began + FAILING_FOR).run(began + FAILING_FOR) == 1
    await told(town)
    last = await tried_out(town, fails, began + FAILING_FOR)
    found = await hooks_of(town, made.name)
    assert (found.dead, found.failing, found.paused) == (2, began + FAILING_FOR, None)
    await told(town)
    last = await tried_out(town, fails, last + FAILING_FOR)
    found = await hooks_of(town, made.name)
    assert (found.dead, found.waits, found.paused) == (2, 1, hooks.Paused(last, hooks.Pause.FAILING))
    # What was given up does not go past the pause, and the answer says so.
    chief, [first, *_] = await stages.chief(town), await hooks.dead_events(pool=pool)
    sent = {"hook": made.name, "position": str(first.position)}
    again = await chief.post("/street/hooks/again", sent)
    assert again.status_code == 409 and "先恢复" in again.text
    assert await hooks.resume(made.name, pool=pool, now=last) == 1
    assert (await chief.post("/street/hooks/again", sent)).status_code == 303
    assert await courier(town, Receiver(), last).run(last) == 2


async def test_what_nobody_took_for_a_month_is_gone_and_counted_and_nothing_else_is(town: Town) -> None:
    made, at, second = await hook(town, Kind.REPORTED), soon(town), timedelta(seconds=1)
    await told(town)
    assert await courier(town, Receiver()).run(at) == 1
    assert await kept(town) == 0
    await told(town)
    given_up = await tried_out(town, Receiver(lambda _: Answer(500)), at)
    await told(town)
    [[waits]] = await town.rows("select enqueued from hook_events where dead is null")
    purge = courier(town, Receiver()).purge
    assert [await purge(waits + KEPT), await purge(waits + KEPT + second)] == [0, 1]
    found = await hooks_of(town, made.name)
    assert (found.waits, found.dead, found.lost) == (0, 1, 1)
    assert [await purge(given_up + KEPT), await purge(given_up + KEPT + second)] == [0, 1]
    found = await hooks_of(town, made.name)
    assert (found.dead, found.lost, found.lost_at) == (0, 2, given_up + KEPT + second)
    page = await (await stages.chief(town)).get("/street/hooks")
    assert "30 天没人收，已清掉" in page.text
    await told(town)
    assert await kept(town) == 1
    await hooks.end_hook(made.name, pool=town.city.memory.pool)
    assert await kept(town) == 0


async def kept(town: Town) -> int:
    """How many events are on their way to anybody."""
    [[found]] = await town.rows("select count(*) from hook_events")
    return int(found)


async def test_a_courier_killed_after_somebody_took_an_event_sends_it_again_and_loses_none(town: Town) -> None:
    await followed(town)
    await hook(town, Kind.REPORTED)
    for _ in range(2):
        await report(town)
    await followed(town)

    class Killed(BaseException):
        pass

    class Dies(Receiver):
        async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
            await super().post(url, headers, body)
            raise Killed

    first, second, later = Dies(), Receiver(), town.clock() + timedelta(minutes=2)
    with pytest.raises(Killed):
        await courier(town, first).run(town.clock())
    assert await courier(town, second).run(town.clock()) == 0
    assert await courier(town, second, later).run(later) == 2
    assert second.taken[0] == first.taken[0]


async def test_the_chief_sees_what_was_not_taken_and_sends_it_again(town: Town) -> None:
    await followed(town)
    made = await hook(town, Kind.REPORTED, url="https://hooks.example.cn/secret-path")
    await report(town)
    await followed(town)

    class Fails(Receiver):
        async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
            return Answer(500)

    await tried_out(town, Fails(), soon(town))
    chief = await stages.officer_with(town, "governance.chief")
    page = await chief.get("/street/hooks")
    assert "hooks.example.cn" in page.text and "secret-path" not in page.text and "500" in page.text
    sent = {"hook": made.name, "position": hidden(page, "position")}
    assert (await chief.post("/street/hooks/again", sent)).status_code == 303
    found = await hooks_of(town, made.name)
    assert (found.waits, found.dead) == (1, 0)


@pytest.mark.parametrize(("name", "url", "kinds", "why"), [
    ("", URL, (), hooks.Why.HOOK_NAME), ("x" * 61, URL, (), hooks.Why.HOOK_NAME),
    ("a", "http://127.0.0.1/", (), hooks.Why.HOOK_ADDRESS), ("a", "https://10.0.0.1/", (), hooks.Why.HOOK_ADDRESS),
    ("a", URL, ("other",), hooks.Why.HOOK_KIND),
])  # fmt: skip
async def test_a_hook_that_cannot_be_is_refused(
    town: Town, name: str, url: str, kinds: tuple[str, ...], why: hooks.Why
) -> None:
    found = await hooks.new_hook(
        name, url, kinds, pool=town.city.memory.pool, key=b"k", loopback=False, now=town.clock()
    )
    assert isinstance(found, Refused)
    assert found.reason is why


async def test_a_name_is_taken_once_and_nobody_tries_a_hook_that_is_not_there(town: Town) -> None:
    pool, made = town.city.memory.pool, await hook(town)
    again = await hooks.new_hook(made.name, URL, (), pool=pool, key=b"k", loopback=False, now=town.clock())
    assert isinstance(again, Refused) and again.reason is hooks.Why.HOOK_TAKEN
    assert await hooks.end_hook(made.name, pool=pool)
    assert not await hooks.end_hook(made.name, pool=pool)
    resumed = await hooks.resume(made.name, pool=pool, now=town.clock())
    assert isinstance(resumed, Refused) and resumed.reason is hooks.Why.HOOK_UNKNOWN
    tried = await hooks.tried(made.name, pool=pool, key=b"k", loopback=False, origin="x", now=town.clock())
    assert isinstance(tried, Refused) and tried.reason is hooks.Why.HOOK_UNKNOWN


async def test_there_are_only_so_many_hooks(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "MOST_HOOKS", 0)
    found = await hooks.new_hook("a", URL, (), pool=town.city.memory.pool, key=b"k", loopback=False, now=town.clock())
    assert isinstance(found, Refused) and found.reason is hooks.Why.HOOK_TOO_MANY


async def test_pages_name_their_stream_and_bring_one_script_from_a_file(town: Town) -> None:
    told, centre = await report(town), town.city.centre
    assert centre is not None
    link = centre.link(UUID(told["report"]))
    page = await town.caller().get(link)
    found = re.search(r'data-live="([^"]+)" data-renews="([^"]+)"', page.text)
    assert found is not None
    assert found[1] == f"{link}/live"
    assert all(f'id="{name}"' in page.text for name in found[2].split())
    script = re.search(r'<script type="module" src="([^"]+)">', page.text)
    assert script is not None
    answer = await town.caller().get(script[1])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert (await town.caller().get("/static/0000000000000000.js")).status_code == 404


def test_the_empty_event_is_no_kind_of_the_street() -> None:
    assert TEST not in set(Kind)
