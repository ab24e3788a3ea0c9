"""What may be counted of a search that understood nothing, and what never."""

import pytest

from onecity.kernel.search import Findable, Found, How, Idioms, Index
from onecity.services.riddles import asker, is_riddle
from onecity.services.riddles.rules import FITS, names_in, phrase_in

INDEX = Index([Findable("/a", (), ("食品经营许可",))], Idioms(fillers=["怎么办", "我想"]))


def counted(question: str) -> str:
    """What is counted of a question in a city that knows one item."""
    return phrase_in(question, INDEX.wanted(question))


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("露营地", "露营地"),
        ("我想，露营地怎么办？", "露营地"),
        ("二手房翻新", "二手房翻新"),
        ("Ｃamping  SITE!", "camping site"),
        ("一二三四五六七八九十", ""),
        ("十个字的话还可以留下", "十个字的话还可以留下"),
        ("十一个字的话就不再留下", ""),
        ("a" * 30, "a" * 30),
        ("a" * 31, ""),
        ("露", ""),
        ("？！", ""),
        ("", ""),
    ],
)
def test_a_short_phrase_is_counted_without_what_says_nothing(question: str, phrase: str) -> None:
    assert counted(question) == phrase


@pytest.mark.parametrize(
    "question",
    [
        "410199198806120029",
        "４１０１９９１９８８０６１２００２９",
        "٤١٠١٩٩",
        "13800001234 补卡",
        "花园路12号",
        "豫A8888B",
        "一三八零零零零一二三四",
        "王小明 1988年生",
        "li.lei@example.org",
        "我妈去世了，王小明欠她的三万块钱怎么要回来",
    ],
)
def test_numbers_addresses_and_stories_are_never_counted(question: str) -> None:
    assert counted(question) == ""


def test_a_phrase_is_looked_through_for_names() -> None:
    assert {"王小明", "欧阳小明"} <= set(names_in("欧阳小明王小明"))
    assert "Li Lei" in names_in("li lei")
    assert "李雷" in names_in("李雷")
    assert "高温" not in names_in("高温补贴"), "two signs inside a phrase are a word more often than a name"


@pytest.mark.parametrize(
    ("found", "riddle"),
    [
        ([], True),
        ([Found("/a", 0.9, "居住证", How.SPELLING), Found("/b", 0.8, "居住证", How.SOUND)], True),
        ([Found("/a", 0.7, "公积金", How.INITIALS)], True),
        ([Found("/a", FITS - 0.01, "宿舍")], True),
        ([Found("/a", FITS, "宿舍")], False),
        ([Found("/a", 0.9, "居住证", How.SPELLING), Found("/b", 0.5, "驾照", How.SYNONYM)], False),
        ([Found("/a", 0.5, "营业执照", How.PINYIN)], False),
    ],
)
def test_guesses_and_chance_are_not_understanding(found: list[Found], riddle: bool) -> None:
    assert is_riddle(found) is riddle


def test_whoever_changes_the_address_within_a_network_stays_one_asker() -> None:
    assert asker("10.1.2.3") == asker("10.1.2.200") == asker("::ffff:10.1.2.7")
    assert asker("10.1.2.3") != asker("10.1.3.3")
    assert asker("2001:db8:7::1") == asker("2001:db8:7:ffff::2")
    assert asker("testclient") == "testclient"
