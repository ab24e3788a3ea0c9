"""A founder opens a restaurant on a phone; four departments work at it at once, each at desks of its own.

The deeds are those of `tests.http.restaurant`, which every other door plays as well; here they are clicks.
"""

import re
import time
from collections.abc import Mapping
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect
from tests.http.restaurant import (
    ALONG_THE_WAY,
    ANSWERS,
    CALLED,
    EVENT,
    FILES,
    FIRE,
    LICENCES,
    NO_TRAP,
    Brings,
    Decides,
    Passes,
    Rates,
    Sees,
    TriesAgain,
)
from tests.journeys.conftest import DESK, Open
from tests.journeys.test_food_permit import sign_in
from tests.shipped import shipped

from onecity.casework import PROCESS, Outcome
from onecity.drills.cities import RunningCity
from onecity.packs import Pack
from onecity.services import ITEM
from onecity.services.answers import Field, FieldType
from onecity.services.checking import FIELD

STEP_S: Final = 30
"""So long is a code of the second factor good, once."""
PATIENCE_S: Final = 150
"""The list of licences is renewed each minute."""
SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "waiting": ("等受理",),
    "running": ("正在办",),
    "held": ("等前一项",),
    "yours": ("等您",),
    "stopped": ("停钟",),
    "refused": ("不予许可",),
    "granted": ("准予", "登记了", "已备案"),
}
"""How the page says a state; a result in the words of its process."""


@cache
def pack() -> Pack:
    return shipped()


def outcome_of(deed: Decides) -> Outcome:
    process = pack().all(PROCESS)[pack().all(ITEM)[deed.item].value.process].value
    return process.steps[deed.step].outcomes[deed.outcome]


def question(name: str) -> Field:
    return pack().all(FIELD)[name].value


