"""An item as a row of the exchange: every value follows from what the pack declares, or the cell stays empty."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from onecity.casework import APPLICANT, PROCESS, Because, ClockAct, Delivery, Process, simulated_laws
from onecity.packs import Pack, version_of
from onecity.people import AGENCY
from onecity.services.checking import ITEM, is_paper
from onecity.services.declared import Coverage, Item, Needed, Online, Quality, Result, ResultKind
from onecity.services.exchange.checking import STAGES
from onecity.services.exchange.codes import BETWEEN, code_lists
from onecity.services.exchange.columns import COLUMNS, ExchangeMaterial, ExchangeRow
from onecity.services.forms import MATERIAL
from onecity.services.listing import Candidate, Demands, ListedItem, every_item, listing_of
from onecity.services.quality import levels_of

_NONE: Final = "无"
_NO_LAW: Final = "没有查到规定这一时限的法律条文"
_EXAMPLE: Final = "示例，没有查到依据"
_LICENCES: Final = ("证", "照", "证书", "证明", "证件", "卡", "簿", "牌")
_DOCUMENTS: Final = ("批复", "文", "文件", "决定书", "通知书", "意见", "意见书", "批准书", "核准书", "同意书", "认可书")
"""How the names of licences and of documents end; a receipt, a report or a contract is neither."""
_ONLINE_WAYS: Final = ("computer", "phone")
_DELIVERY: Final = {Delivery.ONLINE: "网上", Delivery.COUNTER: "窗口", Delivery.POST: "邮寄"}
_WHOLE: Final = 4


def rows_of(pack: Pack, on: date) -> tuple[ExchangeRow, ...]:
    """Every item of a pack as a row, in the order of their ids."""
    return _Deriving(pack, on).rows()


class _Deriving:
    """Knows a pack while its rows are made."""

    def __init__(self, pack: Pack, on: date) -> None:
        self._pack = pack
        self._on = on
        self._simulated = simulated_laws(pack)
        self._levels = levels_of(pack)
        full = [one.value for one in pack.all(ITEM).values()]
        self._given = {item.result.material: item.agency for item in full if item.result.material}

    def rows(self) -> tuple[ExchangeRow, ...]:
        items = sorted(every_item(self._pack).items())
        return tuple(
            self._full(name, item) if isinstance(item, Item) else self._listed(name, item) for name, item in items
        )

    def _full(self, name: str, item: Item) -> ExchangeRow:
        """An item that can be applied for."""
        online = Online.ACCEPTANCE in item.online or Online.HANDLING in item.online
        process = self._pack.all(PROCESS)[item.process].value
        ways = item.ways(self._pack.all(AGENCY)[item.agency].value, process)
        cells = self._known(name, item) | self._limits(item) | self._fee(item) | self._special(item, process)
        cells |= _ways(item, online=online) | _result(item.result) | {
            "grade": _named("grade", str(self._grade(name, item))),
            "steps": _written(_stages(process) | {STAGES[-1]: "、".join(_DELIVERY[one] for one in ways)}),
            "conditions": _numbered(one.say.zh for one in item.conditions),
            "declines": _numbered(one.zh for one in item.declines),
            "on_promise": _yes(holds=item.promise_after_check),
            "rest_later": _yes(holds=any(one.later for one in item.needs)),
            "faq": BETWEEN.join(f"问：{one.ask.zh} 答：{one.answer.zh}" for one in item.faq),
            "version": version_of(self._pack.all(ITEM)[name])[:16],
            "state": _named("state", "in_use" if item.ends is None or self._on < item.ends else "ended"),
            "effective": f"{item.in_force:%Y%m%d}",
            "ends": f"{item.ends:%Y%m%d}" if item.ends else "",
        }  # fmt: skip
        return _with_codes(cells, tuple(self._needed(one, online=online) for one in item.needs))

    def _listed(self, name: str, row: ListedItem) -> ExchangeRow:
        """An item that is only listed: nobody has said yet how often to come, by which way, or since when."""
        demands = listing_of(self._pack).demands.get(name, ())
        processes = self._pack.all(PROCESS)
        cells = self._known(name, row) | _legal(row.resolved(self._on).holds) | {
            "online": _yes(holds=False),
            "grade": _named("grade", "1"),
            "conditions": _numbered(one.say.zh for one in demands if one.what is Demands.CONDITION),
            "steps": _written(_stages(processes[row.process].value)) if row.process in processes else "",
        }  # fmt: skip
        if row.result is not None:
            kind = ResultKind.DOCUMENT if is_paper(row.result) else ResultKind.NONE
            cells |= _result(Result(row.result, kind))
        wanted = [one for one in demands if one.what is Demands.MATERIAL]
        return _with_codes(cells, tuple(self._material(one.say.zh, one.because) for one in wanted))

    def _known(self, name: str, item: Item | ListedItem) -> dict[str, str]:
        """What is known of every item: what it is, by which law, whose, and for whom."""
        agency = self._pack.all(AGENCY)[item.agency].value
        return {
            "id": name, "name": item.name.zh, "type": _named("item_type", item.kind), "basis": self._law(item.basis),
            "level": _named("level", _level(agency.area)), "body": agency.name.zh,
            "whom": _named("whom", item.subject), "phone": agency.phone, "complaints": agency.complaints,
        }  # fmt: skip

    def _law(self, because: Because | None) -> str:
        """The article of a law, with the version; a rule that the city made up is no law, and nothing is told."""
        if because is None or because.law in self._simulated:
            return ""
        return f"{because.citation}（{because.version.isoformat()} 版本）"

    def _limits(self, item: Item) -> dict[str, str]:
        """The limit of the law, if a law names one, and the city's."""
        limit, law = item.limit, self._law(item.limit.because)
        unit = _named("time_unit", limit.unit)
        legal = {"legal_days": str(limit.number), "legal_unit": unit} if law else {}
        return legal | {
            "legal_note": law or _NO_LAW, "promised_days": str(limit.limit.number), "promised_unit": unit,
        }  # fmt: skip

    def _grade(self, name: str, item: Item) -> int:
        """How far it goes online; the whole way only if a program has played it to its result."""
        played = self._levels[name] in (Quality.Q3, Quality.Q4)
        return item.depth if item.depth < _WHOLE or played else _WHOLE - 1

    def _special(self, item: Item, process: Process) -> dict[str, str]:
        """What lengthens the limit, and what is not counted."""
        kinds: list[ClockAct] = []
        said: list[str] = []
        for step in process.steps.values():
            for outcome in step.outcomes.values():
                longer = item.limit.extension if outcome.clock is ClockAct.EXTENDS else None
                if outcome.clock is ClockAct.STOPS or longer is not None:
                    kinds.append(outcome.clock or ClockAct.EXTENDS)
                    law = self._law(longer.because if longer else outcome.because or step.because)
                    what = f"延长 {longer.days} 个工作日" if longer else outcome.name.zh
                    said.append(f"{step.name.zh}：{what}" + (f"，{law}" if law else ""))
        return {"special_kind": _named("special", *dict.fromkeys(kinds)), "special": BETWEEN.join(said)}

    def _fee(self, item: Item) -> dict[str, str]:
        """What it costs; nothing is told where the pack names no fee: that may be free, or nobody looked it up."""
        if item.fee is None:
            return {}
        return {
            "fee": _yes(holds=True), "fee_name": item.fee.name.zh, "fee_amount": f"{item.fee.fen / 100:g} 元",
            "fee_basis": self._law(item.fee.because), "pays_online": _yes(holds=True),
        }  # fmt: skip

    def _needed(self, needed: Needed, *, online: bool) -> ExchangeMaterial:
        name = self._pack.all(MATERIAL)[needed.material].value.name.zh
        # Where it can be applied for at a window and online, a paper and a file are as good.
        form, necessity = "both" if online else "paper", "later" if needed.later else "now"
        return self._material(name, needed.because, form, necessity, self._given.get(needed.material))

    def _material(
        self, name: str, because: Because | None, form: str = "", necessity: str = "now", given_by: str | None = None
    ) -> ExchangeMaterial:
        """A material; the form stays empty where nobody has said it yet, and the source where no item here gives it."""
        forms, necessities, law = code_lists()["material_form"], code_lists()["necessity"], self._law(because)
        in_form, needed = forms.values(form) if form else "", necessities.values(necessity)
        return ExchangeMaterial(
            name=" ".join(name.split()),
            form=in_form, form_code=forms.numbers_of(in_form),
            necessity=needed, necessity_code=necessities.numbers_of(needed),
            source=_named("material_source", "office") if given_by else "",
            source_note=self._pack.all(AGENCY)[given_by].value.name.zh if given_by else "",
            basis=law, note="" if law else _EXAMPLE,
        )  # fmt: skip


