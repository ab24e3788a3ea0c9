"""A licence goes on: asked for from the wallet, answered at the desk, or by silence."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from tests.http.towns import AGENCY, Caller, Given, Town, hidden

from onecity.kernel.acting import Held, Scope
from onecity.licences import let_silence_renew, remind_of_ends

IN_TIME = timedelta(days=5 * 365 - 60)
OVER = timedelta(days=5 * 365 + 3)


async def asked(town: Town, citizen: Caller, given: Given) -> None:
    path = f"/wallet/{given.licence}/renew"
    page = await citizen.get(path)
    assert "没有答复，就算同意" in page.text
    answer = await citizen.post(path, {"key": hidden(page, "key")})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/wallet/{given.licence}")


async def until(town: Town, citizen: Caller, given: Given) -> date:
    entries = (await citizen.get("/api/wallet")).json()["licences"]
    return date.fromisoformat(next(one["valid_until"] for one in entries if one["licence"] == str(given.licence)))


async def kinds(town: Town, given: Given) -> list[str]:
    rows = await town.rows("select kind from ledger.facts where stream = $1 order by version", UUID(str(given.licence)))
    return [row["kind"].removeprefix("licences.").removesuffix("/1") for row in rows]


async def test_a_holder_asks_and_an_officer_says_yes(town: Town) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    before = await until(town, citizen, given)
    with town.clock.later(IN_TIME):
        await town.stay(citizen, town.keeper)
        assert "申请延续" in (await citizen.get(f"/wallet/{given.licence}")).text
        await asked(town, citizen, given)
        assert "没有答复就自动延续" in (await citizen.get(f"/wallet/{given.licence}")).text
        assert (await citizen.get(f"/wallet/{given.licence}/renew")).status_code == 409
        assert f"/desk/renewals/{given.licence}" in await town.keeper.listed("/desk/renewals")
        page = await town.keeper.get(f"/desk/renewals/{given.licence}")
        form = {"do": "renew", "key": hidden(page, "key")}
        assert (await town.keeper.post(f"/desk/renewals/{given.licence}", form)).status_code == 303
        assert (await town.keeper.post(f"/desk/renewals/{given.licence}", form)).status_code == 303
        assert await until(town, citizen, given) == before.replace(year=before.year + 5)
        assert f"/desk/renewals/{given.licence}" not in await town.keeper.listed("/desk/renewals")
        assert "市场监督管理局" in (await citizen.get(f"/wallet/{given.licence}")).text
    await town.wake()
    assert await kinds(town, given) == ["issued", "renewal_asked", "renewed"]


async def reminders(town: Town, given: Given) -> list[str]:
    rows = await town.rows("select kind from ledger.facts where stream = $1", UUID(str(given.licence)))
    return [row["kind"] for row in rows if "ends_soon" in row["kind"]]


async def told(town: Town, citizen: Caller, kind: str) -> int:
    query = "select count(*) from letters where person = $1 and kind = $2"
    [row] = await town.rows(query, await town.person(citizen), kind)
    return int(row["count"])


async def test_a_holder_is_reminded_once_two_months_before_the_end_and_not_if_they_have_asked(town: Town) -> None:
    citizen, other = await town.new_citizen(), await town.new_citizen()
    given, early = await town.issue(citizen), await town.issue(other)
    last, licences = await until(town, citizen, given), town.city.cabinet.licences
    with town.clock.later(last - town.clock().date() - timedelta(days=61)):
        await town.stay(other)
        await remind_of_ends(town.clock(), licences=licences)
        assert await reminders(town, given) == []
        await asked(town, other, early)
    with town.clock.later(last - town.clock().date() - timedelta(days=59)):
        for _ in range(2):
            await remind_of_ends(town.clock(), licences=licences)
        assert len(await reminders(town, given)) == 1
        assert await reminders(town, early) == [], "who has asked knows"
        await town.stay(citizen)
        assert await told(town, citizen, "licences.renew_soon") == 1
    await town.wake()


async def test_whoever_hears_too_late_to_renew_is_told_the_last_day(town: Town) -> None:
    citizen = await town.new_citizen()
    given, receipt = await town.issue(citizen), await town.issue(citizen, kind="seal_receipt")
    last = await until(town, citizen, given)
    with town.clock.later(last - town.clock().date() - timedelta(days=5)):
        await remind_of_ends(town.clock(), licences=town.city.cabinet.licences)
        await town.stay(citizen)
        assert await told(town, citizen, "licences.ends_soon") == 1
        assert await reminders(town, receipt) == [], "what has no end is not told of"
    await town.wake()


async def test_no_is_written_with_facts_rule_and_remedy_and_the_licence_ends_on_its_day(town: Town) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    with town.clock.later(IN_TIME):
        await town.stay(citizen, town.keeper)
        await asked(town, citizen, given)
        path = f"/desk/renewals/{given.licence}"
        short = await town.keeper.post(path, {"do": "refuse", "facts": "厨房拆了", "rule": "", "key": str(uuid4())})
        assert short.status_code == 422
        assert "厨房拆了" in short.text
        said = {"do": "refuse", "facts": "厨房拆了", "rule": "第 33 条", "remedy": "装好再来", "key": str(uuid4())}
        assert (await town.keeper.post(path, said)).status_code == 303
        [row] = await town.rows(
            "select letter from letters where kind = 'licences.renewal_refused' order by sent desc limit 1"
        )
        assert "厨房拆了" in (await citizen.get(f"/letters/{row['letter']}")).text
    with town.clock.later(OVER):
        await let_silence_renew(town.clock(), licences=town.city.cabinet.licences)
    await town.wake()
    assert await kinds(town, given) == ["issued", "renewal_asked", "renewal_refused"]


async def test_silence_renews_once_after_the_last_day_and_not_on_it(town: Town) -> None:
    citizen = await town.new_citizen()
    given, licences = await town.issue(citizen), town.city.cabinet.licences
    last = await until(town, citizen, given)
    with town.clock.later(IN_TIME):
        await town.stay(citizen)
        assert (await citizen.send(f"/api/wallet/{given.licence}/renew", None)).status_code == 200
        while town.clock().date() < last:
            town.clock.at += timedelta(days=1)
        await let_silence_renew(town.clock(), licences=licences)
        assert await kinds(town, given) == ["issued", "renewal_asked"]
        town.clock.at += timedelta(days=1)
        assert await let_silence_renew(town.clock(), licences=licences) >= 1
        assert await let_silence_renew(town.clock(), licences=licences) == 0
    await town.wake()
    assert await kinds(town, given) == ["issued", "renewal_asked", "renewed"]


async def test_who_renews_elsewhere_does_not_know_of_it_and_nobody_asks_for_another(town: Town) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    elsewhere = await town.sign_in(await town.new_officer(Held("licences.renew", Scope(AGENCY, "410200"))))
    assert (await elsewhere.get(f"/desk/renewals/{given.licence}")).status_code == 404
    assert (await town.other.get(f"/wallet/{given.licence}/renew")).status_code == 404
    assert (await town.other.send(f"/api/wallet/{given.licence}/renew", None)).status_code == 404
