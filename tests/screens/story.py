"""What happened in the simulated city before its pictures are taken: a founder opens a restaurant, others ask for
less, officers answer, and two of them are late.

All of it happens over HTTP, by people with the right duty, on days of a clock that the story holds: the pictures show
the same days whenever they are taken.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec
from tests.http import street
from tests.http.stages import (
    AMENDING_EVENT,
    COMPOSING,
    EVENT_AMENDED,
    PREPARED,
    PREPARING,
    PROJECT,
    SHOP,
    photographed,
)
from tests.http.test_payments import owed
from tests.http.test_window import guest_of, handed_in
from tests.http.towns import AREA, Caller, Town, hidden
from tests.shipped import good_answer, shipped

from onecity.casework import let_silence_speak, remind
from onecity.drills.cities import ANSWERS
from onecity.governance.events import HOOKS, PAUSES, Courier, Kind, follow_street
from onecity.governance.usecases import hooks
from onecity.kernel.acting import Held, Scope
from onecity.machinery.jobs import Job, run_once
from onecity.machinery.outgoing import Answer
from onecity.places import CITY
from onecity.services import ITEM

GONE: Final = "https://events.contractor.example.cn/in"
"""Where nobody takes anything any more."""

FOUNDED: Final = datetime(2026, 9, 14, 1, tzinfo=UTC)
"""A Monday, nine o'clock in the city, before the holidays of the year's second half."""
TODAY: Final = datetime(2026, 10, 9, 2, 20, tzinfo=UTC)
"""The second working day after the National Day, a Friday, twenty past ten: the instant of every picture."""

RESTAURANT: Final = ANSWERS | {
    "premises_area": "420", "premises_right": "rented", "staff_count": "12", "wants_sign": "yes",
    "drains_to_sewer": "yes", "wants_seal": "yes", "seal_kind": "name_and_invoice", "floor_number": "1",
    "exit_count": "3", "uses_gas": "yes", "water_per_day": "6", "grease_trap": "yes", "sign_width": "4.2",
    "sign_height": "3.6", "sign_lit": "yes",
}  # fmt: skip
_REGISTRATION: Final = {name: ANSWERS[name] for name in ("premises_street", "premises_address")} | {
    "premises_right": "owned", "staff_count": "3",
}  # fmt: skip
NO_TRAP: Final = {
    "facts": "图上的隔油池是 0.3 立方米，420 平方米的厨房至少要 1 立方米。",
    "rule": "《城镇污水排入排水管网许可管理办法》第 8 条",
    "remedy": "换成 1 立方米以上的隔油池，改好图再来。其他材料不用重交。",
}
_PLAN: Final = b"%PDF-1.7 a plan of the shop"


class Others(msgspec.Struct, frozen=True):
    """What somebody else asked for: when, who, which item, under which name of a shop, and whether it was accepted."""

    day: datetime
    name: str
    item: str
    shop: str
    accepted: bool


def on(month: int, day: int, hour: int = 2) -> datetime:
    """An instant of the story's year; hours are those of UTC, eight behind the city's."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


_OTHERS: Final = {
    "soon": Others(on(9, 15), "赵铁柱", "food_business", "铁柱烧烤", accepted=True),
    "other": Others(on(9, 24), "孙悦", "food_business", "悦悦奶茶", accepted=True),
    "late": Others(on(9, 29), "陈秀英", "individual_business_registration", "秀英小吃", accepted=True),
    "explained": Others(on(9, 30), "吴建军", "individual_business_registration", "建军粮油", accepted=True),
    "fresh": Others(on(10, 8), "马小军", "food_business", "小军面馆", accepted=False),
    "new": Others(on(10, 9, 1), "高兰", "individual_business_registration", "兰兰花店", accepted=False),
}


_IN_VAIN: Final[Mapping[str, tuple[datetime, int]]] = {
    "跳蚤市场": (on(9, 15), 9),
    "皮划艇": (on(9, 21), 7),
    "代驾": (on(9, 24), 5),
    "卡丁车": (on(9, 15), 4),
}
"""What is searched for in vain, since when, and from how many networks."""


