"""What must have happened before a route has something to do: each stage makes it happen, for its test alone."""

import base64
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

import pyotp
from tests.http import street
from tests.http.test_officers import new_officer
from tests.http.towns import AGENCY, AREA, FORM, PHONE, REVIEW, ZONE, Caller, Thread, Town, hidden

from onecity.bootstrap.founding import Account
from onecity.bootstrap.post import FOLDER
from onecity.casework.facts import Overrun
from onecity.drills.cities import ANSWERS
from onecity.governance.detecting import Proposal, proposal_sealed
from onecity.governance.events.arriving import OBSERVED
from onecity.governance.facts import Reported
from onecity.governance.masking import Mask, written
from onecity.governance.tokens import report_behind
from onecity.governance.usecases.keys import new_key
from onecity.kernel.acting import Held, Scope, the_city
from onecity.kernel.clock import Limit, Run, due
from onecity.kernel.instants import day_in
from onecity.kernel.money import Fen
from onecity.ledger import Change, Decision, fold_version
from onecity.packs import Text
from onecity.payments import Owed, demand
from onecity.payments.facts import FeePaid, RefundOrdered, RefundReason
from onecity.services.approvals import Planned, Source
from onecity.services.projects.facts import Part, ProjectOpened
from onecity.services.projects.usecases import Led, stream_of
from onecity.services.queueing.rules import is_open

PLAN: Final = b"%PDF-1.7 plan"
WORDS: Final = {"facts": "没有洗手池", "rule": "食品安全法第 33 条", "remedy": "装一个洗手池"}
EVENT: Final = "/life-events/open_restaurant"
RESTAURANT: Final = ANSWERS | {
    "wants_sign": "no", "drains_to_sewer": "no", "wants_seal": "no", "premises_right": "rented", "staff_count": "6",
}  # fmt: skip
PASSWORD: Final = "a whole sentence opens the door"
_DAYS: Final = count()

Fields = Mapping[str, Any]
Stage = Callable[[Town, Caller], Awaitable[Thread]]
Words = Callable[[Town, Caller], Awaitable[Fields]]


async def _moved(who: Caller, thread: Thread, step: str, outcome: str, **more: Any) -> None:
    body = {"step": step, "outcome": outcome, "words": {}} | more
    answer = await who.send(f"/api/cases/{thread.case}/moves", body)
    assert answer.status_code == 200, answer.text


async def _brought(citizen: Caller, purpose: str = "/items/food_business") -> None:
    content = "JVBERi0xLjcgcGxhbg=="
    answer = await citizen.send("/api/materials", {"material": "floor_plan", "content": content, "purpose": purpose})
    assert answer.status_code == 200, answer.text


async def applied(town: Town, citizen: Caller) -> Thread:
    """The citizen has applied."""
    return await town.apply(citizen)


async def applied_with_a_file(town: Town, citizen: Caller) -> Thread:
    """The citizen has applied with a floor plan."""
    await _brought(citizen)
    return await town.apply(citizen)


async def asked_for_more(town: Town, citizen: Caller) -> Thread:
    """The officer has asked for the floor plan, and the citizen has it at hand."""
    thread = await town.apply(citizen)
    await _moved(town.accept, thread, "acceptance", "supplement", lacking=["floor_plan"])
    await _brought(citizen, f"/affairs/{thread.affair}")
    return thread


async def accepted(town: Town, citizen: Caller) -> Thread:
    """The officer has accepted."""
    thread = await town.apply(citizen)
    await _moved(town.accept, thread, "acceptance", "accept")
    return thread


async def refused(town: Town, citizen: Caller) -> Thread:
    """The case was refused, with a remedy."""
    thread = await accepted(town, citizen)
    await _moved(town.decide, thread, "decision", "refuse", words=WORDS)
    return thread


async def waiting_at_the_counter(town: Town, citizen: Caller) -> Thread:
    """The result waits for the citizen on paper."""
    body = {"items": ["food_business"], "answers": ANSWERS, "delivery": "counter"}
    receipt = (await citizen.send("/api/applications", body)).json()
    thread = Thread(UUID(receipt["affair"]), receipt["number"], UUID(receipt["cases"][0]), uuid4())
    await _moved(town.accept, thread, "acceptance", "accept")
    await _moved(town.decide, thread, "decision", "grant")
    return thread


