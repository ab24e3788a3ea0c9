"""What is read of a message, and what is not."""

import pytest

from onecity.governance.routing import bag_of


def test_chinese_is_read_by_characters_and_pairs_within_a_run() -> None:
    assert bag_of("路灯，不亮") == {"路": 1, "灯": 1, "路灯": 1, "不": 1, "亮": 1, "不亮": 1}


def test_other_scripts_are_read_by_words_and_pairs_of_neighbours() -> None:
    assert bag_of("Lamp is DARK 灯 here") == {
        "lamp": 1, "is": 1, "dark": 1, "lamp is": 1, "is dark": 1, "灯": 1, "here": 1,
    }  # fmt: skip


def test_what_is_written_wide_or_in_capitals_is_the_same_word() -> None:
    assert bag_of("Ａ７县ＬＥＤ") == bag_of("a7县led")


@pytest.mark.parametrize("number", ["13800000000", "410105199001011234", "138-0000-0000", "138 0000 0000", "豫A12345"])
def test_no_number_that_may_name_somebody_is_read(number: str) -> None:
    for word in bag_of(f"请回电{number}谢谢", f"call {number} thanks"):
        assert sum(sign.isdigit() for sign in word) <= 4, word


def test_title_and_body_are_read_and_do_not_run_into_each_other() -> None:
    assert bag_of("灯", "坏") == {"灯": 1, "坏": 1}
    assert bag_of("灯", "灯")["灯"] == 2
    assert "垃" not in bag_of("灯", "灯" * 4_000 + "垃")


@pytest.mark.parametrize("nothing", ["", " \t\n", "?!…", "_" * 40, "🙂", "x" * 31])
def test_where_nothing_is_said_nothing_is_read(nothing: str) -> None:
    assert bag_of(nothing) == {}
