"""`onecity service search`: what somebody means by everyday words, and by which words it was found."""

import json
from collections.abc import Mapping, Sequence

import pytest
from click.testing import CliRunner

from onecity.cli.service import service


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


def test_whoever_means_nothing_here_is_told_so() -> None:
    assert found("火箭发射") == []
    told = CliRunner().invoke(service, ["search", "火箭发射"])
    assert (told.exit_code, told.stdout) == (0, "")
    assert "没有找到" in told.stderr


def test_people_read_a_line_for_each() -> None:
    told = CliRunner().invoke(service, ["search", "上户口"])
    assert told.stdout.splitlines()[0].startswith("newborn ")
