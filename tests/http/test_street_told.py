"""What pages of the street tell whoever stands before them: where, whose, how soon, since when, and what is missing."""

import re
from html import unescape

from tests.http.street import CENTRE, CITY, PLACE, case_of, closed, crew, mended, report, sent
from tests.http.towns import Town

from onecity.kernel.acting import Held, Scope


async def test_whoever_may_open_a_case_is_told_where_it_is_to_the_metre(town: Town) -> None:
    team, told = await crew(town), await report(town, point=PLACE | {"within": 12})
    case, link = await sent(told, town, team), 'href="geo:34.746600,113.665100"'
    page = (await team.mender.get(f"/street/{case}")).text
    assert link in page and "误差约 12 米" in re.sub("<[^>]+>", "", page)
    assert "geo:" not in (await town.caller().get(told["follow"])).text
    bare = await report(town, point=None, area="410105001")
    assert "geo:" not in (await team.operator.get(f"/street/{await case_of(town, bare)}")).text
    seen = await report(town, point=PLACE)
    walked = await case_of(town, seen)
    await team.operator.post(f"/street/{walked}/intake/look_first", {})
    inspector = await town.sign_in(await town.new_officer(Held("governance.inspect", Scope(CENTRE, CITY))))
    assert link in (await inspector.get(f"/street/patrol/{walked}/look")).text


async def test_the_operator_sees_whose_it_is_and_how_soon_and_likely_kinds_first(town: Town) -> None:
    team, told = await crew(town), await report(town, words="路面塌了一个大洞", matter="")
    case = await case_of(town, told)
    page = unescape((await team.operator.get(f"/street/{case}/intake/file")).text)
    assert offered(page, "condition") == ["机器猜"]
    assert offered(page, "kind") == ["其他（本市）"], "only matters of the city's own hold in the year of this town"
    first = re.search(r"<option value=\"[a-z_0-9]+\">(.+)</option>", page)
    assert first and re.fullmatch("路面塌陷 · .+ → 城市管理局，[0-9]+ (个工作)?(小时|日)", first[1]), first
    unchosen = await team.operator.post(f"/street/{case}/intake/file", {"condition": ""})
    assert unchosen.status_code == 422 and "请先选一个立案条件" in unchosen.text


async def test_the_operator_files_it_as_another_kind_than_was_reported(town: Town) -> None:
    team, told = await crew(town), await report(town, words="积水没过了小腿")
    case = await case_of(town, told)
    form = f"/street/{case}/intake/file"
    other = re.search(r'<option value="([a-z_:0-9]+)">道路积水</option>', (await team.operator.get(form)).text)
    assert other is not None
    page = unescape((await team.operator.get(f"{form}?kind={other[1]}")).text)
    assert offered(page, "condition")[0] == "道路积水", "its conditions come first"
    assert offered((await team.operator.get(f"{form}?kind=none-such")).text, "condition")[0] != "道路积水"
    condition = re.search(r'<option value="([a-z_0-9]+)">道路积水', page.partition('id="condition"')[2])
    assert condition is not None
    assert (await team.operator.post(form, {"condition": condition[1]})).status_code == 303
    assert "<h1>道路积水" in re.sub(r"<h1[^>]*>\s*", "<h1>", (await team.operator.get(f"/street/{case}")).text)


def offered(page: str, field: str) -> list[str]:
    """The groups of a closed list."""
    return re.findall(r'<optgroup label="([^"]+)"', page.partition(f'id="{field}"')[2].partition("</select>")[0])


async def test_a_case_that_nobody_was_sent_to_shows_its_number_and_since_when_it_waits(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await case_of(town, told)
    row = (await team.operator.listed("/street")).partition(f'href="/street/{case}"')
    assert told["number"] in row[2].partition("</li>")[0]
    assert re.search("[0-9]{2}:[0-9]{2} 起等", row[0].rpartition("<li")[2])
    page = (await team.operator.get(f"/street/{case}")).text
    foot = page.partition('class="desk-foot"')[2]
    assert foot.count("<a ") == 1 and "作废" in page and "tag-late" not in page


async def test_the_unit_that_did_it_is_told_why_it_does_not_verify(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await mended(case, team)
    for who in (team.mender, team.mate):
        assert "谁办的谁不核实" in (await who.get(f"/street/{case}")).text
    assert "谁办的谁不核实" not in (await team.operator.get(f"/street/{case}")).text


async def test_whoever_rates_is_thanked_and_whoever_reopens_without_a_word_hears_what_is_missing(town: Town) -> None:
    team, told = await crew(town), await report(town)
    case = await sent(told, town, team)
    await closed(case, town, team)
    citizen, link = town.caller(), told["follow"]
    empty = await citizen.post(f"{link}/reopen", {"words": " "})
    assert empty.status_code == 422 and "请写一句现在是什么样" in empty.text and "当事人" not in empty.text
    assert (await citizen.post(f"{link}/rate", {"rating": "4", "rating_words": "快"})).status_code == 303
    assert "谢谢" in (await citizen.get(link)).text
    rated = await town.city.memory.ledger.history(case)
    assert any(getattr(one.fact, "words", None) == "快" for one in rated), "what they wrote was lost"


async def test_words_of_danger_say_that_nothing_was_sent_and_ask_for_no_photograph_that_was_not_chosen(
    town: Town,
) -> None:
    sent_on = {"words": "这里煤气味很重", "matter": "", "area": "410105001"}
    page = await town.caller().post("/report", sent_on)
    assert "还没有报上去" in page.text and "照片要再选一次" not in page.text
    files = {"photo": ("x.jpg", b"any", "image/jpeg")}
    again = await town.caller().ask("POST", "/report", data=sent_on, files=files)
    assert "照片要再选一次" in again.text
