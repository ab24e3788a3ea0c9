"""`onecity service search`: what somebody means by everyday words, and by which words it was found."""

import json
from collections.abc import Mapping, Sequence

import pytest
from click.testing import CliRunner
from tests.shipped import shipped, shipped_index

from onecity.bootstrap.content import sayings_of
from onecity.cli.exits import Exit
from onecity.cli.service import service
from onecity.kernel.search import Index
from onecity.packs import Pack
from onecity.services.everyday import Sayings


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.cli.service.loaded", lambda _folder: shipped())
    monkeypatch.setattr("onecity.cli.service.index_of", _indexed)


def _indexed(pack: Pack, sayings: Sayings) -> Index:
    assert pack is shipped()
    assert sayings == sayings_of(shipped())
    return shipped_index()


def found(*words: str) -> Sequence[Mapping[str, str]]:
    done = CliRunner().invoke(service, ["search", *words, "--json"])
    assert done.exit_code == 0, done.output
    rows: Sequence[Mapping[str, str]] = json.loads(done.stdout)
    return rows


@pytest.mark.parametrize(
    ("phrase", "first", "by"),
    [("开饭店", ("open_restaurant", "life_event"), "开饭店"), ("刻公章", ("seal_filing", "item"), "公章")],
)
def test_the_best_comes_first_and_says_by_which_words(phrase: str, first: tuple[str, str], by: str) -> None:
    best = found(phrase)[0]
    assert (best["id"], best["kind"]) == first
    assert best["name"] and by in best["reason"]


def test_what_is_not_decided_here_says_who_does() -> None:
    best = found("申请商标")[0]
    assert (best["id"], best["kind"], best["how"]) == ("trademark_registration", "elsewhere", "words")
    assert (best["name"], best["reason"]) == ("商标注册", "因为“申请商标”")
    assert best["told"].startswith("这件事不在这里办，归国家知识产权局：")
    assert "told" not in found("刻公章")[0]
    line = CliRunner().invoke(service, ["search", "申请商标"]).stdout.splitlines()[0]
    assert line.split() == ["trademark_registration", "商标注册", best["told"]]


def test_what_is_not_decided_here_can_be_looked_at() -> None:
    told = CliRunner().invoke(service, ["show", "商标注册"]).stdout
    assert "not decided here: 国家知识产权局" in told
    said = json.loads(CliRunner().invoke(service, ["show", "trademark_registration", "--json"]).stdout)
    assert said["who"]["zh"] == "国家知识产权局"


def test_what_people_say_of_the_street_leads_to_where_they_report_it() -> None:
    assert "report_problem" in [row["id"] for row in found("路边座椅断了一条腿")]


def test_whoever_means_nothing_here_is_told_so() -> None:
    assert found("紫色大象") == []
    told = CliRunner().invoke(service, ["search", "紫色大象"])
    assert (told.exit_code, told.stdout) == (0, "")
    assert "没有找到" in told.stderr


@pytest.mark.parametrize(
    ("phrase", "first", "how", "reason"),
    [
        ("房本过户", "second_hand_home", None, "房"),
        ("yingye zhizhao", "individual_business_registration", "pinyin", "“yingye zhizhao”按拼音是“营业执照”"),
        ("营业执召", "individual_business_registration", "sound", "听起来像“营业执照”"),
        ("restuarant", "open_restaurant", "spelling", "大概是“restaurant”"),
    ],
)
def test_the_reason_says_how_it_was_meant(phrase: str, first: str, how: str | None, reason: str) -> None:
    rows = found(phrase)
    assert first in [row["id"] for row in rows[:3]]
    assert reason in rows[0]["reason"]
    assert how in (None, rows[0]["how"])


@pytest.mark.parametrize("phrase", ["", "   ", "？！"])
def test_a_question_without_a_word_is_refused(phrase: str) -> None:
    told = CliRunner().invoke(service, ["search", phrase, "--json"])
    assert (told.exit_code, told.stdout) == (Exit.USAGE, "[]\n")
    assert "写下要找的东西" in told.stderr


def test_people_read_a_line_for_each() -> None:
    told = CliRunner().invoke(service, ["search", "上户口"])
    assert told.stdout.splitlines()[0].startswith("newborn ")


@pytest.mark.parametrize("said", ["food_business", "食品经营许可"])
def test_an_item_is_shown_by_its_id_and_by_its_chinese_name(said: str) -> None:
    told = CliRunner().invoke(service, ["show", said])
    assert (told.exit_code, told.stdout.splitlines()[0]) == (0, "食品经营许可 / Food business permit")
