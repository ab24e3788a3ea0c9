"""`onecity governance route`: a table in, one answer a line out; what is wrong is one sentence, and nothing is written."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.messages import LABELLED, MESSAGES, table

from onecity.cli.exits import Exit
from onecity.cli.governance import governance
from onecity.governance.routing import KEPT_AT

TITLES = table(("title",), [[one.title] for one in MESSAGES])


def said(*words: str | Path) -> Result:
    return CliRunner().invoke(governance, ["route", *map(str, words)])


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A data folder with a model that was trained."""
    file = tmp_path / "labelled.tsv"
    file.write_bytes(LABELLED)
    done = said("--train", file, "--data", tmp_path / "city")
    assert (done.exit_code, done.stdout) == (Exit.DONE, f"{tmp_path / 'city' / KEPT_AT}\n")
    assert "24 messages" in done.stderr
    assert "24 条留言" in done.stderr
    # Of so few nobody knows how many others will be right.
    assert "too few to tell" in done.stderr and "%" not in done.stderr
    return tmp_path / "city"


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """A table of titles that nobody has labelled."""
    file = tmp_path / "asked.tsv"
    file.write_bytes(TITLES)
    return file


def test_each_line_has_one_answer_in_its_order_and_nothing_else_is_said(city: Path, asked: Path) -> None:
    done = said("--predict", asked, "--data", city)
    assert (done.exit_code, done.stderr) == (Exit.DONE, "")
    found = [line.split("\t") for line in done.stdout.removesuffix("\n").split("\n")]
    assert [label for label, _ in found] == [one.label for one in MESSAGES]
    assert all(0 < float(probability) < 1 for _, probability in found)


def test_a_label_that_stands_there_already_is_not_read(city: Path, tmp_path: Path, asked: Path) -> None:
    other = tmp_path / "other.tsv"
    other.write_bytes(table(("label", "n", "title"), [("别的", "1", one.title) for one in MESSAGES]))
    assert said("--predict", other, "--data", city).stdout == said("--predict", asked, "--data", city).stdout