HOME: Final = {"name": "周雨桐", "phone": "13800000001", "line": "金水区纬二路 58 号 3 单元 12 号"}
BY_POST: Final = {"paper-way": "post"} | {f"paper-{part}": text for part, text in HOME.items()}


async def waiting_for_the_post(town: Town, citizen: Caller) -> Thread:
    """The result waits in the post room."""
    body = {"items": ["food_business"], "answers": ANSWERS, "delivery": "post", "to": HOME}
    receipt = (await citizen.send("/api/applications", body)).json()
    thread = Thread(UUID(receipt["affair"]), receipt["number"], UUID(receipt["cases"][0]), uuid4())
    await _moved(town.accept, thread, "acceptance", "accept")
    await _moved(town.decide, thread, "decision", "grant")
    return thread


async def under_way(town: Town, citizen: Caller) -> Thread:
    """The result left by post."""
    thread, clerk = await waiting_for_the_post(town, citizen), await officer_with(town, "services.deliver")
    answer = await clerk.send(f"/api/cases/{thread.case}/post", {"tracking": "EZ123456789CN", "choice": 2})
    assert answer.status_code == 200, answer.text
    return thread


async def waiting_parcels(_town: Town, visitor: Caller) -> Fields:
    """What the visitor's post room has to send."""
    page = await visitor.get("/desk/post")
    return {"cases": hidden(page, "cases") if 'name="cases"' in page.text else ""}


async def late(town: Town, citizen: Caller) -> Thread:
    """The latest day of the case has passed, as the job notes it."""
    thread, ledger = await accepted(town, citizen), town.city.memory.ledger

    async def decide() -> Decision:
        fact = Overrun(date(2020, 9, 21))
        return Decision((Change(thread.case, fold_version(await ledger.history(thread.case)), (fact,)),), fact)

    await ledger.record(uuid4(), decide, Overrun, by=the_city(), now=town.clock())
    return thread


async def visit_named(town: Town, citizen: Caller) -> Thread:
    """A visit was named for a day and an hour."""
    thread = await accepted(town, citizen)
    day = due(town.city.counter.office.calendar, Run(day_in(ZONE, town.clock()), Limit(2))).day
    at = datetime.combine(day, time(9, 30), ZONE).isoformat()
    await _moved(town.decide, thread, "decision", "inspect", at=at)
    return thread


async def hearing_called(town: Town, citizen: Caller) -> Thread:
    """A hearing of the city's own accord was announced for the first possible day."""
    thread = await accepted(town, citizen)
    await _moved(town.decide, thread, "decision", "hold_hearing", words={"why": "关系到一条街的人"})
    day = due(town.city.counter.office.calendar, Run(day_in(ZONE, town.clock()), Limit(7))).day
    at = datetime.combine(day, time(9, 30), ZONE).isoformat()
    hears = await officer_with(town, "services.hear")
    await _moved(hears, thread, "hearing_call", "announce", at=at, hall="city_hall")
    return thread


async def in_hand(town: Town, citizen: Caller) -> Thread:
    """The right officer has taken the first step."""
    thread = await applied(town, citizen)
    answer = await town.accept.post(f"/desk/cases/{thread.case}/work/acceptance/claim", {})
    assert answer.status_code == 303, answer.text
    return thread


async def paid_in_vain(town: Town, payment: UUID) -> None:
    """A fee was paid in cash and shall go back by hand."""
    await town.cashier.send(f"/api/desk/payments/{payment}/cash", {})
    ledger = town.city.memory.ledger
    history = await ledger.history(payment)
    paid = next(one.fact for one in history if isinstance(one.fact, FeePaid))
    ordered = RefundOrdered(paid.reference, RefundReason.NOT_OWED)

    async def decide() -> Decision:
        return Decision((Change(payment, fold_version(history), (ordered,)),), ordered)

    await ledger.record(uuid4(), decide, RefundOrdered, by=the_city(), now=town.clock())


