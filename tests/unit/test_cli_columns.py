"""What the commands of columns, analytics and retention say to whoever calls them wrongly, and without their libraries."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.rings import Ring

from onecity.analytics import QUESTIONS
from onecity.analytics.spark import java
from onecity.cli.main import onecity
from onecity.kernel.errors import CannotStart, CityError
from onecity.ledger import CheckpointKey, columnar


def said(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(onecity, words)
    return done.exit_code, done.output


def test_the_questions_are_listed() -> None:
    told = json.loads(said("analytics", "list", "--json")[1])
    assert {one["question"] for one in told} == set(QUESTIONS)
    assert all(one["asks"] in said("analytics", "list")[1] for one in told)


def test_a_question_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    code, told = said("analytics", "run", "weather", "--on", str(tmp_path))
    assert code == 2
    assert "weather" in told and "recurrence" in told


@pytest.mark.parametrize("month", ["2026-13", "2026", "26-01", "2026-1"])
def test_a_month_that_is_none_is_refused(month: str, tmp_path: Path) -> None:
    code, told = said("retention", "run", "--archive", str(tmp_path), "--before", month)
    assert (code, "YYYY-MM" in told) == (2, True)


def test_what_is_for_a_folder_is_refused_without_one(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("nobody\n")
    assert said("ledger", "verify", "--key", str(tmp_path / "key"))[0] == 2
    assert said("retention", "run", "--before", "2026-01")[0] == 2


def test_a_folder_that_is_no_export_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(CheckpointKey("a.example", Ring(bytes(32))).line())
    for words in (("ledger", "verify", str(tmp_path)), ("analytics", "run", "counts", "--on", str(tmp_path))):
        done = CliRunner().invoke(onecity, words)
        assert isinstance(done.exception, CityError)
        assert "broke off" in done.exception.sentence
    (tmp_path / "key").write_text("a.example+00000000+AAAA\n")
    with pytest.raises(CityError, match="no verifier key"):
        columnar.key_of(tmp_path)


@pytest.mark.parametrize(("missing", "words"), [("pyarrow", ("ledger", "export")), ("ibis", ("analytics", "list"))])
def test_without_the_extra_a_command_says_what_to_install(
    missing: str, words: tuple[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    more = (str(tmp_path), "--form", "parquet") if words[1] == "export" else ()
    done = CliRunner().invoke(onecity, [*words, *more])
    assert isinstance(done.exception, CannotStart)
    assert "onecity[analytics]" in done.exception.sentence


def test_without_java_spark_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(CannotStart, match="openjdk-17-jre-headless"):
        java()
