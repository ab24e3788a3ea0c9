"""Every page that people see, as a table: which scene, what one sees there, whose eyes, which path, and what they do."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import msgspec
from playwright.async_api import Page
from tests.http.stages import OTHER_PREPARED, PREPARING
from tests.screens.story import NO_TRAP

Act: TypeAlias = Callable[[Page], Awaitable[None]]


async def send(page: Page) -> None:
    """Press the page's one filled button."""
    await page.locator(".button-primary").click()


def filled(fields: Mapping[str, str]) -> Act:
    """Fill in fields by their names and press the filled button."""

    async def act(page: Page) -> None:
        for name, text in fields.items():
            field = page.locator(f'main [name="{name}"]')
            if await field.first.get_attribute("type") in ("radio", "checkbox"):
                await page.locator(f'main [name="{name}"][value="{text}"]').check()
            else:
                await field.first.fill(text)
        await send(page)

    return act


def stands_in(area: str) -> Act:
    """Say in which street one stands, and have the tasks sorted from there."""

    async def act(page: Page) -> None:
        await page.locator("details.fold summary").click()
        await page.locator('main [name="area"]').select_option(area)
        await page.locator("details.fold form button").click()

    return act


def opened(part: str) -> Act:
    """Open what is folded."""

    async def act(page: Page) -> None:
        await page.locator(part).first.click()

    return act


async def map_there(page: Page) -> None:
    """Wait until the map is drawn."""
    await page.locator(".map[data-ready]").wait_for()


async def heard(page: Page) -> None:
    """Write down what a caller says, and look it up."""
    await page.locator('main [name="words"]').fill("一马路街道停电了，井盖也没了，闻到煤气味")
    await page.locator('main [name="number"]').fill("13800001234")
    await page.locator("main form .button-secondary").first.click()


async def same(page: Page) -> None:
    """Report what is open in the same street already."""
    await page.locator('main [name="matter"]').select_option("01002")
    await page.locator('main [name="area"]').select_option("410103004")
    await page.locator('main [name="words"]').fill("井盖没了")
    await send(page)


async def pressed(page: Page, button: str) -> None:
    """Press a button of a page that leads back to itself, and wait for it: nothing is typed into the page before."""
    async with page.expect_navigation():
        await page.locator(f'main button[value="{button}"]').last.click()


async def afresh(page: Page) -> None:
    """Throw away what was begun on a page: a scene is looked at more than once."""
    if await page.locator('main button[value="discard"]').count():
        await pressed(page, "discard")


async def composing(page: Page) -> None:
    """Take two items in, one after the other."""
    await afresh(page)
    for asked, name in (("开饭店", "food_business"), ("刻章", "seal_filing")):
        await page.locator('main [name="q"]').fill(asked)
        await pressed(page, "find")
        await pressed(page, f"add:{name}")


async def preparing(page: Page) -> None:
    """Fill in what an item asks and demands, and look at what people would see."""
    await afresh(page)
    asked = [name for name in PREPARING["asks"].split() if not name.startswith("new_")]
    for name in asked:
        await page.locator('main [name="q"]').fill("单位全称")
        await pressed(page, "find")
        await pressed(page, f"ask:{name}")
    for kind in ("choice", "number"):
        await pressed(page, f"new:{kind}")
    for name, value in PREPARING.items():
        field = page.locator(f'main [name="{name}"]')
        if name not in ("asks", "do") and not name.endswith("_type"):
            await (field.select_option(value) if name.endswith("_section") else field.fill(value))
    await pressed(page, "look")


async def looked_at(page: Page) -> None:
    """Write of a day that is asked more, move a question up, and look at what people would see."""
    await afresh(page)
    await pressed(page, "unask:abnormal_listed_on")
    await pressed(page, "up:firm_code")
    await pressed(page, "look")


async def handed_over(page: Page) -> None:
    """Hand over what is not written yet."""
    await afresh(page)
    await pressed(page, "send")


_CITIZENS: Final = frozenset(
    {
        "", "founder", "newcomer", "stranger", "buyer", "payer", "sender", "holder", "told", "rater", "righted", "objector",
        "pledger", "kept", "doubted", "barred",
    }
)  # fmt: skip


