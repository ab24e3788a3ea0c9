"""What nobody can apply for online yet has a guide of its own, and the whole catalogue is open to everybody."""

import csv
import re
from datetime import timedelta
from html import unescape
from io import StringIO

from tests.http.towns import ZONE, Town

from onecity.kernel.clock import Limit, Run, due
from onecity.kernel.instants import day_in
from onecity.services import ITEM
from onecity.services.counting import tally
from onecity.services.life_events import LIFE_EVENT
from onecity.services.linked import read_linked


async def page(town: Town, path: str) -> str:
    answer = await town.nobody.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.text)


async def test_a_listed_item_says_whose_it_is_by_which_law_and_that_it_is_not_online(town: Town) -> None:
    said = await page(town, "/items/city_tree_felling_approval")
    assert "还不能网上申请" in said
    assert "园林局" in said
    assert "/items/city_tree_felling_approval/apply" not in said


async def test_the_days_of_a_listed_item_end_on_a_day_and_its_level_is_said_without_a_code(town: Town) -> None:
    said = await page(town, "/items/forest_right_registration")
    latest = due(town.city.counter.office.calendar, Run(day_in(ZONE, town.clock()), Limit(30))).day
    assert f'datetime="{latest.isoformat()}"' in said
    assert "法律给 30 个工作日，从受理第二天数起。" in said
    assert "有法律依据" in said
    assert "Q1" not in said


async def test_where_no_law_counts_days_a_listed_item_names_none(town: Town) -> None:
    said = await page(town, "/items/green_food_application")
    assert "查过的法律没有给这件事定期限" in said
    assert "big-date" not in said


async def test_of_two_limits_one_holds_and_the_other_is_shown_with_its_article(town: Town) -> None:
    with town.clock.later(timedelta(days=6 * 365)):
        said = await page(town, "/items/city_tree_felling_approval")
    first, last = said.index("15 天"), said.index("20 个工作日")
    assert first < last
    assert said.index("本省本市的条例") < said.index("不按这条")


async def test_an_older_local_law_that_names_more_days_is_called_a_conflict(town: Town) -> None:
    with town.clock.later(timedelta(days=6 * 365)):
        said = await page(town, "/items/legal_aid_application")
    assert said.index("7 天") < said.index("10 天")
    assert "条例该修改了" in said


async def test_what_was_drawn_from_a_line_has_a_guide_like_any_other_and_says_what_nobody_looked_up(town: Town) -> None:
    said = await page(town, "/items/courier_business_licence")
    assert "/items/courier_business_licence/apply" in said
    assert said.index("30 天") < said.index("45 天")
    assert "收费标准还没有查到" in said
    assert "不收费" not in said


async def test_an_event_within_one_department_says_so(town: Town) -> None:
    assert "都在一个部门办" in await page(town, "/life-events/register_new_taxpayer")
    assert "都在一个部门办" in await page(town, "/life-events/cancel_mortgage")
    several = await page(town, "/life-events/newborn")
    assert "都在一个部门办" not in several
    assert re.search("[2-9] 个部门", several)


async def test_an_event_of_offered_items_is_one_form_and_says_who_composed_it(town: Town) -> None:
    said = await page(town, "/life-events/open_supermarket")
    assert "/life-events/open_supermarket/apply" in said
    assert "由本项目按法律组合，还要部门确认" in said
    assert "由本项目按法律组合" not in await page(town, "/life-events/newborn")


async def test_many_items_are_listed_agency_by_agency_and_all_events_for_people_and_for_firms(town: Town) -> None:
    pack = town.city.counter.catalogue.pack
    said = await page(town, "/items")
    assert 'href="/items?agency=public_security"' in said
    assert 'href="/items/household_move_in"' not in said
    of_police = [name for name, one in pack.all(ITEM).items() if one.value.agency == "public_security"]
    shown = re.findall(r'href="/items/([a-z0-9_]+)"', await town.nobody.listed("/items?agency=public_security"))
    assert sorted(shown) == sorted(of_police)
    events = re.findall(r'href="/life-events/([a-z0-9_]+)"', await town.nobody.listed("/life-events"))
    assert sorted(events) == sorted(pack.all(LIFE_EVENT))


