"""Intake on one screen: the questions, the union form, every material, how the result comes, and one button."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from starlette.responses import Response

from onecity.casework import Delivery
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.answers import Field, faults
from onecity.services.rules import Why
from onecity.services.usecases.applying import Apply, Receipt, apply
from onecity.services.web.bringing import file_fields, take_files
from onecity.services.web.counter import Counter
from onecity.services.web.offers import QUESTIONS, Offer, Page, offer_of
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
        offer = offer_of(visit, self._counter.catalogue)
        if offer is None:
            return visit.refuse(Refused(Why.NO_SUCH_ITEM))
        draft = await self._counter.drafts.resume(visit.subject, offer.draft)
        return await self._page(visit, offer, draft.typed if draft else {}, Wrong())

    async def take(self, visit: Visit) -> Response:
        """Keep everything that was typed, right or wrong; hand it in when that was the button and nothing is wrong."""
        offer = offer_of(visit, self._counter.catalogue)
        if offer is None:
            return visit.refuse(Refused(Why.NO_SUCH_ITEM))
        before = await self._counter.drafts.resume(visit.subject, offer.draft)
        typed = _typed(visit, offer, self._counter, before.typed if before else {})
        await self._counter.drafts.keep(visit.subject, offer.draft, typed, now=visit.now)
        files = await take_files(
            visit, self._counter, visit.subject, offer.materials(self._counter.catalogue, typed)
        )  # fmt: skip
        if visit.form.text("do") != "submit":
            return await self._page(visit, offer, typed, Wrong(files=files))
        wrong = self._wrong(visit, offer, typed, files)
        if wrong:
            return await self._page(visit, offer, typed, wrong)
        done = await self._applied(visit, offer, typed)
        if isinstance(done, Refused):
            return visit.refuse(done)
        await self._counter.drafts.drop(visit.subject, offer.draft)
        return visit.go(visit.at(f"/affairs/{done.affair}/receipt"))

    async def _applied(self, visit: Visit, offer: Offer, typed: Mapping[str, str]) -> Receipt | Refused:
        asked = offer.fields(self._counter.catalogue, typed)
        answers = {name: text for name, text in typed.items() if name in asked}
        items = () if offer.event else (offer.id,)
        command = Apply(answers, items, offer.id if offer.event else None, Delivery(typed[_DELIVERY]))
        return await apply(command, intake=self._counter.intake, key=visit.form.key(), by=visit.acting(), now=visit.now)

    def _wrong(self, visit: Visit, offer: Offer, typed: Mapping[str, str], files: Mapping[str, str]) -> Wrong:
        catalogue = self._counter.catalogue
        fields = offer.fields(catalogue, typed)
        said = {
            one.field: sentence_of(fields[one.field], one, lang=visit.lang, say=visit.say)
            for one in faults(fields, typed, on=visit.today)
        }
        screen: list[tuple[str, str]] = []
        if visit.form.text("shown") != " ".join(offer.items(catalogue, typed)):
            screen.append((_ITEMS, visit.say("services.intake.changed")))
        if visit.form.text(_CONFIRMED) != "yes":
            screen.append((_CONFIRMED, visit.say("services.intake.unconfirmed")))
        return Wrong(said, files, tuple(screen))

    async def _page(self, visit: Visit, offer: Offer, typed: Mapping[str, str], wrong: Wrong) -> Response:
        catalogue = self._counter.catalogue
        pages = offer.pages(catalogue, typed)
        fields = {name: field for page in pages for name, field in page.fields.items()}
        asked = offer.materials(catalogue, typed)
        items = offer.items(catalogue, typed)
        return visit.page(
            AT + "intake.html",
            status=422 if wrong else 200,
            title=offer.name.said(visit.lang),
            url=visit.at(offer.path),
            sections=[self._section(visit, page, alone=len(pages) == 1) for page in pages],
            switches=QUESTIONS if offer.event else "",
            typed=typed,
            errors={**wrong.fields, **dict(wrong.screen)},
            faults=self._faults(visit, fields, wrong),
            materials=await file_fields(visit, self._counter, visit.subject, asked, wrong.files),
            items=[self._item(visit, name) for name in items],
            shown=" ".join(items),
            deliveries=[
                {"value": one, "label": visit.say(f"services.delivery.{one}")}
                for one in (Delivery.COUNTER, Delivery.ONLINE)
            ],
            delivery=typed.get(_DELIVERY, Delivery.COUNTER),
            kept=visit.form.text("do") == "keep",
            confirmed=visit.form.text(_CONFIRMED) == "yes",
            key=visit.form.key(),
            back_url=visit.base,
        )

    def _section(self, visit: Visit, page: Page, *, alone: bool) -> dict[str, Any]:
        """Questions that belong together; where there is nothing else to ask, they need no name of their own."""
        words = "services.intake.form" if alone else f"services.form.{page.id}"
        title = page.name.said(visit.lang) if page.name else visit.say(words, number=len(page.fields))
        return {"id": page.id, "title": title, "fields": page.fields}

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


def _typed(visit: Visit, offer: Offer, counter: Counter, before: Mapping[str, str]) -> dict[str, str]:
    """What was typed over what was kept: every question that the screen showed, and those that it switches on."""
    sent = {name: visit.form.text(name) for name in visit.form.fields if name in _all_fields(offer, counter)}
    chosen = visit.form.text(_DELIVERY)
    delivery = chosen if chosen in set(Delivery) else before.get(_DELIVERY, Delivery.COUNTER)
    return {**before, **sent, _DELIVERY: delivery}


def _all_fields(offer: Offer, counter: Counter) -> dict[str, Field]:
    """Every question that the offer could ask, whatever the answers."""
    return counter.catalogue.fields(offer.possible(), offer.event)
