"""What stands on the paper of a licence, in both languages: on paper nobody can switch."""

from datetime import date, datetime

from onecity.licences.model import Licence
from onecity.licences.papers import Page
from onecity.licences.web.cabinet import Cabinet, address_of
from onecity.packs import Words


async def paper_of(licence: Licence, *, cabinet: Cabinet, site: str, now: datetime) -> Page:
    """The paper of a licence whose code leads to a site."""
    kind, issued, words = await cabinet.licences.type_of(licence.issued), licence.issued, cabinet.words
    chinese, english = (cabinet.values_of(licence, kind, lang, public=False) for lang in ("zh", "en"))
    facts = [(f"{zh} {en}", value) for (zh, value), en in zip(chinese.items(), english, strict=True)]
    until = _day(licence.valid_until) if licence.valid_until else _both(words, "licences.paper.open", " ")
    warning = _both(words, "licences.paper.warning")
    if cabinet.simulated:
        warning = f"{warning}\n{_both(words, 'licences.paper.simulated')}"
    return Page(
        title=f"{kind.name.zh}\n{kind.name.en}",
        issuer=cabinet.agency(issued.agency, "zh"),
        warning=warning,
        lines=[
            (_both(words, "licences.paper.holder", " "), issued.holder_name or ""),
            *facts,
            (_both(words, "licences.paper.issued", " "), _day(issued.issued)),
            (_both(words, "licences.paper.until", " "), until),
        ],
        identifier=str(licence.identifier),
        address=address_of(licence, site),
        how=_both(words, "licences.paper.how"),
        made=now,
        lacking=_both(words, "licences.paper.lacking"),
    )


def _both(words: Words, key: str, between: str = "\n") -> str:
    return between.join(words.say(lang, key) for lang in ("zh", "en"))


def _day(day: date) -> str:
    """A day that both languages read."""
    return f"{day.year}年{day.month}月{day.day}日 ({day.isoformat()})"