class Scene(msgspec.Struct, frozen=True):
    """A page of the story. `who` is nobody if empty; `path` names things of the story; `act` is done on it first."""

    id: str
    shows: str
    who: str
    path: str
    act: Act | None = None
    status: int = 200
    """What the address itself answers."""
    quotes: bool = False
    """Whether it names columns and steps as a national list does, which no clerk would say."""

    def __str__(self) -> str:
        return self.id

    @property
    def desk(self) -> bool:
        """Whether officers see it, who work with the words of the law."""
        return self.who not in _CITIZENS

    def address(self, names: Mapping[str, str]) -> str:
        """The path with the ids of the story's things in it."""
        return re.sub(r"\{([^}]+)\}", lambda found: names[found[1]], self.path)


_EVENT: Final = "/life-events/open_restaurant"
_OWN: Final = "/affairs/{affair}"
_SEWER: Final = _OWN + "/cases/{case:sewer_discharge}"
_SIGN: Final = _OWN + "/cases/{case:shop_sign_filing}"
_DESK: Final = "/desk/cases/{case:food_business}"
_WRONG: Final = {"shop_name": "拾味小馆", "premises_area": "42000000"}
_NO_GREASE: Final = {"facts": NO_TRAP["facts"], "rule": NO_TRAP["rule"], "remedy": NO_TRAP["remedy"]}

