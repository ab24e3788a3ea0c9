"""What a material is called, without what says nothing of the thing: copies, counts, seals, brackets, conditions."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from onecity.kernel.search import pairs

SIMILAR: Final = 0.6
"""The share of common pairs of signs from which two names may be one thing: that of the lint rules."""

_OPEN: Final = "([{【〔<"
_CLOSE: Final = ")]}】〕>"
_PARTY: Final = re.compile(r"[^,。;、]{0,8}(单位|企业|公司|机构|双方|[甲乙买卖男女]方|本人|父亲|母亲|配偶|子女|法人)")
"""What stands in brackets and tells two things apart: whose it is."""
_CONDITION: Final = re.compile(r"(^|[。;,])[^。;,]{0,30}(时|的|需|无需|应|须)提供[^。;]{0,4}$")
"""A last clause that only says when the thing is needed."""
_SEAL: Final = re.compile(r"[,并且]*(需|须|应|均)?(加盖|盖有?)[^,。;、]{0,8}?(公章|印章|章)|盖章|签[字名]盖章")
_CHECKED: Final = re.compile(
    r"[,;。]?(原件)?(须|需|应)?(由?窗口)?(核对|核验|查验|审核|交验|验看?|留存?)(原件|无误)*(后)?(即|当场)?(退回|退还|返还)$"
)
"""That an original is only looked at."""
_NUMBER: Final = "[0-9一二三四五六七八九十两叁贰壹]"
_COUNT: Final = re.compile(
    rf"[,各共]*(一式)?(不少于|至少)?[各共]?{_NUMBER}{{1,3}}(份|套|式|张|本|页|册|卷)(原件|复印件)?|[A-D][0-4]规格|一式"
)
_COPY: Final = re.compile(
    r"[,及和与或、/]*(原件[及和与或、/]复印件|复印件[及和与或、/]原件|原件|复印件|影印件|扫描件|电子件|电子版|纸质版?|正副本|正本|副本)"
    r"(?!备案)[各核验审均]{0,2}"
)
_LEADING: Final = re.compile(
    r"^([0-9]{1,2}[.、)]|[(][0-9一二三四五六七八九十]{1,2}[)]|[一二三四五六七八九十]{1,2}、|[*·、,.;:-])+"
)
_OUTSIDE: Final = re.compile(r"^[、,。;:.\s]+|[、,。;:.\s]+$")
_NEWEST: Final = re.compile(r"^(有效的?|合法有效的?|最新的?|近期的?)")
_WITHIN: Final = re.compile(r"^.*(要求(提交|提供)的?|中?所列(明)?的?|载明的)")
"""What comes before the thing itself: `what the opinion demands: X`."""
_BETWEEN: Final = re.compile(r"[、,。;/]|以及|及其?|或者?|(?<!共)和(?!国)|与|并附")
"""What stands between two things that are asked for in one line."""
_OWNER: Final = re.compile(
    r"^(您和[^的]{1,6}的|[^的]{0,6}[方您人]的|(您|孩子|本人|申请人|建设单位|企业|单位|法定代表人|经办人|委托(代理)?人|代理人|买卖双方|中华人民共和国)的?)"
    r"(?!开|出具|写)"
)
"""Whose it is: that does not change what it is."""


_SOMETIMES: Final = re.compile(
    r"如有|若有|如需|必要时|需要时|选报|(?<!不)适用|仅[指限对]|(时|的|项目|企业|单位),?(需|须|应|需要)?(提供|提交)|[若如]?涉及.{1,20}的|^[当如].{2,30}时"
)
"""What says that a thing is not asked of everybody."""


def is_conditional(name: str) -> bool:
    """Whether a name says that only some must bring the thing.

    >>> is_conditional("房屋所有权证明（适用于改建项目）"), is_conditional("立项批文复印件1份")
    (True, False)
    """
    return _SOMETIMES.search(re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))) is not None


@lru_cache(maxsize=10_000)
def plainly(name: str) -> str:
    """The name by which two lines mean one thing.

    >>> plainly("《建设项目基本信息表》原件1份。首次申报时提供")
    '建设项目基本信息表'
    >>> plainly("立项批文复印件（加盖单位公章）"), plainly("承诺书（施工单位）")
    ('立项批文', '承诺书(施工单位)')
    """
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", re.sub("^[①-⑳]", "", name.strip())))
    text = _LEADING.sub("", text)
    found, party = _without_brackets(text)
    found = re.sub("[《》〈〉“”\"'‘’]", "", found)
    found = _CONDITION.sub("", _OUTSIDE.sub("", found)) or found
    for noise in (_CHECKED, _SEAL, _COUNT, _COPY, _COUNT):
        found = noise.sub("", found) or found
    found = _OUTSIDE.sub("", _NEWEST.sub("", _OUTSIDE.sub("", found)))
    return f"{found}({party})" if party else found or text


def parts(name: str) -> Sequence[str]:
    """The things that one line asks for, each by its plain name and without its owner.

    >>> parts("授权委托书（原件）及委托代理人身份证（复印件）")
    ('授权委托书', '身份证')
    """
    whole = plainly(name).partition("(")[0]
    inner = _WITHIN.sub("", whole) or whole
    pieces = (core(piece) for piece in _BETWEEN.split(inner))
    return tuple(dict.fromkeys(piece for piece in pieces if piece)) or (inner,)


def core(name: str) -> str:
    """A plain name without whose it is.

    >>> core("卖方的不动产权证书")
    '不动产权证书'
    """
    plain = plainly(name).partition("(")[0]
    return _OWNER.sub("", plain) or plain


def likeness(one: str, other: str) -> float:
    """How many pairs of signs two names have in common, of all that they have."""
    first, second = pairs(one), pairs(other)
    return len(first & second) / len(first | second) if first | second else 0.0


def _without_brackets(text: str) -> tuple[str, str]:
    """The text outside of all brackets, and whose it is if a bracket says so; what is never closed goes to the end."""
    outside: list[str] = []
    inside: list[str] = []
    depth, party = 0, ""
    for sign in text:
        if sign in _OPEN:
            depth += 1
            inside = [] if depth == 1 else inside
        elif sign in _CLOSE and depth:
            depth -= 1
            said = "".join(inside)
            party = said if depth == 0 and _PARTY.fullmatch(said) else party
        elif depth:
            inside.append(sign)
        else:
            outside.append(sign)
    found = "".join(outside)
    return (found, party) if found else (re.sub(f"[{re.escape(_OPEN + _CLOSE)}]", "", text), "")