class Story:
    """The town as the story goes on. `people` are those whose pages are looked at, `names` what a path can name."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.people: dict[str, Caller] = {}
        self.names: dict[str, str] = {}
        self.affair = ""

    async def go_to(self, day: datetime) -> None:
        """Let time pass until a day; everybody keeps their session."""
        self.town.clock.at = max(self.town.clock.at, day)
        await self.town.stay(*self.people.values())

    async def move(self, who: str, case: str, step: str, outcome: str, **more: Any) -> None:
        """An officer decides a step of a case."""
        body = {"step": step, "outcome": outcome, "words": {}} | more
        answer = await self.people[who].send(f"/api/cases/{self.names[f'case:{case}']}/moves", body)
        assert answer.status_code == 200, (case, step, outcome, answer.text)

    async def apply(self, who: Caller, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Somebody applies; the receipt."""
        answer = await who.send("/api/applications", dict(body))
        assert answer.status_code == 200, answer.text
        found: Mapping[str, Any] = answer.json()
        return found


_AT_DESKS: Final = (
    "xiaofang",
    "chengguan",
    "gongan",
    "hecha1",
    "chuangkou",
    "shoufei",
    "fenguan",
    "duizhang",
    "yunwei",
    "qicao",
    "huifang1",
    "huifang2",
    "fabu",
    "tingzheng",
    "zonghe",
    "gonggai",
    "songda",
)
_ON_THE_STREET: Final = ("shoulitai", "zhiban", "chuzhi", "heshi1", "heshi2", "xianji", "huawu", "xunjie")


async def play(town: Town) -> Story:
    """The whole story, to the instant of the pictures."""
    story = Story(town)
    story.people = {"founder": town.citizen, "newcomer": town.other, "admin": town.admin, "second": town.second, "mayor": town.mayor,
                    "keeper": town.keeper, "shouli": town.accept, "jueding": town.decide}  # fmt: skip
    for login in (*_AT_DESKS, *_ON_THE_STREET):
        story.people[login] = await town.sign_in(town.account(login))
    done = set[str]()
    for day in (on(9, 15), on(9, 21), on(9, 24), on(9, 29), on(9, 30), on(10, 8), on(10, 9, 1)):
        await story.go_to(day)
        await _search_in_vain(story, day)
        if day == on(9, 15):
            await _plan_a_building(story)
        if day == on(9, 21):
            await _open_restaurant(story)
            await _get_the_land(story)
        for name, asked in _OTHERS.items():
            if name not in done and asked.day <= day:
                await _ask_for_less(story, name, asked)
                done.add(name)
    await _ask_for_more_paper(story)
    await _be_late(story)
    await _buy_a_home(story)
    await _pay_for_homes(story)
    await _ask_for_a_hearing(story)
    await _think_of_the_end(story)
    await _give_orders(story)
    await _write_an_item(story)
    await _wait_in_a_hall(story)
    await _rate_badly(story)
    await _send_by_post(story)
    await _pledge(story)
    await story.go_to(TODAY)
    await _let_programs_hear(story)
    await _walk_the_street(story)
    await _tell_programs(story)
    await _look_around(story)
    await town.publish()
    await _name(story)
    return story


async def _open_restaurant(story: Story) -> None:
    """Everything that a large restaurant needs, in one go; six branches go six ways in eight days."""
    founder = story.people["founder"]
    for material in ("lease_or_title", "floor_plan", "drainage_plan"):
        sent = {"material": material, "content": b64encode(_PLAN).decode(), "purpose": "/life-events/open_restaurant"}
        (await founder.send("/api/materials", sent)).raise_for_status()
    receipt = await story.apply(founder, {"event": "open_restaurant", "answers": RESTAURANT})
    story.affair = receipt["affair"]
    for case in (await founder.get(f"/api/affairs/{story.affair}")).json()["cases"]:
        story.names[f"case:{case['item']}"] = case["case"]
    await story.go_to(on(9, 22))
    await story.move("shouli", "individual_business_registration", "acceptance", "register")
    await story.move("shouli", "food_business", "acceptance", "accept")
    await story.move("xiaofang", "fire_safety_inspection", "acceptance", "accept")
    await story.move("chengguan", "sewer_discharge", "acceptance", "accept")
    await story.go_to(on(9, 23))
    await story.move("gongan", "seal_filing", "filing", "file")
    await story.go_to(on(9, 24))
    visit = on(10, 12, 1).isoformat()
    await story.move("hecha1", "fire_safety_inspection", "arrange", "announce", at=visit)


