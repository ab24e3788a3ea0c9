"""A first line for an item that nobody has prepared: what the article that founds it tells of limit and demands.

Nothing is guessed: days are a limit only where an organ has them, and every sentence with days that are none is told,
so that whoever drafts sees what was left out.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

import msgspec

from onecity.casework import Because
from onecity.kernel.numerals import NUMBER, number_of
from onecity.packs import Text
from onecity.packs.laws import Article, Volume, hash_of, squeezed
from onecity.services.checking import VAGUE
from onecity.services.declared import Origin
from onecity.services.listing.declared import Demands, ListedDemand
from onecity.services.listing.limits import LegalLimit, LegalUnit

LONGEST_PHRASE: Final = 20
"""So many characters of an article may stand in a pack: enough to find them, too few to be the text."""

_UNITS: Final = {
    "工作日": LegalUnit.WORKING_DAYS,
    "日": LegalUnit.NATURAL_DAYS,
    "个月": LegalUnit.MONTHS,
    "月": LegalUnit.MONTHS,
}
_WORKING: Final = re.compile("期限[^。]{0,6}以工作日计算")
_HEADING: Final = re.compile(rf"^第{NUMBER}条(?:之{NUMBER})?")
_DAYS: Final = re.compile(rf"(?P<number>{NUMBER}|两)\s?个?(?P<unit>工作日|个月|月|日)(?:内|以内|之内)")
_TWO: Final = 2
_SENTENCE: Final = re.compile(r"[^。；;]+")
_SINCE: Final = re.compile("(?:应当)?(?:自|从|在)(?P<what>[^，]*?)之日起$")
"""From when days count: what stands there says nothing of whose they are."""
_ORGAN: Final = "机关|部门|机构|政府|委员会|登记处|办事处|管理所|中心"
_WHO: Final = re.compile(
    "(?P<other>(?:医疗|卫生|服务|培训|检测|检验|鉴定|代理|金融|养老|商业保险|中介|托育)机构|申请人|当事人|单位|企业|公司|个人|公民"
    "|经营者|所有权人|业主|雇主|投保人|本人|持证人|被许可人|纳税人|医师|主体|使用人|权利人|承包人|学校|基金会|社会团体|合作社)"
    f"|(?P<organ>{_ORGAN})"
)
"""Whom a sentence names; some bodies are called like organs and are none."""
_ASKED_THERE: Final = re.compile(f"(?:(?<![收接达])到|向|对)[^，、]*?(?:{_ORGAN}|申请人|当事人)")
"""Whom somebody goes to, or looks at, is not the one that has the days."""
_MAY: Final = re.compile("可以[^，]*$")
"""Days within which somebody may do something are nobody's limit."""
_ASKED: Final = re.compile("受理|(?:收到|接到)[^，]{0,12}(?:申请|材料)")
"""Days that count from an application are the organ's, also where it is not named again."""
_DECISION: Final = (
    "(?:决定|作出|颁发|核发|发给|发放|换发|补发|制作|批准|核准|准予|登记|"
    "审查|审核|审批|办结|完成|予以|给予|签发|出具|答复|办理|处理)"
)
_DECIDES: Final = re.compile(
    rf"^[，、]?(?:[^，]{{0,16}}{_DECISION}|(?:进行|对|根据|依据|按照|经|组织|形成)[^；。]*?{_DECISION})"
)
"""What an organ does at the end of its days: at once behind them, or after what it does on the way there."""
_ON_THE_WAY: Final = re.compile("^[，、]?[^，]{0,6}(?:告知|通知|补正|转报|移送|公告|公示)")
"""What an organ does on the way to a decision: its days are no limit of the whole."""
_HEAD: Final = re.compile("(?P<before>[^。；;：:\n]*?)(?:下列|以下|如下)(?P<what>[^。：:\n]*)[：:]")
_ENTRY: Final = re.compile(rf"^\s*[（(]\s?{NUMBER}\s?[）)]\s*(?P<said>.+?)\s*[；;。]?\s*$", re.MULTILINE)
_AGAINST: Final = re.compile("不予|不得|情形|行为|禁止|撤销|吊销|处罚|罚款")
"""A list of grounds against somebody is no list of conditions."""
_CATCH_ALL: Final = ("其他", *VAGUE)
"""What nobody can bring, because nobody says what it is."""


class FromLaw(msgspec.Struct, frozen=True):
    """What an article tells of an item: where it stands, the limit, the demands, and sentences with days that are none.

    `left_out` also has the heads of lists that are against somebody, and other days that an organ has in the article.
    """

    basis: Because
    limit: LegalLimit | None
    demands: tuple[ListedDemand, ...]
    left_out: tuple[str, ...]


class _Days(NamedTuple):
    """Days in a sentence of a paragraph: whether an organ has them for its decision."""

    limit: tuple[int, LegalUnit]
    said: str
    sentence: str
    paragraph: str
    decides: bool


