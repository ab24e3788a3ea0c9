"""The exchange in words and as plain data: every fault says which field, which value, and how to mend it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import msgspec

from onecity.packs.faults import short
from onecity.services.exchange.codes import CodeList, code_lists
from onecity.services.exchange.columns import COLUMNS, ExchangeRow
from onecity.services.exchange.faults import RowFault, Rule
from onecity.services.exchange.sorting import Exchange, RefusedRow, left_open

Say = Callable[..., str]
"""A sentence for a key, its gaps filled, in the language that is named beside it."""

_MENDED_IN: Final = {
    **dict.fromkeys(("basis", "result_name", "result_type", "steps"), "listed"),
    "conditions": "demanded",
    **dict.fromkeys(
        ("form", "visits", "state", "effective", "promised_days", "case_type", "grade", "depth", "online", "faq"),
        "offered",
    ),
    **dict.fromkeys(("level", "body", "phone", "complaints"), "agency"),
}  # fmt: skip
"""Where somebody writes what is missing; the other columns are filled in by hand."""
_LANGUAGES: Final = {"": "zh", "_en": "en"}
"""How a key ends in each language."""


def sentence(fault: RowFault, say: Say, lang: str) -> str:
    """What is wrong and what to do, for a person."""
    return say(
        f"services.exchange.fault.{fault.rule}", field=COLUMNS[fault.field].name.said(lang),
        value=short(fault.value), wanted=short(fault.wanted), mend=_mend(fault, say),
    )  # fmt: skip


def _mend(fault: RowFault, say: Say) -> str:
    """Where somebody writes what is missing."""
    return say(f"services.exchange.mend.{_MENDED_IN.get(fault.field, 'filled')}")


def sentences(faults: Sequence[RowFault], say: Say, lang: str) -> list[str]:
    """All that is wrong with a row; columns that are empty and are filled in at the same place are told together."""
    empty: dict[str, list[str]] = {}
    for fault in faults:
        if fault.rule is Rule.MISSING:
            empty.setdefault(_mend(fault, say), []).append(COLUMNS[fault.field].name.said(lang))
    together = [
        say(f"services.exchange.fault.{Rule.MISSING}", field=say("services.exchange.and").join(names), mend=mend)
        for mend, names in empty.items()
    ]
    return together + [sentence(fault, say, lang) for fault in faults if fault.rule is not Rule.MISSING]


def counts_of(found: Exchange, say: Say, lang: str) -> list[tuple[str, str, int]]:
    """Each thing that is wrong: its address, what it is in few words, and how many rows have it."""
    return [
        (f"{rule}.{field}", called(rule, field, say, lang), len(ids)) for (rule, field), ids in found.counts.items()
    ]


def called(rule: Rule, field: str, say: Say, lang: str) -> str:
    """A fault in few words."""
    return say(f"services.exchange.rule.{rule}", field=COLUMNS[field].name.said(lang))


def as_data(found: Exchange, say: Callable[..., str]) -> dict[str, object]:
    """All of it for programs, in both languages: `say` is asked for a language and a key."""
    says = {key: (partial(say, lang), lang) for key, lang in _LANGUAGES.items()}
    return {
        "ready": [row_as_data(row) for row in found.ready],
        "refused": [_refused(one, says) for one in found.refused],
        "counts": [
            {
                "rule": str(rule), "field": COLUMNS[field].name.zh, "number": len(ids), "list": list(ids),
                **{f"text{key}": called(rule, field, *spoken) for key, spoken in says.items()},
            }
            for (rule, field), ids in found.counts.items()
        ],
        "left_open": {COLUMNS[name].name.zh: number for name, number in left_open(found.ready).items()},
        "codes": {name: _codes(one, says) for name, one in code_lists().items()},
    }  # fmt: skip


def row_as_data(row: ExchangeRow) -> Mapping[str, object]:
    """A row under its national names."""
    return {
        column.name.zh: msgspec.to_builtins(row.materials) if name == "materials" else row.cell(name)
        for name, column in COLUMNS.items()
    }


def _refused(one: RefusedRow, says: Mapping[str, tuple[Say, str]]) -> dict[str, object]:
    return {
        "id": one.row.id, "name": one.row.name,
        "faults": [
            {
                "field": COLUMNS[fault.field].name.zh, "value": fault.value, "rule": str(fault.rule),
                **{f"text{key}": sentence(fault, *spoken) for key, spoken in says.items()},
            }
            for fault in one.faults
        ],
    }  # fmt: skip


def source_of(one: CodeList, say: Say, lang: str) -> str:
    """Where a list was found, and whether somebody must compare it before anything is sent."""
    sure = say(f"services.exchange.sure.{one.sure}")
    return f"{one.source.said(lang)} · {sure}" if one.source.zh else sure


def _codes(one: CodeList, says: Mapping[str, tuple[Say, str]]) -> dict[str, object]:
    return {
        "name": one.name.zh, "name_en": one.name.en, "sure": str(one.sure),
        **{f"source{key}": source_of(one, *spoken) for key, spoken in says.items()},
        "values": [{"code": code.code, "name": code.name.zh, "name_en": code.name.en} for code in one.codes],
    }  # fmt: skip
