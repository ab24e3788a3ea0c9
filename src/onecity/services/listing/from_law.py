"""A first line for an item that nobody has prepared: what the article that founds it tells of limit and demands.

Nothing is guessed: a number is a limit only in a sentence about what an organ does, and every sentence with days that
is none is told, so that whoever drafts sees what was left out.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

import msgspec

from onecity.casework import Because
from onecity.kernel.numerals import NUMBER, number_of
from onecity.packs import Text
from onecity.packs.laws import Volume, hash_of, squeezed
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
_DAYS: Final = re.compile(rf"(?P<number>{NUMBER}|[0-9]{{1,3}})\s?个?(?P<unit>工作日|个月|月|日)(?:内|以内|之内)")
_SENTENCE: Final = re.compile(r"[^。；;]+")
_ORGAN: Final = re.compile(
    "(?:机关|部门|机构|政府|委员会|局|中心)[^，。]{0,24}应当|予以|作出|颁发|核发|答复|办结|审查完毕|决定"
)
"""What an organ does within its days."""
_APPLICANT: Final = re.compile(
    "^(?:用人单位|单位|企业|公司|申请人|当事人|个人|公民|经营者|所有权人|建设单位|施工单位|业主|雇主|投保人)[^，]{0,30}应当"
)
"""Who has days of their own: those are no limit of the city."""
_LIST: Final = re.compile("(?:下列|以下)[^。：:]{0,20}?(?P<what>条件|材料|文件|证件|资料)")
_ENTRY: Final = re.compile(rf"^\s*[（(]\s?{NUMBER}\s?[）)]\s*(?P<said>.+?)\s*[；;。]?\s*$", re.MULTILINE)
_CATCH_ALL: Final = ("其他", *VAGUE)
"""What nobody can bring, because nobody says what it is."""


class FromLaw(msgspec.Struct, frozen=True):
    """What an article tells of an item: where it stands, the limit, the demands, and sentences with days that are none.

    `demands` have ids without the item's name.
    """

    basis: Because
    limit: LegalLimit | None
    demands: tuple[ListedDemand, ...]
    left_out: tuple[str, ...]


def from_law(item: str, name: str, law: str, volume: Volume, number: str, *, near: int = 1) -> FromLaw | None:
    """What article `number` of a law tells of an item called `name`; None if the text has no such article.

    Its neighbours, `near` before and behind it, are looked through for lists of conditions and materials, as a law puts
    them beside the power.
    """
    places = [at for at, one in enumerate(volume.articles) if one.number == number]
    if len(places) != 1 or not volume.days:
        return None
    at = places[0]
    home, day = volume.articles[at], volume.days[-1]
    around = volume.articles[max(0, at - near) : at + near + 1]

    def because(article: str, text: str, phrase: str) -> Because:
        return Because(law, article, day, squeezed(phrase)[:LONGEST_PHRASE], hash_of(text))

    limits = list(chain.from_iterable(_limits(one.text) for one in (home, *around)))
    first = next(((one, text) for one, text, organ in limits if organ), None)
    found = next((one for one in (home, *around) if first and first[1] in one.text), home)
    limit = LegalLimit(first[0][0], first[0][1], because(found.number, found.text, _said(first[1]))) if first else None
    demands = [
        ListedDemand(f"{item}.{what}_{count}", what, Text(said, said), Origin.LAW, because(one.number, one.text, said))
        for one in around
        for count, (what, said) in enumerate(_demands(one.text), 1)
    ]
    left_out = dict.fromkeys(squeezed(text) for _, text, organ in limits if not organ)
    return FromLaw(because(number, home.text, _phrase(name, home.text)), limit, _unique(demands), tuple(left_out))


def _unique(demands: list[ListedDemand]) -> tuple[ListedDemand, ...]:
    """The demands, each with an id of its own: two articles may both have a first one."""
    return tuple(
        msgspec.structs.replace(one, id=f"{one.id.rpartition('_')[0]}_{count}") for count, one in enumerate(demands, 1)
    )


def _limits(text: str) -> Iterator[tuple[tuple[int, LegalUnit], str, bool]]:
    """Each number of days in a text with its sentence, and whether an organ has them."""
    for sentence in _SENTENCE.findall(text):
        for found in _DAYS.finditer(sentence):
            number = int(found["number"]) if found["number"].isdigit() else number_of(found["number"])
            if number is None:
                continue
            organ = bool(_ORGAN.search(sentence)) and not _APPLICANT.search(squeezed(sentence))
            yield (number, _UNITS[found["unit"]]), sentence, organ


def _said(sentence: str) -> str:
    """The words around the days of a sentence, short enough to be a phrase."""
    close = squeezed(sentence)
    found = _DAYS.search(close)
    if found is None:
        return close
    return close[max(0, found.end() - LONGEST_PHRASE) : found.end()]


def _demands(text: str) -> Iterator[tuple[Demands, str]]:
    """The entries of the lists of an article, as conditions or as materials, without catch-alls."""
    begins = _LIST.search(text)
    if begins is None:
        return
    what = Demands.CONDITION if begins["what"] == "条件" else Demands.MATERIAL
    for entry in _ENTRY.finditer(text, begins.end()):
        if not any(word in entry["said"] for word in _CATCH_ALL):
            yield what, squeezed(entry["said"])


def _phrase(name: str, text: str) -> str:
    """The longest piece of an item's name that the article has; else the words with which it begins."""
    close = squeezed(text)
    pieces = (name[a:b] for a in range(len(name)) for b in range(len(name), a + 1, -1))
    shared = max((one for one in pieces if one in close), key=len, default="")
    start = re.sub(rf"^第{NUMBER}条(?:之{NUMBER})?", "", close)
    return shared if len(shared) > 1 else start