async def test_a_listed_life_event_takes_what_the_answers_switch_on(town: Town) -> None:
    before = await page(town, "/life-events/hire_employee")
    sure, maybe = before.split("勾了上面的情况才要办")
    assert "住房公积金账户" in maybe
    assert "住房公积金账户" not in sure
    after = await page(town, "/life-events/hire_employee?no_housing_fund_account=yes")
    assert "住房公积金账户" in after.split("勾了上面的情况才要办")[0]
    assert re.search(r'name="no_housing_fund_account" value="yes" checked', after)


async def test_a_listed_life_event_of_which_nothing_is_sure_counts_no_department(town: Town) -> None:
    assert " 个部门" not in await page(town, "/life-events/become_vet")
    assert "2 个部门" in await page(town, "/life-events/hire_employee")


async def test_a_long_list_of_papers_says_once_what_holds_for_most(town: Town) -> None:
    said = await page(town, "/life-events/open_food_factory")
    assert "要您准备的，一共 16 份" in said
    assert said.count("原件拍照或者扫描，字和章都要看得清") == 1
    assert "只有 4 份" in await page(town, "/life-events/newborn")


async def test_nothing_is_called_spared_where_one_form_asks_more_than_each_item_alone(town: Town) -> None:
    more = await page(town, "/life-events/enrol_migrant_child")
    assert "一项一项办，还是一次办" in more
    assert "省多少" not in more
    assert "一次办，省多少" in await page(town, "/life-events/newborn")


async def test_a_guide_says_when_there_is_nothing_to_bring_and_names_an_item_once(town: Town) -> None:
    said = await page(town, "/items/nonprofit_tax_exemption")
    assert "不用您准备材料。" in said
    assert "正式名称" not in said
    assert "正式名称：不动产抵押权登记" in await page(town, "/items/mortgage_registration")


async def test_what_is_found_in_a_search_leads_to_the_guide(town: Town) -> None:
    said = await page(town, "/search?q=开超市")
    assert 'href="/life-events/open_supermarket"' in said


async def test_each_figure_of_the_open_catalogue_leads_to_as_many_lines(town: Town) -> None:
    said = await page(town, "/open/catalogue")
    counted = tally(town.city.counter.catalogue.pack)
    for name, home, ids in (
        ("online", "items", counted.online), ("mobile", "items", counted.mobile),
        ("days_made_up", "items", counted.days_made_up), ("one_agency", "life-events", counted.one_agency),
    ):  # fmt: skip
        assert f'href="/open/catalogue?list={name}"' in said
        shown = re.findall(rf'href="/{home}/([a-z0-9_]+)"', await page(town, f"/open/catalogue?list={name}"))
        assert set(shown) <= set(ids)
        assert len(shown) == min(50, len(ids))
    assert re.search(r"Q1 有法律依据 [0-9]", said)


async def test_the_table_and_the_program_hold_the_same_lines(town: Town) -> None:
    text = (await town.nobody.get("/open/catalogue.csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    found = (await town.nobody.get("/api/open/catalogue?page=1")).json()
    assert [row["id"] for row in rows[:50]] == [line["id"] for line in found["lines"]]
    assert found["goes_on"]
    assert sum(found["items"].values()) == sum(row["what"] == "item" for row in rows)
    assert sum(found["events"].values()) == sum(row["what"] == "life_event" for row in rows)
    assert {row["level"] for row in rows} >= {"Q0", "Q1", "E2", "E3"}


async def test_the_catalogue_is_linked_data_that_comes_back_as_it_was(town: Town) -> None:
    answer = await town.nobody.get("/open/catalogue.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    items, events = read_linked(answer.json())
    pack = town.city.counter.catalogue.pack
    assert items == {name: one.value for name, one in pack.all(ITEM).items()}
    assert events.keys() == pack.all(LIFE_EVENT).keys()


async def test_what_is_neither_declared_nor_listed_is_refused(town: Town) -> None:
    assert (await town.nobody.get("/items/fly_to_the_moon")).status_code == 404
    assert (await town.nobody.get("/life-events/fly_to_the_moon")).status_code == 404