async def books_of_yesterday(town: Town) -> str:
    """A fee was demanded the day before, so that this day has books; the day."""
    at, text = town.clock() - timedelta(days=1), Text("费", "fee")
    owed = Owed(uuid4(), uuid4(), uuid4(), "item", "", AGENCY, AREA, text, Fen(100), text)

    async def decide() -> Decision:
        return Decision(demand(owed, online=False, key=uuid4(), now=at)[:1], owed.fee)

    await town.city.memory.ledger.record(uuid4(), decide, Text, by=the_city(), now=at)
    return day_in(town.city.counter.till.zone, at).isoformat()


async def keyed(_town: Town, _visitor: Caller) -> Fields:
    """A form that nobody has sent before."""
    return {"key": str(uuid4())}


async def citizens_password(town: Town, _visitor: Caller) -> Fields:
    return town.words(town.accounts.accounts[0])


async def registration(town: Town, _visitor: Caller) -> Fields:
    """Somebody of the register who has no account yet."""
    number = await town.resident("周雨桐")
    return {"name": "周雨桐", "number": number, "phone": PHONE, "password": PASSWORD, "key": str(uuid4())}


async def code_by_telephone(town: Town, _visitor: Caller) -> Fields:
    """Somebody lost the password and was sent a code."""
    account, post = (
        await town.register("周雨桐", await town.resident("周雨桐")),
        town.city.memory.folder.parent / FOLDER,
    )
    before = {*post.glob("*")}
    await town.caller().post("/lost", {"name": account.name, "number": account.login})
    [message] = {*post.glob("*")} - before
    found = re.search(r"验证码 (\d{6})", message.read_text("utf-8"))
    assert found
    return {"number": account.login, "code": found[1], "password": PASSWORD}


async def invitation(town: Town, _visitor: Caller) -> Fields:
    """Two administrators have made an officer; the two halves of the code."""
    return (await new_officer(town))[1]


async def invitation_taken_up(town: Town, visitor: Caller) -> Fields:
    """The new officer has entered the second factor into a telephone."""
    halves = await invitation(town, visitor)
    page = await town.caller().post("/set-up", halves)
    secret = re.sub(r"\s", "", re.findall(r"<dd>([A-Z2-7 ]{20,})</dd>", page.text)[0])
    town.clock.next_code()
    return {**halves, "password": PASSWORD, "code": pyotp.TOTP(secret).at(town.clock.at)}


async def mandate_for_somebody(town: Town, _visitor: Caller) -> Fields:
    agent = await town.identity(await town.new_citizen())
    until = (town.clock.at + timedelta(days=300)).date().isoformat()
    return {"name": agent.name, "number": agent.number, "until": until, "all": "yes"}


async def some_days_away(town: Town, _visitor: Caller) -> Fields:
    day = (date(4000, 1, 1) + timedelta(days=next(_DAYS))).isoformat()
    return {"since": day, "until": day, "deputy": str(await town.officer()), "key": str(uuid4())}


async def colleague(town: Town, _visitor: Caller) -> Fields:
    return {"to": str(await town.officer()), "key": str(uuid4())}


async def at_the_window(town: Town, _visitor: Caller) -> Fields:
    """Somebody of the register stands at the window and has shown a document."""
    known = await town.identity(await town.new_citizen())
    return {"name": known.name, "number": known.number, "document": "identity_card"}


async def drafted_item(_town: Town, visitor: Caller) -> Fields:
    """The visitor has filled in the form of an item before."""
    await visitor.post(FORM, ANSWERS)
    return {"key": hidden(await visitor.get(REVIEW), "key")}


async def drafted_event(_town: Town, visitor: Caller) -> Fields:
    """The visitor has filled in all forms of a life event before."""
    path, pages = f"{EVENT}/apply", 0
    while not path.endswith("/review") and pages < 12:
        page = await visitor.get(path)
        if page.status_code == 303:
            path = page.headers["location"]
            continue
        answer = await visitor.post(path, RESTAURANT | {"way-fire_safety_inspection": "papers"})
        assert answer.status_code == 303, answer.text
        path, pages = answer.headers["location"], pages + 1
    return {"key": hidden(await visitor.get(path), "key")}


SHOP: Final = {
    "shop_name": "拾味便利店", "premises_street": "410105001", "premises_address": "纬二路 64 号",
    "premises_right": "rented", "school_near": "no",
}  # fmt: skip