async def _ask_for_a_hearing(story: Story) -> None:
    """Two restaurants under homes: one owner is told of the right to a hearing, another one has asked for it."""
    interests = {"interests": "楼上四户人家的采光和油烟"}
    for name, login, shop in (("told", "told", "小满餐馆"), ("asked", "asker", "阿福饭庄")):
        citizen = await story.town.new_citizen("钱小满" if name == "told" else "郑福生")
        received = await story.apply(citizen, {"items": ["food_business"], "answers": ANSWERS | {"shop_name": shop}})
        story.people[login] = citizen
        story.names |= {f"case:{name}": received["cases"][0], f"affair:{name}": received["affair"]}
        await story.move("shouli", name, "acceptance", "accept")
        await story.move("jueding", name, "decision", "tell_of_hearing", words=interests)
    wish = {"case": story.names["case:asked"], "choice": "ask", "words": {"reasons": "烟道已经改到屋顶了"}}
    answer = await story.people["asker"].send(f"/api/affairs/{story.names['affair:asked']}/bring", wish)
    assert answer.status_code == 200, answer.text


async def _rate_badly(story: Story) -> None:
    """Three people were refused and say so: one is to be called, one is right, one may object."""
    refusal = {"facts": "灶台上没有排烟罩", "rule": "食品安全法第 33 条", "remedy": "装一个排烟罩"}
    said = (("rater", "顾小北", "1", "打了三次电话都没有人接"), ("righted", "白桦", "2", "材料要了两遍"),
            ("objector", "石小川", "2", "窗口说的和网上写的不一样"))  # fmt: skip
    for login, name, level, words in said:
        citizen = await story.town.new_citizen(name)
        received = await story.apply(citizen, {"items": ["food_business"], "answers": ANSWERS})
        story.people[login] = citizen
        story.names |= {f"case:{login}": received["cases"][0], f"affair:{login}": received["affair"]}
        await story.move("shouli", login, "acceptance", "accept")
        await story.move("jueding", login, "decision", "refuse", words=refusal)
        path = f"/affairs/{received['affair']}/cases/{received['cases'][0]}/rate"
        rated = await citizen.post(path, {"rating": level, "rating_words": words})
        assert rated.status_code == 303, rated.text
    found = {
        "righted": {"said": "两次要的是同一张图", "found": "平面图收了两遍，系统里有第一次的", "upheld": "yes"},
        "objector": {"said": "网上写不用原件", "found": "网上写的就是要看原件，那天的页面一样", "upheld": "no"},
    }
    for login, sent in found.items():
        called = await story.people["huifang1"].post(f"/desk/ratings/{story.names[f'case:{login}']}/call", sent)
        assert called.status_code == 303, called.text


async def _send_by_post(story: Story) -> None:
    """Three people want their permit by post: one waits for it, of two it left, and one of these came back."""
    home = {"phone": "13800000001", "line": "金水区花园路街道纬二路 58 号 3 单元 12 号"}
    for login, name in (("waits", "宋小满"), ("sent", "邱叶"), ("back", "贺知章")):
        citizen = await story.town.new_citizen(name)
        body = {"items": ["food_business"], "answers": ANSWERS, "delivery": "post", "to": home | {"name": name}}
        received = await story.apply(citizen, body)
        story.people[login] = citizen
        story.names |= {f"case:{login}": received["cases"][0], f"affair:{login}": received["affair"]}
        await story.move("shouli", login, "acceptance", "accept")
        await story.move("jueding", login, "decision", "grant")
    clerk = story.people["songda"]
    for login in ("sent", "back"):
        path = f"/api/cases/{story.names[f'case:{login}']}/post"
        parcel = {"tracking": "EZ200910123CN", "choice": (await clerk.get(path)).json()["choice"]}
        assert (await clerk.send(path, parcel)).status_code == 200
    back = f"/api/cases/{story.names['case:back']}/post/return"
    assert (await clerk.send(back, {"why": "nobody"})).status_code == 200


async def _search_in_vain(story: Story, day: datetime) -> None:
    """From several networks people ask what the pack does not understand; of the last too few to be told."""
    for phrase, (since, networks) in _IN_VAIN.items():
        for number in range(networks if since <= day else 0):
            caller = story.town.caller(address=f"198.{18 + number}.0.1")
            await caller.ask("GET", "/search", params={"q": phrase})


