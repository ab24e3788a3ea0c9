"""A row of the exchange and its columns: the field names of the national implementation list, in both languages.

Source: GB/T 39046-2020, table 4, and the tables of a national exchange that are public; lengths are those of table 4.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from onecity.packs import Text


class Wanted(StrEnum):
    """Whether a column must be filled: always; once somebody filled in what no pack can know; or never."""

    ALWAYS = "always"
    FILLED = "filled"
    MAY = "may"


class Holds(StrEnum):
    """What stands in a column: text, a whole number, or a day as YYYYMMDD."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"


class Column(msgspec.Struct, frozen=True):
    """A column: its name in the exchange, whether it must be filled, and the list that its values are of.

    `pair` is the column with the codes of its values; `by_code` says that the column holds the codes themselves.
    `longest` counts signs; 0 is any number.
    """

    name: Text
    wanted: Wanted = Wanted.MAY
    holds: Holds = Holds.TEXT
    codes: str = ""
    pair: str = ""
    by_code: bool = False
    longest: int = 0


_MATERIAL: Final = {
    "name": "材料名称", "form": "材料形式", "form_code": "材料形式代码",
    "necessity": "材料必要性", "necessity_code": "材料必要性代码",
    "source": "来源渠道", "source_note": "来源渠道说明", "basis": "要求提供材料的依据", "note": "备注",
}  # fmt: skip
"""The fields of a material as the exchange names them."""


class ExchangeMaterial(msgspec.Struct, frozen=True, rename=_MATERIAL):
    """A material of an item; the names are those of the exchange, in which the cell of a row holds them as JSON."""

    name: str
    form: str = ""
    form_code: str = ""
    necessity: str = ""
    necessity_code: str = ""
    source: str = ""
    source_note: str = ""
    basis: str = ""
    note: str = ""


class ExchangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """An item as the exchange writes it. What nobody declared is empty: no code and no number is made up."""

    id: str
    name: str
    basic_code: str = ""
    item_code: str = ""
    type: str = ""
    type_code: str = ""
    basis: str = ""
    level: str = ""
    level_code: str = ""
    body: str = ""
    body_code: str = ""
    nature: str = ""
    nature_code: str = ""
    whom: str = ""
    whom_code: str = ""
    person_theme: str = ""
    firm_theme: str = ""
    legal_days: str = ""
    legal_unit: str = ""
    legal_note: str = ""
    promised_days: str = ""
    promised_unit: str = ""
    case_type: str = ""
    case_type_code: str = ""
    special_kind: str = ""
    special_kind_code: str = ""
    special: str = ""
    form: str = ""
    form_code: str = ""
    online: str = ""
    depth: str = ""
    depth_code: str = ""
    grade: str = ""
    visits: str = ""
    why_visit: str = ""
    express: str = ""
    coverage: str = ""
    place: str = ""
    hours: str = ""
    conditions: str = ""
    declines: str = ""
    materials: tuple[ExchangeMaterial, ...] = ()
    steps: str = ""
    on_promise: str = ""
    rest_later: str = ""
    result_name: str = ""
    result_type: str = ""
    result_sample: str = ""
    fee: str = ""
    fee_name: str = ""
    fee_amount: str = ""
    fee_basis: str = ""
    pays_online: str = ""
    phone: str = ""
    complaints: str = ""
    faq: str = ""
    version: str = ""
    state: str = ""
    effective: str = ""
    ends: str = ""

    def cell(self, column: str) -> str:
        """What stands in a column, as text."""
        value: str | tuple[ExchangeMaterial, ...] = getattr(self, column)
        if isinstance(value, str):
            return value
        return msgspec.json.encode(value).decode() if value else ""


ALWAYS, FILLED, MAY = Wanted

