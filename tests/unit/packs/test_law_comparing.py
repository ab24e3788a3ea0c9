"""Each thing that can become of a citation is told apart: edited, moved, replaced, cut off, gone, never proven."""

import tarfile
from datetime import date
from pathlib import Path
from typing import Final, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.errors import CityError
from onecity.packs.laws import Citation, Compared, Library, Result, compared, hash_of, read_library

DAY: Final = date(2019, 4, 23)
ARTICLES: Final = (
    "第一条 为了灯笼，制定本法。",
    "第二条 灯笼挂在门口，三日内点亮。",
    "第三条 灯笼破了，应当一次告知。",
    "第四条 破灯笼不许再挂。",
    "第五条 本法自2020年1月1日起施行。",
)
TEXT: Final = "\n\n".join(ARTICLES)
HASH: Final = hash_of(ARTICLES[2])
CITED: Final = Citation("灯笼法", "3", DAY, "应当一次告知", HASH)


def library(folder: Path, text: str = TEXT, *, name: str = "灯笼法(2019-04-23).md") -> Library:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return read_library(folder, ["灯笼法"])


def shifted() -> str:
    """The same law with an article more at the front: all others have moved by one."""
    signs = "一二三四五六七"
    moved = [f"第{signs[at + 1]}条{one[3:]}" for at, one in enumerate(ARTICLES)]
    return "\n\n".join(["第一条 灯笼是红的。", *moved])


def without(citation: Citation, **less: str | None) -> Citation:
    return msgspec.structs.replace(citation, **less)


def told(citation: Citation, found: Library) -> tuple[str, str, tuple[str, ...]]:
    one = compared(citation, found)
    return one.result, one.why, one.proposed


@pytest.mark.parametrize("citation", [CITED, without(CITED, phrase=""), without(CITED, sha256=None)])
def test_what_agrees_is_ok_by_hash_or_by_phrase(tmp_path: Path, citation: Citation) -> None:
    assert compared(citation, library(tmp_path)) == Compared(Result.OK, "ok", sha256=HASH)


def test_without_hash_and_phrase_nothing_is_proven(tmp_path: Path) -> None:
    found = compared(without(CITED, phrase="", sha256=None), library(tmp_path))
    assert (found.result, found.sha256) == (Result.UNPROVEN, HASH)
    assert not found.result.is_wrong


@given(at=st.integers(0, len(ARTICLES[2]) - 5), sign=st.sampled_from("的大人灯。9A"))
def test_one_other_sign_is_found_wherever_it_stands(
    tmp_path_factory: pytest.TempPathFactory, at: int, sign: str
) -> None:
    place = at + 4
    edited = ARTICLES[2][:place] + sign + ARTICLES[2][place + 1 :]
    found = library(tmp_path_factory.mktemp("laws"), TEXT.replace(ARTICLES[2], edited))
    one = compared(CITED, found)
    assert (one.result is Result.OK) == (edited == ARTICLES[2])
    assert one.result in (Result.OK, Result.CHANGED)


def test_a_change_beside_the_phrase_is_told_from_one_within(tmp_path: Path) -> None:
    beside = library(tmp_path / "a", TEXT.replace("灯笼破了", "灯笼坏了"))
    within = library(tmp_path / "b", TEXT.replace("应当一次告知", "应当二次告知"))
    assert told(CITED, beside) == ("changed", "changed_but_phrase", ())
    assert told(CITED, within) == ("changed", "changed_text", ())
    assert told(without(CITED, sha256=None), within) == ("changed", "changed_phrase", ())
    assert told(without(CITED, sha256=None), beside)[0] == "ok"


def test_a_phrase_that_the_hashed_article_never_held_is_wrong_too(tmp_path: Path) -> None:
    assert told(without(CITED, phrase="三日内点亮"), library(tmp_path)) == ("changed", "changed_phrase", ("2",))


@pytest.mark.parametrize("citation", [CITED, without(CITED, phrase=""), without(CITED, sha256=None)])
def test_an_article_that_moved_is_proposed_and_not_accepted(tmp_path: Path, citation: Citation) -> None:
    one = compared(citation, library(tmp_path, shifted()))
    assert (one.result, one.proposed, one.facts["proposed"]) == (Result.MOVED, ("4",), "4")
    assert one.result.is_wrong


def test_an_article_that_moved_away_from_a_number_that_is_gone_is_proposed(tmp_path: Path) -> None:
    assert told(without(CITED, article="9"), library(tmp_path)) == ("moved", "moved", ("3",))


def test_another_version_is_named_with_what_became_of_the_article(tmp_path: Path) -> None:
    later = library(tmp_path / "a", name="灯笼法(2023-09-01).md")
    assert told(CITED, later) == ("replaced", "replaced_same", ("3",))
    assert compared(CITED, later).facts["other"] == "2023-09-01"
    library(tmp_path / "b", name="灯笼法(2001-01-01).md")
    both = library(tmp_path / "b", shifted(), name="灯笼法(2023-09-01).md")
    assert told(CITED, both) == ("replaced", "replaced_moved", ("4",))
    edited = library(tmp_path / "c", TEXT.replace("破了", "坏了"), name="灯笼法(2001-01-01).md")
    assert told(CITED, edited) == ("replaced", "replaced", ())
    assert compared(CITED, edited).facts["other"] == "2001-01-01"


