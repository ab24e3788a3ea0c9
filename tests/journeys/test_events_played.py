"""Life events as the pack declares them, on a phone and at desks: one form, every office, every licence and letter.

Nothing here says what is asked or how it is decided: the same scenes are played by the rehearsal, without a browser.
"""

from typing import Final

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import DESK, Open
from tests.journeys.test_food_permit import sign_in
from tests.journeys.test_restaurant import Founder, come_in, go_on, pack

from onecity.casework import PROCESS
from onecity.casework.walking import shortest
from onecity.drills.cities import RunningCity
from onecity.drills.rehearsing.scenes import Scene, scenes_of
from onecity.licences import LICENCE_TYPE
from onecity.services import ITEM, Item
from onecity.services.bundles import dependencies, in_order, materials_of
from onecity.services.declared import ResultKind

OFFICERS: Final = {
    "maternity_hospital": "weijian",
    "health_commission": "weijian",
    "public_security": "gongan",
    "medical_insurance": "yibao",
    "human_resources": "renshe",
    "tax_service": "shuiwu",
    "property_registration": "budongchan",
    "housing_fund": "gongjijin",
    "water_company": "gongyong",
    "power_company": "gongyong",
    "gas_company": "gongyong",
    "heating_company": "gongyong",
}
"""Who accepts and decides at an agency of the simulated city."""
PAPER: Final = b"%PDF-1.7 a paper of somebody simulated"
WORDS: Final = "演练：按程序办理"


class Applicant(Founder):
    """Whoever applies for an event on a phone, as a scene says."""

    def __init__(self, page: Page, scene: Scene) -> None:
        super().__init__(page)
        self.scene = scene
        self.items = {name: pack().all(ITEM)[name].value for name in scene.items}

    def apply(self) -> None:
        page = self.page
        page.goto(f"/life-events/{self.scene.name}/apply")
        while page.url.rpartition("/")[0].endswith("/apply"):
            # What a register knows is about another home, or another shop.
            other = page.get_by_role("button", name="这里不对，我来改")
            while other.count():
                other.first.click()
            self._answer_everything(self.scene.answers)
            before = page.url
            go_on(page)
            assert page.url != before, page.locator("main").inner_text()
        for name in materials_of(self.items):
            page.locator(f"#{name}").set_input_files({"name": "x", "mimeType": "application/pdf", "buffer": PAPER})
        if page.url.endswith("/materials"):
            go_on(page)
        page.get_by_role("button", name="交上去").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("收到了")
        page.get_by_role("link", name="看我的事").click()
        self.affair = page.url

    def case(self, name: str) -> str:
        """The case of an item."""
        return self.cases()[self.items[name].called.zh]

    def pays(self) -> None:
        """Every fee that is due, online."""
        page = self.page
        page.goto(self.affair)
        page.get_by_role("link", name="去缴费").click()
        page.get_by_role("button", name="缴 ").click()
        page.get_by_role("button", name="支付 ").click()
        expect(page.locator("main")).to_contain_text("您不用再缴")

    def has_everything(self) -> None:
        """The affair is over, each licence is in the wallet, and letters tell of what is no licence."""
        page, number = self.page, len(self.items)
        page.goto(self.affair)
        for item in self.items.values():
            row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=item.called.zh, exact=True))
            expect(row).to_contain_text(pack().all(PROCESS)[item.process].value.results["granted"].zh)
        page.goto("/affairs")
        expect(page.locator("article.affair").first).to_contain_text(f"{number} 项都办好了。")
        page.goto("/wallet")
        for item in self.items.values():
            if item.result.licence is not None:
                expect(page.locator("main")).to_contain_text(
                    pack().all(LICENCE_TYPE)[item.result.licence].value.name.zh
                )
        page.goto(f"/letters?affair={self.affair.rpartition('/')[2]}")
        for item in self.items.values():
            if item.result.kind is ResultKind.DOCUMENT:
                expect(page.locator("main")).to_contain_text(item.called.zh)


class Office:
    """The officers, each in a browser of their own."""

    def __init__(self, city: RunningCity, browse: Open) -> None:
        self._city = city
        self._browse = browse
        self._desks: dict[str, Page] = {}

    def decides(self, item: Item, case: str, move: str) -> None:
        """End a step of a case as the pack says, on the pages of the desk."""
        login, (step, _, outcome) = OFFICERS[item.agency], move.partition("/")
        if login not in self._desks:
            self._desks[login] = self._browse("/", size=DESK)
            come_in(self._desks[login], self._city, login)
        desk, chosen = self._desks[login], pack().all(PROCESS)[item.process].value.steps[step].outcomes[outcome]
        desk.goto(f"/desk/cases/{case}")
        desk.locator("main").get_by_role("link", name=chosen.name.zh, exact=True).click()
        for part in chosen.write.values():
            desk.get_by_label(part.ask.zh).fill(WORDS)
        if chosen.write:
            desk.get_by_role("button", name="看看当事人会读到什么").click()
        desk.get_by_role("button", name="确定", exact=True).click()
        expect(desk.get_by_role("button", name="确定", exact=True)).to_have_count(0)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One event shows that the way works; whoever records runs plays each that has no journey of its own."""
    more = ("second_hand_home",) if metafunc.config.getoption("--record-runs", default=False) else ()
    metafunc.parametrize("event", ("newborn", *more))


def test_an_event_is_applied_for_once_and_every_office_gives_what_it_promises(
    event: str, city: RunningCity, browse: Open, played: list[str]
) -> None:
    phone = browse("/")
    sign_in(phone, city)
    [scene] = scenes_of(event, pack())
    applicant, office = Applicant(phone, scene), Office(city, browse)
    applicant.apply()
    for name in in_order(dependencies(applicant.items)) or ():
        item, case = applicant.items[name], applicant.case(name)
        way = shortest(pack().all(PROCESS)[item.process].value) or ()
        for move in way:
            if item.fee is not None and move == way[-1]:
                applicant.pays()
            office.decides(item, case, move)
    applicant.has_everything()
    played += scene.items
