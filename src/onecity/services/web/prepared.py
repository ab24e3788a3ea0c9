"""What an officer prepared, as whoever publishes it reads it: in words, and as lines of the pack."""

from collections.abc import Mapping
from typing import Any

from onecity.machinery.web import Visit
from onecity.packs import Pack, appended
from onecity.services.amending import NewQuestion, Preparing
from onecity.services.amending.facts import ItemPrepared
from onecity.services.amending.preparing import candidates, demands_at, lines_of, unproven
from onecity.services.listing import listing_of
from onecity.services.web.counter import Counter


def parts_of_prepared(visit: Visit, counter: Counter, name: str, typed: Preparing) -> list[dict[str, Any]]:
    """What was prepared, part by part: what people read, what is asked, what is demanded, and how often they come."""
    say, lang = visit.say, visit.lang
    words = [
        {"term": say("services.amending.part.plain"), "value": typed.plain.said(lang)},
        {"term": typed.faq.ask.said(lang), "value": typed.faq.answer.said(lang)},
    ]
    alone = _not_compared(counter, name, typed)
    demands = [
        {
            "term": say(f"services.preparing.{one.what}", number=int(at.rpartition("_")[2]) + 1),
            "value": one.say.said(lang),
            "note": _because(visit, one.article, compared=f"{at}_article" not in alone),
        }
        for at, one in zip(demands_at(typed.demands), typed.demands, strict=True)
    ]
    coming = [{"term": say("services.guide.visits"), "value": typed.visits or "0"}]
    if typed.why_visit.zh:
        coming.append({"term": say("services.preparing.why_visit"), "value": typed.why_visit.said(lang)})
    asks = asked_rows(visit, counter, typed.asks, typed.questions)
    parts = (("words", words), ("asks", asks), ("demands", demands), ("coming", coming))
    return [{"name": say(f"services.preparing.{part}"), "facts": facts} for part, facts in parts if facts]


def _not_compared(counter: Counter, name: str, typed: Preparing) -> Mapping[str, str]:
    """The articles that nobody compared; of an item that the list has no more nobody knows its law."""
    pack = counter.catalogue.pack
    return unproven(pack, name, typed.demands) if name in candidates(pack) else {}


def _because(visit: Visit, article: str, *, compared: bool) -> str:
    """What a demand rests on: an article, one that nobody has compared, or nothing, which makes it an example."""
    if not article:
        return visit.say("services.guide.example")
    key = "services.preparing.by_article" if compared else "services.preparing.by_article_unproven"
    return visit.say(key, number=article)


def asked_rows(
    visit: Visit, counter: Counter, asks: tuple[str, ...], questions: tuple[NewQuestion, ...]
) -> list[dict[str, str]]:
    """The questions of a form in their order; a new one says why it is asked."""
    new, say = {one.id: one for one in questions}, visit.say
    return [
        {
            "term": new[name].ask.said(visit.lang),
            "value": new[name].why.said(visit.lang),
            "note": say("services.preparing.is_new"),
        }
        if name in new
        else {"term": counter.thing(name, visit.lang), "value": say("services.preparing.asked_elsewhere")}
        for name in asks
    ]


def lines_shown(proposed: ItemPrepared, pack: Pack) -> str:
    """What was prepared as lines of the tables of a pack; nothing if the pack lists the item no more."""
    if proposed.matter not in listing_of(pack).items:
        return ""
    lines = lines_of(pack, proposed.matter, proposed.typed)
    tables = ((lines.offered,), lines.fields, lines.demands)
    return "\n".join(appended(b"", rows).decode() for rows in tables if rows)