SCENES: Final = (
    # Citizens: on the way to an application.
    Scene("home-visitor", "首页，还没登录 / home of a visitor", "", "/"),
    Scene("home", "首页，有事在办 / home with a running affair", "founder", "/"),
    Scene("search", "搜“开饭店” / a search", "", "/search?q=开饭店"),
    Scene("search-none", "没有搜到 / a search with no hit", "", "/search?q=紫色大象"),
    Scene("items", "能办的事 / all items", "", "/items"),
    Scene("items-of-agency", "一个部门能办的事 / the items of one agency", "", "/items?agency=public_security"),
    Scene("life-events", "一件事一次办 / all life events", "", "/life-events"),
    Scene("guide-drawn", "由模板生成的事项 / the guide of an item from a template", "", "/items/courier_business_licence"),
    Scene("open-catalogue", "事项目录 / the whole catalogue", "", "/open/catalogue"),
    Scene("open-exchange", "报送国家平台 / rows for the national platform", "", "/open/catalogue/exchange", opened("details.why > summary"), quotes=True),
    Scene("open-ratings", "大家怎么评 / what people say", "", "/open/ratings"),
    Scene("open-rated", "一个数后面的件 / the cases behind a number", "", "/open/ratings/list?what=bad"),
    Scene("listed-item", "还不能网上办的事项 / an item that is only listed", "", "/items/city_tree_felling_approval"),
    Scene("listed-event", "还不能一起办的一件事 / a life event that is only listed", "", "/life-events/hire_employee?takes_over_staff_file=yes"),
    Scene("guide", "一个事项 / the guide of an item", "", "/items/food_business", opened("details.why > summary")),
    Scene("life-event", "一件事 / the guide of a life event", "", _EVENT),
    Scene("form-questions", "先答几个问题 / the first step", "newcomer", _EVENT + "/apply/questions"),
    Scene("form-known", "城里已经有的 / what the city knows already", "founder", _EVENT + "/apply/questions"),
    Scene("form-step", "填表 / a step of the form", "newcomer", _EVENT + "/apply/premises"),
    Scene("form-errors", "填错了 / a form with errors", "newcomer", "/items/food_business/apply/rest", filled(_WRONG)),
    Scene("pledge", "承诺办还是带材料办 / on a pledge or with papers", "pledger", "/items/tobacco_retail_licence/pledge"),
    Scene("pledge-barred", "上次承诺不符 / no other pledge", "barred", "/items/tobacco_retail_licence/pledge"),
    Scene("pledge-event", "一件事里的承诺 / a pledge inside a life event", "newcomer", _EVENT + "/pledge"),
    Scene("materials", "传材料 / materials", "newcomer", _EVENT + "/materials"),
    Scene("review", "再看一遍 / the review", "newcomer", _EVENT + "/review"),
    # Citizens: construction projects.
    Scene("projects", "我的工程 / one's projects", "newcomer", "/projects"),
    Scene("project-new", "登记一个工程 / beginning a project", "founder", "/projects/new"),
    Scene("project", "一个工程 / a project", "newcomer", "/projects/{project}"),
    Scene("project-days", "每一天说明 / each day of a project", "newcomer", "/projects/{project}/days"),
    Scene("project-form", "一个阶段的表 / the form of a stage", "newcomer", "/projects/{project}/stages/2/apply/project"),
    Scene("project-materials", "一个阶段的材料 / what a stage needs", "newcomer", "/projects/{project}/stages/2/materials"),
    # Citizens: halls.
    Scene("halls", "办事大厅 / the halls", "founder", "/halls"),
    Scene("hall", "一个大厅，自己的号 / a hall with one's own number", "founder", "/halls/city_hall"),
    Scene("hall-booked", "约好的时间 / a hall with one's own booking", "founder", "/halls/jinshui_hall"),
    Scene("hall-visitor", "一个大厅，还没登录 / a hall as a visitor sees it", "", "/halls/jinshui_hall"),
    Scene("hall-board", "大厅里的屏幕 / the screen in a hall", "", "/halls/city_hall/board"),
    Scene("hall-book", "约个时间 / booking a time", "newcomer", "/halls/jinshui_hall/book?day=2026-10-12"),
    Scene("hall-book-confirm", "就约这个时间 / confirming a time", "newcomer", "/halls/jinshui_hall/book?at=2026-10-12T06:30:00Z"),
    # Citizens: what became of it.
    Scene("receipt", "回执 / the receipt", "founder", _OWN + "/receipt"),
    Scene("affairs", "我的事 / my affairs", "founder", "/affairs"),
    Scene("affairs-none", "还没有办过事 / no affair yet", "stranger", "/affairs"),
    Scene("affair", "一件事的进度 / an affair", "founder", _OWN),
    Scene("matter-running", "正在办的一项 / a matter that runs", "founder", _OWN + "/cases/{case:food_business}"),
    Scene("matter-stopped", "停钟 / a matter whose clock stands", "founder", _OWN + "/cases/{case:fire_safety_inspection}"),
    Scene("matter-refused", "不予许可 / a matter that was refused", "founder", _SEWER),
    Scene("matter-granted", "办好了 / a matter that was granted", "founder", _OWN + "/cases/{case:seal_filing}"),
    Scene("bring", "补材料 / bringing what is missing", "founder", _SIGN + "/bring"),
    Scene("hearing-wish", "要不要听证 / whether there is to be a hearing", "told", "/affairs/{affair:told}/cases/{case:told}/bring"),
    Scene("pledged", "承诺办好的一项 / a matter decided on a pledge", "kept", "/affairs/{affair:kept}/cases/{case:kept}", opened("details.fold > summary")),
    Scene("pledge-check", "核查承诺 / the check of a pledge", "kept", "/affairs/{affair:kept}/cases/{case:kept-check}"),
    Scene("pledge-answer", "与承诺不符，请说明 / answering a doubt", "doubted", "/affairs/{affair:doubted}/cases/{case:doubted-check}/bring"),
    Scene("pledge-revoked", "许可撤销了 / an annulled licence", "barred", "/affairs/{affair:barred}/cases/{case:barred-check}"),
    Scene("again", "改好再申请 / applying again", "founder", _SEWER + "/again"),
    Scene("rate", "打分 / rating", "founder", _OWN + "/cases/{case:individual_business_registration}/rate"),
    Scene("matter-rated", "打了差评以后 / after a bad rating", "rater", "/affairs/{affair:rater}/cases/{case:rater}"),
    Scene("object", "对回访结果提异议 / objecting to what came of a rating", "objector", "/affairs/{affair:objector}/cases/{case:objector}/object"),
    Scene("withdraw", "撤回 / withdrawing", "founder", _OWN + "/cases/{case:food_business}/withdraw"),
    Scene("inbox", "来信 / letters", "founder", "/letters"),
    Scene("letter-refused", "不予许可的信 / a letter of refusal", "founder", "/letters/{letter:services.refused}"),
    Scene("letter-granted", "办好了的信 / a letter that grants", "founder", "/letters/{letter:services.granted}"),
    Scene("letter-missing", "请补材料的信 / a letter that asks for a drawing", "founder", "/letters/{letter:services.supplement}"),
    Scene("post", "怎么通知我 / how I am told", "founder", "/account/post"),
    Scene("wallet", "证照包 / the wallet", "founder", "/wallet"),
    Scene("licence", "一本证 / a licence", "founder", "/wallet/{licence}"),
    Scene("renew", "换证 / asking for the next edition", "holder", "/wallet/{held}/renew"),
    Scene("cancel", "注销一本证 / cancelling a licence", "founder", "/wallet/{licence}/cancel"),
    Scene("verify", "验一本证 / verifying", "", "/verify"),
    Scene("verify-valid", "验过是真的 / a valid licence", "", "/verify/{identifier}"),
    Scene("verify-unknown", "没有这本证 / an unknown licence", "", "/verify/1.2.156.3005.2.11100000000013338W901.410100.20260922AAAAAAAAAAAA.001.X", status=404),
    Scene("proof", "城市的账本 / the ledger", "", "/proof"),
    Scene("proof-fact", "账本里的一条 / a fact in the ledger", "", "/proof/{affair}/1"),
    # Citizens: about themselves.
    Scene("reads", "谁看过我的信息 / who read my data", "founder", "/reads"),
    Scene("ask", "问一问 / asking about a look", "founder", "/reads/{read}/ask"),
    Scene("account", "我的账号 / the account", "founder", "/account"),
    Scene("password", "换密码 / a new password", "founder", "/account/password"),
    Scene("mandates", "委托 / mandates", "founder", "/mandates"),
    Scene("mandate-new", "委托一个人 / giving a mandate", "founder", "/mandates/new/person"),
    Scene("sign-in", "登录 / signing in", "", "/sign-in"),
    Scene("sign-in-wrong", "密码不对 / a wrong password", "", "/sign-in", filled({"login": "nobody", "password": "wrong password"})),
    Scene("register", "开账号 / opening an account", "", "/register"),
    Scene("lost", "忘了密码 / a lost password", "", "/lost"),
    Scene("lost-code", "短信码 / the code by telephone", "", "/lost", filled({"name": "林晓梅", "number": "410199198806120023"})),
    Scene("fee", "要交的费 / a fee that is due", "buyer", "/payments/{payment}"),
    Scene("fee-receipt", "缴费收据 / the receipt of a fee", "payer", "/payments/{paid}/receipts/{receipt}"),
    Scene("bank", "模拟的银行 / the simulated bank", "sender", "/simulated-port/{reference}"),
    Scene("home-bought", "买二手房的进度 / buying a home", "buyer", "/affairs/{purchase}"),
    # The street.
    Scene("report", "报问题 / reporting a problem", "", "/report"),
    Scene("report-danger", "有人命关天的话 / words of danger", "", "/report", filled({"words": "井盖边上煤气味很重"})),
    Scene("report-same", "有人刚报过 / reported before", "", "/report", same),
    Scene("answers", "常见问题 / questions and answers", "", "/answers?q=停水"),
    Scene("look-up", "凭号码查 / looked up by number", "", "/reports?q={number}"),
    Scene("answer", "一条答案 / an answer", "", "/answers/water_cut"),
    Scene("follow", "跟着看 / following a report", "", "/follow/{token}"),
    Scene("figures", "街面管得怎么样 / how the street is doing", "", "/open/street"),
    Scene("open-map", "全城的街面地图 / the map of the street", "", "/open/map", map_there),
    Scene("follow-done", "办好了 / a report that was put right", "", "/follow/{token:done}"),
    # The public.
    Scene("map", "地图数据 / things on the map", "", "/features"),
    Scene("map-items", "地图上的问题 / problems on the map", "", "/features/collections/problems/items?f=html&limit=3"),
    Scene("map-feature", "地图上的一件 / one of them", "", "/features/collections/problems/items/{number}"),
    Scene("visit-time", "请求换个上门时间 / asking for another time of a visit", "founder", "/affairs/{affair}/cases/{case:fire_safety_inspection}/time"),
    Scene("visit-time-empty", "没写什么时候方便 / nothing was written", "founder", "/affairs/{affair}/cases/{case:fire_safety_inspection}/time", send),
    Scene("affair-posted", "已寄出 / posted", "sent", "/affairs/{affair:sent}"),
    Scene("part-posted", "寄出的一项 / a matter whose result was posted", "sent", "/affairs/{affair:sent}/cases/{case:sent}"),
    Scene("affair-returned", "退回来了 / a parcel that came back", "back", "/affairs/{affair:back}"),
    Scene("post-change", "换个地址 / another address", "back", "/affairs/{affair:back}/cases/{case:back}/post"),
    Scene("post-change-wrong", "地址没写全 / an address that is incomplete", "back", "/affairs/{affair:back}/cases/{case:back}/post", filled({"paper-way": "post", "paper-line": "路"})),
    Scene("board", "公示 / the public board", "", "/open/notices"),
    Scene("not-found", "没有这一页 / no such page", "", "/no-such-page", status=404),
    # Officers.
    Scene("desk", "待办 / the desk", "jueding", "/desk"),
    Scene("desk-find", "找一件事 / finding a case", "jueding", "/desk/find", filled({"q": "食品"})),
    Scene("desk-none", "没有要办的 / an empty desk", "xiaofang", "/desk"),
    Scene("desk-case", "一个办件 / a case", "jueding", _DESK),
    Scene("desk-late", "超期的办件 / a late case", "jueding", "/desk/cases/{case:late}"),
    Scene("desk-refuse", "写不予许可 / writing a refusal", "jueding", _DESK + "/decision/refuse"),
    Scene("desk-refuse-empty", "没有写全 / a refusal that is incomplete", "jueding", _DESK + "/decision/refuse", filled({"facts": NO_TRAP["facts"]})),
    Scene("desk-letter", "当事人会读到 / what the person will read", "jueding", _DESK + "/decision/refuse", filled(_NO_GREASE)),
    Scene("desk-grant-missing", "准予，可是缺材料 / a grant without a document", "jueding", "/desk/cases/{case:other}/decision/grant"),
    Scene("desk-grant", "准予 / a grant", "jueding", _DESK + "/decision/grant"),
    Scene("desk-supplement", "要求补材料 / asking for what is missing", "shouli", "/desk/cases/{case:fresh}/acceptance/supplement"),
    Scene("desk-hand-over", "转交 / handing over", "jueding", _DESK + "/work/decision/hand-over"),
    Scene("desk-hearing", "通知听证 / announcing a hearing", "tingzheng", "/desk/cases/{case:asked}/hearing_call/announce"),
    Scene("desk-hearing-empty", "听证没有写日子 / a hearing without a day", "tingzheng", "/desk/cases/{case:asked}/hearing_call/announce", filled({"meet_day": ""})),
    Scene("desk-explain", "为什么晚 / explaining a late day", "jueding", "/desk/cases/{case:late}/explain"),
    Scene("window", "综合窗口 / the window", "chuangkou", "/window"),
    Scene("window-guest", "接待一个人 / somebody at the window", "chuangkou", "{guest}"),
    Scene("window-intake", "窗口代填 / applying at the window", "chuangkou", "{guest}/items/seal_filing"),
    Scene("window-receipt", "窗口打的回执 / the window's receipt", "chuangkou", "{guest}/affairs/{at_window}/receipt"),
    Scene("window-affair", "窗口看一件事 / an affair at the window", "chuangkou", "{guest}/affairs/{at_window}"),
    Scene("window-wallet", "窗口看证照 / a wallet at the window", "chuangkou", "{guest}/wallet"),
    Scene("window-letters", "窗口看来信 / letters at the window", "chuangkou", "{guest}/letters"),
    Scene("desk-payments", "等着收的费 / fees at the till", "shoufei", "/desk/payments"),
    Scene("desk-payment", "收一笔费 / taking a fee", "shoufei", "/desk/payments/{payment}"),
    Scene("desk-receipt", "柜台打的收据 / a receipt at the till", "shoufei", "/desk/payments/{paid}/receipts/{receipt}"),
    Scene("desk-waive", "减免 / waiving a fee", "fenguan", "/desk/payments/{payment}/waive"),
    Scene("finance", "对账 / the books", "duizhang", "/finance"),
    Scene("desk-joint", "合起来的期限 / joint limits", "mayor", "/desk/joint"),
    Scene("desk-joint-one", "延长合起来的期限 / lengthening a joint limit", "mayor", "/desk/joint/{affair}"),
    Scene("desk-projects", "工程审批 / the projects of a city", "gonggai", "/desk/projects"),
    Scene("desk-project", "一个工程的驾驶舱 / the cockpit of a project", "gonggai", "/desk/projects/{project}"),
    Scene("desk-amendments", "事项修订 / amendments", "fabu", "/desk/amendments"),
    Scene("desk-composing", "编一件事 / composing a life event", "qicao", "/desk/amendments/events", composing),
    Scene("desk-composed", "看别人编的一件事 / a composed life event", "fabu", "/desk/amendments/{composed}"),
    Scene("desk-amending-items", "写哪一项 / which item to amend", "qicao", "/desk/amendments/items"),
    Scene("desk-amending", "写一项 / amending an item", "qicao", "/desk/amendments/items/food_business"),
    Scene("desk-amending-events", "改哪一件事 / which life event to amend", "qicao", "/desk/amendments/life-events"),
    Scene("desk-amending-event", "改一件事 / amending a life event", "qicao", "/desk/amendments/life-events/open_restaurant"),
    Scene("desk-event-amended", "看别人改的一件事 / a life event that was amended", "fabu", "/desk/amendments/{event_amended}"),
    Scene("desk-amending-questions", "改表上问的 / amending what a form asks", "qicao", "/desk/amendments/items/abnormal_list_removal", looked_at),
    Scene("desk-preparing-items", "备哪一项 / which item to prepare", "qicao", "/desk/amendments/listed"),
    Scene("desk-preparing", "备一个事项 / preparing an item", "qicao", f"/desk/amendments/listed/{OTHER_PREPARED}", preparing),
    Scene("desk-preparing-wrong", "没有写全 / a preparation that is incomplete", "qicao", f"/desk/amendments/listed/{OTHER_PREPARED}", handed_over),
    Scene("desk-prepared", "看别人备的事项 / an item that was prepared", "fabu", "/desk/amendments/{prepared}"),
    Scene("desk-amendment", "看别人写的修订 / an amendment to be published", "fabu", "/desk/amendments/{amendment}"),
    Scene("desk-pledged", "按承诺办的件 / a case on a pledge", "yancao3", "/desk/cases/{case:kept}"),
    Scene("desk-pledge-check", "去现场核查 / a check on the desk", "yancao1", "/desk/cases/{case:kept-check}"),
    Scene("desk-ratings", "差评回访 / bad ratings that wait", "huifang1", "/desk/ratings"),
    Scene("desk-rating", "回一个差评 / answering a bad rating", "huifang1", "/desk/ratings/{case:rater}"),
    Scene("desk-rating-right", "改正 / putting right what was upheld", "huifang2", "/desk/ratings/{case:righted}"),
    Scene("desk-rating-closed", "处理完的差评 / a bad rating that is closed", "huifang2", "/desk/ratings/{case:objector}", opened("details.fold > summary")),
    Scene("desk-post-room", "收发室 / the post room", "songda", "/desk/post"),
    Scene("desk-parcel", "寄一份结果 / posting a result", "songda", "/desk/post/{case:waits}"),
    Scene("desk-parcel-wrong", "单号不对 / a number that is none", "songda", "/desk/post/{case:waits}", filled({"choice": "2", "tracking": "12"})),
    Scene("desk-parcel-sent", "寄出去的 / a parcel under way", "songda", "/desk/post/{case:sent}"),
    Scene("desk-riddles", "没听懂的话 / what people search for in vain", "qicao", "/desk/riddles"),
    Scene("desk-renewals", "要换的证 / renewals", "keeper", "/desk/renewals"),
    Scene("desk-renewal", "换一本证 / giving the next edition", "keeper", "/desk/renewals/{renewal}"),
    Scene("street", "街面问题 / the street", "shoulitai", "/street"),
    Scene("street-map", "街面地图 / the officers' map", "shoulitai", "/street/map", map_there),
    Scene("hotline", "热线 / the hotline", "huawu", "/street/hotline", heard),
    Scene("hotline-taken", "记下了 / a call taken in", "huawu", "/street/hotline/{call}"),
    Scene("problem", "一件街面问题 / a problem on the street", "chuzhi", "/street/{problem}"),
    Scene("problem-release", "给不给大家看 / releasing a photograph", "shoulitai", "/street/{problem:photographed}/photos/{photo}/release"),
    Scene("problem-file", "立案 / filing", "shoulitai", "/street/{problem:new}/intake/file"),
    Scene("parts", "部件 / the register of parts", "shoulitai", "/street/parts?kind=01002"),
    Scene("part", "一个部件 / a part", "shoulitai", "/street/parts/{part}"),
    Scene("problem-send", "派遣 / dispatching", "shoulitai", "/street/{problem:filed}/dispatch/send"),
    Scene("problem-done", "处置好了 / put right", "chuzhi", "/street/{problem}/handle/done"),
    Scene("order", "四级响应令 / an order and who is missing", "zhiban", "/orders/{order}"),
    Scene("order-new", "发一道令 / a new order", "zhiban", "/orders/new/response"),
    Scene("orders", "督办与响应 / orders", "xianji", "/orders"),
    Scene("supervision", "督办 / supervision", "zhiban", "/street/supervision"),
    Scene("supervise", "督办一件事 / a supervision order", "zhiban", "/street/{problem}/supervise"),
    Scene("hooks", "事件推送 / programs that hear", "zhiban", "/street/hooks"),
    Scene("operate", "城市运行 / the city at work", "yunwei", "/operate"),
    Scene("operate-runbook", "怎么办 / how to mend it", "yunwei", "/operate/sealing-late"),
    Scene("patrol", "在街上 / the nearest tasks", "xunjie", "/street/patrol", stands_in("410103004")),
    Scene("patrol-task", "去看一件 / a look at a place", "xunjie", "/street/patrol/{problem:look}/look"),
    Scene("patrol-report", "报路上看到的 / found on the way", "xunjie", "/street/patrol/report"),
    Scene("absence", "我不在 / an absence", "jueding", "/absence"),
    Scene("officers", "工作人员 / officers", "admin", "/admin/officers"),
    Scene("officer", "一个工作人员 / an officer", "admin", "/admin/officers/{officer}"),
    Scene("officer-new", "新来的人 / a new officer", "admin", "/admin/officers/new?agency=market_supervision"),
    Scene("officer-duty", "给一项职责 / giving a duty", "admin", "/admin/officers/{officer}/duty"),
    Scene("proposal", "等另一个人定的事 / a proposal", "admin", "/admin/proposals/{proposal}"),
    Scene("set-up", "新工作人员第一次进来 / an officer comes for the first time", "", "/set-up"),
    Scene("questions", "市民问的 / questions of citizens", "admin", "/questions"),
    Scene("question", "一个问题 / a question", "admin", "/questions/{question}"),
    Scene("hall-window", "叫号 / calling numbers", "chuangkou", "/window/halls/city_hall?window=3"),
    Scene("hall-window-which", "几号窗口 / which window", "chuangkou", "/window/halls/city_hall"),
    Scene("hall-number", "替人取的号 / a number on paper", "chuangkou", "/window/halls/city_hall/numbers/9?window=3"),
    Scene("window-mandates", "窗口记委托 / a mandate at the window", "admin", "/window/mandates"),
    Scene("desk-licences", "查证照 / looking for a licence", "keeper", "/desk/licences"),
    Scene("desk-licence", "一本证，工作人员看 / a licence at the desk", "keeper", "/desk/licences/{licence}"),
    Scene("desk-suspend", "暂扣 / suspending a licence", "keeper", "/desk/licences/{licence}/suspend"),
)  # fmt: skip
