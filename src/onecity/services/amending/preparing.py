"""Preparing a listed item so that people can apply for it: the lines that an officer's form amounts to.

Pure. They are lines of the same tables that a folder has, so what is drawn from them is drawn as from a folder. Each
part of a new line is placed at the field of the form in which it was typed: a fault that names it is shown there.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from onecity.casework import Because, compared_in, numbered_in
from onecity.kernel.ids import DeclarationHash
from onecity.kernel.refusal import Refused
from onecity.packs import Kept, Kind, Pack, Text, kept
from onecity.services.amending.asking import lines_of_questions, short_field, wrong_asked
from onecity.services.amending.facts import ItemPrepared, NewDemand, Preparing
from onecity.services.amending.lines import Added, with_lines
from onecity.services.amending.rules import Why, wrong_texts
from onecity.services.checking import ITEM, vague_words
from onecity.services.declared import Origin, Permits
from onecity.services.listing import LISTED_DEMAND, LISTED_ITEM, Demands, ListedDemand, ListedItem, MetBy, listing_of
from onecity.services.offering import OFFERED_ITEM, OfferedItem, ShortField, lacks, offered_items, short_fields

MOST_VISITS: Final = 5
PREPARED: Final = frozenset({"plain", "asks", "faq", "needs"})
"""The parts of an item, as amendments call them, that whoever prepares it has written."""
_ARTICLE: Final = re.compile("[1-9][0-9]{0,3}")
_TEXT: Final = ("zh", "en")


class Lines(msgspec.Struct, frozen=True):
    """The lines that make an item one that people can apply for: one that offers it, its new questions and demands."""

    offered: OfferedItem
    fields: tuple[ShortField, ...]
    demands: tuple[ListedDemand, ...]


def candidates(pack: Pack) -> Mapping[str, ListedItem]:
    """The listed items that nobody has prepared, of which the list tells enough that somebody can."""
    return pack.once(_candidates)


def _candidates(pack: Pack) -> Mapping[str, ListedItem]:
    full, listed = pack.all(ITEM), listing_of(pack).items
    return {
        name: row
        for name, row in listed.items()
        if name not in full and next(lacks(pack, name, conditions=False), None) is None
    }


def version_listed(pack: Pack, name: str) -> DeclarationHash:
    """The version of what the list tells of an item: whoever prepares it has read that."""
    listing = listing_of(pack)
    read: Kept = kept(LISTED_ITEM.name, name, (listing.items[name], listing.demands.get(name, ())))
    return read.version


def lines_of(pack: Pack, name: str, typed: Preparing) -> Lines:
    """The lines of what an officer typed, in which nothing is wrong."""
    visits = int(typed.visits or "0")
    offered = OfferedItem(
        name, typed.plain, " ".join(typed.asks), typed.faq, visits, typed.why_visit if visits else None
    )
    demands = (_demand(pack, name, number, one) for number, one in enumerate(typed.demands))
    return Lines(offered, tuple(short_field(one) for one in typed.questions), tuple(demands))


def _demand(pack: Pack, name: str, number: int, one: NewDemand) -> ListedDemand:
    """A demand of the item's own law, or an example, which every page shows as one.

    Nobody here has the text of the law: an article that no declaration quotes is not taken on an officer's word.
    """
    basis = _basis(pack, name)
    known = compared_in(pack).get((basis.law, one.article, basis.version))
    other = msgspec.structs.replace(basis, article=one.article, phrase="", sha256=known) if known else None
    because = basis if one.article == basis.article else other
    origin = Origin.EXAMPLE if because is None else Origin.LAW
    what = Demands(one.what)
    return ListedDemand(f"{name}.{what}_{_first_free(pack, name) + number}", what, one.say, origin, because)


def _basis(pack: Pack, name: str) -> Because:
    basis = listing_of(pack).items[name].basis
    assert basis is not None, "only an item whose article is known can be prepared"
    return basis


def unproven(pack: Pack, name: str, demands: Sequence[NewDemand]) -> Mapping[str, str]:
    """The articles that nobody compared with the text of their law, by the fields in which somebody typed them.

    What an officer says of such an article is an example until somebody has: also of one that the law does have.
    """
    basis, compared = _basis(pack, name), compared_in(pack)
    return {
        f"{at}_article": one.article
        for at, one in zip(demands_at(demands), demands, strict=True)
        if one.article
        and (basis.law, one.article, basis.version) not in compared
        and next(_wrong_article(pack, name, at, one.article), None) is None
    }


def _first_free(pack: Pack, name: str) -> int:
    """The first number behind those that the ids of an item's demands end with."""
    known = {one.id for one in listing_of(pack).demands.get(name, ())}
    numbers = [int(one.rpartition("_")[2]) for one in known if one.rpartition("_")[2].isdecimal()]
    return max(numbers, default=0) + 1


def prepared(pack: Pack, kinds: Sequence[Kind[Any]], name: str, typed: Preparing) -> Pack | Refused:
    """The pack in which an item can be applied for, or the first thing that forbids it, with its field."""
    if wrong := next(wrong_prepared(pack, name, typed), None):
        return wrong
    return with_lines(pack, kinds, _added(lines_of(pack, name, typed), typed))


