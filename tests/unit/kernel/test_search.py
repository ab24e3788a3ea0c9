"""A search says what it found and why: the same words, others of one meaning, pinyin, sounds, a typing mistake."""

from collections.abc import Iterable, Sequence

import pytest

from onecity.kernel.search import Findable, Found, How, Idioms, Index

SPOKEN = {
    "公": ["gong"], "积": ["ji"], "金": ["jin"], "驾": ["jia"], "驶": ["shi"], "证": ["zheng"], "机": ["ji"], "银": ["yin"],
    "行": ["xing", "hang"], "贷": ["dai"], "款": ["kuan"], "换": ["huan"], "照": ["zhao"], "使": ["shi"], "营": ["ying"],
    "业": ["ye"], "执": ["zhi"], "西": ["xi"], "安": ["an"], "先": ["xian"],
}  # fmt: skip
IDIOMS = Idioms(
    [("驾驶证", "驾照", "驾驶执照"), ("孩子", "娃"), ("歌厅", "ktv")], ["我想", "怎么弄", "给", "办", "how", "to", "a"]
)
THINGS = [
    Findable("/fund", ("每月存的钱可以取出来",), ("住房公积金提取", "Housing fund withdrawal"), ("取公积金",)),
    Findable("/drive", ("满六年要换",), ("驾驶证换证", "Renewal of a driving licence"), ("本子到期",)),
    Findable("/child", ("出生一个月内报户口",), ("孩子上户口", "Household registration of a child"), ()),
    Findable("/loan", ("买房借钱",), ("银行贷款", "Bank loans"), ()),
    Findable("/shop", ("开店要先领执照",), ("营业执照", "Business licence"), ("办执照",)),
    Findable("/karaoke", ("",), ("歌厅开业", "Karaoke bar"), ()),
    Findable("/event", ("大型活动要报批",), ("举办活动", "Public events"), ()),
]


def spoken(signs: Sequence[str]) -> Sequence[Iterable[str]]:
    return [SPOKEN.get(sign, ()) for sign in signs]


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(THINGS, IDIOMS, spoken)


def first(index: Index, question: str) -> Found:
    found = index.find(question)
    assert found, question
    return found[0]


@pytest.mark.parametrize(
    ("question", "path", "how", "asked", "read"),
    [
        ("公积金", "/fund", How.WORDS, "", ""),
        ("公积金怎么弄", "/fund", How.WORDS, "", ""),
        ("换驾照", "/drive", How.SYNONYM, "驾照", "驾驶证"),
        ("驾驶执照", "/drive", How.SYNONYM, "驾驶执照", "驾驶证"),
        ("我想给娃上户口怎么弄", "/child", How.SYNONYM, "娃", "孩子"),
        ("KTV", "/karaoke", How.SYNONYM, "ktv", "歌厅"),
        ("gongjijin", "/fund", How.PINYIN, "gongjijin", "公积金"),
        ("gong ji jin", "/fund", How.PINYIN, "gong ji jin", "公积金"),
        ("yinhang", "/loan", How.PINYIN, "yinhang", "银行"),
        ("huanjiazhao", "/drive", How.PINYIN, "huanjiazhao", "换驾照"),
        ("gjj", "/fund", How.INITIALS, "gjj", "公积金"),
        ("公机金", "/fund", How.SOUND, "公机金", "公积金"),
        ("驾使证", "/drive", How.SOUND, "驾使证", "驾驶证"),
        ("上产口", "/child", How.SPELLING, "上产口", "上户口"),
        ("housing funds", "/fund", How.WORDS, "", ""),
        ("driving licenxe", "/drive", How.SPELLING, "licenxe", "licence"),
        ("drivign", "/drive", How.SPELLING, "drivign", "driving"),
        ("bank loan", "/loan", How.WORDS, "", ""),
        ("how to get a public event", "/event", How.WORDS, "", ""),
    ],
)
def test_each_hit_says_how_it_was_reached(
    index: Index, question: str, path: str, how: How, asked: str, read: str
) -> None:
    found = first(index, question)
    assert (found.path, found.how, found.asked, found.read) == (path, how, asked, read)
    assert found.by


@pytest.mark.parametrize("question", ["户", "娃", "金", "贷款"])
def test_one_or_two_signs_are_enough(index: Index, question: str) -> None:
    assert first(index, question).fit > 0


