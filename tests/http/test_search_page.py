"""The page of a search: the best first, and why something is there that has none of the words written."""

import re
from html import unescape

from tests.http.towns import Town

ENGLISH = {"accept-language": "en"}


async def page(town: Town, question: str) -> str:
    found = await town.nobody.ask("GET", "/search", params={"q": question})
    assert found.status_code == 200
    return found.text


async def test_what_was_read_otherwise_than_written_says_so(town: Town) -> None:
    text = await page(town, "yingye zhizhao")
    assert "“yingye zhizhao”按拼音是“营业执照”" in text
    assert "/items/individual_business_registration" in text


async def test_what_has_the_words_needs_no_reason(town: Town) -> None:
    text = await page(town, "刻公章")
    assert "/items/seal_filing" in text
    assert "按拼音" not in text
    assert "听起来" not in text


async def test_what_nobody_knows_and_marks_alone_find_nothing(town: Town) -> None:
    assert "没有找到" in await page(town, "紫色大象")
    assert "没有找到" in await page(town, "？！")


async def test_what_is_not_decided_here_says_who_does_and_leads_nowhere(town: Town) -> None:
    text = unescape(await page(town, "申请商标"))
    (row,) = re.findall(r'<li class="row[^"]*">(?:(?!</li>).)*商标注册.*?</li>', text, re.DOTALL)
    assert "这件事不在这里办，归国家知识产权局：在国家知识产权局商标局的网上系统申请" in row
    assert "href" not in row


async def test_what_is_not_decided_here_says_how_it_was_read(town: Town) -> None:
    text = await page(town, "shenqing shangbiao")
    assert "“shenqing shangbiao”按拼音是“申请商标”" in text
    assert "归国家知识产权局" in text


async def test_what_is_not_decided_here_has_no_page(town: Town) -> None:
    for path in ("/elsewhere/trademark_registration", "/items/trademark_registration"):
        assert (await town.nobody.get(path)).status_code == 404


async def test_what_people_say_of_the_street_leads_to_where_they_report_it(town: Town) -> None:
    assert "/life-events/report_problem" in await page(town, "路边座椅断了一条腿")


async def test_programs_get_the_same_hits_with_their_reasons(town: Town) -> None:
    found = (await town.nobody.get("/api/search?q=yingye zhizhao")).json()["hits"]
    assert found[0]["id"] == "individual_business_registration"
    assert (found[0]["kind"], found[0]["how"]) == ("item", "pinyin")
    assert found[0]["reason"] == "“yingye zhizhao”按拼音是“营业执照”，见“营业执照”"
    away = (await town.nobody.ask("GET", "/api/search", params={"q": "申请商标"}, headers=ENGLISH)).json()["hits"][0]
    assert (away["id"], away["kind"]) == ("trademark_registration", "elsewhere")
    assert away["told"].startswith("Not decided here, but by: ")


async def test_programs_that_ask_nothing_find_nothing_and_those_that_ask_otherwise_are_told(town: Town) -> None:
    for path in ("/api/search", "/api/search?q=", "/api/search?q=？！", "/api/search?q=紫色大象"):
        assert (await town.nobody.get(path)).json() == {"hits": []}
    refused = await town.nobody.get("/api/search?query=开饭店")
    assert refused.status_code == 422
    assert "query" in refused.text


async def test_what_shares_little_with_the_question_says_by_which_words_it_is_here(town: Town) -> None:
    text = unescape(await page(town, "我的车被拖走了"))
    assert re.search(r"因为“[^”]*[车拖][^”]*”", text)
    assert "因为“" not in unescape(await page(town, "刻公章"))
