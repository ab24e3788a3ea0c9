"""Laws on pages and in answers: English readers are told the name that translations use, Chinese ones the title."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from tests.http.stages import WORDS, accepted, refused
from tests.http.test_payments import owed
from tests.http.towns import Caller, Town, open_town
from tests.screens.scenes import SCENES
from tests.screens.story import FOUNDED, play

from onecity.machinery.postgres import Cluster

LICENSING: Final = "Administrative Licensing Law (《行政许可法》), article 38"
_PLACE: Final = re.compile(r"第 ?[0-9一二三四五六七八九十百]+ ?条")
_TYPED: Final = re.compile(r"<textarea.*?</textarea>|<input[^>]*>", re.DOTALL)
"""What somebody types stays in its field as they typed it."""


async def english(who: Caller, path: str) -> str:
    """A page or an answer as an English reader sees it."""
    headers = {"cookie": f"session={who.token}; lang=en" if who.token else "lang=en"}
    if who.token and path.startswith("/api/"):
        headers |= {"authorization": f"Bearer {who.token}"}
    answer = await who.ask("GET", path, headers=headers)
    assert answer.status_code in (200, 404), path
    return unescape(answer.text)


async def read(who: Caller, path: str) -> str:
    """What stands on such a page, whatever is marked as Chinese."""
    return unmarked(await english(who, path))


def unmarked(page: str) -> str:
    """A page without the marks of what is Chinese on it."""
    return re.sub(r'<span lang="zh-CN">(.*?)</span>', r"\1", page)


async def letter_of(town: Town, who: Caller, kind: str) -> str:
    """The address of a letter that somebody got."""
    rows = await town.rows("select letter from letters where person = $1 and kind = $2", await town.person(who), kind)
    return f"/letters/{rows[0]['letter']}"


async def test_a_letter_names_its_law_and_the_rule_that_the_officer_wrote(town: Town) -> None:
    who = await town.new_citizen()
    await refused(town, who)
    path = await letter_of(town, who, "services.refused")
    said = await read(who, path)
    assert LICENSING in said
    assert "Food Safety Law (《食品安全法》), article 33" in said
    assert not _PLACE.search(said)
    chinese = (await who.get(path)).text
    assert "《行政许可法》第 38 条" in chinese
    assert WORDS["rule"] in chinese
    assert "Law (" not in chinese


async def test_the_timelines_of_a_case_name_laws_for_the_applicant_and_at_the_desk(town: Town) -> None:
    who = await town.new_citizen()
    thread = await refused(town, who)
    for reader, path in (
        (who, f"/affairs/{thread.affair}/cases/{thread.case}"),
        (town.decide, f"/desk/cases/{thread.case}"),
    ):
        said = await read(reader, path)
        assert LICENSING in said, path
        assert "article 33" in said, path
        assert not _PLACE.search(said), path


async def test_a_decision_is_shown_to_the_officer_as_the_person_will_read_it(town: Town) -> None:
    thread = await accepted(town, await town.new_citizen())
    path = f"/desk/cases/{thread.case}/decision/refuse"
    sent = {
        **{f"words-{part}": text for part, text in WORDS.items()},
        **WORDS,
        "csrf": town.decide.csrf,
        "key": str(uuid4()),
    }
    headers = {"cookie": f"session={town.decide.token}; lang=en"}
    answer = await town.decide.ask("POST", path, data=sent, headers=headers)
    assert "Food Safety Law (《食品安全法》), article 33" in unmarked(unescape(_TYPED.sub("", answer.text)))


async def test_guides_and_the_interface_name_the_laws_of_an_item(town: Town) -> None:
    said = await read(town.nobody, "/items/food_business")
    assert "Food Safety Law (《食品安全法》), article 35" in said
    assert not _PLACE.search(said)
    guide = await read(town.nobody, "/api/items/food_business")
    assert "Food Safety Law (《食品安全法》), article 35" in guide
    assert "《食品安全法》第 35 条" in (await town.nobody.get("/api/items/food_business")).text


async def test_a_fee_names_its_rule_to_people_and_programs(town: Town) -> None:
    fee = await owed(town)
    rule = "Civil Code (《民法典》), article 223"
    for path in (f"/payments/{fee.payment}", f"/api/payments/{fee.payment}"):
        assert rule in await read(fee.purchase.buyer, path), path


async def test_what_the_city_holds_on_a_person_is_told_with_laws_in_their_language(town: Town) -> None:
    who = await town.new_citizen()
    await accepted(town, who)
    said = await read(who, "/api/account/export")
    assert "Personal Information Protection Law (《个人信息保护法》), article 13, paragraph 1, item 3" in said
    assert '"law":"《个人信息保护法》' in (await who.get("/api/account/export")).text


@pytest.fixture
async def played(cluster: Cluster, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """The town of the pictures, after everything in it has happened."""
    async with open_town(cluster, open_folder / uuid4().hex, f"town_{uuid4().hex}", at=FOUNDED) as town:
        monkeypatch.setattr("onecity.bootstrap.city.now", town.clock)
        yield await play(town)


@pytest.mark.slow
async def test_no_page_of_the_story_shows_an_english_reader_an_article_in_chinese(played: Any) -> None:
    found: dict[str, list[str]] = {}
    for scene in SCENES:
        who = played.people[scene.who] if scene.who else played.town.nobody
        said = _TYPED.sub("", await read(who, scene.address(played.names)))
        if places := _PLACE.findall(said):
            found[scene.id] = places
    assert found == {}
