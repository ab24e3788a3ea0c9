"""What licences, registers and the bank say, as an English reader sees it: in English where the city knows the words."""

from html import unescape
from typing import Final

from tests.http.test_laws import english
from tests.http.test_payments import owed
from tests.http.towns import Town

from onecity.drills.cities import ANSWERS

VALUES: Final = ANSWERS | {"premises_right": "租的", "staff_count": "12 人"}


async def test_a_licence_says_choices_and_units_in_the_language_of_its_reader(town: Town) -> None:
    who = await town.new_citizen()
    given = await town.issue(who, kind="business_licence", values=VALUES)
    for reader, path in ((who, f"/wallet/{given.licence}"), (town.keeper, f"/desk/licences/{given.licence}")):
        page = await english(reader, path)
        assert (">Rented<" in page, ">12 people<" in page) == (True, True), path
        assert not {"租的", "12 人"} & set(page.split("<")), path
        chinese = unescape((await reader.get(path)).text)
        assert ("<dd>租的</dd>" in chinese, "<dd>12 人</dd>" in chinese) == (True, True), path


async def test_what_a_person_typed_stays_as_it_is_and_is_read_as_chinese(town: Town) -> None:
    who = await town.new_citizen()
    given = await town.issue(who, kind="business_licence", values=VALUES)
    page = await english(who, f"/wallet/{given.licence}")
    assert f'<dd><span lang="zh-CN">{ANSWERS["shop_name"]}</span></dd>' in page
    assert f'<dd><span lang="zh-CN">{ANSWERS["premises_address"]}</span></dd>' in page
    assert '<p class="licence-holder"><span lang="zh-CN">林晓梅</span></p>' in page
    assert "<span lang=" not in (await who.get(f"/wallet/{given.licence}")).text


async def test_the_bank_names_payee_and_fee_in_the_language_of_whoever_pays(town: Town) -> None:
    fee = await owed(town)
    at = await fee.goes()
    page = await english(fee.purchase.buyer, at)
    [name] = await town.rows("select payee, payee_en, fee, fee_en from simulated_port where reference = $1", at.rpartition("/")[2])  # fmt: skip
    assert (name["payee_en"] in page, name["fee_en"] in page, name["payee"] in page) == (True, True, False)
    chinese = (await fee.purchase.buyer.get(at)).text
    assert (name["payee"] in chinese, name["fee"] in chinese) == (True, True)
    assert name["payee_en"].isascii()
    # A bill from before the book had English names.
    await town.rows("update simulated_port set payee_en = null where reference = $1 returning 1", at.rpartition("/")[2])
    assert name["payee"] in await english(fee.purchase.buyer, at)


async def test_the_source_of_a_row_is_named_in_one_language(alone: Town) -> None:
    page = await english(alone.citizen, "/life-events/open_restaurant/apply/questions")
    assert "recorded on" in page
    assert ("(simulated)" in page, "模拟数据" in page) == (True, False)
    assert "模拟数据 / simulated" in (await alone.citizen.get("/life-events/open_restaurant/apply/questions")).text
