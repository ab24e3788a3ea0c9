"""Several departments together: one limit over all of them, which the head of government lengthens once."""

import re
from datetime import timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from tests.http.towns import AREA, Caller, Town, hidden

from onecity.kernel.acting import Held, Scope
from onecity.kernel.refusal import Refused
from onecity.services.rules import Why as ServiceWhy
from onecity.services.usecases.applying import Apply, chosen


async def extend(who: Caller, affair: UUID, days: int, reason: str = "消防要复查", key: UUID | None = None) -> int:
    body = {"days": days, "reason": reason}
    return (await who.send(f"/api/affairs/{affair}/extend", body, key=key)).status_code


async def joint_of(citizen: Caller, affair: UUID) -> tuple[str, str]:
    """The working days of the joint limit and its latest day, as the applicant's page says them."""
    page = (await citizen.get(f"/affairs/{affair}")).text
    found = re.search(r'合起来不超过 (\d+) 个工作日，法律给的最晚是 <time datetime="([0-9-]+)"', page)
    assert found is not None
    return found[1], found[2]


async def test_a_joint_limit_is_lengthened_once_and_the_applicant_reads_why(town: Town) -> None:
    citizen = await town.new_citizen()
    affair = await town.joint(citizen)
    assert await joint_of(citizen, affair) == ("45", "2020-11-30")
    assert f"/desk/joint/{affair}" in await town.mayor.listed("/desk/joint")
    page = await town.mayor.get(f"/desk/joint/{affair}")
    assert "合起来最晚" in page.text
    path, form = f"/desk/joint/{affair}", {"days": "5", "reason": "消防要复查", "key": hidden(page, "key")}
    assert (await town.mayor.post(path, form)).status_code == 303
    assert (await town.mayor.post(path, form)).status_code == 303
    page = await town.mayor.get(path)
    assert "延过 5 个工作日" in page.text
    assert '<form method="post" action="/desk/joint' not in page.text
    assert await joint_of(citizen, affair) == ("50", "2020-12-07")
    [row] = await town.rows("select letter from letters where about = $1 and kind = 'services.joint_extended'", affair)
    letter = (await citizen.get(f"/letters/{row['letter']}")).text
    assert "消防要复查" in letter
    assert "12月7日 星期一" in letter
    assert await extend(town.mayor, affair, 5) == 409
    assert "市政府办公厅" in (await citizen.get("/reads")).text


async def test_a_second_try_with_the_same_key_gets_the_first_answer(town: Town) -> None:
    affair, key = await town.joint(await town.new_citizen()), uuid4()
    assert [await extend(town.mayor, affair, 15, key=key) for _ in range(2)] == [200, 200]
    assert await extend(town.mayor, affair, 15) == 409


async def test_no_is_said_to_too_many_days_to_no_reason_to_one_matter_and_after_the_day(town: Town) -> None:
    citizen = await town.new_citizen()
    affair = await town.joint(citizen)
    assert [await extend(town.mayor, affair, days) for days in (0, 16)] == [409, 409]
    assert await extend(town.mayor, affair, 5, "  ") == 409
    page = await town.mayor.post(f"/desk/joint/{affair}", {"days": "x", "reason": "y", "key": str(uuid4())})
    assert page.status_code == 422
    assert "请写 1 到 15 之间的天数" in page.text
    single = await town.apply(citizen)
    assert await extend(town.mayor, single.affair, 5) == 409
    with town.clock.later(timedelta(days=80)):
        await town.stay(town.mayor)
        assert await extend(town.mayor, affair, 5) == 409
    await town.wake()
    assert await extend(town.mayor, affair, 15) == 200


async def test_a_head_of_government_elsewhere_does_not_know_of_it(town: Town) -> None:
    affair = await town.joint(await town.new_citizen())
    held = Held("services.joint_head", Scope("general_office", "410200"))
    elsewhere = await town.sign_in(await town.new_officer(held))
    assert await extend(elsewhere, affair, 5) == 404
    assert (await elsewhere.get(f"/desk/joint/{affair}")).status_code == 404
    assert str(affair) not in await elsewhere.listed("/desk/joint")
    assert AREA == "410100"


async def test_the_head_of_a_county_sees_what_lies_there_as_a_whole_and_each_row_leads_to_its_page(town: Town) -> None:
    citizen = await town.new_citizen()
    whole = await town.joint(citizen)
    [row] = await town.rows("select distinct area from cases where affair = $1", whole)
    county = row["area"][:6]
    # Its sign lies in the county, its seal anywhere in the city.
    partly = await town.joint(citizen)
    await town.rows(
        "update cases set area = $2 where affair = $1 and matter = 'seal_filing' returning id", partly, AREA
    )
    head, next_door = [
        await town.sign_in(await town.new_officer(Held("services.joint_head", Scope("general_office", area))))
        for area in (county, "410122" if county != "410122" else "410105")
    ]
    page = await head.listed("/desk/joint")
    assert f"/desk/joint/{whole}" in page
    assert str(partly) not in page
    for shown in re.findall(r'href="(/desk/joint/[0-9a-f-]{36})"', page):
        assert (await head.get(shown)).status_code == 200, shown
    assert (await head.get(f"/desk/joint/{partly}")).status_code == 404
    assert await extend(head, partly, 5) == 404
    assert str(whole) not in await next_door.listed("/desk/joint")
    assert (await next_door.get(f"/desk/joint/{whole}")).status_code == 404
    assert f"/desk/joint/{partly}" in await town.mayor.listed("/desk/joint")


async def test_an_item_is_taken_from_its_first_day_until_before_its_last(town: Town) -> None:
    catalogue, command = town.city.counter.catalogue, Apply({}, ("food_business",))
    first = catalogue.bundle(["food_business"])["food_business"].in_force
    before, then = (chosen(command, catalogue, on=day) for day in (first - timedelta(days=1), first))
    assert before == Refused(ServiceWhy.NOT_IN_FORCE, {"day": first.isoformat()})
    assert isinstance(then, Refused)
    assert then.reason is ServiceWhy.ANSWERS


async def test_a_matter_that_ended_shows_its_day_and_one_that_runs_its_latest(town: Town) -> None:
    citizen = await town.new_citizen()
    affair = await town.joint(citizen)
    [row] = await town.rows("select id from cases where affair = $1 and matter = 'seal_filing'", affair)
    path = f"/affairs/{affair}/cases/{row['id']}/withdraw"
    assert (await citizen.post(path, {"key": str(uuid4())})).status_code == 303
    page = re.sub(r"<[^>]+>", "", (await town.mayor.get(f"/desk/joint/{affair}")).text)
    today = town.clock.at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"申请人撤回了 · {today.month}月{today.day}日 星期" in page
    assert re.search(r"正在办 · 最晚 [0-9]+月[0-9]+日 星期. · ", page)


async def test_a_filing_that_is_counted_from_its_receipt_is_received_not_accepted(town: Town) -> None:
    citizen = await town.new_citizen()
    await town.joint(citizen)
    card = (await citizen.get("/affairs")).text
    assert "</time>收到</span>" in card
    assert "</time>受理</span>" not in card