def test_the_cited_version_is_found_among_others_and_in_a_text_without_a_day(tmp_path: Path) -> None:
    library(tmp_path, shifted(), name="灯笼法(2023-09-01).md")
    assert told(CITED, library(tmp_path))[0] == "ok"
    assert told(CITED, library(tmp_path / "b", name="灯笼法.md"))[0] == "ok"
    headed = library(tmp_path / "c", "2019年4月23日 通过\n<!-- INFO END -->\n" + TEXT, name="灯笼法.txt")
    assert told(CITED, headed)[0] == "ok"
    assert told(msgspec.structs.replace(CITED, version=date(2018, 1, 1)), headed)[0] == "replaced"


def test_what_a_text_lost_is_told_from_what_it_never_had(tmp_path: Path) -> None:
    cut = library(tmp_path / "a", "\n\n".join(ARTICLES[:2]))
    assert told(CITED, cut) == ("truncated", "truncated", ())
    within = library(tmp_path / "b", "\n\n".join((*ARTICLES[:2], "第三条 灯笼破了，应")))
    assert told(CITED, within) == ("truncated", "truncated_within", ())
    gap = library(tmp_path / "c", TEXT.replace(ARTICLES[2], ""))
    assert told(CITED, gap) == ("truncated", "truncated", ())
    never = Citation("灯笼法", "9", DAY)
    assert told(never, library(tmp_path / "d")) == ("missing", "missing_article", ())
    assert compared(never, library(tmp_path / "d")).facts["last"] == "5"


def test_what_is_left_of_a_text_that_was_cut_still_proves_itself(tmp_path: Path) -> None:
    assert told(CITED, library(tmp_path, "\n\n".join(ARTICLES[:3])))[0] == "ok"


def test_of_two_articles_with_one_number_the_one_that_agrees_counts(tmp_path: Path) -> None:
    assert told(CITED, library(tmp_path, TEXT + "\n\n第三条 决定里的另一条。"))[0] == "ok"


def test_several_articles_are_proven_together(tmp_path: Path) -> None:
    both = Citation("灯笼法", "第 2、3 条", DAY, "三日内点亮")
    found = compared(both, library(tmp_path))
    assert (found.result, found.sha256) == (Result.OK, hash_of(ARTICLES[1] + ARTICLES[2]))
    assert told(without(both, sha256=found.sha256), library(tmp_path, shifted()))[0] == "changed"


def test_a_law_without_text_is_missing_unless_the_city_made_it_up(tmp_path: Path) -> None:
    other = msgspec.structs.replace(CITED, law="风筝法")
    assert told(other, library(tmp_path)) == ("missing", "missing_law", ())
    assert compared(other, library(tmp_path), simulated=True).result is Result.SIMULATED
    edited = library(tmp_path, TEXT.replace("破了", "坏了"))
    assert compared(CITED, edited, simulated=True).result is Result.CHANGED, "a text that is there is compared"
    (tmp_path / "风筝法.md").write_bytes(b"\xff\xfe\x00")
    assert told(other, read_library(tmp_path, ["风筝法"])) == ("missing", "unread", ())
    assert told(without(CITED, article="附则"), library(tmp_path)) == ("missing", "no_article", ())


def test_a_hash_is_kept_of_no_article_that_may_be_cut_and_of_none_of_several_with_one_number(tmp_path: Path) -> None:
    bare = Citation("灯笼法", "3", DAY)
    cut = library(tmp_path / "a", "\n\n".join((*ARTICLES[:2], "第三条 灯笼破了，应")))
    assert compared(bare, cut).sha256 is None
    twice = library(tmp_path / "b", TEXT + "\n\n第三条 决定里的另一条。")
    assert compared(bare, twice).sha256 is None
    assert compared(bare, library(tmp_path / "c")).sha256 == HASH


@pytest.mark.parametrize("form", ["w", "w:gz"])
def test_a_tar_that_breaks_off_is_no_smaller_library(tmp_path: Path, form: Literal["w", "w:gz"]) -> None:
    for number in range(9):
        (tmp_path / f"灯笼法{number}(2019-04-23).md").write_text(TEXT * 20, "utf-8")
    whole, broken = tmp_path / "laws.tar", tmp_path / "broken.tar"
    with tarfile.open(whole, form) as packed:
        for path in sorted(tmp_path.glob("*.md")):
            packed.add(path, path.name)
    assert read_library(whole, ["灯笼法1"]).texts == 9
    content = whole.read_bytes()
    for part in range(1, 10):
        broken.write_bytes(content[: len(content) * part // 10])
        with pytest.raises(CityError, match="tar that can be read"):
            read_library(broken, ["灯笼法1"])