async def pledged(town: Town, visitor: Caller) -> Fields:
    """The visitor gave a pledge, which was granted and is to be checked."""
    item = "tobacco_retail_licence"
    version = (await town.nobody.get(f"/api/items/{item}")).json()["pledge"]["version"]
    body = {"items": [item], "answers": SHOP, "pledges": {item: version}}
    answer = await visitor.send("/api/applications", body)
    assert answer.status_code == 200, answer.text
    decides = await town.sign_in(await town.new_officer(Held("services.decide", Scope("tobacco_monopoly", AREA))))
    move = {"step": "decision", "outcome": "grant", "words": {}}
    moved = await decides.send(f"/api/cases/{answer.json()['cases'][0]}/moves", move)
    assert moved.status_code == 200, moved.text
    return {}


async def officer_with(town: Town, *duties: str) -> Caller:
    """An officer of the market supervision with these duties, whom no other test knows."""
    return await town.sign_in(await town.new_officer(*(Held(duty, Scope(AGENCY, AREA)) for duty in duties)))


CALL_BACK: Final = "services.call_back"
RATED: Final = {"rating": "1", "rating_words": "来回跑了三趟"}
"""A bad rating with its words."""


async def rated_badly(town: Town, citizen: Caller) -> Thread:
    """The case was refused, and the citizen said how badly it went."""
    thread = await refused(town, citizen)
    answer = await citizen.post(f"/affairs/{thread.affair}/cases/{thread.case}/rate", RATED)
    assert answer.status_code == 303, answer.text
    return thread


async def called_back(town: Town, citizen: Caller) -> Thread:
    """Somebody else called, and found nothing to put right."""
    thread, caller = await rated_badly(town, citizen), await officer_with(town, CALL_BACK)
    sent = {"said": "没有人接电话", "found": "看了电话记录", "upheld": "no"}
    answer = await caller.post(f"/desk/ratings/{thread.case}/call", sent)
    assert answer.status_code == 303, answer.text
    return thread


AMENDING: Final = {
    "called_zh": "开饭店的许可", "called_en": "Food permit", "plain_zh": "在城里卖吃的要有它。", "plain_en": "To sell food.",
    "also": "开饭馆\n卖吃的", "faq_0_ask_zh": "要去几次？", "faq_0_ask_en": "How often must I come?",
    "faq_0_answer_zh": "不用去。", "faq_0_answer_en": "Never.", "reason": "大家看不懂原来的话",
}  # fmt: skip
"""What an officer writes into the item of the food permit."""
COMPOSING: Final = {
    "items": "food_business shop_sign_filing seal_filing", "when-shop_sign_filing": "wants_sign",
    "when-food_business": "always", "when-seal_filing": "always", "name_zh": "开面馆", "name_en": "Open a noodle shop",
    "plain_zh": "一张表把面馆开起来。", "plain_en": "One form opens a noodle shop.", "also": "开面店", "reason": "问的人多", "do": "send",
}  # fmt: skip
"""A life event as an officer composes it."""
AMENDING_EVENT: Final = {
    "items": "individual_business_registration food_business", "when-individual_business_registration": "always",
    "when-food_business": "always", "name_zh": "开馆子", "name_en": "Open a place to eat", "plain_zh": "一张表把馆子开起来。",
    "plain_en": "One form opens it.", "also": "开饭馆", "reason": "别的项另外办更快", "do": "send",
}  # fmt: skip
"""How an officer writes an event of the market supervision anew."""
EVENT_AMENDED: Final = "open_restaurant"
PREPARING: Final = {
    "plain_zh": "核准您的计量标准器具，发考核证书", "plain_en": "Your measurement standard is approved and you get a certificate",
    "condition_0_zh": "有保证它正常工作的环境", "condition_0_en": "Premises in which it works as it should",
    "condition_0_article": "6", "material_0_zh": "计量标准技术报告", "material_0_en": "Technical report on the standard",
    "material_0_article": "", "asks": "firm_name new_1 new_2",
    "new_1_type": "choice", "new_1_ask_zh": "量的是什么？", "new_1_ask_en": "What does it measure?",
    "new_1_why_zh": "每一类由不同的人考核", "new_1_why_en": "Each kind is examined by other people",
    "new_1_section": "product", "new_1_choices": "长度 | Length\n温度 | Temperature",
    "new_2_type": "number", "new_2_ask_zh": "有几个人会用它？", "new_2_ask_en": "How many people can use it?", "new_2_why_zh": "看人手够不够",
    "new_2_why_en": "It tells whether the staff suffices", "new_2_section": "product", "new_2_unit_zh": "人",
    "new_2_unit_en": "people", "new_2_least": "1", "new_2_most": "500", "new_2_good": "2", "visits": "0",
    "faq_ask_zh": "要去几次？", "faq_ask_en": "How often must I come?", "faq_answer_zh": "不用去。", "faq_answer_en": "Never.",
    "reason": "问的人多，一直只能到窗口办", "do": "send",
}  # fmt: skip
"""A listed item that nobody has prepared, as an officer of the market supervision prepares it."""
PREPARED: Final = "measurement_standard_approval"
OTHER_PREPARED: Final = "measuring_instrument_type_approval"
AMENDED: Final = "food_business"