COLUMNS: Final[Mapping[str, Column]] = {
    "id": Column(Text("本地标识", "Our own id"), ALWAYS),
    "name": Column(Text("事项名称", "Name of the item"), ALWAYS, longest=200),
    "basic_code": Column(Text("基本编码", "National code"), FILLED),
    "item_code": Column(Text("实施编码", "Code of the item"), FILLED),
    "type": Column(Text("事项类型", "Type of item"), ALWAYS, codes="item_type", pair="type_code"),
    "type_code": Column(Text("事项类型代码", "Code of the type"), codes="item_type", by_code=True),
    "basis": Column(Text("设定依据", "Legal basis"), ALWAYS, longest=1000),
    "level": Column(Text("行使层级", "Level of exercise"), ALWAYS, codes="level", pair="level_code"),
    "level_code": Column(Text("行使层级代码", "Code of the level"), codes="level", by_code=True),
    "body": Column(Text("实施主体", "Body that decides"), ALWAYS, longest=100),
    "body_code": Column(Text("实施主体代码", "Code of the body"), FILLED),
    "nature": Column(Text("实施主体性质", "Nature of the body"), FILLED, codes="nature", pair="nature_code"),
    "nature_code": Column(Text("实施主体性质代码", "Code of its nature"), codes="nature", by_code=True),
    "whom": Column(Text("服务对象", "For whom"), ALWAYS, codes="whom", pair="whom_code", longest=200),
    "whom_code": Column(Text("服务对象代码", "Codes of for whom"), codes="whom", by_code=True, longest=10),
    "person_theme": Column(Text("自然人服务主题", "Theme for persons")),
    "firm_theme": Column(Text("法人服务主题", "Theme for firms")),
    "legal_days": Column(Text("法定办结时限", "Limit of the law"), holds=Holds.NUMBER),
    "legal_unit": Column(Text("法定办结时限单位", "Unit of the law's limit"), codes="time_unit"),
    "legal_note": Column(Text("法定办结时限说明", "Note on the law's limit")),
    "promised_days": Column(Text("承诺办结时限", "Promised limit"), ALWAYS, Holds.NUMBER),
    "promised_unit": Column(Text("承诺办结时限单位", "Unit of the promised limit"), codes="time_unit"),
    "case_type": Column(Text("办件类型", "Type of case"), ALWAYS, codes="case_type", pair="case_type_code"),
    "case_type_code": Column(Text("办件类型代码", "Code of the type of case"), codes="case_type", by_code=True),
    "special_kind": Column(Text("特别程序种类", "Special procedure"), codes="special", pair="special_kind_code"),
    "special_kind_code": Column(Text("特别程序种类代码", "Code of the procedure"), codes="special", by_code=True),
    "special": Column(Text("特别程序", "What is not counted")),
    "form": Column(Text("办理形式", "Form of handling"), ALWAYS, codes="form", pair="form_code", longest=20),
    "form_code": Column(Text("办理形式代码", "Codes of the form"), codes="form", by_code=True, longest=10),
    "online": Column(Text("是否网办", "Handled online"), ALWAYS, codes="yes_no", by_code=True),
    "depth": Column(Text("网上办理深度", "Depth online"), codes="depth", pair="depth_code"),
    "depth_code": Column(Text("网上办理深度代码", "Codes of the depth"), codes="depth", by_code=True),
    "grade": Column(Text("网办等级", "Grade online"), ALWAYS, codes="grade"),
    "visits": Column(Text("到办事现场次数", "Visits"), ALWAYS, Holds.NUMBER),
    "why_visit": Column(Text("必须现场办理原因说明", "Why somebody must come")),
    "express": Column(Text("是否支持物流快递", "By post"), codes="yes_no", by_code=True),
    "coverage": Column(Text("通办范围", "Coverage"), codes="coverage"),
    "place": Column(Text("办理地点", "Place"), FILLED, longest=100),
    "hours": Column(Text("办理时间", "Opening hours"), FILLED, longest=150),
    "conditions": Column(Text("受理条件", "Conditions"), ALWAYS),
    "declines": Column(Text("不予受理情形", "When it is not accepted")),
    "materials": Column(Text("申请材料", "Materials")),
    "steps": Column(Text("办理环节", "Steps"), ALWAYS),
    "on_promise": Column(Text("是否实行告知承诺", "On a promise"), codes="yes_no", by_code=True),
    "rest_later": Column(Text("是否容缺受理", "The rest may follow"), codes="yes_no", by_code=True),
    "result_name": Column(Text("结果名称", "Result"), ALWAYS, longest=100),
    "result_type": Column(Text("审批结果类型", "Type of result"), ALWAYS, codes="result_type"),
    "result_sample": Column(Text("结果样本", "Sample of the result")),
    "fee": Column(Text("是否收费", "Charged for"), FILLED, codes="yes_no", by_code=True),
    "fee_name": Column(Text("收费项目", "Name of the fee")),
    "fee_amount": Column(Text("收费标准", "Amount of the fee")),
    "fee_basis": Column(Text("收费依据", "Basis of the fee")),
    "pays_online": Column(Text("是否支持网上支付", "Paid online"), FILLED, codes="yes_no", by_code=True),
    "phone": Column(Text("咨询方式", "Whom to ask"), ALWAYS, longest=18),
    "complaints": Column(Text("监督投诉方式", "Where to complain"), ALWAYS, longest=18),
    "faq": Column(Text("常见问题", "Questions and answers"), longest=1000),
    "version": Column(Text("事项版本", "Version of the item")),
    "state": Column(Text("事项状态", "State"), ALWAYS, codes="state"),
    "effective": Column(Text("计划生效日期", "In force from"), ALWAYS, Holds.DAY),
    "ends": Column(Text("计划取消日期", "Cancelled on"), holds=Holds.DAY),
}  # fmt: skip
"""Every column of a row in its order. What is FILLED no pack can know yet: a city fills it in before it sends."""
