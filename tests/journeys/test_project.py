"""A firm begins a construction project on a phone without a script, applies for its first stage with one form, and the desk leads it."""

import re
from typing import Final
from uuid import uuid4

from playwright.sync_api import Page, expect
from tests.http.stages import PROJECT
from tests.journeys.conftest import DESK, Open
from tests.journeys.test_food_permit import sign_in
from tests.shipped import good_answer, shipped

from onecity.bootstrap.moment import now
from onecity.drills.cities import RunningCity
from onecity.services import FIELD
from onecity.services.answers import FieldType

LAND: Final = "建设用地规划许可"


def code() -> str:
    """The code of a project that nobody has begun, as the platform gives it."""
    return f"{now().year}-410105-47-03-{uuid4().int % 1_000_000:06}"


def fill(page: Page) -> None:
    """Answer whatever a page of a form asks and nobody has answered."""
    for one in page.locator("main input.field-input").all():
        name = one.get_attribute("name") or ""
        if name in shipped().all(FIELD) and not one.input_value():
            one.fill(good_answer(name))
    groups = {one.get_attribute("name") or "" for one in page.locator("main input.choice-input").all()}
    for name in groups:
        assert shipped().all(FIELD)[name].value.type in (FieldType.CHOICE, FieldType.YES_NO)
        page.locator(f'input[name="{name}"][value="{good_answer(name)}"]').check()


def test_a_project_from_its_code_to_the_second_stage_and_the_desk_that_leads_it(
    city: RunningCity, browse: Open
) -> None:
    phone, typed = browse("/"), PROJECT | {"project_code": code(), "project_type": "d"}
    sign_in(phone, city)
    phone.goto("/projects/new")
    for name, text in typed.items():
        if name not in ("project_type", "project_street"):
            phone.locator(f'[name="{name}"]').fill(text)
    phone.locator('input[name="project_type"][value="d"]').check()
    phone.locator('select[name="project_street"]').select_option(typed["project_street"])
    phone.get_by_role("button", name="下一步：看要办哪些").click()
    phone.get_by_role("button", name="登记，看哪天办好").click()
    expect(phone.locator("main")).to_contain_text("登记那天答应：30 个工作日")
    project = phone.url
    apply_for(phone, "一张表，3 项一起报")

    desk = browse("/", size=DESK)
    sign_in(desk, city, "zonghe")
    desk.goto("/desk")
    grant(desk, phone, project)
    phone.goto(project)
    expect(phone.locator("main")).to_contain_text("填这个阶段的表")

    leader = browse("/", size=DESK)
    sign_in(leader, city, "gonggai")
    leader.goto("/desk/projects")
    leader.get_by_role("link", name=re.compile(typed["project_code"])).click()
    expect(leader.locator("main")).to_contain_text("10 项手续")
    expect(leader.locator("main")).to_contain_text("办好 2 项")


def apply_for(phone: Page, button: str) -> None:
    """Fill in the one form of a stage and hand it in."""
    phone.get_by_role("button", name=button).click()
    for _ in range(8):
        if "/apply/" in phone.url:
            fill(phone)
            phone.locator('.foot-bar button[value="next"]').click()
    phone.get_by_role("button", name="下一步：看一遍").click()
    phone.get_by_role("button", name="交上去").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("收到了")


def grant(desk: Page, phone: Page, project: str) -> None:
    """The filing is filed, the land permit accepted and granted, by whoever may do so in every department."""
    phone.goto(project)
    phone.get_by_role("link", name="打开").first.click()
    expect(phone.locator("main")).to_contain_text(LAND)
    expect(phone).to_have_url(re.compile("/affairs/"))
    hrefs = {one.inner_text(): one.get_attribute("href") or "" for one in phone.locator("main .row-title a").all()}
    for name, ways in (("企业投资项目备案", ("filing/file",)), (LAND, ("acceptance/accept", "decision/grant"))):
        case = hrefs[name].rpartition("/")[2]
        for way in ways:
            desk.goto(f"/desk/cases/{case}/{way}")
            desk.get_by_role("button", name="确定", exact=True).click()
            expect(desk).to_have_url(re.compile(r"/desk(/cases/[^/]+)?$"))
