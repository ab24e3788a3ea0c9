"""What the city knows already, as cards of a form: taken over only where its person ticks that they agree."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from onecity.kernel.lists import listed
from onecity.machinery.web import Visit
from onecity.services.drafts import Draft
from onecity.services.usecases.knowing import KnownFact, readers_of
from onecity.services.web.counter import Counter
from onecity.services.web.offers import Offer, Page
from onecity.services.web.shown import answer_words

CARDS: Final = "cards"
"""The field that tells which rows of registers the page showed; what it did not show was asked as a question."""


class Cards(msgspec.Struct, frozen=True):
    """What is known among the questions of a page, by field."""

    facts: Mapping[str, KnownFact]

    @property
    def registers(self) -> tuple[str, ...]:
        return tuple(sorted({fact.register for fact in self.facts.values()}))

    @property
    def rows(self) -> str:
        """The registers with the codes of the rows that are drawn, as the form carries them."""
        codes = {fact.register: fact.taken.row for fact in self.facts.values()}
        return " ".join(f"{name}:{codes[name]}" for name in self.registers)

    def of_any(self, registers: Sequence[str]) -> frozenset[str]:
        """The fields that some registers answer."""
        return frozenset(name for register in registers for name in self.of(register))

    def of(self, register: str) -> tuple[str, ...]:
        """The fields that a register answers."""
        return tuple(name for name, fact in self.facts.items() if fact.register == register)


async def cards_of(visit: Visit, counter: Counter, page: Page, draft: Draft | None) -> Cards:
    """What is known for a page, without registers of which its person typed something in their own words before."""
    found = await counter.intake.archive.known(page.fields, subject=visit.subject, day=visit.today)
    typed, taken = (draft.typed, draft.known) if draft else ({}, ())
    own = {fact.register for name, fact in found.items() if typed.get(name) and name not in taken}
    return Cards({name: fact for name, fact in found.items() if fact.register not in own})


def agreed_to(visit: Visit, cards: Cards) -> tuple[dict[str, str], list[str]]:
    """The answers that the posted page lets the city take over, and the registers that it showed without a tick.

    A tick holds for the row that was drawn: where the register changed since, its person is asked anew.
    """
    before, now = _codes(visit.form.text(CARDS)), _codes(cards.rows)
    shown = [name for name in cards.registers if name in before]
    ticked = [name for name in shown if visit.form.text(f"agree-{name}") == "yes" and before[name] == now[name]]
    answers = {field: cards.facts[field].value for name in ticked for field in cards.of(name)}
    return answers, [name for name in shown if name not in ticked]


def _in(lang: str, source: str) -> str:
    """A source as readers know it. Whoever imports may name it for both: 模拟数据 / simulated."""
    return source.rpartition(" / ")[2] if lang == "en" else source


def _codes(rows: str) -> dict[str, str]:
    """The code of the row of each register, as a form carries them."""
    return {name: code for name, _, code in (row.partition(":") for row in rows.split())}


def drawn(
    visit: Visit, counter: Counter, offer: Offer, page: Page, cards: Cards, draft: Draft | None, wrong: list[str]
) -> list[dict[str, Any]]:
    """The cards as the page draws them: facts, source and day, who reads them and what for."""
    return [_card(visit, counter, offer, page, cards, name, draft, wrong=name in wrong) for name in cards.registers]


def _card(
    visit: Visit, counter: Counter, offer: Offer, page: Page, cards: Cards, register: str, draft: Draft | None, *,
    wrong: bool,
) -> dict[str, Any]:  # fmt: skip
    fields, lang = cards.of(register), visit.lang
    typed = draft.typed if draft else {}
    items = offer.items(counter.catalogue, typed) or offer.possible()
    told = offer.stood_for(counter.catalogue, typed, fields)
    readers = [counter.agency(one).name.said(lang) for one in readers_of(counter.catalogue, items, told)]
    first = cards.facts[fields[0]]
    day = visit.site.pages.formats[lang].day(first.recorded, today=visit.today, weekday=False)
    return {
        "consent": f"agree-{register}",
        "rows": [
            {
                "term": page.fields[name].ask.said(lang),
                "value": answer_words(visit, page.fields[name], cards.facts[name].value),
            }
            for name in fields
        ],
        "source": visit.say(
            "services.known.source", register=counter.register(register, lang), source=_in(lang, first.source), day=day
        ),
        "text": visit.say(
            "services.known.agree", number=len(fields), readers=listed(readers, lang), purpose=offer.name.said(lang)
        ),
        "granted": draft is not None and all(name in draft.known for name in fields),
        "error": visit.say("services.known.untold") if wrong else "",
    }