def test_a_machine_is_told_the_words_and_the_other_labels(city: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.tsv"
    file.write_bytes(table(("title",), [["路灯\n不亮"], ["垃圾"]]))
    first, second = json.loads(said("--predict", file, "--data", city, "--json").stdout)
    assert (first["line"], second["line"]) == (2, 4)
    assert first["decided"]["label"] == "照明"
    assert first["decided"]["words"][0]["word"] in ("路灯", "灯")
    assert second["decided"]["ranked"][0]["label"] == "垃圾"
    told = json.loads(said("--train", tmp_path / "labelled.tsv", "--data", tmp_path / "b", "--json").stdout)
    assert (told["examples"], len(told["labels"]), told["right"]) == (24, 4, None)


def test_of_enough_messages_it_is_said_how_many_will_be_right(tmp_path: Path) -> None:
    file = tmp_path / "more.tsv"
    rows = [(one.label, f"{place}号{one.title}") for one in MESSAGES for place in "东西南"]
    file.write_bytes(table(("label", "title"), rows))
    assert "% will be right" in said("--train", file, "--data", tmp_path / "city").stderr
    told = json.loads(said("--train", file, "--data", tmp_path / "city", "--json").stdout)
    assert 0.5 < told["right"] <= 1


def test_the_same_table_teaches_the_same_bytes_in_another_process(city: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        words = ["--train", str(tmp_path / "labelled.tsv"), "--data", str(tmp_path / seed)]
        line = [sys.executable, "-m", "onecity", "governance", "route", *words]
        subprocess.run(line, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True)
        assert (tmp_path / seed / KEPT_AT).read_bytes() == (city / KEPT_AT).read_bytes()


def test_where_nothing_was_trained_the_phrases_of_the_pack_answer(asked: Path, tmp_path: Path) -> None:
    done = said("--predict", asked, "--data", tmp_path / "empty")
    assert (done.exit_code, done.stdout.count("\n")) == (Exit.DONE, len(MESSAGES))
    assert done.stdout.split("\t")[0] == "01037"
    assert not (tmp_path / "empty").exists()
    pack = Path(__file__).parents[1] / "packs" / "good"
    silent = said("--predict", asked, "--data", tmp_path / "empty", "--pack", pack)
    assert (silent.exit_code, silent.stdout, "phrases.csv" in silent.stderr) == (Exit.REFUSED, "", True)


def test_a_table_without_messages_has_no_answers(city: Path, tmp_path: Path) -> None:
    (tmp_path / "none.tsv").write_bytes(b"title\n")
    done = said("--predict", tmp_path / "none.tsv", "--data", city)
    assert (done.exit_code, done.stdout, done.stderr) == (Exit.DONE, "", "")


def test_the_mark_of_a_spreadsheet_is_said_and_changes_nothing(city: Path, asked: Path, tmp_path: Path) -> None:
    (tmp_path / "marked.tsv").write_bytes(b"\xef\xbb\xbf" + TITLES)
    done = said("--predict", tmp_path / "marked.tsv", "--data", city)
    assert (done.exit_code, "BOM" in done.stderr) == (Exit.DONE, True)
    assert done.stdout == said("--predict", asked, "--data", city).stdout


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"label,title\na,b\n", "no column title"),
        (b"title\na\n", "no column label"),
        (b"label\ttitle\na\n", "line 2: 1"),
        (b"label\ttitle\n\xb5\xc6\tb\n", "Line 2 is not UTF-8"),
        (b'label\ttitle\na\t"b\n', "line 2 do not match"),
        (b"label\ttitle\na\tb\na\tc\n", "same label, a"),
        (b"label\ttitle\n", "nothing to learn"),
    ],
)
def test_a_table_that_teaches_nothing_leaves_the_last_model_as_it_was(
    city: Path, tmp_path: Path, content: bytes, why: str
) -> None:
    before = (city / KEPT_AT).read_bytes()
    (tmp_path / "bad.tsv").write_bytes(content)
    done = said("--train", tmp_path / "bad.tsv", "--data", city)
    assert (done.exit_code, done.stdout, why in done.stderr) == (Exit.REFUSED, "", True), done.stderr
    assert [path.name for path in (city / KEPT_AT).parent.iterdir()] == [KEPT_AT.name]
    assert (city / KEPT_AT).read_bytes() == before
    fresh = said("--train", tmp_path / "bad.tsv", "--data", tmp_path / "fresh")
    assert (fresh.exit_code, (tmp_path / "fresh").exists()) == (Exit.REFUSED, False)


def test_one_bad_line_is_told_before_any_answer(city: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.tsv").write_bytes("title\tn\n路灯\t1\n垃圾\n".encode())
    done = said("--predict", tmp_path / "bad.tsv", "--data", city)
    assert (done.exit_code, done.stdout, "line 3" in done.stderr) == (Exit.REFUSED, "", True)
    assert "垃圾" not in done.stderr


@pytest.mark.parametrize(("spoil", "why"), [(lambda whole: whole[:-9], "damaged"), (lambda _: b"PK", "this version")])
def test_a_model_that_is_not_whole_answers_nothing(
    city: Path, asked: Path, spoil: Callable[[bytes], bytes], why: str
) -> None:
    (city / KEPT_AT).write_bytes(spoil((city / KEPT_AT).read_bytes()))
    done = said("--predict", asked, "--data", city)
    assert (done.exit_code, done.stdout, why in done.stderr) == (Exit.OUTSIDE, "", True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "one of --train FILE and --predict FILE"),
        (("--train", __file__, "--predict", __file__), "one of --train FILE and --predict FILE"),
        (("--predict", "nowhere.tsv"), "nowhere.tsv"),
        (("--train", str(Path(__file__).parent)), "is a directory"),
    ],
)
def test_what_is_not_there_is_wrong_usage(words: tuple[str, ...], why: str) -> None:
    done = said(*words)
    assert (done.exit_code, done.stdout, why in done.stderr) == (Exit.USAGE, "", True)
