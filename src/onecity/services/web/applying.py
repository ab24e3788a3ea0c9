"""From the first question to the receipt: one form that is kept while it is filled in, one look at all of it."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from onecity.casework import Delivery
from onecity.kernel.lists import listed
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.answers import AnswerFault, Known, faults, read_all
from onecity.services.drafts import Draft
from onecity.services.rules import Why
from onecity.services.usecases.applying import Apply, Receipt, apply
from onecity.services.web import paper
from onecity.services.web.along import along_cards
from onecity.services.web.bringing import (
    Request,
    chosen_names,
    file_fields,
    file_rows,
    may_follow,
    take_files,
    ticked,
)
from onecity.services.web.counter import Counter
from onecity.services.web.knowing import Cards, agreed_to, cards_of, drawn
from onecity.services.web.offers import Offer, Offers, Page, first_unfinished, offer_for
from onecity.services.web.pledging import after_questions, before_review, undecided
from onecity.services.web.shown import AT, answer_rows, sentence_of


class Applying:
    """The form of whatever `offers` finds at a path – an item, a life event, a stage –, for whoever is signed in."""

    def __init__(self, counter: Counter, offers: Offers | None = None) -> None:
        self._counter = counter
        self._offers = offers or self._in_catalogue

    async def begin(self, visit: Visit) -> Response:
        """Go where the person stopped."""
        offer = await self._offers(visit)
        if isinstance(offer, Refused):
            return visit.refuse(offer)
        typed = await self._typed(visit, offer)
        page = first_unfinished(offer.pages(self._counter.catalogue, typed), typed, on=visit.today)
        return visit.go(f"{offer.path}/apply/{page.id}" if page else f"{offer.path}/review")

    async def form(self, visit: Visit) -> Response:
        """One step, with what was typed before."""
        offer = await self._offers(visit)
        if isinstance(offer, Refused):
            return visit.refuse(offer)
        draft = await self._counter.drafts.resume(visit.subject, offer.draft)
        pages = offer.pages(self._counter.catalogue, draft.typed if draft else {})
        page = next((page for page in pages if page.id == visit.path("step")), None)
        if page is None:
            return visit.go(f"{offer.path}/apply")
        own = visit.request.query_params.get("own") == "yes"
        cards = Cards({}) if own else await cards_of(visit, self._counter, page, draft)
        return self._form(visit, offer, pages, page, draft, cards)

    async def keep(self, visit: Visit) -> Response:
        """Keep what was typed, right or wrong; go on when the step is right."""
        catalogue = self._counter.catalogue
        offer = await self._offers(visit)
        if isinstance(offer, Refused):
            return visit.refuse(offer)
        before = await self._counter.drafts.resume(visit.subject, offer.draft)
        steps = offer.pages(catalogue, before.typed if before else {})
        page = next((one for one in steps if one.id == visit.path("step")), None)
        if page is None:
            return visit.go(f"{offer.path}/apply")
        cards = await cards_of(visit, self._counter, page, before)
        taken, untold = agreed_to(visit, cards)
        typed, known = _filled(visit, page, before, cards, taken, untold)
        draft = await self._counter.drafts.keep(visit.subject, offer.draft, typed, known=known, now=visit.now)
        if visit.form.text("do") == "save":
            return visit.go("/affairs")
        if visit.form.text("do") == "own":
            return visit.go(f"{offer.path}/apply/{page.id}?own=yes")
        pages = offer.pages(catalogue, typed)
        wrong = [one for one in faults(page.fields, typed, on=visit.today) if one.field not in cards.of_any(untold)]
        if wrong or untold:
            shown = Cards({name: fact for name, fact in cards.facts.items() if name in (*taken, *cards.of_any(untold))})
            return self._form(visit, offer, pages, page, draft, shown, wrong, untold)
        at = [one.id for one in pages].index(page.id)
        if at + 1 < len(pages):
            return visit.go(f"{offer.path}/apply/{pages[at + 1].id}")
        return visit.go(f"{offer.path}/{after_questions(offer, catalogue, draft)}")

    async def materials(self, visit: Visit) -> Response:
        """What to bring, and what is there already."""
        offer = await self._offers(visit)
        return visit.refuse(offer) if isinstance(offer, Refused) else await self._materials(visit, offer, {})

    async def bring(self, visit: Visit) -> Response:
        """Take the files that are good; say of the others what is wrong with them."""
        offer = await self._offers(visit)
        if isinstance(offer, Refused):
            return visit.refuse(offer)
        draft = await self._counter.drafts.resume(visit.subject, offer.draft)
        request = self._request(offer, draft)
        uses = await ticked(visit, self._counter, visit.subject, request)
        if draft is not None and {*uses.values()} != {*draft.uses}:
            await self._counter.drafts.keep(
                visit.subject, offer.draft, draft.typed, known=draft.known, uses=uses.values(), now=visit.now
            )
        errors = await take_files(visit, self._counter, visit.subject, request)
        if errors or visit.form.text("do") == "upload":
            return await self._materials(visit, offer, errors)
        return visit.go(f"{offer.path}/review")

    async def _materials(self, visit: Visit, offer: Offer, errors: Mapping[str, str]) -> Response:
        catalogue = self._counter.catalogue
        draft = await self._counter.drafts.resume(visit.subject, offer.draft)
        typed, request = draft.typed if draft else {}, self._request(offer, draft)
        asked = request.asked
        return visit.page(
            AT + "materials.html",
            status=422 if errors else 200,
            title=offer.name.said(visit.lang),
            path=offer.path,
            materials=await file_fields(visit, self._counter, visit.subject, request, errors),
            faults=[{"field": name, "text": f"{asked[name].name.said(visit.lang)} {errors[name]}"} for name in errors],
            step=len(offer.pages(catalogue, typed)) + bool(offer.pledges(catalogue, typed)) + 1,
            steps=offer.length(catalogue, typed, draft.pledges if draft else {}),
            back_url=f"{offer.path}/{'pledge' if offer.pledges(catalogue, typed) else 'apply'}",
        )

    async def review(self, visit: Visit) -> Response:
        """Everything once more before it is handed in, and how the result is to come."""
        offer = await self._offers(visit)
        if isinstance(offer, Refused):
            return visit.refuse(offer)
        draft = await self._counter.drafts.resume(visit.subject, offer.draft)
        return await self._review(visit, offer, draft, Delivery.ONLINE, {})

    def _ways(self, offer: Offer, typed: Mapping[str, str]) -> Sequence[Delivery]:
        """How the result of an offer can reach a person who applies for it themself."""
        items = offer.items(self._counter.catalogue, typed)
        return paper.ways_of(items, self._counter.catalogue, first=Delivery.ONLINE)

    async def _review(
        self, visit: Visit, offer: Offer, draft: Draft | None, way: Delivery, wrong: Mapping[str, str]
    ) -> Response:
        catalogue = self._counter.catalogue
        typed = draft.typed if draft else {}
        pages = offer.pages(catalogue, typed)
        unfinished = first_unfinished(pages, typed, on=visit.today)
        if draft is None or unfinished:
            return visit.go(f"{offer.path}/apply/{(unfinished or pages[0]).id}")
        if await undecided(visit, self._counter, offer, draft):
            return visit.go(f"{offer.path}/pledge")
        pledged = offer.agreed(catalogue, typed, draft.pledges)
        return visit.page(
            AT + "review.html",
            status=422 if wrong else 200,
            title=offer.name.said(visit.lang),
            path=offer.path,
            paper=paper.shown(visit, self._ways(offer, typed), way, paper.typed_in(visit), wrong),
            faults=[{"field": field, "text": text} for field, text in wrong.items()],
            sections=[self._section(visit, offer, page, draft) for page in pages],
            materials=await file_rows(visit, self._counter, visit.subject, self._request(offer, draft)),
            items=[catalogue.bundle([name])[name] for name in offer.items(catalogue, draft.typed)],
            pledged=[catalogue.bundle([name])[name].called.said(visit.lang) for name in pledged],
            along=await along_cards(visit, self._counter, offer.items(catalogue, typed), typed),
            key=draft.key,
            steps=offer.length(catalogue, typed, pledged),
            back_url=f"{offer.path}/{before_review(offer, catalogue, draft)}",
        )

    async def submit(self, visit: Visit) -> Response:
        """Hand the application in; a second click hands in nothing more."""
        offer = await self._offers(visit)
        if isinstance(offer, Refused):
            return visit.refuse(offer)
        draft = await self._counter.drafts.resume(visit.subject, offer.draft)
        if draft is None or draft.key != visit.form.key():
            return visit.go("/affairs")
        if await undecided(visit, self._counter, offer, draft):
            return visit.go(f"{offer.path}/pledge")
        asked = offer.fields(self._counter.catalogue, draft.typed)
        answers = {name: text for name, text in draft.typed.items() if name in asked}
        known = tuple(name for name in draft.known if name in asked)
        uses = await chosen_names(visit, self._counter, visit.subject, self._request(offer, draft))
        items, event = ((), offer.id) if offer.event else (offer.possible(), None)
        pledges = offer.agreed(self._counter.catalogue, draft.typed, draft.pledges)
        ways, typed = self._ways(offer, draft.typed), paper.typed_in(visit)
        way = paper.way_in(visit, paper.WAY, ways[0])
        to = paper.address_in(typed) if way is Delivery.POST else None
        command = Apply(answers, items, event, way, known=known, uses=uses, to=to, pledges=pledges)
        done = await self._handed_in(visit, offer, command, draft)
        if isinstance(done, Refused) and done.reason is Why.NOT_KNOWN:
            # The register changed since: the questions are asked anew, with what it says now.
            left = {name: text for name, text in draft.typed.items() if name not in known}
            await self._counter.drafts.keep(visit.subject, offer.draft, left, now=visit.now)
            return visit.go(f"{offer.path}/apply")
        wrong = paper.wrong_in(visit, done if isinstance(done, Refused) else None)
        if wrong:
            return await self._review(visit, offer, draft, way, wrong)
        if isinstance(done, Refused):
            return visit.go(f"{offer.path}/review") if done.reason is Why.ANSWERS else visit.refuse(done)
        await self._counter.drafts.drop(visit.subject, offer.draft)
        return visit.go(f"/affairs/{done.affair}/receipt")

    async def _handed_in(self, visit: Visit, offer: Offer, command: Apply, draft: Draft) -> Receipt | Refused:
        by, now = visit.acting(), visit.now
        if offer.stage is None:
            return await apply(command, intake=self._counter.intake, key=draft.key, by=by, now=now)
        project, number = offer.stage.project, offer.stage.number
        return await self._counter.projects.apply(project, number, command, by=by, key=draft.key, now=now)

    async def _in_catalogue(self, visit: Visit) -> Offer | Refused:
        return offer_for(visit, self._counter.catalogue)

    def _request(self, offer: Offer, draft: Draft | None) -> Request:
        """What to bring, what of it may follow after the application, and which files of others count here."""
        catalogue, typed = self._counter.catalogue, draft.typed if draft else {}
        pledged = offer.agreed(catalogue, typed, draft.pledges if draft else {})
        later = may_follow(catalogue.needed(offer.items(catalogue, typed), pledged).values())
        asked = offer.materials(catalogue, typed, pledged)
        return Request(offer.draft, asked, later, draft.uses if draft else ())

    async def _typed(self, visit: Visit, offer: Offer) -> Mapping[str, str]:
        draft = await self._counter.drafts.resume(visit.subject, offer.draft)
        return draft.typed if draft else {}

    def _section(self, visit: Visit, offer: Offer, page: Page, draft: Draft) -> dict[str, object]:
        """A step as the review shows it, with the departments that will read it."""
        typed = draft.typed
        items = self._counter.catalogue.bundle(offer.items(self._counter.catalogue, typed))
        told = offer.stood_for(self._counter.catalogue, typed, page.fields)
        readers = dict.fromkeys(
            self._counter.agency(item.agency).name.said(visit.lang)
            for item in items.values()
            if any(asked.field in told for asked in item.asks)
        )
        answers, _ = read_all(page.fields, typed)
        sources = self._counter.told_by(
            {name: known.register for name in draft.known if (known := asked_of(page, name))}, visit.lang
        )
        return {
            "title": page.name.said(visit.lang) if page.name else visit.say(f"services.review.{page.id}"),
            "change_href": f"{offer.path}/apply/{page.id}",
            "readers": listed(readers, visit.lang),
            "rows": answer_rows(visit, page.fields, answers, sources=sources),
        }

    def _form(
        self, visit: Visit, offer: Offer, pages: Sequence[Page], page: Page, draft: Draft | None, cards: Cards,
        wrong: Sequence[AnswerFault] = (), untold: Sequence[str] = (),
    ) -> Response:  # fmt: skip
        typed = draft.typed if draft else {}
        errors = {fault.field: sentence_of(page.fields, fault, lang=visit.lang, say=visit.say) for fault in wrong}
        at = [one.id for one in pages].index(page.id)
        return visit.page(
            AT + "form.html",
            status=422 if wrong or untold else 200,
            title=offer.name.said(visit.lang),
            heading=_title(visit, page, alone=len(pages) == 1),
            url=f"{offer.path}/apply/{page.id}",
            step=at + 1,
            steps=offer.length(self._counter.catalogue, typed, draft.pledges if draft else {}),
            leads_to=after_questions(offer, self._counter.catalogue, draft) if at + 1 == len(pages) else "step",
            fields={name: field for name, field in page.fields.items() if name not in cards.facts},
            cards=drawn(visit, self._counter, offer, page, cards, draft, list(untold)),
            shown=cards.rows,
            typed=typed,
            errors=errors,
            faults=[
                *({"field": f"agree-{name}", "text": visit.say("services.known.untold")} for name in untold),
                *(
                    {"field": field, "text": f"{page.fields[field].ask.said(visit.lang)} {text}"}
                    for field, text in errors.items()
                ),
            ],
            back_url=f"{offer.path}/apply/{pages[at - 1].id}" if at else offer.path,
        )


def _filled(
    visit: Visit, page: Page, before: Draft | None, cards: Cards, taken: Mapping[str, str], untold: Sequence[str]
) -> tuple[dict[str, str], set[str]]:
    """After a page was posted: all answers so far, and those that its person lets the city take over."""
    shown = {*taken, *cards.of_any(untold)}
    typed = {name: visit.form.text(name) for name in page.fields if name not in shown}
    known = {*(before.known if before else ())} - page.fields.keys() | taken.keys()
    kept = {name: text for name, text in (before.typed if before else {}).items() if name not in shown}
    return {**kept, **typed, **taken}, known


def asked_of(page: Page, name: str) -> Known | None:
    """Where a question of a page is answered already."""
    field = page.fields.get(name)
    return field.known if field else None


def _title(visit: Visit, page: Page, *, alone: bool) -> str:
    if page.name is not None:
        return page.name.said(visit.lang)
    # Whoever is asked once has not been asked before.
    return visit.say("services.form.only" if alone else f"services.form.{page.id}", number=len(page.fields))