def go_on(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^下一步")).click()


def with_papers(page: Page) -> None:
    """Where a matter could be decided on a pledge, bring the papers instead."""
    if page.url.endswith("/pledge"):
        for choice in page.locator('main form input[value="papers"]').all():
            choice.check()
        go_on(page)


class Founder:
    """The founder on their phone; every answer is clicked or typed where the page asks for it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.affair = ""

    def apply(self) -> None:
        page = self.page
        # By its address: whoever applied before has a card of the same name above it.
        page.locator(f'a[href="/life-events/{EVENT}"]').locator("visible=true").first.click()
        page.locator(f'a[href="/life-events/{EVENT}/apply"]').locator("visible=true").first.click()
        steps: list[tuple[str, str]] = []
        while page.url.rpartition("/")[0].endswith("/apply"):
            steps += re.findall(r"第 (\d+) 步(?:，共 (\d+) 步)?", page.locator(".step-line").inner_text())
            # What the register knows is about another shop.
            other = page.get_by_role("button", name="这里不对，我来改")
            if other.count():
                other.click()
            self._answer_everything(ANSWERS)
            go_on(page)
        with_papers(page)
        for name, content in FILES.items():
            page.locator(f"#{name}").set_input_files({"name": "x", "mimeType": "application/pdf", "buffer": content})
        go_on(page)
        assert [step for step, _ in steps] == [str(number) for number in range(1, len(steps) + 1)]
        assert {of for _, of in steps[1:]} == {str(len(steps) + 3)}
        main = page.locator("main")
        expect(main).to_contain_text("排水示意图")
        for item in CALLED.values():
            expect(main).to_contain_text(item)
        page.get_by_role("button", name="交上去").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("收到了")
        page.get_by_role("link", name="看我的事").click()
        self.affair = page.url

    def _answer_everything(self, answers: Mapping[str, str]) -> None:
        names = self.page.locator("main form [name]").evaluate_all("all => all.map(one => one.name)")
        for name in dict.fromkeys(names):
            if name in answers:
                self._answer(name, question(name), answers[name])

    def _answer(self, name: str, field: Field, value: str) -> None:
        page, ask = self.page, field.ask.zh
        match field.type:
            case FieldType.YES_NO:
                words = "是" if value == "yes" else "否"
                page.get_by_role("group", name=ask).get_by_label(words, exact=True).check()
            case FieldType.CHOICE:
                words = next(one.say.zh for one in field.choices if one.value == value)
                page.get_by_role("group", name=ask).get_by_label(words, exact=True).check()
            case FieldType.STREET:
                page.get_by_label(ask).select_option(value)
            case _:
                page.get_by_label(ask).fill(value)

    def cases(self) -> dict[str, str]:
        """The newest case of each item, by what the item is called on the page."""
        self.page.goto(self.affair)
        rows = self.page.locator('main a[href*="/cases/"][href^="/affairs/"]:not([href$="/bring"])')
        return {row.inner_text(): (row.get_attribute("href") or "").rpartition("/")[2] for row in rows.all()}

    def open(self, item: str) -> Page:
        """The page of one of the items."""
        self.page.goto(self.affair)
        self.page.get_by_role("link", name=CALLED[item], exact=True).click()
        return self.page

    def sees(self, states: Mapping[str, str]) -> None:
        self.page.goto(self.affair)
        for item, state in states.items():
            row = self.page.get_by_role("listitem").filter(
                has=self.page.get_by_role("link", name=CALLED[item], exact=True)
            )
            expect(row).to_contain_text(re.compile("|".join(SAID[state])))

    def brings(self, deed: Brings) -> None:
        page = self.page
        page.goto(self.affair)
        expect(page.locator("main")).to_contain_text(f"轮到您：{CALLED[deed.item]}")
        page.get_by_role("link", name="现在补").click()
        send = page.get_by_role("button", name="补好了，交上去")
        send.click()
        expect(page.get_by_role("alert")).to_contain_text("还没有交")
        for name, content in deed.files.items():
            page.locator(f"#{name}").set_input_files({"name": "x", "mimeType": "application/pdf", "buffer": content})
        send.click()
        expect(page.locator("main")).not_to_contain_text("轮到您")

    def tries_again(self, deed: TriesAgain) -> None:
        page = self.open(deed.item)
        expect(page.locator("main")).to_contain_text("60 天内申请行政复议")
        for words in NO_TRAP.values():
            expect(page.locator("main")).to_contain_text(words)
        page.get_by_role("link", name="改好了再申请").click()
        for name, answer in deed.answers.items():
            self._answer(name, question(name), answer)
        page.get_by_role("button", name="再交一次").click()

    def rates(self, deed: Rates) -> None:
        page = self.open(deed.item)
        page.get_by_role("link", name="办得怎么样？说一句").click()
        page.get_by_role("button", name="交上去").click()
        expect(page.get_by_role("alert")).to_contain_text("请从五个里选一个")
        page.get_by_label("非常满意", exact=True).check()
        page.get_by_label("想说一句吗？").fill(deed.words)
        page.get_by_role("button", name="交上去").click()
        expect(page.locator("main")).to_contain_text("您说：非常满意")

    def sees_the_stop(self) -> None:
        """The clock stands still: until when it was, how many days, until when it is now."""
        page = self.open(FIRE)
        text = page.locator("main").inner_text()
        before, now = (re.search(rf"{word}\s*(\d+月\d+日)", text) for word in ("原来最晚", "现在最晚"))
        assert before, text
        assert now, text
        assert before[1] != now[1]

    def numbers(self) -> list[str]:
        """The identifiers of the licences in the wallet."""
        self.page.goto("/wallet")
        return re.findall(r"1\.2\.156\.3005\.2\.[0-9A-Z.]+", self.page.locator("main").inner_text())


class Desks:
    """Officers, each in a browser of their own, who stay as long as the journey lasts."""

    def __init__(self, city: RunningCity, browse: Open) -> None:
        self._city = city
        self._browse = browse
        self._pages: dict[str, Page] = {}

    def of(self, login: str) -> Page:
        if login not in self._pages:
            self._pages[login] = self._browse("/", size=DESK)
            come_in(self._pages[login], self._city, login)
        return self._pages[login]

    def decides(self, deed: Decides, case: str) -> None:
        page, outcome = self.of(deed.login), outcome_of(deed)
        page.goto("/desk")
        page.locator(f'a[href="/desk/cases/{case}"]').first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(CALLED[deed.item])
        page.locator("main").get_by_role("link", name=outcome.name.zh, exact=True).click()
        for name in deed.lacking:
            page.locator(f"#lack-{name}").check()
        if deed.days:
            page.locator("#days").fill(str(deed.days))
        for part, words in deed.words.items():
            page.get_by_label(outcome.write[part].ask.zh).fill(words)
        if deed.lacking or deed.days or deed.words:
            page.get_by_role("button", name="看看当事人会读到什么").click()
        page.get_by_role("button", name="确定", exact=True).click()
        expect(page.get_by_role("button", name="确定", exact=True)).to_have_count(0)


def come_in(page: Page, city: RunningCity, login: str | None) -> None:
    """Sign in; a code that somebody used before is refused, and the next one is good."""
    sign_in(page, city, login)
    if page.get_by_role("alert").count():
        time.sleep(STEP_S - time.time() % STEP_S + 1)
        sign_in(page, city, login)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_restaurant_from_the_first_question_to_the_verified_licences(
    city: RunningCity, browse: Open, played: list[str]
) -> None:
    phone = browse("/")
    sign_in(phone, city)
    founder, desks = Founder(phone), Desks(city, browse)
    founder.apply()
    for deed in ALONG_THE_WAY:
        match deed:
            case Decides():
                desks.decides(deed, founder.cases()[CALLED[deed.item]])
                if deed.outcome == "agreed":
                    founder.sees_the_stop()
            case Brings():
                founder.brings(deed)
            case TriesAgain():
                founder.tries_again(deed)
            case Rates():
                founder.rates(deed)
            case Sees(states=states):
                founder.sees(states)
            case Passes():
                pass  # The city's clock is the world's.
    phone.goto("/affairs")
    card = phone.locator("article.affair").filter(has=phone.locator(f'a[href="{urlsplit(founder.affair).path}"]')).first
    expect(card).to_contain_text("办完了")
    expect(card).to_contain_text("6 项都办好了。")
    phone.goto("/letters")
    phone.get_by_role("link", name="没有同意").first.click()
    for words in (*NO_TRAP.values(), "60 天内申请行政复议"):
        expect(phone.locator("article.letter")).to_contain_text(words)
    numbers = founder.numbers()
    assert len(set(numbers)) >= LICENCES
    stranger = browse("/verify")
    for number in numbers[:LICENCES]:
        verified(stranger, number)
    played += CALLED


def verified(page: Page, number: str) -> None:
    """Somebody who is not signed in types the identifier and is told that the licence is valid."""
    end = time.monotonic() + PATIENCE_S
    while True:
        page.goto("/verify")
        page.get_by_label("证照标识").fill(number)
        page.get_by_role("button", name="验一验").click()
        verdict = page.locator("main .tag").first.inner_text()
        if verdict == "有效":
            return
        assert verdict == "刚发出来", verdict
        expect(page.locator("main")).not_to_contain_text("名单一致")
        assert time.monotonic() < end, "the list of licences was not renewed"
        time.sleep(1)


MOST_KEYS: Final = 300
"""No page takes more strokes than this, the list of streets included."""
FOCUSED: Final = """(() => {
  const one = document.activeElement
  return [one.name || "", one.type || "", one.value || "", one.matches("a, button") ? one.innerText : ""]
})()"""


def focused(page: Page) -> tuple[str, str, str, str]:
    """Name, type, value and words of what has the focus."""
    name, kind, value, words = page.evaluate(FOCUSED)
    return name, kind, value, words.strip()


def press(page: Page, label: str) -> None:
    """Go on with Tab until something of these words has the focus, and press Enter."""
    for _ in range(MOST_KEYS):
        if focused(page)[3].startswith(label):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {label}")


def choose(page: Page, value: str) -> None:
    """Go down a group of choices, or a list, until the value is chosen."""
    if focused(page)[1] == "radio":
        page.keyboard.press("Space")
    for _ in range(MOST_KEYS):
        if focused(page)[2] == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no key leads to {value}")


def fill_in(page: Page, answers: Mapping[str, str]) -> None:
    """Answer everything on a page from its first field to its button, in the order in which Tab leads through it."""
    press(page, "跳到正文")
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        name, kind, _value, words = focused(page)
        if words.startswith("下一步"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        match kind:
            case "radio" | "select-one":
                choose(page, answers[name])
            case "checkbox":
                page.keyboard.press("Space")
            case "text":
                page.keyboard.type(answers[name])
            case _:
                pass
    raise AssertionError("no key leads on")


def test_a_form_is_filled_in_with_the_keyboard_alone(city: RunningCity, browse: Open) -> None:
    page = browse("/", scripts=True)
    sign_in(page, city)
    page.goto(f"/life-events/{EVENT}/apply/questions")
    small = {**ANSWERS, "premises_area": "40", "wants_sign": "no", "drains_to_sewer": "no", "wants_seal": "no"}
    while not page.url.endswith("/review"):
        fill_in(page, small)
    expect(page.locator("main")).to_contain_text("食品经营许可")
    expect(page.locator("main")).not_to_contain_text("排水许可")
    press(page, "交上去")
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了")
