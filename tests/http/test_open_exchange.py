"""The rows of the national exchange, open to everybody: each figure has its list, each refused row its faults."""

import csv
import re
from io import StringIO

from tests.http.test_laws import english
from tests.http.towns import Town

from onecity.services.exchange import exchange_of

HOME = "/open/catalogue/exchange"


async def page(town: Town, query: str = "") -> str:
    answer = await town.nobody.get(HOME + query)
    assert answer.status_code == 200
    return answer.text


def rows(said: str) -> list[str]:
    return re.findall(r'class="row-title"><a href="/items/([a-z0-9_]+)"', said)


async def test_the_figures_are_those_of_the_pack_in_force_and_lead_to_their_rows(town: Town) -> None:
    found = exchange_of(town.city.counter.catalogue.pack, town.clock().date())
    said = await page(town)
    for number in (len(found.ready), len(found.refused), len(found.ready) + len(found.refused)):
        assert f"<strong>{number}</strong>" in said
    assert rows(said) == [one.row.id for one in found.refused][:50]
    assert rows(await page(town, "?page=2")) == [one.row.id for one in found.refused][50:100]
    ready = await page(town, "?list=ready")
    assert rows(ready) == [row.id for row in found.ready][:50]
    assert 'href="/open/catalogue/exchange?fault=' not in ready


async def test_each_refused_row_tells_every_fault_and_leads_to_its_item(town: Town) -> None:
    said = await page(town)
    assert 'href="/items/address_plate_numbering"' in said
    assert "设定依据是空的。在 services/listed_items.csv 这一行里写上。" in said
    assert "办理形式、到办事现场次数、事项状态、计划生效日期是空的。" in said
    assert "Empty: Legal basis. Write it in the line of services/listed_items.csv." in await english(town.nobody, HOME)


async def test_a_reason_leads_to_as_many_rows_as_it_counts(town: Town) -> None:
    found = exchange_of(town.city.counter.catalogue.pack, town.clock().date())
    said = await page(town)
    for (rule, field), ids in found.counts.items():
        address = f"{HOME}?fault={rule}.{field}"
        assert re.search(rf'href="{re.escape(address)}"[^>]*>[^<]* {len(ids)}</a>', said)
    rule, field = list(found.counts)[-1]
    assert rows(await page(town, f"?fault={rule}.{field}")) == list(found.counts[(rule, field)])[:50]
    assert rows(await page(town, "?fault=nobody.knows")) == []


async def test_the_page_says_what_is_open_and_where_each_code_list_comes_from(town: Town) -> None:
    said = re.sub(r"<[^>]*>", "", await page(town))
    assert "基本编码、实施编码、机构代码由国家和省里给，这里一个都不编" in said
    assert "GB/T 39046-2020" in said
    assert "来自一般知识，真的报送前要核对" in said
    assert "实施主体代码" in said


async def test_the_table_holds_the_rows_that_are_ready(town: Town) -> None:
    answer = await town.nobody.get(f"{HOME}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    told = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    found = exchange_of(town.city.counter.catalogue.pack, town.clock().date())
    assert [row["本地标识"] for row in told] == [row.id for row in found.ready]
    assert {row["实施编码"] for row in told} == {""}