async def _write_an_item(story: Story) -> None:
    """The food permit is to be promised sooner, and to be found by more words."""
    item = story.town.city.counter.catalogue.item("food_business")
    assert item is not None
    faq = {
        f"faq_{number}_{part}_{lang}": getattr(getattr(one, part), lang)
        for number, one in enumerate(item.faq) for part in ("ask", "answer") for lang in ("zh", "en")
    }  # fmt: skip
    typed = {
        "called_zh": item.called.zh, "called_en": item.called.en, "plain_zh": item.plain.zh, "plain_en": item.plain.en,
        "promised": "3", "also": "\n".join((*item.also, "卖早点")), "reason": "三天就能看完材料，路边早点也问这一项",
    }  # fmt: skip
    answer = await story.people["qicao"].post("/desk/amendments/items/food_business", faq | typed)
    story.names["amendment"] = answer.headers["location"].rpartition("/")[2]
    composed = await story.people["qicao"].post("/desk/amendments/events", COMPOSING)
    story.names["composed"] = composed.headers["location"].rpartition("/")[2]
    amended = await story.people["qicao"].post(f"/desk/amendments/life-events/{EVENT_AMENDED}", AMENDING_EVENT)
    story.names["event_amended"] = amended.headers["location"].rpartition("/")[2]
    prepared = await story.people["qicao"].post(f"/desk/amendments/listed/{PREPARED}", PREPARING)
    story.names["prepared"] = prepared.headers["location"].rpartition("/")[2]


async def _ask_for_less(story: Story, name: str, asked: Others) -> None:
    """Somebody else applies for one item."""
    citizen = await story.town.new_citizen(asked.name)
    answers = ANSWERS if asked.item == "food_business" else _REGISTRATION
    body = {"items": [asked.item], "answers": answers | {"shop_name": asked.shop}}
    story.names[f"case:{name}"] = (await story.apply(citizen, body))["cases"][0]
    if asked.accepted:
        await story.move("shouli", name, "acceptance", "accept")


async def _ask_for_more_paper(story: Story) -> None:
    """The founder's drain is refused with its remedy, and her sign lacks one drawing."""
    await story.move("chengguan", "sewer_discharge", "decision", "refuse", words=NO_TRAP)
    await story.move("chengguan", "shop_sign_filing", "filing", "supplement", lacking=["sign_drawing"])


async def _be_late(story: Story) -> None:
    """Two registrations ran over; one of them is explained in public."""
    office = story.town.city.counter.office
    jobs = (
        Job("silence", 1, partial(let_silence_speak, office=office)),
        Job("remind", 1, partial(remind, office=office)),
    )
    await run_once(jobs, story.town.clock())
    officer, path = story.people["jueding"], f"/desk/cases/{story.names['case:explained']}/explain"
    form = await officer.get(path)
    words = {"reason": "登记系统 9 月 30 日下午停机维护，节后第一天才恢复。"}
    done = await officer.post(path, words | {"key": hidden(form, "key")})
    assert done.status_code == 303, done.text


async def _look_around(story: Story) -> None:
    """What the pages about oneself show: forms begun, a look and a question about it, a mandate, a rating."""
    await _fill_in(story)
    await _come_to_the_window(story)
    story.people["stranger"] = await story.town.new_citizen("柳如是")
    founder = story.people["founder"]
    begun = {"shop_name": "拾味小馆二店", "seal_kind": "name_only"}
    await founder.post("/items/seal_filing/apply/rest", begun)
    await story.people["jueding"].get(f"/desk/cases/{story.names['case:food_business']}")
    await story.town.mandate(founder, story.people["newcomer"], **{"matter-food_business": "yes"})
    path = f"/affairs/{story.affair}/cases/{story.names['case:seal_filing']}/rate"
    form = await founder.get(path)
    await founder.post(path, {"rating": "5", "rating_words": "当天就好了", "key": hidden(form, "key")})
    [read, *_] = await story.town.rows("select read from reads where about = $1 order by at desc", UUID(story.affair))
    await founder.post(f"/reads/{read['read']}/ask", {"words": "为什么看我的材料？"})
    story.names["read"] = str(read["read"])


async def _buy_a_home(story: Story) -> None:
    """Somebody buys a second-hand home; the fee of its title waits for them."""
    fee = await owed(story.town)
    story.people["buyer"] = fee.purchase.buyer
    story.names |= {"payment": fee.payment, "purchase": fee.purchase.affair}


