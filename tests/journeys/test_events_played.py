"""Life events as the pack declares them, on a phone and at desks: one form, every office, every licence and letter.

Nothing here says what is asked or how it is decided: the same scenes are played by the rehearsal, without a browser.
"""

from collections.abc import Sequence
from random import Random
from typing import Any, Final, TypeAlias

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import DESK, Open
from tests.journeys.test_restaurant import Founder, come_in, go_on, pack, with_papers

from onecity.bootstrap.moment import now
from onecity.casework import PROCESS, Process
from onecity.casework.walking import shortest
from onecity.drills.cities import RunningCity
from onecity.drills.rehearsing.scenes import Scene, on_the_day, scenes_of
from onecity.kernel.instants import day_in
from onecity.licences import LICENCE_TYPE
from onecity.places import CITY
from onecity.services import ITEM, Item
from onecity.services.answers import Field, FieldType
from onecity.services.bundles import dependencies, in_order, materials_of
from onecity.services.declared import ResultKind
from onecity.services.forms import MATERIAL
from onecity.services.life_events import LIFE_EVENT
from onecity.services.runs import events_played

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
ANY_OFFICE: Final = "zonghe"
"""Who does so wherever nobody else is named."""
INSPECTS, INSPECTOR = "services.inspect", "hecha1"
PLAYED_IN_PART: Final = 44
"""So many events are played with one item refused by whoever records runs, those that were not played yet."""
REFUSALS: Final = ("refused", "declined")
"""How an item may end for somebody who does not get it: where nobody may refuse, it is declined."""
PAPER: Final = b"%PDF-1.7 a paper of somebody simulated"
IN_THE_WALLET: Final = "在您的证照包里"
"""What the page says of a material that a licence of the applicant shows already."""
WORDS: Final = "演练：按程序办理"


SignedIn: TypeAlias = dict[str | None, Sequence[Any]]
"""The cookies of who came in before, by login: whoever plays forty events does not sign in forty times an hour."""


@pytest.fixture(scope="session")
def signed_in() -> SignedIn:
    return {}


def comes_in(page: Page, city: RunningCity, login: str | None, signed_in: SignedIn) -> None:
    """Sign in, or go on where another event has left off."""
    if login in signed_in:
        page.context.add_cookies(signed_in[login])
        return
    come_in(page, city, login)
    signed_in[login] = page.context.cookies()


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
        with_papers(page)
        if needed := materials_of(self.items):
            self._bring(needed)
            go_on(page)
        page.get_by_role("button", name="交上去").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("收到了")
        page.get_by_role("link", name="看我的事").click()
        self.affair = page.url

    def _bring(self, needed: Sequence[str]) -> None:
        """A file for each material but those that a licence in the wallet shows: an event that was played before may
        have put it there, and then the page says so and takes no file.
        """
        cards = self.page.locator("main li.material")
        expect(cards).to_have_count(len(needed))
        for name in needed:
            file = self.page.locator(f"#{name}")
            if file.count():
                file.set_input_files({"name": "x", "mimeType": "application/pdf", "buffer": PAPER})
                continue
            called = pack().all(MATERIAL)[name].value.name.zh
            card = cards.filter(has=self.page.get_by_text(called, exact=True))
            expect(card).to_contain_text(IN_THE_WALLET)

    def _answer(self, name: str, field: Field, value: str) -> None:
        """By its name: where many items ask, one question may begin like another."""
        asked = self.page.locator(f'main form [name="{name}"]')
        match field.type:
            case FieldType.YES_NO | FieldType.CHOICE:
                self.page.locator(f'main form [name="{name}"][value="{value}"]').check()
            case FieldType.STREET:
                asked.select_option(value)
            case _:
                asked.fill(value)

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

    def is_told(self, name: str, result: str) -> None:
        """The result of an item stands beside it on the page of the affair, in the words of its process."""
        item = self.items[name]
        self.page.goto(self.affair)
        row = self.page.get_by_role("listitem").filter(
            has=self.page.get_by_role("link", name=item.called.zh, exact=True)
        )
        expect(row).to_contain_text(pack().all(PROCESS)[item.process].value.results[result].zh)

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

    def __init__(self, city: RunningCity, browse: Open, signed_in: SignedIn) -> None:
        self._city = city
        self._browse = browse
        self._signed_in = signed_in
        self._desks: dict[str, Page] = {}

    def decides(self, item: Item, case: str, move: str) -> None:
        """End a step of a case as the pack says, on the pages of the desk."""
        step, _, outcome = move.partition("/")
        declared = pack().all(PROCESS)[item.process].value.steps[step]
        chosen = declared.outcomes[outcome]
        login = INSPECTOR if declared.duty_of(chosen) == INSPECTS else OFFICERS.get(item.agency, ANY_OFFICE)
        if login not in self._desks:
            self._desks[login] = self._browse("/", size=DESK)
            comes_in(self._desks[login], self._city, login, self._signed_in)
        desk = self._desks[login]
        desk.goto(f"/desk/cases/{case}")
        desk.locator("main").get_by_role("link", name=chosen.name.zh, exact=True).click()
        for part in chosen.write.values():
            desk.get_by_label(part.ask.zh).fill(WORDS)
        if chosen.write:
            desk.get_by_role("button", name="看看当事人会读到什么").click()
        desk.get_by_role("button", name="确定", exact=True).click()
        expect(desk.get_by_role("button", name="确定", exact=True)).to_have_count(0)


