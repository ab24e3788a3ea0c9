"""What the names of materials tell: which office or register has it already, and which proofs nobody can check."""

import csv
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from onecity.packs import Text
from onecity.services.auditing.naming import parts

_OWN_WORK: Final = re.compile(
    r"(申请|申报|申领|报审|报批|自审|自查|汇总|交底|统计|信息)(书|表|函|单|报告|文件|材料)?$|请示$|承诺书?$|承诺表$|委托书$|授权书$"
    r"|(?<!批准)(?<!验收)(?<!预审)报告书?$|报告表$|登记表$|方案$|图纸?$|预案$|计划$|清单$|协议书?$|章程$|制度$|文本$|照片$|名单$|措施$|说明书?$"
    r"|(?<!出让)(?<!备案)合同$"
)
"""How a thing is called that whoever applies writes, whatever else its name says."""


_KIND_OF_PAPER: Final = re.compile(r"(决定书|通知书|表|证书?|书|证明|凭证|回执|文件|手续|意见书?)$")
_OWN_SIGNS: Final = 4
"""So many signs in common with the name of its own item make a paper the item's own."""


class Way(StrEnum):
    """Why a proof need not be asked for. Source: 优化营商环境条例 (2019-10-22) article 44."""

    LICENCE = "licence"
    DOCUMENT = "document"
    PROMISE = "promise"
    INTERNAL = "internal"
    BETWEEN = "between"
    NETWORK = "network"
    CONTRACT = "contract"
    COVERED = "covered"
    UNVERIFIABLE = "unverifiable"


class Pattern(msgspec.Struct, frozen=True):
    """Names of things that an office gives or a register holds; `holder` is None where nobody can check them.

    `words`, `unless` and `not_in` are regular expressions, the last of items that make or change the thing, or mean a
    foreign one. `proof` is the class of a proof, `source` the law that set the office up.
    """

    id: str
    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    not_in: re.Pattern[str] | None
    holder: Text | None
    way: Way
    proof: str
    source: str


class Hit(msgspec.Struct, frozen=True):
    """A part of a line that fits a pattern, and the signs by which it does."""

    pattern: Pattern
    part: str
    signs: str


@cache
def patterns() -> Sequence[Pattern]:
    """All patterns, in the order of their table: the first that fits counts."""
    table = (files("onecity") / "services" / "auditing" / "patterns.csv").read_text("utf-8")
    return tuple(
        Pattern(
            row["id"], re.compile(row["words"]), _signs(row["unless"]), _signs(row["not_in"]),
            Text(row["holder_zh"], row["holder_en"]) if row["holder_zh"] else None,
            Way(row["way"]), row["proof"], row["source"],
        )
        for row in csv.DictReader(table.splitlines())
    )  # fmt: skip


def _signs(cell: str) -> re.Pattern[str] | None:
    return re.compile(cell) if cell else None


def is_own_work(part: str) -> bool:
    """Whether a thing is written by whoever applies."""
    return _OWN_WORK.search(part) is not None


def fitting(name: str, *, given_by: str = "") -> tuple[Hit, ...]:
    """What of a material another office has, or nobody can check, for the item `given_by`: what it gives is its own.

    >>> [[hit.pattern.id for hit in fitting(name)] for name in ("企业营业执照、资质证书", "选址申请表", "其他材料")]
    [['business_licence', 'qualification'], [], []]
    """
    hits = [hit for part in parts(name) for hit in _hits(part, given_by)]
    held = [hit for hit in hits if hit.pattern.holder is not None]
    # What an office has comes before what nobody can check: a line may ask for both.
    return tuple(held or hits)


def _hits(part: str, given_by: str) -> Iterator[Hit]:
    for pattern in patterns():
        found = pattern.words.search(part)
        if found is None or (pattern.unless is not None and pattern.unless.search(part)):
            continue
        if pattern.not_in is not None and pattern.not_in.search(given_by):
            continue
        if pattern.holder is not None and (is_own_work(part) or is_own_result(part, found, given_by)):
            continue
        yield Hit(pattern, part, found[0])
        return


def stem(name: str) -> str:
    """A name without what kind of paper it is.

    >>> stem("失业登记证明"), stem("财务报表")
    ('失业登记', '财务报')
    """
    return _KIND_OF_PAPER.sub("", name)


def is_own_result(part: str, found: re.Match[str], given_by: str) -> bool:
    """Whether the signs that fit, with those before them, stand in the name of the item that asks.

    `合同备案表` asked for by `监理合同备案` is the form of that item, not the result of another.
    """
    end = found.start() + len(stem(found[0]))
    return any(
        part[at:end] in given_by for at in range(min(found.start(), end - _OWN_SIGNS) + 1) if end - at >= _OWN_SIGNS
    )