def test_who_says_all_of_it_is_told_exactly_that(index: Index) -> None:
    assert first(index, "取公积金").fit == first(index, "住房公积金提取").fit == 1.0
    assert first(index, "举办活动") == Found("/event", 1.0, "举办活动"), "half of a word is no filler"


def test_fillers_change_nothing(index: Index) -> None:
    assert first(index, "我想给娃上户口怎么弄").fit == first(index, "娃上户口").fit
    assert first(index, "how to get a bank loan").path == "/loan"


def test_what_only_fillers_say_is_looked_for_as_it_is(index: Index) -> None:
    assert index.find("怎么弄") == index.find("to") == []
    assert first(index, "办执照").path == "/shop"


def test_an_equal_phrase_comes_before_a_longer_one_that_holds_it() -> None:
    index = Index([Findable("/long", (), ("离婚证补办",), ("离婚证丢了",)), Findable("/short", (), ("离婚",))])
    assert [one.path for one in index.find("离婚")] == ["/short", "/long"]
    assert first(index, "离婚证丢了怎么补").path == "/long"


def test_a_name_counts_more_than_a_phrase_of_people_and_that_more_than_a_running_text() -> None:
    said = "小区门口停车收费"
    text, also, name = (
        Findable("/a", (said,), ("甲",)),
        Findable("/b", (), ("乙",), (said,)),
        Findable("/c", (), (said,)),
    )
    assert [one.path for one in Index([text, also, name]).find("门口停车")] == ["/c", "/b"]
    alone = first(Index([text, *THINGS]), "门口停车")
    assert (alone.path, alone.by) == ("/a", said)


def test_what_few_things_have_counts_more() -> None:
    things = [Findable(f"/{number}", (), (f"许可{number}办证",)) for number in range(9)]
    index = Index([*things, Findable("/dog", (), ("养犬登记",))])
    assert first(index, "养犬许可").path == "/dog"


def test_equal_ones_stand_in_the_order_in_which_they_were_given() -> None:
    index = Index([Findable(path, (), ("停车证",)) for path in ("/c", "/a", "/b")])
    assert [one.path for one in index.find("停车证")] == ["/c", "/a", "/b"]
    assert [one.path for one in index.find("停车证", limit=2)] == ["/c", "/a"]


def test_two_ways_to_cut_pinyin_are_both_tried() -> None:
    index = Index([Findable("/city", (), ("西安办事",)), Findable("/first", (), ("先办事",))], readings=spoken)
    assert {one.read for one in index.find("xian")} == {"西安", "先"} or first(index, "xian").read == "西安"


def test_without_readings_nothing_is_guessed_by_sound() -> None:
    assert Index(THINGS, IDIOMS).find("gongjijin") == []


def test_a_question_without_end_is_read_in_part_and_quickly(index: Index) -> None:
    assert index.find("x" * 100_000) == []
    assert first(index, "公积金" + "?" * 100_000).path == "/fund"
    assert index.find("ying" * 20_000) is not None


def test_a_sign_is_taken_for_another_only_if_what_is_found_has_the_other() -> None:
    read = {"辣": ("la",), "拉": ("la",), "爸": ("ba",), "把": ("ba",)}
    index = Index(
        [
            Findable("/banner", (), ("拉条幅审批",)),
            Findable("/home", (), ("把房子卖了",)),
            Findable("/no", (), ("卖不掉",)),
        ],
        readings=lambda signs: [read.get(sign, (f"x{ord(sign)}",)) for sign in signs],
    )
    assert first(index, "辣条幅审批").how is How.SOUND
    assert index.find("辣条厂") == [], "too little of it is about a banner"
    assert all(one.how is How.WORDS for one in index.find("爸不卖房子了")), "把 is found beside no sign of the guess"


def test_letters_abbreviate_signs_as_they_are_usually_read() -> None:
    read = {"学": ("xue",), "用": ("yong",), "除": ("chu", "zhu"), "颤": ("chan", "zhan"), "仪": ("yi",)}
    index = Index([Findable("/aid", (), ("学用除颤仪",))], readings=lambda signs: [read[sign] for sign in signs])
    assert first(index, "xyccy").how is How.INITIALS
    assert first(index, "xyzcy").path == "/aid"
    assert index.find("xyzzy") == []
