"""A person's own affairs: which run, what happened, which day is the latest, and why."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from starlette.responses import Response

from onecity.casework import Case, CaseOpened, StepTaken, cases_of_affair, folded
from onecity.kernel.acting import Channel
from onecity.kernel.instants import day_in
from onecity.kernel.lists import listed
from onecity.kernel.refusal import Refused
from onecity.ledger import Recorded
from onecity.machinery.web import Paging, Visit
from onecity.packs import Text
from onecity.payments import payment_of, payments_of
from onecity.people import matters_of
from onecity.services import store
from onecity.services.bundles import missing
from onecity.services.model import Affair
from onecity.services.rules import Why
from onecity.services.rules.joint import joint_days, joint_limit
from onecity.services.usecases import own_affair
from onecity.services.web.complaining import complaint_about
from onecity.services.web.counter import Counter
from onecity.services.web.feedback import feedback_moments, own_feedback
from onecity.services.web.fees import fee_moments, turn_of_payer
from onecity.services.web.headlines import accepted_on, ended, foremost, latest_of, whose_turn
from onecity.services.web.offers import offer_at
from onecity.services.web.own_post import own_post
from onecity.services.web.own_times import own_times
from onecity.services.web.pledging import pledge_of
from onecity.services.web.queueing import own_rows
from onecity.services.web.shown import AT, Moment, Shown, answer_rows, contest, moments, newest_first, shown, written

_A_PAGE: Final = 30


async def shown_case(counter: Counter, case: Case, *, today: date, before: Mapping[UUID, date] | None = None) -> Shown:
    """A case with what it follows, in the versions under which it was opened."""
    item = (await counter.catalogue.item_of(case.opened)).sparing(case.opened.spares)
    process = await counter.catalogue.process_of(case.opened)
    if case.opened.looks_at is not None:
        # What looks at a decision is called by what it does: the matter itself has been decided.
        called = Text(f"{process.name.zh}：{item.called.zh}", f"{process.name.en}: {item.called.en}")
        item = msgspec.structs.replace(item, short=called)
    return shown(case, item, process, counter.office.calendar, today=today, before=before)


class Part(msgspec.Struct, frozen=True):
    """A case of an affair, with its history."""

    shown: Shown
    history: tuple[Recorded, ...]


async def part_of(
    counter: Counter, history: tuple[Recorded, ...], *, today: date, before: Mapping[UUID, date] | None = None
) -> Part:
    """A case of an affair by its history."""
    case = folded(history)
    assert case is not None, "the caller found this history among the cases"
    return Part(await shown_case(counter, case, today=today, before=before), history)


class Affairs:
    """Pages for the person whose affairs they are."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def mine(self, visit: Visit) -> Response:
        """All affairs, and what was begun."""
        begun = await self._counter.drafts.begun(visit.subject)
        known = [offer for path in begun if (offer := offer_at(path, self._counter.catalogue))]
        offers = [offer for offer in known if all(visit.covers(item) for item in offer.possible())]
        cards, paging = await self.page_of_cards(visit)
        return visit.page(
            AT + "affairs.html",
            title=visit.say("services.affairs"),
            cards=cards,
            paging=paging,
            booked=await own_rows(self._counter.halls, visit),
            builds=bool(await self._counter.projects.ids_of(visit.subject, limit=1)),
            drafts=[{"href": f"{offer.path}/apply", "title": offer.name.said(visit.lang)} for offer in offers],
        )

    async def page_of_cards(self, visit: Visit) -> tuple[Sequence[dict[str, Any]], Paging]:
        """A page of the person's affairs as cards, the newest first."""
        paging = Paging.uncounted(visit, _A_PAGE)
        return paging.cut(await self.cards(visit, limit=paging.one_more, offset=paging.offset))

    async def cards(self, visit: Visit, *, limit: int, offset: int = 0) -> list[dict[str, Any]]:
        """So many of the person's affairs as cards, the newest first."""
        async with self._counter.ledger.readers.acquire() as connection:
            within = await matters_of(connection, visit.acting())
            rows = await store.affairs_of(connection, visit.subject, within=within, limit=limit, offset=offset)
        return list(await asyncio.gather(*(self._card(visit, row.affair) for row in rows)))

    async def _card(self, visit: Visit, affair: UUID) -> dict[str, Any]:
        found = await own_affair(affair, ledger=self._counter.ledger, by=visit.acting())
        assert not isinstance(found, Refused), "the list holds the person's own affairs"
        parts = [part.shown for part in current(await self.parts(affair, today=visit.today))]
        open_ = [one for one in parts if one.case.result is None]
        latest, first, over = latest_of(parts), foremost(parts), ended(visit, parts)
        fees = await payments_of(affair, till=self._counter.till) if open_ else []
        turn = whose_turn(visit, self._counter, parts) if first.state != "yours" else ""
        return {
            "href": visit.at(f"/affairs/{affair}"),
            "title": self._title(visit, found, parts),
            "state_kind": ("ok" if all(one.good for one in parts) else "idle") if over else first.tag,
            "state_text": visit.say("services.affair.ended") if over else state_text(visit, first),
            "open": bool(open_),
            "accepted": accepted_on(parts),
            "received": min(one.case.received for one in parts),
            "done": sum(one.good for one in parts),
            "total": len(parts),
            "due": latest.day if latest else None,
            "asks": visit.say(latest.words) if latest else "",
            "sentence": turn_of_payer(visit, self._counter, fees) or turn,
            "ended": over,
        }

    def _title(self, visit: Visit, affair: Affair, parts: Sequence[Shown]) -> str:
        event = self._counter.catalogue.event(affair.applied.event) if affair.applied.event else None
        return (
            event.name.said(visit.lang)
            if event
            else listed((one.item.called.said(visit.lang) for one in parts if not one.case.opened.looks_at), visit.lang)
        )

    async def parts(self, affair: UUID, *, today: date) -> list[Part]:
        """The cases of an affair, each after those for which it waits."""
        async with self._counter.ledger.readers.acquire() as connection:
            rows = await cases_of_affair(connection, affair)
        left = list(await asyncio.gather(*(self._counter.ledger.history(row.id) for row in rows)))
        found: dict[UUID, Part] = {}
        while left:
            # A case waits only for cases of its own affair, and never in a circle: each round finds at least one.
            ready = [one for one in left if all(other in found for other in _waits_for(one))]
            assert ready, "the order of the cases has a circle"
            before = {case: part.shown.by for case, part in found.items()}
            for history in ready:
                found[history[0].stream] = await part_of(self._counter, history, today=today, before=before)
            left = [one for one in left if one[0].stream not in found]
        return list(found.values())

    async def one(self, visit: Visit) -> Response:
        """One affair with its timeline."""
        affair = await self._own(visit)
        if isinstance(affair, Refused):
            return visit.refuse(affair)
        parts = await self.parts(affair.id, today=visit.today)
        shown_parts = [part.shown for part in in_order(affair, current(parts))]
        fields = await self._counter.asked(affair, [one.case.id for one in shown_parts])
        sources = self._counter.sources(affair, visit.lang)
        past = [moment for part in parts for moment in self._moments(visit, part, len(parts), affair.at)]
        fees = await payments_of(affair.id, till=self._counter.till)
        past += await fee_moments(visit, self._counter, fees, named=len(parts) > 1)
        return visit.page(
            AT + "affair.html",
            title=self._title(visit, affair, shown_parts),
            affair=affair,
            parts=[self._part(visit, affair, one) for one in shown_parts],
            turn=turn_of_payer(visit, self._counter, fees) or whose_turn(visit, self._counter, shown_parts),
            ended=ended(visit, shown_parts),
            joint=joint_limit(affair, [part.shown.case for part in parts], self._counter.office.calendar),
            joint_days=joint_days(affair),
            latest=latest_of(shown_parts),
            fees=[self._counter.cash_desk.shown(one, visit) for one in fees],
            turns=any(one.state == "yours" for one in shown_parts),
            moments=newest_first(past, self._counter.office.zone),
            answers=answer_rows(visit, fields, affair.answers, sources=sources),
            back_url=visit.at("/affairs"),
        )

    async def part(self, visit: Visit) -> Response:
        """One matter of an affair: its clock with every day, its timeline, what the person can do."""
        affair, case = await self._own(visit), visit.id("case")
        if isinstance(affair, Refused):
            return visit.refuse(affair)
        parts = await self.parts(affair.id, today=visit.today)
        found = next((part for part in parts if part.shown.case.id == case), None)
        if found is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        fee = await payment_of(found.shown.case.id, till=self._counter.till)
        past = moments(found.shown, found.history, self._counter.telling(visit.lang, visit.say))
        held = await self._counter.feedbacks.of_history(found.history)
        past += feedback_moments(held, visit.say) if held else []
        said = turn_of_payer(visit, self._counter, [fee] if fee else [])
        turn = {"turn": said} if said else {}
        newest = found.shown.case.id in {part.shown.case.id for part in current(parts)}
        return visit.page(
            AT + "part.html",
            title=found.shown.item.called.said(visit.lang),
            affair=affair,
            part=self._part(visit, affair, found.shown) | turn,
            newest=newest,
            moments=newest_first(
                [*past, *(await fee_moments(visit, self._counter, [fee] if fee else []))], self._counter.office.zone
            ),
            fee=self._counter.cash_desk.shown(fee, visit) if fee else None,
            why=last_words(found, visit),
            feedback=own_feedback(visit, held),
            # At the window a clerk would write into the drafts of whoever stands there.
            complaint=complaint_about(self._counter, found.shown) if not visit.base else "",
            pledge=await pledge_of(visit, self._counter, affair, found.shown.case),
            agency=self._counter.agency(found.shown.case.opened.agency),
            back_url=visit.at(f"/affairs/{affair.id}"),
        )

    def _part(self, visit: Visit, affair: Affair, one: Shown) -> dict[str, Any]:
        return {
            "path": visit.at(f"/affairs/{affair.id}/cases/{one.case.id}"),
            "sum": self._sum(visit, one),
            "shown": one,
            "name": one.item.called.said(visit.lang),
            "state": state_text(visit, one),
            "turn": whose_turn(visit, self._counter, [one]),
            "contest": contest(visit, one.item.remedy),
            "post": own_post(visit, self._counter, one),
            "times": own_times(visit, self._counter, one),
            "agency": self._counter.agency(one.case.opened.agency).name.said(visit.lang),
        }

    def _sum(self, visit: Visit, one: Shown) -> list[dict[str, str]]:
        """What moved the latest day: where it was, what was added, where it is; nothing if nothing moved it."""
        if one.due.original == one.due.day or one.case.clock is None:
            return []
        formats = visit.site.pages.formats[visit.lang]
        rows = [("services.sum.original", formats.day(one.due.original, today=visit.today))]
        if one.due.stopped:
            rows.append(("services.sum.stopped", visit.say("services.sum.days", number=one.due.stopped)))
        if one.case.clock.extension is not None:
            days = one.case.clock.extension.days
            rows.append(("services.sum.extended", visit.say("services.sum.days", number=days)))
        rows.append(("services.sum.now", formats.day(one.due.day, today=visit.today)))
        return [{"term": visit.say(term), "value": value} for term, value in rows]

    def _moments(self, visit: Visit, part: Part, parts: int, applied: datetime) -> list[Moment]:
        found = moments(part.shown, part.history, self._counter.telling(visit.lang, visit.say))
        if parts == 1:
            return found
        # The day on which the whole application came is said once, not for each of its parts; another try has its own.
        name = part.shown.item.called.said(visit.lang)
        tried_again = part.history[0].at != applied
        return [
            one
            if one.kind == "received" and not (tried_again and one.at == part.history[0].at)
            else msgspec.structs.replace(one, title=f"{name} · {one.title}")
            for one in found
        ]

    async def receipt(self, visit: Visit) -> Response:
        """What the person gets in hand when the city has it."""
        affair = await self._own(visit)
        if isinstance(affair, Refused):
            return visit.refuse(affair)
        parts = [part.shown for part in in_order(affair, current(await self.parts(affair.id, today=visit.today)))]
        rows = [self._asked_at(visit, one) for one in parts]
        return visit.page(
            AT + "receipt.html",
            title=visit.say("services.receipt.title"),
            affair=affair,
            rows=[
                await self._applicant(visit, affair),
                *rows,
                self._came(visit, affair),
                *self._pledged(visit, affair, parts),
                *await self._typed_by(visit, affair),
            ],
            # On paper the year stands even if it is this one.
            full_day=visit.site.pages.formats[visit.lang].full_day(day_in(visit.site.zone, affair.at)),
            answer_by=_first_answer(parts),
            next=self._next(visit, affair, parts),
            back_url=visit.at("/affairs"),
        )

    def _next(self, visit: Visit, affair: Affair, parts: Sequence[Shown]) -> list[str]:
        """What happens now: who begins, what waits for them, and what the person will be asked for."""
        say = visit.say
        begin = [one for one in parts if not one.case.held] or list(parts)
        agencies, held = {one.case.opened.agency for one in begin}, len(parts) - len(begin)
        said = [
            say("services.receipt.next_several", number=len(agencies))
            if len(agencies) > 1
            else say("services.receipt.next_text", agency=self._agency(visit, begin[0].case.opened))
        ]
        if held:
            said.append(say("services.receipt.next_held", number=held))
        lacking = missing([one.item for one in parts], {*affair.materials, *affair.licences})
        names = listed([self._counter.thing(name, visit.lang) for name in lacking], visit.lang)
        said.append(say("services.receipt.missing", names=names) if names else say("services.receipt.nothing_to_do"))
        return said

    def _agency(self, visit: Visit, opened: CaseOpened) -> str:
        return self._counter.agency(opened.agency).name.said(visit.lang)

    def _asked_at(self, visit: Visit, one: Shown) -> dict[str, str]:
        """Who has a matter and under which number they answer."""
        agency, lang = self._counter.agency(one.case.opened.agency), visit.lang
        return {"term": one.item.called.said(lang), "agency": agency.name.said(lang), "phone": agency.phone}

    async def _applicant(self, visit: Visit, affair: Affair) -> dict[str, str]:
        who = await self._counter.name_of(affair.applied.subject, lang=visit.lang)
        return {"term": visit.say("services.receipt.applicant"), "value": who}

    def _came(self, visit: Visit, affair: Affair) -> dict[str, str]:
        """Which materials came with an application: what a slip on paper must say."""
        names = [self._counter.thing(name, visit.lang) for name in (*affair.materials, *affair.licences)]
        came = listed(names, visit.lang) or visit.say("services.receipt.nothing_yet")
        return {"term": visit.say("services.receipt.materials"), "value": came}

    def _pledged(self, visit: Visit, affair: Affair, parts: Sequence[Shown]) -> list[dict[str, str]]:
        """Which matters are decided on what the person pledged."""
        names = [one.item.called.said(visit.lang) for one in parts if one.case.id in affair.pledges]
        return [{"term": visit.say("services.pledge.on_pledge"), "value": listed(names, visit.lang)}] if names else []

    async def _typed_by(self, visit: Visit, affair: Affair) -> list[dict[str, str]]:
        """Who typed the application, if that was an officer at the window."""
        by = (await self._counter.ledger.history(affair.id))[0].by
        if by.channel is not Channel.WINDOW or by.scope is None:
            return []
        agency = self._counter.agency(by.scope.department).name.said(visit.lang)
        value = visit.say("services.window.typed_value", agency=agency)
        return [{"term": visit.say("services.window.typed_term"), "value": value}]

    async def own_part(self, visit: Visit) -> tuple[Affair, Part] | Refused:
        """The case of the path in the person's own application; not found for anybody else."""
        affair, case = await self._own(visit), visit.id("case")
        if isinstance(affair, Refused):
            return affair
        parts = await self.parts(affair.id, today=visit.today)
        found = next((part for part in parts if part.shown.case.id == case), None)
        return (affair, found) if found else Refused(Why.NOT_FOUND)

    async def _own(self, visit: Visit) -> Affair | Refused:
        asked = visit.id("affair")
        if asked is None:
            return Refused(Why.NOT_FOUND)
        return await own_affair(asked, ledger=self._counter.ledger, by=visit.acting())