async def amendment(town: Town, writer: Caller | None = None, item: str = "", **typed: str) -> UUID:
    """An amendment that waits for somebody who publishes it: of an item that reads as ever, if none is named."""
    writer = writer or await officer_with(town, "services.amend")
    done = {row["matter"] for row in await town.rows("select matter from amendments where state = 'published'")}
    items = (name for name, one in town.city.counter.catalogue.items() if one.agency == AGENCY and name not in done)
    answer = await writer.post(f"/desk/amendments/items/{item or next(items)}", AMENDING | typed)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


_CODES: Final = count(1)
PROJECT: Final = {
    "project_name": "示例路小学教学楼", "project_type": "m", "project_street": "410105002", "company_name": "示例置业",
    "project_address": "示例路 1 号", "project_area": "5600",
}  # fmt: skip
STAGE: Final = {"accepted_day": "2020-9-1", "builder_name": "示例建设"}
"""What the one stage of a project of these tests asks beside."""


def project_code() -> str:
    """The code of a project that nobody has begun."""
    return f"2020-410105-47-03-{next(_CODES):06}"


LAST: Final = Part("construction_completion_filing", 4, Planned("C97", 0, 0, 0, 0, Source.REFORM, ()))
"""The one approval of a project of these tests."""


async def project(town: Town, citizen: Caller, *more: Part) -> UUID:
    """A project of the citizen that needs one approval, of the last stage, and `more`; all that the one asks is
    answered.
    """
    code, at = project_code(), town.clock()
    answers = PROJECT | STAGE | {"project_code": code, "accepted_day": "2020-09-01"}
    opened = ProjectOpened(
        await town.person(citizen), code, "M", "410105002", day_in(ZONE, at), (), (), (LAST, *more), town.city.pack.version,
        dict(answers),
    )  # fmt: skip

    async def decide() -> Decision:
        return Decision((Change(stream_of(code), 0, (opened,)),), Led(stream_of(code)))

    await town.city.memory.ledger.record(uuid4(), decide, Led, by=the_city(), now=at)
    return stream_of(code)


async def project_applied(town: Town, citizen: Caller) -> UUID:
    """A project of the citizen whose last stage is applied for."""
    found = await project(town, citizen)
    answer = await citizen.send(f"/api/projects/{found}/stages/4", {"answers": {}}, key=uuid4())
    assert answer.status_code == 200, answer.text
    return found


async def project_form(_town: Town, _visitor: Caller) -> Fields:
    """The last form with which a project begins."""
    return PROJECT | {"project_code": project_code(), "do": "begin"}


async def project_command(_town: Town, _visitor: Caller) -> Fields:
    """The same for programs."""
    return {"answers": PROJECT | {"project_code": project_code()}, "meets": []}


async def next_working_day(town: Town, _visitor: Caller) -> Fields:
    """A day on which departments may come to look."""
    calendar = town.city.counter.office.calendar
    return {"day": due(calendar, Run(day_in(ZONE, town.clock()), Limit(1))).day.isoformat()}


HALL: Final = "city_hall"
"""The hall in which people come to whatever route there is."""


async def hall_open(town: Town) -> None:
    """It is an office hour: other tests may have taken the whole day."""
    times = town.city.counter.halls.times(HALL)
    assert times is not None
    while not is_open(times, now=town.clock()):
        town.clock.at += timedelta(minutes=30)
    await town.wake()