async def _pay_for_homes(story: Story) -> None:
    """Another buyer has paid at the till, and a third was just sent to the simulated bank."""
    paid, sent = await owed(story.town), await owed(story.town)
    story.people |= {"payer": paid.purchase.buyer, "sender": sent.purchase.buyer}
    done = await story.people["shoufei"].send(f"/api/desk/payments/{paid.payment}/cash", {})
    assert done.status_code == 200, done.text
    [money] = await story.town.rows("select receipt from money where payment = $1", UUID(paid.payment))
    port = await sent.purchase.buyer.send(f"/api/payments/{sent.payment}/pay", {})
    story.names |= {
        "paid": paid.payment,
        "receipt": str(money["receipt"]),
        "reference": port.json()["address"].rpartition("/")[2],
    }


async def _walk_the_street(story: Story) -> None:
    """Three covers: one was put right and looked at, one is being put right, one waits; a fourth has just come."""
    town, names = story.town, story.names
    people = story.people
    centre, mender, verifiers = people["shoulitai"], people["chuzhi"], (people["heshi1"], people["heshi2"])
    crew = street.Crew(centre, centre, people["zhiban"], mender, mender, verifiers)
    await street.knows(town, *crew.verifiers)
    names["part"] = await street.registered(town, "01002", 3)
    told = {
        name: await street.report(town, words="井盖没了，人会掉下去", matter="01002", contact="13800001234")
        for name in ("done", "", "filed")
    }
    for name, one in told.items():
        case = await street.filed(one, town, crew, "sewer_cover_missing", names["part"])
        names[f"problem:{name}" if name else "problem"] = str(case)
        names[f"token:{name}" if name else "token"] = one["follow"].rpartition("/")[2]
        names[f"number:{name}" if name else "number"] = one["number"]
        if name != "filed":
            await street.moved(crew.dispatcher, case, "dispatch", "send", to={"handle": street.MENDERS})
        if name == "done":
            await street.closed(case, town, crew)
    call = {"call": {"words": "路边堆了一堆垃圾", "area": "410105001"}}
    names["call"] = (await people["huawu"].send("/api/street/hotline/reports", call)).json()["report"]
    shown, _, photo = (await photographed(town)).partition("/")
    names |= {"problem:photographed": shown, "photo": photo}
    told["new"] = await street.report(town, matter="01002", words="井盖响，车一过就跳")
    names["problem:new"] = str(await street.case_of(town, told["new"]))
    for words, east in (("灯杆歪了", 0.0016), ("一堆垃圾", 0.021)):
        point = {**street.PLACE, "longitude": street.PLACE["longitude"] + east}
        case = await street.case_of(town, await street.report(town, matter="06010", words=words, point=point))
        await street.moved(centre, case, "intake", "look_first")
        names.setdefault("problem:look", str(case))


async def _give_orders(story: Story) -> None:
    """An order to two counties, some days ago: one has reported, the other has not answered."""
    chief, county = story.people["zhiban"], story.people["xianji"]
    to = [{"agency": street.CENTRE, "area": area} for area in ("410105", "410102")]
    words = "今夜到明天有大雪，各区查看高架桥、涵洞和老旧棚房"
    given = await chief.send("/api/orders", {"kind": "response", "words": words, "to": to})
    assert given.status_code == 200, given.text
    story.names["order"] = given.json()["order"]
    whole = (await chief.get(f"/api/orders/{story.names['order']}")).json()
    own = next(one["order"] for one in whole["tree"] if one["area"] == "410105" and one["parent"])
    sent = {"words": "按上面的办", "to": [{"agency": street.CENTRE, "area": "410105001"}]}
    passed = await county.send(f"/api/orders/{own}/pass-on", sent)
    assert passed.status_code == 200, passed.text
    act = {"act": {"type": "report", "words": "查了十二处，封了一处老棚房", "done": 12, "of": 14}}
    reported = await county.send(f"/api/orders/{own}/acts", act)
    assert reported.status_code == 200, reported.text


async def _plan_a_building(story: Story) -> None:
    """A firm begins a building on land that was granted with its design, and applies for the first stage."""
    builder, name = story.people["newcomer"], "project"
    answers = PROJECT | {"project_code": "2026-410105-47-03-000017", "project_type": "d"}
    usual = ["C04", "C08", "C24", "C85"]
    begun = await builder.send("/api/projects", {"answers": answers, "meets": usual})
    assert begun.status_code == 200, begun.text
    story.names[name] = begun.json()["project"]
    rest = {asked.field: good_answer(asked.field) for item in _FIRST for asked in shipped().all(ITEM)[item].value.asks}
    sent = {"answers": {field: text for field, text in rest.items() if field not in answers}}
    applied = await builder.send(f"/api/projects/{story.names[name]}/stages/1", sent)
    assert applied.status_code == 200, applied.text
    for item, case in zip(await _items_of(builder, applied.json()["affair"]), applied.json()["cases"], strict=True):
        story.names[f"case:{item}"] = case


