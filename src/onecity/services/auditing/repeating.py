"""A paper that a flow asks for again: whether the one that was handed in serves once more, or another is meant."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from onecity.services.auditing.lists import Row
from onecity.services.auditing.model import Act, Confidence
from onecity.services.auditing.naming import plainly

_VAGUE: Final = re.compile(
    r"(其他|其它|其余|有关|相关)(的)?(有关|相关|必要|证明|申请)?(的)?(材料|资料|文件|证明|要件|手续|附件)?"
)
"""The whole name of a catch-all. Source: 河南省优化营商环境条例 (2020-11-28) article 28."""
_FOR_ONE_MATTER: Final = re.compile(
    r"(申请|申报|报审|报批|自审|自查|委托|授权)(书面)?(书|表|函|单|报告|文件|材料)?(\(.*\))?$|书面申请|请示$|承诺(书|表)?$|声明$|文本$"
    r"|(平面|布局|竣工|设计|施工)图纸?$|表决(书|表|结果)$|决议$|事由"
)
"""What is made for one matter: its form, authority, promise or vote, the text or the drawing of what it looks at."""
_SHOWN: Final = re.compile("身份证|护照|旅行证件")
"""What is looked at in person and taken back: nobody handed it in."""
_OF_A_PARTY: Final = re.compile("资质|资格|执业|注册|营业执照|机构代码|信用|中标|发包|业绩|人员证")
"""What tells who somebody is or what they won."""
_TWO_PARTIES: Final = re.compile("合同")
"""The name of an item about what two agree: each such item has another second party."""
_TEMPORARY: Final = "临时"
"""What stands for a while is another thing than what stays."""
_LEAST_STEM: Final = 6
"""Signs from which two names that differ in one sign are variants of one thing: `报告书` and `报告表`."""


class Anew(StrEnum):
    """Why a paper of the same name is another one."""

    NAMELESS = "nameless"
    WRITTEN = "written"
    SHOWN = "shown"
    VARIANT = "variant"
    PARTY = "party"


class Again(msgspec.Struct, frozen=True):
    """A row whose material an earlier row of the flow has asked for, with the one that serves or why none does.

    `first` is the earliest row of that name, `given` the earliest whose paper is the same; one of `given` and `anew` is
    None.
    """

    row: Row
    first: Row
    given: Row | None
    anew: Anew | None

    act = Act.REUSE
    confidence = Confidence.EXACT
    key = "services.audit.flow.reuse"

    def gaps(self, _lang: str) -> Mapping[str, str]:
        """What fills the sentence that proposes to use the paper once more."""
        assert self.given is not None, "only what was given can be used again"
        return {"item": self.row.item, "material": self.row.material, "giver": self.given.item}

    def as_row(self) -> dict[str, object]:
        """The proposal as plain data."""
        assert self.given is not None, "only what was given can be used again"
        return {
            "id": f"{self.act}:{self.row.line}", "row": self.row.line, "item": self.row.item,
            "material": self.row.material, "act": str(self.act), "confidence": str(self.confidence),
            "given_with": self.given.item, "given_row": self.given.line,
        }  # fmt: skip


def again(row: Row, earlier: Sequence[Row]) -> Again:
    """Whether one of the `earlier` rows of the same name, at least one and in their order, has the paper already."""
    reasons = [_anew(row, one) for one in earlier]
    given = next((one for one, reason in zip(earlier, reasons, strict=True) if reason is None), None)
    return Again(row, earlier[0], given, None if given else reasons[0])


def names_nothing(material: str) -> bool:
    """Whether a material is a catch-all and no paper.

    >>> names_nothing("其他有关材料"), names_nothing("其他股东的同意书")
    (True, False)
    """
    return _VAGUE.fullmatch(plainly(material)) is not None


def are_variants(one: str, other: str) -> bool:
    """Whether two items are forms of one, of which a project needs a single one, or one of them is for a while only.

    >>> are_variants("用地规划许可（划拨）", "用地规划许可（出让）"), are_variants("排水许可", "取水许可")
    (True, False)
    """
    if one == other:
        return False
    first, second = _stem(one), _stem(other)
    if first == second or (_TEMPORARY in one) != (_TEMPORARY in other):
        return True
    return len(first) == len(second) >= _LEAST_STEM and first[:-1] == second[:-1]


def _stem(item: str) -> str:
    return re.split(r"[\s(（\[【]", item.strip(), maxsplit=1)[0]


def _anew(row: Row, earlier: Row) -> Anew | None:
    """Why the paper of an earlier row does not serve, if it does not."""
    name = plainly(row.material)
    if names_nothing(row.material):
        return Anew.NAMELESS
    if _FOR_ONE_MATTER.search(name):
        return Anew.WRITTEN
    if _SHOWN.search(name):
        return Anew.SHOWN
    if are_variants(row.item, earlier.item):
        return Anew.VARIANT
    if _OF_A_PARTY.search(name) and any(_TWO_PARTIES.search(item) for item in (row.item, earlier.item)):
        return Anew.PARTY
    return None