async def free_time(town: Town, visitor: Caller) -> Fields:
    """A time of the next days that somebody may book, who holds none."""
    if visitor.token:
        for one in (await visitor.get("/api/bookings")).json()["bookings"]:
            await visitor.send(f"/api/bookings/{one['booking']}/cancel", None)
    path = f"/api/halls/{HALL}/times"
    day = (await town.nobody.get(path)).json()["days"][-1]
    [at, *_] = (await town.nobody.get(f"{path}?day={day}")).json()["times"]
    return {"at": at["at"]}


async def booking(town: Town, citizen: Caller) -> UUID:
    """A booking of the citizen, who has no other one."""
    answer = await citizen.send(f"/api/halls/{HALL}/bookings", await free_time(town, citizen))
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["booking"])


async def without_number(town: Town, visitor: Caller) -> Fields:
    """The visitor waits nowhere, and the hall is open."""
    await hall_open(town)
    if visitor.token:
        await visitor.send(f"/api/halls/{HALL}/leave", None)
    return {}


async def with_number(town: Town, visitor: Caller) -> Fields:
    """The visitor waits in the hall."""
    await without_number(town, visitor)
    if visitor.token:
        await visitor.send(f"/api/halls/{HALL}/numbers", None)
    return {}


async def given_number(town: Town) -> int:
    """Somebody without a telephone waits in the hall; their number."""
    await hall_open(town)
    answer = await town.window.send(f"/api/halls/{HALL}/give", None)
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["number"]
    return number


async def somebody_waits(town: Town, _visitor: Caller) -> Fields:
    """There is somebody to be called."""
    await given_number(town)
    return {"window": 1}


async def at_window_one(town: Town, visitor: Caller) -> Fields:
    """The same for a page, whose fields are words."""
    await somebody_waits(town, visitor)
    return {}


async def somebody_called(town: Town, visitor: Caller) -> Fields:
    """A number was called to a window for the first time."""
    sent = dict(await somebody_waits(town, visitor))
    answer = await town.window.send(f"/api/halls/{HALL}/call", sent)
    assert answer.status_code == 200, answer.text
    return sent


async def newcomer(town: Town) -> Caller:
    """A citizen whom no other test knows, with a password that nobody else has."""
    fields, door = await registration(town, town.nobody), town.caller()
    assert (await door.post("/register", fields)).status_code == 303
    return await town.sign_in(Account(fields["number"], fields["name"], "", PASSWORD))


async def operator(town: Town) -> Caller:
    """Somebody who accepts reports at the centre, and sends people to look."""
    return await town.sign_in(await town.new_officer(Held("governance.accept", Scope(street.CENTRE, AREA))))


ORDER: Final = {"kind": "response", "words": "扫雪", "to": [{"agency": street.CENTRE, "area": "410105"}]}


async def chief(town: Town) -> Caller:
    """The chief on duty at the centre, who gives orders."""
    return await town.sign_in(await town.new_officer(Held("governance.chief", Scope(street.CENTRE, street.CITY))))


async def order(town: Town) -> UUID:
    """The head of an order to a county."""
    answer = await (await chief(town)).send("/api/orders", ORDER)
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["order"])


async def hotline(town: Town) -> Caller:
    """Somebody who takes calls on 12345, and may answer them."""
    held = [Held(f"governance.{duty}", Scope(street.CENTRE, AREA)) for duty in ("hotline", "accept")]
    return await town.sign_in(await town.new_officer(*held))


async def called(town: Town) -> UUID:
    """The report of somebody who called 12345."""
    call = {"call": {"words": "家里停电了", "area": "410105001"}}
    answer = await (await hotline(town)).send("/api/street/hotline/reports", call, key=uuid4())
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["report"])


async def inspector(town: Town) -> Caller:
    """Somebody of the centre who goes and looks."""
    return await town.sign_in(await town.new_officer(Held("governance.inspect", Scope(street.CENTRE, AREA))))


async def to_look_at(town: Town) -> UUID:
    """The case of a report at which somebody shall look before it is filed."""
    case = await problem(town)
    await street.moved(await operator(town), case, "intake", "look_first")
    return case