def undone_by(brought: Pack, proposed: ItemPrepared, since: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a pack that somebody brings has the item not as it was prepared; `since` are parts amended since then."""
    name, listing = proposed.matter, listing_of(brought)
    listed = listing.items.get(name)
    if listed is None or listed.basis is None:
        # Whoever wrote the item out took its line from the list: it can be applied for all the same.
        return name not in brought.all(ITEM)
    lines, fields = lines_of(brought, name, proposed.typed), short_fields(brought)
    # A demand may have another number there.
    demands = {(one.what, one.say, one.because) for one in listing.demands.get(name, ())}
    offered, asked = offered_items(brought).get(name), since.get("asks", proposed.typed.asks)
    return (
        offered is None
        or offered != _amended_since(lines.offered, offered, since)
        or any(fields.get(one.id) != one for one in lines.fields if one.id in asked)
        or any(
            (one.what, one.say, one.because) not in demands
            for one in lines.demands
            if one.what is Demands.CONDITION or "needs" not in since
        )
    )


def _amended_since(prepared: OfferedItem, offered: OfferedItem, since: Collection[str]) -> OfferedItem:
    """A line as it was prepared; what was amended since then is as it stands in another one."""
    parts = {"plain", "asks", "faq"}.intersection(since)
    return msgspec.structs.replace(prepared, **{part: getattr(offered, part) for part in parts})


def _added(lines: Lines, typed: Preparing) -> Iterator[Added]:
    """The new rows of each table, each with the field of the form for each of its parts."""
    item = {"plain": "plain_zh", "asks": "q", "visits": "visits", "why_visit": "why_visit_zh"}
    item |= {"faq": "faq_ask_zh", "faq.answer": "faq_answer_zh"} | _texts("plain", "plain")
    demands = [{"": f"{at}_zh", "because": f"{at}_article"} | _texts("say", at) for at in demands_at(typed.demands)]
    yield Added(LISTED_DEMAND, lines.demands, demands)
    yield lines_of_questions(typed.questions)
    yield Added(OFFERED_ITEM, (lines.offered,), (item,))


def _texts(part: str, at: str) -> dict[str, str]:
    return {part: f"{at}_zh"} | {f"{part}.{lang}": f"{at}_{lang}" for lang in _TEXT}


def demands_at(demands: Sequence[NewDemand]) -> list[str]:
    """How the fields of each demand begin in a form: conditions and papers are counted apart."""
    return [f"{one.what}_{sum(two.what == one.what for two in demands[:at])}" for at, one in enumerate(demands)]


def wrong_prepared(pack: Pack, name: str, typed: Preparing) -> Iterator[Refused]:
    """Everything that forbids what an officer typed, each with the field at which it is shown."""
    if name not in candidates(pack):
        yield Refused(Why.NOT_LISTED)
        return
    faq = (("faq_ask", typed.faq.ask), ("faq_answer", typed.faq.answer))
    yield from _vague("plain", typed.plain)
    yield from wrong_texts((("plain", typed.plain),), ())
    yield from _wrong_demands(pack, name, typed.demands)
    yield from wrong_asked(pack, typed.asks, typed.questions)
    yield from _wrong_visits(typed)
    yield from wrong_texts(faq, ())


def _wrong_demands(pack: Pack, name: str, demands: Sequence[NewDemand]) -> Iterator[Refused]:
    listing, new = listing_of(pack), {one.what for one in demands}
    if Demands.CONDITION not in new and not listing.demanded(name, Demands.CONDITION):
        yield Refused(Why.NO_CONDITION, {"field": "condition_0_zh"})
    papers = [one for one in listing.demanded(name, Demands.MATERIAL) if one.met_by is MetBy.FILE]
    if listing.items[name].kind is Permits.PERMIT and Demands.MATERIAL not in new and not papers:
        yield Refused(Why.NO_PAPER, {"field": "material_0_zh"})
    for at, one in zip(demands_at(demands), demands, strict=True):
        yield from wrong_texts(((at, one.say),), ())
        yield from _vague(at, one.say)
        if one.say.zh and one.say.zh == one.say.en:
            yield Refused(Why.ONLY_CHINESE, {"field": f"{at}_en"})
        yield from _wrong_article(pack, name, f"{at}_article", one.article)


def _wrong_article(pack: Pack, name: str, field: str, article: str) -> Iterator[Refused]:
    """An article is a number; where somebody counted the articles of the law, one that it has."""
    if not article:
        return
    if not _ARTICLE.fullmatch(article):
        yield Refused(Why.NO_ARTICLE, {"field": field})
        return
    basis = _basis(pack, name)
    known = numbered_in(pack).get((basis.law, basis.version))
    if known is not None and not known.has(int(article)):
        yield Refused(
            Why.NO_SUCH_ARTICLE,
            {"field": field, "law": f"《{basis.law}》", "version": basis.version.isoformat(),
             "article": article, "first": known.first, "last": known.last},
        )  # fmt: skip


def _vague(at: str, text: Text) -> Iterator[Refused]:
    """A catch-all tells nobody what to do."""
    for word in vague_words(text):
        yield Refused(Why.VAGUE, {"field": f"{at}_zh", "word": word})


def _wrong_visits(typed: Preparing) -> Iterator[Refused]:
    number = typed.visits or "0"
    if not (number.isascii() and number.isdecimal() and len(number) == 1) or int(number) > MOST_VISITS:
        yield Refused(Why.VISITS, {"field": "visits", "most": MOST_VISITS})
    elif int(number):
        yield from wrong_texts((("why_visit", typed.why_visit),), ())
    elif typed.why_visit.zh or typed.why_visit.en:
        yield Refused(Why.UNASKED_VISIT, {"field": "visits"})