def _with_codes(cells: dict[str, str], materials: tuple[ExchangeMaterial, ...]) -> ExchangeRow:
    """The row, with the codes of whatever has some."""
    cells = {name: " ".join(text.split()) for name, text in cells.items()}
    codes = {
        column.pair: code_lists()[column.codes].numbers_of(cells.get(name, ""))
        for name, column in COLUMNS.items()
        if column.pair
    }
    return ExchangeRow(**cells, **codes, materials=materials)


def _named(codes: str, *ours: str) -> str:
    return code_lists()[codes].values(*ours)


def _yes(*, holds: bool) -> str:
    return "1" if holds else "0"


def _level(area: str) -> str:
    """The level to which an area belongs. Source: GB/T 2260: two digits each for province, city and county.

    >>> _level("410100"), _level("410102"), _level("410000")
    ('city', 'county', 'province')
    """
    if area.endswith("0000"):
        return "province"
    return "city" if area.endswith("00") else "county"


def _numbered(texts: Iterable[str]) -> str:
    """Several sentences in one cell, each with its number."""
    every = tuple(texts)
    return "；".join(f"{number}. {text}" for number, text in enumerate(every, 1)) if len(every) > 1 else "".join(every)


def _ways(item: Item, *, online: bool) -> dict[str, str]:
    """How it is applied for, how far it goes online, and how often somebody must come."""
    no_reason = "" if item.visits else _NONE
    return {
        "case_type": _named("case_type", item.handling),
        "form": _named("form", "window", *(_ONLINE_WAYS if online else ())),
        "online": _yes(holds=online),
        "depth": _named("depth", *item.online),
        "visits": str(item.visits),
        "why_visit": item.why_visit.zh if item.why_visit else no_reason,
        # A result is given out in an inbox or at a counter; nobody here sends by post.
        "express": _yes(holds=False),
        "coverage": "" if item.coverage is Coverage.COUNTY else _named("coverage", item.coverage),
    }


