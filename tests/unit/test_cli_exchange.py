"""`onecity catalogue exchange`: rows for the platform, the refused ones with reasons, and a table that was filled in."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.shipped import shipped

from onecity.cli import exchange as command
from onecity.cli.main import onecity
from onecity.services import ITEM
from onecity.services.exchange import COLUMNS
from onecity.services.listing import every_item

FILLED = {
    "基本编码": "000164056000", "实施编码": "000164056000410100000001", "实施主体代码": "91110000600037341L",
    "实施主体性质": "法定机关", "实施主体性质代码": "1", "办理地点": "窗口", "办理时间": "周一到周五", "是否收费": "0",
    "是否支持网上支付": "0", "结果样本": "https://city.example/sample",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "loaded", lambda _path: shipped())


def exchange(*words: object) -> Result:
    return CliRunner().invoke(onecity, ["catalogue", "exchange", *map(str, words)])


def filled(file: Path, **changes: str) -> None:
    """Fill in the first rows of a table, as somebody does by hand."""
    rows = list(csv.DictReader(StringIO(file.read_text("utf-8-sig"))))[:3]
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        for row in rows:
            themes = {"自然人服务主题": "其他" if "自然人" in row["服务对象"] else "无"}
            themes |= {"法人服务主题": "其他" if "企业法人" in row["服务对象"] else "无"}
            writer.writerow(row | FILLED | themes | changes)


def without_basis() -> list[str]:
    """The items of which nobody has found a legal basis yet."""
    refused = json.loads(exchange("packs/zhengzhou", "--json").stdout)["refused"]
    return sorted(one["id"] for one in refused if any(fault["field"] == "设定依据" for fault in one["faults"]))


def test_people_read_how_many_rows_are_ready_why_others_are_not_and_what_is_still_open() -> None:
    done = exchange("packs/zhengzhou", "--on", "2026-11-28")
    assert done.exit_code == 0
    ready, every = len(shipped().all(ITEM)), len(every_item(shipped()))
    assert f"2026-11-28：{every} 个事项，可以报送 {ready} 行，退回 {every - ready} 行。" in done.stdout
    assert f"  {every - ready}  缺办理形式: accountant_continuing_education, " in done.stdout
    assert f"  {ready:>5}  实施编码" in done.stdout
    assert "网上办理深度" in done.stdout
    without = without_basis()
    english = exchange("packs/zhengzhou", "--language", "en").stdout
    assert f"Empty: Legal basis: {without[0]}, {without[1]}" in english
    assert "check them before a real exchange: Depth online" in english


def test_each_refused_row_is_told_with_every_fault_and_the_way_to_mend_it() -> None:
    said = exchange("packs/zhengzhou", "--refused").stdout
    row = said[said.index(f"{without_basis()[0]}  ") :].split("\n\n")[0]
    assert "设定依据是空的。在 services/listed_items.csv 这一行里写上。" in row
    assert "办理形式、到办事现场次数、事项状态、计划生效日期是空的。这个事项还没有人准备" in row


def test_machines_get_rows_refusals_and_the_code_lists() -> None:
    told = json.loads(exchange("packs/zhengzhou", "--json").stdout)
    assert len(told["ready"]) + len(told["refused"]) == len(every_item(shipped()))
    assert list(told["ready"][0]) == [column.name.zh for column in COLUMNS.values()]
    assert isinstance(told["ready"][0]["申请材料"], list)
    assert set(told["refused"][0]) == {"id", "name", "faults"}
    assert set(told["refused"][0]["faults"][0]) == {"field", "value", "rule", "text", "text_en"}
    assert told["codes"]["item_type"]["values"][1] == {
        "code": "01",
        "name": "行政许可",
        "name_en": "Administrative permit",
    }
    assert all(len(one["list"]) == one["number"] for one in told["counts"])


def test_a_table_is_written_filled_in_and_ready(tmp_path: Path) -> None:
    file, sent = tmp_path / "deep" / "rows.csv", tmp_path / "sent.csv"
    assert exchange("packs/zhengzhou", "--into", file).exit_code == 0
    open_ = exchange("--filled", file)
    assert open_.exit_code == 1
    assert f"缺实施编码: {min(shipped().all(ITEM))}, " in open_.stdout
    filled(file)
    done = exchange("--filled", file, "--into", sent)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "rows.csv：3 行，可以报送 3 行，退回 0 行。")
    assert len(sent.read_text("utf-8-sig").splitlines()) == 4


def test_a_cell_that_its_list_does_not_have_takes_the_row_out_and_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    exchange("packs/zhengzhou", "--into", file)
    filled(file, 行使层级="区级")
    done = exchange("--filled", file, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, len(told["ready"]), len(told["refused"])) == (1, 0, 3)
    assert {(fault["field"], fault["value"]) for one in told["refused"] for fault in one["faults"]} == {
        ("行使层级", "区级")
    }


def test_what_cannot_be_read_and_what_does_not_go_together_end_with_a_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("id,name\n1,2\n", "utf-8")
    done = exchange("--filled", bad)
    assert done.exit_code == 3
    assert "The column `id` is unknown here." in done.stderr
    both = exchange("packs/zhengzhou", "--filled", bad)
    assert both.exit_code == 2
    assert "leave out PACK and --on" in both.stderr