async def reported(town: Town) -> Mapping[str, Any]:
    """Somebody without an account reported a hole in the road."""
    return await street.report(town)


async def problem(town: Town) -> UUID:
    """The case of a report that nobody has looked at."""
    return await street.case_of(town, await street.report(town))


async def condition(town: Town, _visitor: Caller) -> Fields:
    return {"condition": street.condition_of(town)}


async def with_a_key(town: Town, _visitor: Caller) -> Fields:
    """What a program posts by Open311, with a key of its own."""
    key = await new_key(uuid4().hex, pool=town.city.memory.pool, now=town.clock())
    assert key is not None
    where = {"lat": str(street.PLACE["latitude"]), "long": str(street.PLACE["longitude"])}
    return {"api_key": key, "service_code": street.MATTER, "description": "路面塌了", **where}


async def sensor(town: Town) -> Caller:
    """A sensor with a key of its own, which sends events in binary mode."""
    key = await new_key(uuid4().hex, pool=town.city.memory.pool, now=town.clock())
    assert key is not None
    found = town.caller(key)
    found.http.headers.update({
        "ce-specversion": "1.0", "ce-id": uuid4().hex, "ce-source": "/sensors/7", "ce-type": OBSERVED,
    })  # fmt: skip
    return found


async def photograph(_town: Town, _visitor: Caller) -> Fields:
    return {"content": street.photo()}


async def told_with(town: Town, picture: Mapping[str, Any]) -> tuple[Reported, str]:
    """A report with a photograph: what was told, and the address under which it is followed."""
    sent = {"words": "有个坑", "matter": street.MATTER, "area": "410105001", "seen": "yes"}
    answer = await town.caller().ask("POST", "/report", data=sent, files=picture)
    assert answer.status_code == 303, answer.text
    centre, follow = town.city.centre, answer.headers["location"]
    assert centre is not None
    report = report_behind(follow.rpartition("/")[2], centre.secret)
    assert report is not None
    told = (await town.city.memory.ledger.history(report))[0].fact
    assert isinstance(told, Reported)
    return told, follow


async def photographed(town: Town) -> str:
    """A report with a photograph: its case, and the name of the photograph."""
    told, _ = await told_with(town, {"photo": ("x.jpg", base64.b64decode(street.photo()), "image/jpeg")})
    return f"{told.case}/{told.photos[0]}"


def releasing(town: Town, path: str, *masks: Mask) -> dict[str, str]:
    """What the page of a release sends, with what a detector proposed for its photograph."""
    centre, photo = town.city.centre, path.removesuffix("/release").rpartition("/")[2]
    assert centre is not None
    proposal = Proposal(photo, "opencv-haar", "4", masks)
    return {"masks": written(masks), "proposal": proposal_sealed(proposal, centre.secret), "do": "release"}


async def released(town: Town) -> str:
    """A photograph that an operator let everybody see: the name of its copy."""
    case, _, photo = (await photographed(town)).partition("/")
    path = f"/street/{case}/photos/{photo}/release"
    answer = await (await operator(town)).post(path, releasing(town, path))
    assert answer.status_code == 303, answer.text
    rows = await town.rows("select copy from released_photos where case_id = $1", UUID(case))
    return str(rows[0]["copy"])


async def another_problem(town: Town, _visitor: Caller) -> Fields:
    return {"case": str(await problem(town))}


async def joined(town: Town, _visitor: Caller) -> Fields:
    """A report that follows the case of another one."""
    told, other = await street.report(town), await problem(town)
    own = await street.case_of(town, told)
    answer = await (await operator(town)).send(f"/api/street/{own}/join", {"case": str(other)})
    assert answer.status_code == 200, answer.text
    return {"report": told["report"]}


async def put_right(town: Town) -> Mapping[str, Any]:
    """A hole in the road was put right, looked at and closed."""
    team, told = await street.crew(town), await street.report(town)
    case = await street.sent(told, town, team)
    await street.closed(case, town, team)
    return told


async def waiting_for_the_lot(town: Town) -> None:
    """What was put right waits for the lot that says who looks."""
    team, told = await street.crew(town), await street.report(town)
    await street.mended(await street.sent(told, town, team), team)
