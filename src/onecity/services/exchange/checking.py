"""What is wrong with a row: each column by its list, its length and its kind, then the rules between columns.

A row from a pack is not asked for what no pack can know. A row that somebody filled in is: then codes, themes, fees and
samples are checked as well.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

from onecity.kernel.identity import uscc_fault
from onecity.services.exchange.codes import BETWEEN, code_lists, parts
from onecity.services.exchange.columns import COLUMNS, Column, ExchangeMaterial, ExchangeRow, Holds, Wanted
from onecity.services.exchange.faults import RowFault, Rule

_NONE: Final = "无"
"""What stands where somebody says that there is nothing."""
_YES, _NO = "1", "0"
_AT_ONCE: Final = "即办件"
_WHOLE: Final = "Ⅳ"
_POST: Final = "快递申请"
_LICENSING: Final = "行政许可"
STAGES: Final = ("受理", "审核", "审批", "办结", "送达")
"""The five steps of a permit, as the check of that province names them."""
_PAPERS: Final = (("批复", "批文"), ("文", "批文"), ("证", "证照"), ("照", "证照"))
"""How the name of a result ends, and the type that it then has."""
_WITH_AREA: Final = re.compile(r"0[0-9]{2,3}-[0-9][0-9-]+")
_NUMBER: Final = re.compile(r"[0-9]{1,4}")
_DAYS: Final = {"工作日": 7 / 5, "自然日": 1, "月": 30, "年": 365}
"""About how many days of the calendar a unit has: only to tell which of two limits is longer."""
_PERSONS: Final = "自然人"
_BASIC: Final = re.compile(r"[0-9A-Z]{12,13}")
"""The form of a code in the national catalogue. Source: tables of a national exchange that are public."""

Faults = Iterator[RowFault]


def faults_of(row: ExchangeRow, *, filled: bool = False) -> Sequence[RowFault]:
    """All that is wrong with a row, column by column; `filled` says that somebody filled in what no pack can know."""
    found = [fault for name, column in COLUMNS.items() for fault in _column(row, name, column, filled=filled)]
    found += [fault for material in row.materials for fault in _material(material)]
    rules = (*_RULES, *_WHEN_FILLED) if filled else _RULES
    found += [fault for rule in rules for fault in rule(row)]
    order = list(COLUMNS)
    return tuple(sorted(found, key=lambda fault: order.index(fault.field)))


def _column(row: ExchangeRow, name: str, column: Column, *, filled: bool) -> Faults:
    value = row.cell(name)
    if not value:
        if column.wanted is Wanted.ALWAYS or (filled and column.wanted is Wanted.FILLED):
            yield RowFault(name, "", Rule.MISSING)
        if column.pair and row.cell(column.pair):
            yield RowFault(column.pair, row.cell(column.pair), Rule.OTHER_CODE)
        return
    if column.longest and len(value) > column.longest:
        yield RowFault(name, value, Rule.TOO_LONG, str(column.longest))
    if column.holds is Holds.NUMBER and not _NUMBER.fullmatch(value):
        yield RowFault(name, value, Rule.NO_NUMBER)
    if column.holds is Holds.DAY and not _is_day(value):
        yield RowFault(name, value, Rule.NO_DAY)
    if column.codes:
        yield from _listed(name, value, column.codes, by_code=column.by_code)
    if column.pair:
        yield from _paired(column.pair, value, row.cell(column.pair), column.codes)


def _listed(field: str, value: str, codes: str, *, by_code: bool = False) -> Faults:
    """A fault for each value that the list does not have."""
    known = code_lists()[codes].numbers if by_code else code_lists()[codes].names
    for part in parts(value):
        if part not in known:
            yield RowFault(field, part, Rule.NOT_LISTED, BETWEEN.join(known))


def _paired(field: str, value: str, codes: str, of: str) -> Faults:
    """A fault if the codes beside a value are not its own. What is not on the list is a fault of its own."""
    wanted = code_lists()[of].numbers_of(value)
    if codes != wanted and set(parts(value)) <= set(code_lists()[of].names):
        yield RowFault(field, codes, Rule.OTHER_CODE, wanted)


def _is_day(value: str) -> bool:
    try:
        return len(value) == 8 and date.fromisoformat(f"{value[:4]}-{value[4:6]}-{value[6:]}") is not None
    except ValueError:
        return False


def _material(material: ExchangeMaterial) -> Faults:
    if not material.name:
        yield RowFault("materials", "", Rule.MISSING)
    for codes, value, number in (
        ("material_form", material.form, material.form_code),
        ("necessity", material.necessity, material.necessity_code),
    ):
        yield from _listed("materials", value, codes)
        yield from _paired("materials", value, number, codes)
    yield from _listed("materials", material.source, "material_source")


def _legal_limit(row: ExchangeRow) -> Faults:
    if not row.legal_days and not row.legal_note:
        yield RowFault("legal_days", "", Rule.NO_LEGAL_LIMIT)
    for days, unit in (("legal_days", "legal_unit"), ("promised_days", "promised_unit")):
        if row.cell(days) and not row.cell(unit):
            yield RowFault(unit, "", Rule.MISSING)


def _at_once(row: ExchangeRow) -> Faults:
    if row.promised_days and row.case_type and (int_of(row.promised_days) == 0) != (row.case_type == _AT_ONCE):
        yield RowFault("case_type", row.case_type, Rule.AT_ONCE, row.promised_days)


def _result_type(row: ExchangeRow) -> Faults:
    wanted = next((kind for ending, kind in _PAPERS if row.result_name.endswith(ending)), "")
    if wanted and row.result_type and row.result_type != wanted:
        yield RowFault("result_type", row.result_type, Rule.RESULT_TYPE, wanted)


def _visit_reason(row: ExchangeRow) -> Faults:
    if row.visits and ((int_of(row.visits) == 0) != (row.why_visit == _NONE) or not row.why_visit):
        yield RowFault("why_visit", row.why_visit, Rule.VISIT_REASON, row.visits)


def _ways(row: ExchangeRow) -> Faults:
    nobody_comes = row.visits != "" and int_of(row.visits) == 0
    if nobody_comes and row.online == _NO and _POST not in parts(row.form):
        yield RowFault("form", row.form, Rule.NO_WAY)
    if row.grade == _WHOLE and not nobody_comes:
        yield RowFault("grade", row.grade, Rule.ONLINE_VISIT)
    if row.online == _YES and not row.depth:
        yield RowFault("depth", "", Rule.MISSING)


def _fee(row: ExchangeRow) -> Faults:
    if row.fee == _YES:
        for field in ("fee_name", "fee_amount", "fee_basis", "pays_online"):
            if not row.cell(field):
                yield RowFault(field, "", Rule.FEE_DETAILS)
    if row.fee == _NO and row.pays_online == _YES:
        yield RowFault("pays_online", row.pays_online, Rule.FREE_PAID)


def _phones(row: ExchangeRow) -> Faults:
    if row.phone and row.phone == row.complaints:
        yield RowFault("complaints", row.complaints, Rule.SAME_PHONE)
    for field, number in (("phone", row.phone), ("complaints", row.complaints)):
        if number and not _WITH_AREA.fullmatch(number):
            yield RowFault(field, number, Rule.NO_AREA_CODE)


def _licensing(row: ExchangeRow) -> Faults:
    if row.type != _LICENSING:
        return
    if not row.faq:
        yield RowFault("faq", "", Rule.NO_FAQ)
    named = {step.partition("：")[0] for step in parts(row.steps)}
    missing = [stage for stage in STAGES if stage not in named]
    if row.steps and missing:
        yield RowFault("steps", row.steps, Rule.FEW_STEPS, "、".join(missing))


def _promise(row: ExchangeRow) -> Faults:
    law, promise = _about(row.legal_days, row.legal_unit), _about(row.promised_days, row.promised_unit)
    if law is not None and promise is not None and promise > law:
        yield RowFault("promised_days", row.promised_days, Rule.LONG_PROMISE, f"{row.legal_days} {row.legal_unit}")


def _about(number: str, unit: str) -> float | None:
    """About how many days of the calendar a limit has; None if it cannot be told."""
    return int_of(number) * _DAYS[unit] if _NUMBER.fullmatch(number) and unit in _DAYS else None


def _identifying(row: ExchangeRow) -> Faults:
    if row.basic_code and not _BASIC.fullmatch(row.basic_code):
        yield RowFault("basic_code", row.basic_code, Rule.WRONG_CODE)
    if row.item_code and not (row.basic_code and row.item_code.startswith(row.basic_code)):
        yield RowFault("item_code", row.item_code, Rule.WRONG_CODE)
    if row.body_code and uscc_fault(row.body_code) is not None:
        yield RowFault("body_code", row.body_code, Rule.WRONG_CODE)


def _theme(row: ExchangeRow) -> Faults:
    whom = set(parts(row.whom))
    for field, theirs in (("person_theme", _PERSONS in whom), ("firm_theme", bool(whom - {_PERSONS}))):
        if whom and theirs != bool(row.cell(field) not in ("", _NONE)):
            yield RowFault(field, row.cell(field), Rule.THEME, row.whom)


def _sample(row: ExchangeRow) -> Faults:
    if row.result_type in ("证照", "批文") and not row.result_sample:
        yield RowFault("result_sample", "", Rule.NO_SAMPLE)


def int_of(number: str) -> int:
    """A number of a cell; what is none has a fault of its own and counts as none at all."""
    return int(number) if _NUMBER.fullmatch(number) else -1


_RULES: Final[Sequence[Callable[[ExchangeRow], Faults]]] = (
    _legal_limit, _at_once, _result_type, _visit_reason, _ways, _fee, _phones, _licensing, _promise, _identifying,
)  # fmt: skip
_WHEN_FILLED: Final[Sequence[Callable[[ExchangeRow], Faults]]] = (_theme, _sample)
"""What asks for things that no pack can know yet."""
