"""Intake on one screen: the questions, the union form, every material, how the result comes, and one button."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
from starlette.responses import Response

from onecity.casework import Delivery
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.answers import Field, faults
from onecity.services.drafts import Draft
from onecity.services.rules import Why
from onecity.services.usecases.applying import Apply, apply
from onecity.services.web import paper
from onecity.services.web.bringing import Request, chosen_names, file_fields, take_files, ticked
from onecity.services.web.counter import Counter
from onecity.services.web.knowing import Cards, agreed_to, cards_of, drawn
from onecity.services.web.offers import QUESTIONS, Offer, Page, offer_for
from onecity.services.web.shown import AT, sentence_of

_DELIVERY: Final = "window-delivery"
_CONFIRMED: Final = "window-confirmed"
_ITEMS: Final = "window-items"
"""Names that no question of a pack can have: those have no hyphen."""


class Wrong(msgspec.Struct, frozen=True):
    """What is wrong on the screen: by question, by material, and with the screen itself."""

    fields: Mapping[str, str] = {}
    files: Mapping[str, str] = {}
    screen: Sequence[tuple[str, str]] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.files or self.screen)


class IntakePage:
    """The screen on which a window clerk types what the person in front of them applies for."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def form(self, visit: Visit) -> Response:
        """The screen, with what was typed before, here or on the person's own phone."""
        offer = offer_for(visit, self._counter.catalogue)
        if isinstance(offer, Refused):
            return visit.refuse(offer)
        draft = await self._counter.drafts.resume(visit.subject, offer.draft)
        cards = await cards_of(visit, self._counter, self._whole(offer, draft), draft)
        return await self._page(visit, offer, draft, cards, Wrong())

    async def take(self, visit: Visit) -> Response:
        """Keep everything that was typed, right or wrong; hand it in when that was the button and nothing is wrong."""
        offer = offer_for(visit, self._counter.catalogue)
        if isinstance(offer, Refused):
            return visit.refuse(offer)
        before = await self._counter.drafts.resume(visit.subject, offer.draft)
        shown = await cards_of(visit, self._counter, self._whole(offer, before), before)
        taken, untold = agreed_to(visit, shown)
        draft = await self._kept(visit, offer, before, shown, taken, untold)
        files = await take_files(visit, self._counter, visit.subject, self._request(offer, draft.typed))
        match visit.form.text("do"):
            case "own":
                return await self._page(visit, offer, draft, Cards({}), Wrong(files=files))
            case "submit":
                open_ = shown.of_any(untold)
                wrong = self._wrong(visit, offer, draft.typed, files, untold, open_)
                still = Cards({name: fact for name, fact in shown.facts.items() if name in (*taken, *open_)})
                return await (
                    self._page(visit, offer, draft, still, wrong) if wrong else self._apply(visit, offer, draft)
                )
            case _:
                cards = await cards_of(visit, self._counter, self._whole(offer, draft), draft)
                return await self._page(visit, offer, draft, cards, Wrong(files=files))

    def _whole(self, offer: Offer, draft: Draft | None) -> Page:
        """All questions of the screen as one page."""
        return Page("whole", None, offer.fields(self._counter.catalogue, draft.typed if draft else {}))

    def _request(self, offer: Offer, typed: Mapping[str, str], chosen: Collection[str] = ()) -> Request:
        """What the screen asks for, as the answers stand."""
        return Request(offer.draft, offer.materials(self._counter.catalogue, typed), chosen=chosen)

    async def _kept(
        self, visit: Visit, offer: Offer, before: Draft | None, shown: Cards, taken: Mapping[str, str],
        untold: Sequence[str],
    ) -> Draft:  # fmt: skip
        """What was typed over what was kept, and what registers say where the person agrees."""
        catalogue, hidden = self._counter.catalogue, {*taken, *shown.of_any(untold)}
        possible = catalogue.all_fields(offer.possible(), offer.event)
        sent = {name: visit.form.text(name) for name in visit.form.fields if name in possible and name not in hidden}
        old = {name: text for name, text in (before.typed if before else {}).items() if name not in hidden}
        chosen = visit.form.text(_DELIVERY)
        delivery = chosen if chosen in set(Delivery) else old.get(_DELIVERY, Delivery.COUNTER)
        known = {*(before.known if before else ())} - sent.keys() - hidden | taken.keys()
        typed = {**old, **sent, **taken, **paper.typed_in(visit), _DELIVERY: delivery}
        uses = await ticked(visit, self._counter, visit.subject, self._request(offer, typed))
        return await self._counter.drafts.keep(
            visit.subject, offer.draft, typed, known=known, uses=uses.values(), now=visit.now
        )

    async def _apply(self, visit: Visit, offer: Offer, draft: Draft) -> Response:
        asked = offer.fields(self._counter.catalogue, draft.typed)
        answers = {name: text for name, text in draft.typed.items() if name in asked}
        known = tuple(name for name in draft.known if name in asked)
        request = self._request(offer, draft.typed, draft.uses)
        uses = await chosen_names(visit, self._counter, visit.subject, request)
        items, event = ((), offer.id) if offer.event else ((offer.id,), None)
        way = Delivery(draft.typed[_DELIVERY])
        to = paper.address_in(draft.typed) if way is Delivery.POST else None
        done = await apply(
            Apply(answers, items, event, way, known=known, uses=uses, to=to),
            intake=self._counter.intake, key=visit.form.key(), by=visit.acting(), now=visit.now,
        )  # fmt: skip
        if isinstance(done, Refused) and done.reason is Why.NOT_KNOWN:
            # The register changed since: the questions are asked anew, with what it says now.
            left = {name: text for name, text in draft.typed.items() if name not in known}
            await self._counter.drafts.keep(visit.subject, offer.draft, left, now=visit.now)
            return visit.go(visit.at(offer.path))
        wrong = paper.wrong_in(visit, done if isinstance(done, Refused) else None)
        if wrong:
            at = {_DELIVERY if field == paper.WAY else field: text for field, text in wrong.items()}
            return await self._page(visit, offer, draft, Cards({}), Wrong(screen=tuple(at.items())))
        if isinstance(done, Refused):
            return visit.refuse(done)
        await self._counter.drafts.drop(visit.subject, offer.draft)
        return visit.go(visit.at(f"/affairs/{done.affair}/receipt"))

    def _wrong(
        self, visit: Visit, offer: Offer, typed: Mapping[str, str], files: Mapping[str, str], untold: Sequence[str],
        left_open: Collection[str],
    ) -> Wrong:  # fmt: skip
        catalogue = self._counter.catalogue
        fields = offer.fields(catalogue, typed)
        said = {
            one.field: sentence_of(fields, one, lang=visit.lang, say=visit.say)
            for one in faults(fields, typed, on=visit.today)
            if one.field not in left_open
        }
        screen = [(f"agree-{name}", visit.say("services.known.untold")) for name in untold]
        if visit.form.text("shown") != " ".join(offer.items(catalogue, typed)):
            screen.append((_ITEMS, visit.say("services.intake.changed")))
        if visit.form.text(_CONFIRMED) != "yes":
            screen.append((_CONFIRMED, visit.say("services.intake.unconfirmed")))
        return Wrong(said, files, tuple(screen))

    async def _page(self, visit: Visit, offer: Offer, draft: Draft | None, cards: Cards, wrong: Wrong) -> Response:
        catalogue, typed = self._counter.catalogue, draft.typed if draft else {}
        pages, whole = offer.pages(catalogue, typed), self._whole(offer, draft)
        request, items = self._request(offer, typed, draft.uses if draft else ()), offer.items(catalogue, typed)
        untold = [name.removeprefix("agree-") for name, _ in wrong.screen if name.startswith("agree-")]
        sections = [self._section(visit, page, cards, alone=len(pages) == 1) for page in pages]
        return visit.page(
            AT + "intake.html",
            status=422 if wrong else 200,
            title=offer.name.said(visit.lang),
            url=visit.at(offer.path),
            cards=drawn(visit, self._counter, offer, whole, cards, draft, untold),
            shown_cards=cards.rows,
            sections=[section for section in sections if section["fields"]],
            switches=QUESTIONS if offer.event else "",
            typed=typed,
            errors={**wrong.fields, **dict(wrong.screen)},
            faults=self._faults(visit, whole.fields, wrong),
            materials=await file_fields(visit, self._counter, visit.subject, request, wrong.files),
            items=[self._item(visit, name) for name in items],
            shown=" ".join(items),
            paper=paper.shown(
                visit,
                paper.ways_of(items, catalogue, first=Delivery.COUNTER),
                Delivery(typed.get(_DELIVERY, Delivery.COUNTER)),
                typed,
                dict(wrong.screen),
                _DELIVERY,
            ),
            kept=visit.form.text("do") == "keep",
            confirmed=visit.form.text(_CONFIRMED) == "yes",
            key=visit.form.key(),
            back_url=visit.base,
        )

    def _section(self, visit: Visit, page: Page, cards: Cards, *, alone: bool) -> dict[str, Any]:
        """Questions that belong together; where there is nothing else to ask, they need no name of their own."""
        words = "services.intake.form" if alone else f"services.form.{page.id}"
        left = {name: field for name, field in page.fields.items() if name not in cards.facts}
        title = page.name.said(visit.lang) if page.name else visit.say(words, number=len(left))
        return {"id": page.id, "title": title, "fields": left}

    def _item(self, visit: Visit, name: str) -> dict[str, str]:
        item = self._counter.catalogue.bundle([name])[name]
        agency = self._counter.agency(item.agency).name.said(visit.lang)
        return {"title": item.called.said(visit.lang), "subtitle": agency}

    def _faults(self, visit: Visit, fields: Mapping[str, Field], wrong: Wrong) -> list[dict[str, Any]]:
        """The same words as beside each field, in the order of the screen."""
        of_fields = [
            {"field": name, "text": f"{field.ask.said(visit.lang)} {wrong.fields[name]}"}
            for name, field in fields.items()
            if name in wrong.fields
        ]
        of_files = [
            {"field": name, "text": f"{self._counter.thing(name, visit.lang)} {text}"}
            for name, text in wrong.files.items()
        ]
        return of_fields + of_files + [{"field": field, "text": text} for field, text in wrong.screen]