def in_part() -> list[str]:
    """The events that nobody wrote out and that can be granted in part, the smaller ones first."""
    events = {name: one.value for name, one in pack().all(LIFE_EVENT).items() if one.value.composed}
    able = [name for name, event in events.items() if any(way_out(pack().all(ITEM)[one].value) for one in event.named)]
    return sorted(able, key=lambda name: (len(events[name].parts), name))


def to_be_recorded() -> list[str]:
    """The events that are still to be played, so that there are enough."""
    played = events_played(pack())
    return [name for name in in_part() if name not in played][: max(0, PLAYED_IN_PART - len(played))]


def to_be_replayed(number: int, seed: str) -> list[str]:
    """So many of the events that the pack says were played, drawn by a word; fewer are no proof."""
    recorded = sorted(set(in_part()) & events_played(pack()))
    assert len(recorded) >= number, f"only {len(recorded)} are recorded"
    return Random(seed).sample(recorded, number)


def way_out(item: Item) -> tuple[str, ...]:
    """The moves to a refusal of an item; none where its process knows none."""
    process = pack().all(PROCESS)[item.process].value
    ways = (shortest(process, (end,)) for end in REFUSALS)
    return next((way for way in ways if way), ())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One event shows that the way works; whoever records runs plays each that has no journey of its own, and whoever
    doubts the records plays some of them again.
    """
    records = metafunc.config.getoption("--record-runs", default=False)
    if "refused_in" in metafunc.fixturenames:
        number, seed = (metafunc.config.getoption(name) for name in ("--replay-events", "--replay-seed"))
        again = to_be_replayed(number, seed) if number else []
        metafunc.parametrize("refused_in", again or (to_be_recorded() if records else in_part()[:1]))
    elif "event" in metafunc.fixturenames:
        metafunc.parametrize("event", ("newborn", "second_hand_home") if records else ("newborn",))


def test_an_event_is_applied_for_once_and_every_office_gives_what_it_promises(
    event: str, city: RunningCity, browse: Open, signed_in: SignedIn, played: list[str]
) -> None:
    phone = browse("/")
    comes_in(phone, city, None, signed_in)
    [scene] = scenes_of(event, pack())
    applicant, office = Applicant(phone, scene), Office(city, browse, signed_in)
    applicant.apply()
    for name in in_order(dependencies(applicant.items)) or ():
        decided(applicant, office, name)
    applicant.has_everything()
    played += scene.items


def test_an_event_is_granted_but_for_the_one_item_that_is_refused(
    refused_in: str, city: RunningCity, browse: Open, signed_in: SignedIn, played: list[str],
    granted_in_part: list[tuple[str, str]],
) -> None:  # fmt: skip
    phone = browse("/")
    comes_in(phone, city, None, signed_in)
    scene = on_the_day(scenes_of(refused_in, pack())[0], pack(), day_in(pack().one(CITY).clock_zone(), now()))
    assert set(scene.items) == set(pack().all(LIFE_EVENT)[refused_in].value.named)
    applicant, office = Applicant(phone, scene), Office(city, browse, signed_in)
    applicant.apply()
    waits = dependencies(applicant.items)
    awaited = {other for those in waits.values() for other in those}
    refused = next(name for name, item in applicant.items.items() if name not in awaited and way_out(item))
    results = {refused: refuses(applicant, office, refused)}
    others = [name for name in in_order(waits) or () if name != refused]
    for name in others:
        results[name] = decided(applicant, office, name)
    for name, result in results.items():
        applicant.is_told(name, result)
    played += others
    granted_in_part.append((refused_in, refused))


def decided(applicant: Applicant, office: Office, name: str) -> str:
    """Take an item to its success, fees and all; the result."""
    item, case = applicant.items[name], applicant.case(name)
    process = pack().all(PROCESS)[item.process].value
    way = shortest(process) or ()
    for move in way:
        if item.fee is not None and move == way[-1]:
            applicant.pays()
        office.decides(item, case, move)
    return ended_by(process, way)


def refuses(applicant: Applicant, office: Office, name: str) -> str:
    """Take an item to a refusal, or to its being declined where nobody may refuse; the result."""
    item, case = applicant.items[name], applicant.case(name)
    way = way_out(item)
    for move in way:
        office.decides(item, case, move)
    return ended_by(pack().all(PROCESS)[item.process].value, way)


def ended_by(process: Process, way: Sequence[str]) -> str:
    step, _, outcome = way[-1].partition("/")
    return process.steps[step].outcomes[outcome].ends or ""
