"""Rows of the national exchange: nothing is made up, each item is ready or refused, and each fault says what to mend."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS
from onecity.casework import PROCESS, Because, Laws, Outcome, simulated_laws
from onecity.cli.speaking import saying
from onecity.kernel.clock import Unit
from onecity.packs import Declared, Pack, Text, load_pack
from onecity.people import AGENCY
from onecity.services import ITEM
from onecity.services.declared import Coverage, Fee, ForWhom, Handling, Item, Online, Permits, Result, ResultKind
from onecity.services.exchange import (
    COLUMNS,
    Exchange,
    ExchangeMaterial,
    ExchangeRow,
    Rule,
    Sure,
    as_data,
    code_lists,
    exchange_of,
    left_open,
    read_rows,
    sorted_out,
    table_of,
)
from onecity.services.exchange.checking import STAGES, faults_of
from onecity.services.listing import every_item

GOOD: Final = Path(__file__).parents[2] / "packs" / "good"
DAY: Final = date(2026, 11, 28)
SAY: Final = saying(Laws({}))
MADE_UP: Final = Because("模拟城市办事规则", "6", date(2020, 1, 1))


@cache
def good() -> Pack:
    found, faults = load_pack(GOOD, KINDS)
    assert faults == ()
    return found


@cache
def whole() -> Pack:
    """The good pack, with a permit that has the five steps of one."""
    steps = dict(good().all(PROCESS)["permit"].value.steps)
    done = Outcome(Text("看完了", "Done"), opens=("decision",))
    review = msgspec.structs.replace(steps["decision"], name=Text("审查", "Review"), outcomes={"done": done})
    return replaced(good(), "process", "permit", steps={**steps, "review": review}, hands_over="clerk")


@cache
def found() -> Exchange:
    """The shipped items as rows."""
    return exchange_of(shipped(), DAY)


def replaced(pack: Pack, kind: str, name: str, /, **changes: Any) -> Pack:
    """A pack with another value of one declaration."""
    old = pack.declared[kind][name]
    new = Declared(kind, name, msgspec.structs.replace(old.value, **changes), {})
    return Pack({**pack.declared, kind: {**pack.declared[kind], name: new}}, pack.words)


def felling() -> Item:
    return whole().all(ITEM)["felling"].value


def row_of(pack: Pack) -> ExchangeRow:
    """The row of the only item of a pack, ready or not."""
    rows = exchange_of(pack, DAY)
    return (*rows.ready, *(one.row for one in rows.refused))[0]


def wrong(pack: Pack) -> set[tuple[Rule, str]]:
    return {of for of, ids in exchange_of(pack, DAY).counts.items() if ids == ("felling",)}


def test_an_item_whose_every_field_holds_is_ready() -> None:
    assert [row.id for row in exchange_of(whole(), DAY).ready] == ["felling"]
    row = row_of(whole())
    assert (row.type, row.type_code) == ("行政许可", "01")
    assert (row.level, row.level_code, row.whom, row.whom_code) == ("市级/隶属", "3", "自然人", "1")
    assert (row.basis, row.legal_days, row.legal_unit) == ("《森林法》第 56 条（2019-12-28 版本）", "20", "工作日")
    assert (row.depth, row.depth_code) == ("互联网受理^互联网办理", "4^5")
    assert (row.why_visit, row.result_type, row.fee, row.pays_online) == ("无", "证照", "", "")
    assert row.steps == "受理：受理^审核：审查^审批：决定^办结^送达：网上、窗口"
    (photo,) = row.materials
    assert (photo.necessity, photo.basis, photo.note) == ("必要", "", "示例，没有查到依据")


def test_a_permit_without_the_five_steps_is_refused_and_the_missing_ones_are_named() -> None:
    rows = exchange_of(good(), DAY)
    assert rows.ready == ()
    (refused,) = rows.refused
    assert [(fault.rule, fault.field, fault.wanted) for fault in refused.faults] == [(Rule.FEW_STEPS, "steps", "审核")]


def of_item(**changes: Any) -> Pack:
    return replaced(whole(), "item", "felling", **changes)


def limit(**changes: Any) -> Pack:
    return of_item(limit=msgspec.structs.replace(felling().limit, **changes))


FROM_PACKS: Final[dict[str, tuple[Callable[[], Pack], Rule, str]]] = {
    "a unit of limits that is on no list": (lambda: limit(unit=Unit.WORKING_HOURS), Rule.NOT_LISTED, "promised_unit"),
    "a promise longer than the law": (lambda: limit(promised=30), Rule.LONG_PROMISE, "promised_days"),
    "promised for days and called at once": (
        lambda: of_item(handling=Handling.AT_ONCE), Rule.AT_ONCE, "case_type",
    ),
    "a visit without a reason": (lambda: of_item(visits=1), Rule.VISIT_REASON, "why_visit"),
    "a reason without a visit": (lambda: of_item(why_visit=Text("看树", "See")), Rule.VISIT_REASON, "why_visit"),
    "no visit and no way": (lambda: of_item(online=(Online.ADVICE,)), Rule.NO_WAY, "form"),
    "a fact that is called a licence": (
        lambda: of_item(result=Result(Text("采伐证", "Licence"), ResultKind.NONE)), Rule.RESULT_TYPE, "result_type",
    ),
    "a permit without a question": (lambda: of_item(faq=()), Rule.NO_FAQ, "faq"),
    "no condition": (lambda: of_item(conditions=()), Rule.MISSING, "conditions"),
    "a basis that the city made up": (lambda: simulated(of_item(basis=MADE_UP)), Rule.MISSING, "basis"),
    "a fee by a rule that the city made up": (
        lambda: simulated(of_item(fee=Fee(Text("费", "Fee"), 100, MADE_UP))), Rule.FEE_DETAILS, "fee_basis",
    ),
    "complaints that ring the office": (
        lambda: replaced(whole(), "agency", "forestry", complaints="0000-0000-0001"), Rule.SAME_PHONE, "complaints",
    ),
    "a number without its area": (
        lambda: replaced(whole(), "agency", "forestry", phone="110"), Rule.NO_AREA_CODE, "phone",
    ),
    "a name that is too long": (lambda: of_item(name=Text("树" * 201, "Trees")), Rule.TOO_LONG, "name"),
}  # fmt: skip


def simulated(pack: Pack) -> Pack:
    """The pack, with the law that the city made up."""
    return Pack({**pack.declared, "law": {**pack.declared["law"], "ours": shipped_law()}}, pack.words)


def shipped_law() -> Declared[Any]:
    laws = shipped().declared["law"].values()
    return next(one for one in laws if one.value.name.zh == MADE_UP.law)


@pytest.mark.parametrize("name", FROM_PACKS)
def test_one_changed_field_of_an_item_moves_it_to_the_refused_and_is_named(name: str) -> None:
    change, rule, field = FROM_PACKS[name]
    pack = change()
    assert exchange_of(pack, DAY).ready == ()
    assert (rule, field) in wrong(pack)


def test_every_shipped_item_is_ready_or_refused_with_a_fault_and_never_both() -> None:
    ready, refused = [row.id for row in found().ready], [one.row.id for one in found().refused]
    assert sorted(ready + refused) == sorted(every_item(shipped()))
    assert all(one.faults for one in found().refused)
    assert all(not faults_of(row) for row in found().ready)


def test_all_that_can_be_applied_for_is_ready_and_only_what_nobody_has_prepared_is_refused() -> None:
    assert {row.id for row in found().ready} == set(shipped().all(ITEM))
    first = (Rule.MISSING, "form")
    assert set(found().counts[first]) == {one.row.id for one in found().refused}


def test_no_identifying_code_and_no_fee_that_nobody_looked_up_is_made_up() -> None:
    rows = (*found().ready, *(one.row for one in found().refused))
    unknown = ("basic_code", "item_code", "body_code", "nature", "person_theme", "firm_theme", "place", "hours")
    assert {row.cell(name) for row in rows for name in (*unknown, "result_sample")} == {""}
    drawn = {name for name, one in shipped().all(ITEM).items() if one.value.template is not None}
    assert {row.fee for row in rows if row.id in drawn} == {""}
    numbers = {one.value.phone for one in shipped().all(AGENCY).values()}
    assert {row.phone for row in rows} <= numbers


def test_a_limit_that_the_city_made_up_is_no_limit_of_the_law() -> None:
    laws, rows = simulated_laws(shipped()), {row.id: row for row in found().ready}
    items = {name: one.value for name, one in shipped().all(ITEM).items()}
    ours = [name for name, item in items.items() if item.limit.because.law in laws]
    assert ours
    assert {(rows[name].legal_days, rows[name].legal_note) for name in ours} == {("", "没有查到规定这一时限的法律条文")}
    assert all(rows[name].promised_days == str(items[name].limit.limit.number) for name in ours)
    cells = "".join(table_of(found().ready))
    assert not any(law in cells for law in laws)


def test_the_whole_way_online_is_told_only_of_what_a_program_has_played() -> None:
    assert felling().depth == 4
    assert row_of(whole()).grade == "Ⅲ"
    grades = {row.id: row.grade for row in found().ready}
    depths = {name: one.value.depth for name, one in shipped().all(ITEM).items()}
    assert grades == {name: "ⅠⅡⅢⅣ"[depth - 1] for name, depth in depths.items()}


READY: Final = next(row for row in exchange_of(whole(), DAY).ready)
FILLED: Final = msgspec.structs.replace(
    READY, basic_code="000164056000", item_code="000164056000419900000001", body_code="91110000600037341L",
    nature="法定机关", nature_code="1", place="林业局窗口", hours="周一到周五", person_theme="其他", firm_theme="无",
    result_sample="https://city.example/sample", fee="0", pays_online="0",
)  # fmt: skip
BETWEEN_COLUMNS: Final[dict[str, tuple[dict[str, Any], Rule, str]]] = {
    "a value on no list": ({"level": "区级", "level_code": ""}, Rule.NOT_LISTED, "level"),
    "one of two values on no list": ({"whom": "自然人^邻居"}, Rule.NOT_LISTED, "whom"),
    "a code on no list": ({"fee": "是"}, Rule.NOT_LISTED, "fee"),
    "the code of another value": ({"type_code": "07"}, Rule.OTHER_CODE, "type_code"),
    "a code without a value": ({"special_kind": "", "special_kind_code": "1"}, Rule.OTHER_CODE, "special_kind_code"),
    "no number": ({"visits": "很多", "why_visit": "看"}, Rule.NO_NUMBER, "visits"),
    "no day": ({"effective": "2026-11-28"}, Rule.NO_DAY, "effective"),
    "a day that no calendar has": ({"ends": "20260230"}, Rule.NO_DAY, "ends"),
    "neither a limit nor a note": ({"legal_days": "", "legal_note": ""}, Rule.NO_LEGAL_LIMIT, "legal_days"),
    "a limit without its unit": ({"promised_unit": ""}, Rule.MISSING, "promised_unit"),
    "all online in spite of a visit": ({"grade": "Ⅳ", "visits": "1", "why_visit": "看"}, Rule.ONLINE_VISIT, "grade"),
    "online without its depth": ({"depth": "", "depth_code": ""}, Rule.MISSING, "depth"),
    "a fee without its amount": ({"fee": "1", "fee_name": "费", "fee_basis": "条"}, Rule.FEE_DETAILS, "fee_amount"),
    "free and paid online": ({"pays_online": "1"}, Rule.FREE_PAID, "pays_online"),
    "a material whose form is on no list": ({"materials": (ExchangeMaterial("照片", "口头"),)}, Rule.NOT_LISTED, "materials"),
    "a material without a name": ({"materials": (ExchangeMaterial(""),)}, Rule.MISSING, "materials"),
    "a code of the catalogue that is none": ({"basic_code": "abc"}, Rule.WRONG_CODE, "basic_code"),
    "a code of another item": ({"item_code": "999999999999001"}, Rule.WRONG_CODE, "item_code"),
    "a credit code with a slip": ({"body_code": "91110000600037341M"}, Rule.WRONG_CODE, "body_code"),
    "a theme for those for whom it is not": ({"firm_theme": "设立变更"}, Rule.THEME, "firm_theme"),
    "no theme": ({"person_theme": ""}, Rule.THEME, "person_theme"),
    "no sample": ({"result_sample": ""}, Rule.NO_SAMPLE, "result_sample"),
    "no code": ({"item_code": ""}, Rule.MISSING, "item_code"),
}  # fmt: skip


@pytest.mark.parametrize("name", BETWEEN_COLUMNS)
def test_a_filled_row_that_is_wrong_in_one_thing_is_refused_for_it(name: str) -> None:
    changes, rule, field = BETWEEN_COLUMNS[name]
    assert faults_of(FILLED, filled=True) == ()
    faults = faults_of(msgspec.structs.replace(FILLED, **changes), filled=True)
    assert (rule, field) in {(fault.rule, fault.field) for fault in faults}


def test_the_promise_is_compared_in_days_of_the_calendar() -> None:
    def longer(days: str, unit: str) -> bool:
        row = msgspec.structs.replace(READY, promised_days=days, promised_unit=unit)
        return Rule.LONG_PROMISE in {fault.rule for fault in faults_of(row)}

    assert (longer("28", "自然日"), longer("29", "自然日"), longer("1", "月")) == (False, True, True)


def test_an_item_that_stands_twice_in_a_table_is_refused_twice() -> None:
    rows = sorted_out((FILLED, FILLED), filled=True)
    assert rows.ready == ()
    assert [fault.rule for one in rows.refused for fault in one.faults] == [Rule.TWICE, Rule.TWICE]


def test_what_is_left_open_is_what_a_filled_table_is_asked_for() -> None:
    assert left_open((READY,)) == {
        "basic_code": 1, "item_code": 1, "body_code": 1, "nature": 1, "person_theme": 1, "place": 1, "hours": 1,
        "result_sample": 1, "fee": 1, "pays_online": 1,
    }  # fmt: skip
    assert left_open((FILLED,)) == {}


def test_the_table_gives_every_row_back() -> None:
    rows = (*found().ready, *(one.row for one in found().refused))
    again, faults = read_rows("rows.csv", table_of(rows).encode())
    assert faults == ()
    assert tuple(again) == rows


def test_a_spreadsheet_computes_nothing_and_the_text_comes_back() -> None:
    row = msgspec.structs.replace(READY, conditions='=HYPERLINK("x")', place="'a", hours="+1")
    text = table_of((row,))
    assert '"\'=HYPERLINK(""x"")"' in text
    assert read_rows("rows.csv", text.encode()) == ((row,), ())


def test_a_table_that_cannot_be_read_says_where_and_how_to_mend_it() -> None:
    text = table_of((READY,)).removeprefix("\ufeff")
    header, line = text.rstrip("\n").split("\n")

    def told(changed: str) -> str:
        rows, faults = read_rows("rows.csv", changed.encode())
        assert rows == ()
        return " ".join(str(fault) for fault in faults)

    assert "The column `行使层次` is unknown here. Did you mean `行使层级`?" in told(
        text.replace("行使层级,", "行使层次,")
    )
    assert "The column `基本编码` is missing." in told(f"{header.replace(',基本编码', '')}\n{line}\n")
    assert "The column `事项名称` stands here twice." in told(f"{header},事项名称\n{line},x\n")
    assert "rows.csv:2" in told(f"{header}\n{line},x\n")
    assert "no list in JSON" in told(text.replace('"[{', '"[', 1))
    assert told("") == "rows.csv:1:1: The file is empty. Write the names of the columns in its first line."


def test_every_word_of_ours_has_a_value_and_every_list_says_how_sure_it_is() -> None:
    lists = code_lists()
    for codes, words in (("item_type", Permits), ("whom", ForWhom), ("case_type", Handling), ("depth", Online)):
        assert not [word for word in words if lists[codes].values(word) == word]
    assert lists["coverage"].values(*(one for one in Coverage if one is not Coverage.COUNTY)) == "全国^跨市^跨县"
    assert {one.sure for one in lists.values()} == set(Sure)
    assert all(one.source.zh and one.source.en for one in lists.values() if one.sure is not Sure.KNOWN)
    told: Any = as_data(found(), SAY)["codes"]
    for name, one in lists.items():
        known = "from general knowledge, check before a real exchange" in told[name]["source_en"]
        assert known == (one.sure is Sure.KNOWN)


def test_columns_and_rows_agree_and_each_coded_column_has_its_list() -> None:
    assert list(COLUMNS) == list(ExchangeRow.__struct_fields__)
    assert {column.codes for column in COLUMNS.values() if column.codes} <= set(code_lists())
    assert all(COLUMNS[column.pair].by_code for column in COLUMNS.values() if column.pair)
    assert STAGES == ("受理", "审核", "审批", "办结", "送达")


def test_each_fault_is_told_in_both_languages_with_its_field_and_value() -> None:
    row = msgspec.structs.replace(READY, level="区级", level_code="")
    told: Any = as_data(sorted_out((row,)), SAY)
    (refused,) = told["refused"]
    (fault,) = refused["faults"]
    assert (refused["id"], fault["field"], fault["value"], fault["rule"]) == (
        "felling",
        "行使层级",
        "区级",
        "not_listed",
    )
    assert fault["text"].startswith("行使层级写的是“区级”，代码表里没有。改成其中一个：国家级")
    assert fault["text_en"].startswith("Level of exercise is “区级”")
    for rule in Rule:
        for lang in ("zh", "en"):
            assert SAY(lang, f"services.exchange.rule.{rule}", field="x")
            assert SAY(lang, f"services.exchange.fault.{rule}", field="x", value="y", wanted="z", mend="m")