async def _get_the_land(story: Story) -> None:
    """The land comes a day before its time, and nobody has looked at the environment yet."""
    for item, step, outcome in (
        ("enterprise_investment_project_filing", "filing", "file"),
        ("construction_land_planning_permit", "acceptance", "accept"),
        ("construction_land_planning_permit", "decision", "grant"),
    ):
        await story.move("zonghe", item, step, outcome)


_FIRST: Final = (
    "enterprise_investment_project_filing", "construction_land_planning_permit", "environmental_impact_report_form",
)  # fmt: skip


async def _items_of(who: Caller, affair: str) -> list[str]:
    return [case["item"] for case in (await who.get(f"/api/affairs/{affair}")).json()["cases"]]


async def _wait_in_a_hall(story: Story) -> None:
    """A morning in the city's hall: eleven people without a telephone, the founder at her booked time, three windows."""
    clerk, founder, hall = story.people["chuangkou"], story.people["founder"], "/api/halls/city_hall"
    for place, when in (("city_hall", on(10, 9) + timedelta(minutes=30)), ("jinshui_hall", on(10, 12, 6))):
        booked = await founder.send(f"/api/halls/{place}/bookings", {"at": when.isoformat()})
        assert booked.status_code == 200, booked.text
    for number in range(11):
        await story.go_to(on(10, 9, 1) + timedelta(minutes=6 * number))
        (await clerk.send(f"{hall}/give", None)).raise_for_status()
    await story.go_to(on(10, 9) + timedelta(minutes=4))
    (await founder.send(f"{hall}/numbers", None)).raise_for_status()
    for number, window in enumerate((5, 3, 12, 5, 3, 7)):
        await story.go_to(on(10, 9) + timedelta(minutes=5 + 2 * number))
        (await clerk.send(f"{hall}/call", {"window": window})).raise_for_status()


async def _let_programs_hear(story: Story) -> None:
    """A dashboard hears everything; the program of a contractor hears of new reports."""
    memory, town = story.town.city.memory, story.town
    await follow_street(town.clock(), ledger=memory.ledger, origin=town.city.pack.one(CITY).ledger_origin)
    for name, url, kinds in (
        ("dashboard", "https://dashboard.example.cn/hooks", ()),
        ("contractor", GONE, (Kind.REPORTED,)),
    ):
        made = await hooks.new_hook(
            name, url, kinds, pool=memory.pool, key=memory.keys.service_key(HOOKS), loopback=False, now=town.clock()
        )
        assert isinstance(made, hooks.NewHook)


class _Receivers:
    """One takes whatever comes, the other answers with a status."""

    def __init__(self, status: int) -> None:
        self._status = status

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return Answer(self._status if url == GONE else 204)


async def _tell_programs(story: Story) -> None:
    """What happened on the street goes to whoever hears it: since yesterday one failed, and now it is gone for good."""
    memory, town = story.town.city.memory, story.town
    await town.seal()
    at = town.clock() - timedelta(days=1)
    await follow_street(at, ledger=memory.ledger, origin=town.city.pack.one(CITY).ledger_origin)
    key = memory.keys.service_key(HOOKS)
    for pause in (0, *PAUSES):
        at += timedelta(seconds=pause)
        await Courier(memory.pool, _Receivers(500), key, partial(_same, at)).run(at)
    await Courier(memory.pool, _Receivers(410), key, town.clock).run(town.clock())


def _same(at: datetime) -> datetime:
    """A clock that stands."""
    return at


async def _think_of_the_end(story: Story) -> None:
    """Two people hold permits that end one day; one of them asks for the next edition."""
    town = story.town
    story.people["holder"], asks = await town.new_citizen("何芳"), await town.new_citizen("郑海涛")
    said = ANSWERS | {"food_sold": "餐饮服务", "premises_area": "182 平方米"}
    held = await town.issue(story.people["holder"], name="何芳", values=said)
    renewal = await town.issue(asks, name="郑海涛", values=said)
    asked = await asks.send(f"/api/wallet/{renewal.licence}/renew", None)
    assert asked.status_code == 200, asked.text
    story.names |= {"held": str(held.licence), "renewal": str(renewal.licence)}