def _legal(holds: Candidate | None) -> dict[str, str]:
    """The limit of a listed item: what the law gives is promised as well, as nobody promises less."""
    if holds is None:
        return {"legal_note": _NO_LAW}
    days, unit, law = str(holds.limit.number), _named("time_unit", holds.limit.unit), holds.limit.because
    return {
        "legal_days": days, "legal_unit": unit, "legal_note": f"{law.citation}（{law.version.isoformat()} 版本）",
        "promised_days": days, "promised_unit": unit,
        "case_type": _named("case_type", "promised" if holds.limit.number else "at_once"),
    }  # fmt: skip


def _stages(process: Process) -> dict[str, str]:
    """The steps of the city by the stage that they are: how it begins, what is looked at, who decides, its end."""
    official = {name: step for name, step in process.steps.items() if step.duty != APPLICANT}
    deciding = {
        name
        for name, step in official.items()
        if any(outcome.ends in process.succeeds for outcome in step.outcomes.values())
    }
    between = official.keys() - deciding - set(process.begins)
    by_stage = zip(STAGES, (set(process.begins), between, deciding), strict=False)
    found = {stage: "、".join(step.name.zh for name, step in official.items() if name in of) for stage, of in by_stage}
    given_out = {STAGES[4]: ""} if process.hands_over else {}
    return {stage: names for stage, names in found.items() if names} | {STAGES[3]: ""} | given_out


def _written(stages: dict[str, str]) -> str:
    return BETWEEN.join(f"{stage}：{names}" if names else stage for stage, names in stages.items())


def _result(result: Result) -> dict[str, str]:
    """What is given, and its type: of what is a document by its declaration the name tells which one."""
    kind = str(result.kind)
    if result.kind is ResultKind.DOCUMENT:
        kind = "licence" if result.name.zh.endswith(_LICENCES) else "none"
        kind = "document" if result.name.zh.endswith(_DOCUMENTS) else kind
    return {"result_name": result.name.zh, "result_type": _named("result_type", kind)}