def from_law(item: str, name: str, law: str, volume: Volume, number: str) -> FromLaw | None:
    """What article `number` of a law tells of an item called `name`; None if the text has no such article.

    The limit is taken from the article alone. Where it has no list of conditions, or none of materials, the articles
    before and behind it are looked at, as a law puts them beside the power; each demand names its article.
    """
    places = [at for at, one in enumerate(volume.articles) if one.number == number]
    if len(places) != 1 or not volume.days:
        return None
    at = places[0]
    home, day = volume.articles[at], volume.days[-1]

    def because(one: Article, phrase: str) -> Because:
        said = {"phrase": squeezed(phrase)[:LONGEST_PHRASE], "sha256": hash_of(one.text)}
        return msgspec.convert({"law": law, "article": one.number, "version": day, **said}, Because)

    days = list(_days(home.text))
    deciding = [one for one in days if one.decides]
    best = max(deciding, key=lambda one: _shared(name, one.paragraph), default=None)
    limit = None if best is None else LegalLimit(*_counted(best.limit, volume), because(home, best.said))
    beside = [*volume.articles[max(0, at - 1) : at], *volume.articles[at + 1 : at + 2]]
    found = [
        ListedDemand(f"{item}.{what}_{count}", what, Text(said, said), Origin.LAW, because(one, said))
        for count, (one, what, said) in enumerate(_demands(home, beside), 1)
    ]
    left_out = [one.sentence for one in days if best is None or one.limit != best.limit or not one.decides]
    left_out += [head for head, what, _ in _lists(home.text) if what is None]
    return FromLaw(because(home, _phrase(name, home.text)), limit, tuple(found), tuple(dict.fromkeys(left_out)))


def _counted(days: tuple[int, LegalUnit], volume: Volume) -> tuple[int, LegalUnit]:
    """Days as their law counts them: some say in an article of its own that all their days are working days."""
    number, unit = days
    works = unit is LegalUnit.NATURAL_DAYS and any(_WORKING.search(squeezed(one.text)) for one in volume.articles)
    return number, LegalUnit.WORKING_DAYS if works else unit


def _days(text: str) -> Iterator[_Days]:
    """Each number of days in a text, and whether an organ has them for its decision."""
    paragraphs = [squeezed(line) for line in _HEADING.sub("", text).splitlines()]
    for paragraph, sentence in ((one, said) for one in paragraphs for said in _SENTENCE.findall(one)):
        for found in _DAYS.finditer(sentence):
            number = _TWO if found["number"] == "两" else number_of(found["number"])
            if number is not None:
                said = sentence[max(0, found.end() - LONGEST_PHRASE) : found.end()].lstrip("，、")
                decides = _is_decision(sentence[: found.start()], sentence[found.end() :])
                yield _Days((number, _UNITS[found["unit"]]), said, sentence, paragraph, decides)


def _is_decision(before: str, behind: str) -> bool:
    """Whether the days between two parts of a sentence are those in which an organ decides."""
    since = _SINCE.search(before)
    acts = before[: since.start()] if since else before
    who = list(_WHO.finditer(_ASKED_THERE.sub("", acts)))
    asked = since is not None and _ASKED.search(since["what"]) is not None
    organ = bool(who[-1]["organ"]) if who else asked
    decides = _DECIDES.match(behind)
    # Where somebody else acts before the decision, the days end with them.
    alone = decides is not None and not any(one["other"] for one in _WHO.finditer(_ASKED_THERE.sub("", decides[0])))
    return organ and alone and not _MAY.search(acts) and not _ON_THE_WAY.match(behind)


def _lists(text: str) -> Iterator[tuple[str, Demands | None, tuple[str, ...]]]:
    """Each list of an article: its head, what it is a list of (None if it is against somebody), and its entries."""
    heads = list(_HEAD.finditer(text))
    for head, following in zip_longest(heads, heads[1:]):
        said, end = squeezed(head[0]), len(text) if following is None else following.start()
        entries = (squeezed(one["said"]) for one in _ENTRY.finditer(text, head.end(), end))
        named = tuple(one for one in entries if not any(word in one for word in _CATCH_ALL))
        if _AGAINST.search(said):
            yield said, None, named
        elif "条件" in head["what"]:
            yield said, Demands.CONDITION, named
        elif re.search("材料|文件|证件|资料", head["what"]):
            yield said, Demands.MATERIAL, named


def _demands(home: Article, beside: Sequence[Article]) -> Iterator[tuple[Article, Demands, str]]:
    """The entries of the lists of an article; of its neighbours only the kind that it lacks."""
    for what in Demands:
        for one in ([home], beside):
            told = [
                (article, what, said)
                for article in one
                for _, of, entries in _lists(article.text)
                if of is what
                for said in entries
            ]
            yield from told
            if told:
                break


def _shared(name: str, text: str) -> int:
    """How many pairs of signs of an item's name a text has: of two kinds in one article it is about the nearer one."""
    return sum(name[at : at + 2] in text for at in range(len(name) - 1))


def _phrase(name: str, text: str) -> str:
    """The longest piece of an item's name that the article has; else the words with which it begins."""
    close = squeezed(text)
    pieces = (name[a:b] for a in range(len(name)) for b in range(len(name), a + 1, -1))
    shared = max((one for one in pieces if one in close), key=len, default="")
    return shared if len(shared) > 1 else _HEADING.sub("", close)