async def _come_to_the_window(story: Story) -> None:
    """Somebody without a phone applies at the window, and still stands there."""
    clerk = story.people["chuangkou"]
    guest = await guest_of(story.town, clerk, "周桂兰")
    story.names |= {"guest": guest.base, "at_window": str(await handed_in(story.town, clerk, guest))}


async def _pledge(story: Story) -> None:
    """Three tobacco shops: one owner has to choose, one is looked at, what was pledged by one is not so."""
    item, path = "tobacco_retail_licence", "/items/tobacco_retail_licence"
    for login, name in (("pledger", "谢一凡"), ("kept", "范思远"), ("doubted", "邹立"), ("barred", "康小宁")):
        story.people[login] = await story.town.new_citizen(name)
    scope = Scope("tobacco_monopoly", AREA)
    for login, duty in (
        ("yancao1", "services.inspect"),
        ("yancao2", "services.inspect"),
        ("yancao3", "services.decide"),
    ):
        story.people[login] = await story.town.sign_in(await story.town.new_officer(Held(duty, scope)))
    version = (await story.town.nobody.get(f"/api{path}")).json()["pledge"]["version"]
    for login in ("kept", "doubted", "barred"):
        body = {"items": [item], "answers": SHOP, "pledges": {item: version}}
        received = await story.apply(story.people[login], body)
        decided = received["cases"][0]
        story.names |= {f"case:{login}": decided, f"affair:{login}": received["affair"]}
        await story.move("yancao3", login, "decision", "grant")
        [row] = await story.town.rows("select check_id from pledges where case_id = $1", UUID(decided))
        story.names[f"case:{login}-check"] = str(row["check_id"])
    found = {"facts": "店门正对小学大门，量了是二十米", "rule": "店不在学校、幼儿园周边"}
    for login in ("doubted", "barred"):
        for who in ("yancao1", "yancao2"):
            await story.move(who, f"{login}-check", "look", "differs", words=found)
    said = {"case": story.names["case:barred-check"], "choice": "explain", "words": {"answer": "我量的是一百米"}}
    answer = await story.people["barred"].send(f"/api/affairs/{story.names['affair:barred']}/bring", said)
    assert answer.status_code == 200, answer.text
    revokes = {"facts": "当场重新量过，是二十米", "rule": "行政许可法第 69 条", "remedy": "换一个地方再申请"}
    await story.move("yancao3", "barred-check", "judgement", "revoke", words=revokes)
    for login in ("pledger", "barred"):
        at = (await story.people[login].get(f"{path}/apply")).headers["location"]
        assert (await story.people[login].post(at, SHOP | {"do": "next"})).headers["location"] == f"{path}/pledge"


async def _fill_in(story: Story) -> None:
    """Somebody else fills in the same form to its end, and hands it in only after the pictures."""
    path, newcomer = "/life-events/open_restaurant", story.people["newcomer"]
    at = f"{path}/apply/questions"
    while "/apply/" in at:
        done = await newcomer.post(at, RESTAURANT | {"shop_name": "老陈烩面", "do": "next"})
        assert done.status_code == 303, done.text
        at = done.headers["location"]
    papers = await newcomer.post(f"{path}/pledge", {"way-fire_safety_inspection": "papers"})
    assert papers.status_code == 303, papers.text


async def _name(story: Story) -> None:
    """Ids of what exists, by the names that the scenes use."""
    town, me = story.town, await story.town.person(story.people["founder"])
    for row in await town.rows("select kind, letter from letters where person = $1", me):
        story.names[f"letter:{row['kind']}"] = str(row["letter"])
    [licence] = [
        row["licence"]
        for row in await town.rows("select licence from licences where holder = $1 and type = 'business_licence'", me)
    ]
    [question] = [row["question"] for row in await town.rows("select question from read_questions")]
    wallet = (await story.people["founder"].get("/api/wallet")).json()
    story.names |= {
        "affair": story.affair,
        "licence": str(licence),
        "identifier": next(str(one["identifier"]) for one in wallet["licences"] if one["licence"] == str(licence)),
        "question": str(question),
        "officer": str(await town.person(town.accept)),
        "proposal": str(await town.proposal()),
    }
