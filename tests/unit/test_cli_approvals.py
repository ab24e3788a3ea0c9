"""`onecity approvals path`: what machines and people get, and how it ends where something is wrong."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result

from onecity.cli.main import onecity

DATA: Final = Path(__file__).parents[1] / "data" / "construction_items.csv"


def path(*words: str, file: Path = DATA) -> Result:
    return CliRunner().invoke(onecity, ["approvals", "path", str(file), *words])


def told(*words: str) -> dict[str, Any]:
    done = path(*words, "--json")
    assert done.exit_code == 0
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_machines_get_both_plans_and_the_way_after_the_reform() -> None:
    found = told("--type", "S")
    keys = ("items", "serial_days", "critical_days")
    assert [[found[plan][key] for key in keys] for plan in ("before", "after")] == [[32, 482, 182], [19, 285, 105]]
    assert found["before"]["longest_waiting"] == {"organ": "自然资源规划局", "days": 100}
    assert found["after"]["longest_waiting"] == {"organ": "自然资源规划局", "days": 80}
    assert found["before"]["critical_days_from"] == {"law": 137, "example": 45}
    assert found["after"]["critical_days_from"] == {"law": 87, "example": 15, "reform": 3}
    assert found["rows"] == {"all": 98, "keep": 78, "merge": 14, "drop": 6}
    for way in (found["path"], found["before"]["path"]):
        assert [one["starts"] for one in way] == [0, *(one["ends"] for one in way[:-1])]
        assert [one["after"] for one in way] == [None, *(one["id"] for one in way[:-1])]
        assert all(one["because"] and one["because_en"] and one["name"] and one["organ"] for one in way)
        assert all(one["ends"] - one["starts"] == one["days"] for one in way)
    assert found["path"][-1]["ends"] == 105
    assert [one["stage"] for one in found["after"]["stages"]] == [1, 2, 3, 4]


def test_an_edge_through_rows_that_are_gone_names_them_with_the_reason() -> None:
    licence = next(one for one in told("--type", "G")["path"] if one["id"] == "C64")
    assert licence["after"] == "C45"
    assert [(one["id"], one["why"]) for one in licence["via"]] == [("C59", "merged"), ("C54", "no_organ_time")]
    assert licence["because"] == (
        "要等 C45 政府投资项目初步设计及概算审批 的结果：它前面本来是 C59 建设工程质量监督手续（并入别的事项） → "
        "C54 施工、监理招标（不算审批部门的时间），这些事项不在清单上，就等它们前面的"
    )
    assert "C59 建设工程质量监督手续 (merged into another item) → C54" in licence["because_en"]


def test_two_calls_say_the_same_bytes() -> None:
    words = ("--type", "G", "--with", "C07", "--without", "C06", "--json")
    assert path(*words).stdout_bytes == path(*words).stdout_bytes


def test_a_condition_is_switched_on_and_an_item_taken_away() -> None:
    found = told("--type", "s", "--with", "C07", "--with", "C11", "--without", "C06")
    assert (found["type"], found["with"], found["without"]) == ("S", ["C07", "C11"], ["C06"])
    assert (found["before"]["items"], found["before"]["serial_days"]) == (33, 482 + 60 + 20 - 20)


def test_people_get_a_table_in_chinese_and_the_days_kept_apart() -> None:
    said = path("--type", "S").stdout
    for text in (
        "社会投资项目（S）：construction_items.csv 共 98 项，改革后保留 78 项，并入别的 14 项，取消 6 项",
        "一项接一项              482 天                 285 天",
        "最长的一条路            182 天                 105 天",
        "这条路上等得最久的部门  自然资源规划局 100 天  自然资源规划局 80 天",
        "4竣工验收               10 项，第 127–182 天   8 项，第 82–105 天",
        "102–105  C98 国有建设用地使用权及房屋所有权首次登记 · 不动产登记中心 · 3 天（改革另定）",
        "同时在办：C67 临时占用、挖掘城市道路审批 60–80",
        "公布的 340 天压到 61 天、30 天，用法定天数算不出来：法定、承诺、实测是三种天数，要分开看。",
        "公布的是 61 天。要让这条 105 天的路不超过它，承诺天数得压到法定的 58%。",
    ):
        assert text in said
    assert "承诺天数得压到法定的 33%" in path("--type", "D").stdout
    assert "得压到" not in path("--type", "G").stdout
    assert "the promised days must be 58% of the statutory ones" in path("--type", "S", "--language", "en").stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--with", "C999"), "这份清单里没有 C999 这一项，是不是 C9"),
        (("--with", "xyz"), "这份清单里没有 xyz 这一项。 / This file has no item xyz."),
        (("--without", "C8"), "Did you mean C"),
        (("--with", "C01"), "C01 项目建议书审批 is no item of projects of type S and cannot be added."),
        (("--with", "C48"), "C48 公示（总平面图等不少于十日）不算审批部门的时间，加不进去。"),
    ],
)
def test_what_cannot_be_switched_is_refused_in_words(words: tuple[str, ...], why: str) -> None:
    done = path("--type", "S", "--json", *words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert why in done.stderr


def test_what_changes_nothing_is_said_and_done() -> None:
    done = path("--type", "S", "--json", "--with", "C04", "--without", "C07")
    assert done.exit_code == 0
    assert "C04 counts anyway" in done.stderr and "C07 does not count anyway" in done.stderr
    assert json.loads(done.stdout)["before"]["items"] == 32


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--type", "X"), "'X' is not one of 'G', 'L', 'S', 'I', 'D', 'M'"),
        ((), "Missing option '--type'"),
        (
            ("--type", "S", "--with", "C04", "--without", "C04"),
            "C04: name an item for --with or for --without, not for both",
        ),
    ],
)
def test_wrong_usage_is_told(words: tuple[str, ...], why: str) -> None:
    done = path(*words)
    assert (done.exit_code, done.stdout, why in done.stderr) == (2, "", True), done.stderr


def test_faults_of_the_file_end_as_those_of_a_pack(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    first, second, rest = DATA.read_text("utf-8").split("\n", 2)
    file.write_text("\n".join([first, second.replace(",G L,G L,", ",G L,G Q,"), rest]), "utf-8")
    done = path("--type", "S", "--json", file=file)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr == (
        f"{file}:2:99: `Q` is no type of project. Known are G, L, S, I, D, M; write a blank between two of them.\n"
    )
    assert path("--type", "S", file=tmp_path / "absent.csv").exit_code == 2


def test_a_type_without_any_row_is_answered_and_said(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    head = "id,stage,name,organ,model_days,predecessors,project_types,base_case_for,after_kind,after_days,counts_as_organ_time"
    file.write_text(f"{head}\nA,1,First,One,10,,S,S,keep,10,yes\n", "utf-8")
    done = path("--type", "M", "--json", file=file)
    found = json.loads(done.stdout)
    assert (found["before"]["items"], found["path"], found["after"]["longest_waiting"]) == (0, [], None)
    assert "No row of this file counts for a project of type M." in done.stderr
    assert path("--type", "M", file=file).exit_code == 0
    assert json.loads(path("--type", "S", "--json", file=file).stdout)["path"][0]["days_from"] == "untold"