def current(parts: Sequence[Part]) -> list[Part]:
    """The newest case of each item, and the check of it: who applied again is shown that try, not the first one."""
    found = {(part.shown.case.opened.matter, part.shown.case.opened.looks_at is None): part for part in parts}
    return list(found.values())


def last_words(part: Part, visit: Visit) -> list[dict[str, str]]:
    """What an officer wrote last, as rows of question and answer; laws in it are named in the visitor's language."""
    taken = [fact.fact for fact in part.history if isinstance(fact.fact, StepTaken) and fact.fact.words]
    if not taken:
        return []
    outcome = part.shown.process.steps[taken[-1].step].outcomes[taken[-1].outcome]
    rows = written(outcome, taken[-1].words, lang=visit.lang)
    return [row | {"value": visit.cited(row["value"])} for row in rows]


def in_order(affair: Affair, parts: Sequence[Part]) -> list[Part]:
    """The matters in the order in which the application named them."""
    named = [branch.item for branch in affair.branches]
    return sorted(parts, key=lambda part: named.index(part.shown.case.opened.matter))


def _waits_for(history: tuple[Recorded, ...]) -> tuple[UUID, ...]:
    opened = history[0].fact
    return opened.after if isinstance(opened, CaseOpened) else ()


def _first_answer(parts: list[Shown]) -> date:
    return min(one.due.day for one in parts if not one.case.held)


def state_text(visit: Visit, one: Shown, *, officer: bool = False) -> str:
    """The word for a case's state: the process's own word for a result."""
    named = one.process.results.get(one.case.result) if one.case.result is not None else None
    word = officers_word(one.state) if officer else f"services.state.{one.state}"
    return named.said(visit.lang) if named else visit.say(word)


def officers_word(state: str) -> str:
    """The key of a state's word for officers: whoever is "you" to the applicant is the applicant to them."""
    return f"services.desk.state.{state}" if state in ("yours", "withdrawn") else f"services.state.{state}"
