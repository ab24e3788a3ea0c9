"""A pledge in words, for pages, programs and the command line: what is declared, when it is checked, what follows."""

from typing import Any

import msgspec

from onecity.kernel.lists import listed
from onecity.services.declared import Condition, Origin
from onecity.services.pledging import Pledge
from onecity.services.pledging.declared import Days
from onecity.services.web.counter import Counter
from onecity.services.web.shown import limit_words


class PledgeGuide(msgspec.Struct, frozen=True):
    """How an item is decided on a pledge. Whoever agrees names `version`, that of the text: `says` is declared,
    `if_broken` follows where it is not so. The documents in `spares` need not be brought then.
    """

    version: str
    says: tuple[str, ...]
    if_broken: tuple[str, ...]
    spares: tuple[str, ...]
    check: str


def pledge_guide(name: str, pledge: Pledge, *, counter: Counter, lang: str) -> PledgeGuide:
    """The pledge of an item in force, as programs read it."""
    told = pledge_text(pledge, counter=counter, lang=lang)
    says, broken = (tuple(one["say"] for one in told[part]) for part in ("says", "broken"))
    return PledgeGuide(counter.catalogue.pledge_version(name), says, broken, pledge.spares, told["check"])


def pledge_text(pledge: Pledge, *, counter: Counter, lang: str) -> dict[str, Any]:
    """A pledge as people read it: what is declared, when it is checked, and all that follows where it is not so."""
    say = counter.scribe.words.say
    broken = [_line(one, counter, lang) for one in pledge.if_broken]
    if pledge.barred is not None:
        law = counter.catalogue.laws.cited(pledge.barred.because.citation, lang)
        example = say(lang, "services.pledge.years_example") if pledge.barred.origin is Origin.EXAMPLE else ""
        broken.append({"say": say(lang, "services.pledge.bars", number=pledge.barred.years), "law": law + example})
    names = listed([counter.thing(name, lang) for name in pledge.spares], lang)
    return {
        "says": [_line(one, counter, lang) for one in pledge.says],
        "broken": broken,
        "spares": say(lang, "services.pledge.spares", names=names) if names else "",
        "check": say(lang, "services.pledge.check", days=days_text(pledge.check.within, counter=counter, lang=lang)),
    }


def _line(one: Condition, counter: Counter, lang: str) -> dict[str, str]:
    example = counter.scribe.words.say(lang, "services.guide.example")
    law = counter.catalogue.laws.cited(one.because.citation, lang) if one.because else example
    return {"say": one.say.said(lang), "law": law}


def days_text(days: Days, *, counter: Counter, lang: str) -> str:
    """A number of days, marked where it is an example."""
    say = counter.scribe.words.say
    said = say(lang, limit_words(days.unit), number=days.number)
    return say(lang, "services.pledge.example", days=said) if days.origin is Origin.EXAMPLE else said
