"""The administration of officers: every step is proposed on one screen and decided on another person's."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.responses import Response

from onecity.kernel.acting import Scope
from onecity.kernel.instants import read_day
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.people.facts import AbsenceNoted, DutyEndProposed, DutyProposed, OfficerProposed, ProposalRefused
from onecity.people.model import Charge, Person, Proposal
from onecity.people.projections.officers import KINDS
from onecity.people.rules import ADMINISTER, Why
from onecity.people.store import accounts
from onecity.people.store import officers as store
from onecity.people.store.officers import ProposalRow
from onecity.people.usecases import Filed
from onecity.people.web.gatehouse import AT, Gatehouse

_FIELDS: Final = {
    Why.NAME: "name", Why.LOGIN: "login", Why.LOGIN_TAKEN: "login", Why.UNSAID: "reason", Why.TOO_LONG: "reason",
    Why.DAYS: "until", Why.UNKNOWN_DUTY: "duty", Why.HOLDS_ALREADY: "duty",
    Why.HOLDS_NOT: "duty",
}  # fmt: skip
"""Under which field of a form the sentence of a refusal stands."""

_CHANGES: Final = ("duty", "end", "reset")
_STATES: Final = {None: "open", True: "confirmed", False: "refused"}


class OfficerPages:
    """Pages for administrators; each sees the officers of their own scopes."""

    def __init__(self, gatehouse: Gatehouse) -> None:
        self._gatehouse = gatehouse

    async def all(self, visit: Visit) -> Response:
        """The officers by agency, and what waits for a decision."""
        held = visit.someone.holding(ADMINISTER)
        async with self._gatehouse.ledger.readers.acquire() as connection:
            officers = await accounts.officers_within(connection, held)
            waiting = await store.open_proposals(connection, held)
            does = await accounts.duties_among(connection, [one.person for one in officers], visit.today)
        names = await self._gatehouse.names([row.officer for row in waiting])
        agencies = sorted({one.scope.department for one in held})
        return visit.page(
            AT + "officers.html",
            title=visit.say("people.officers"),
            waiting=[self._waiting(visit, row, names) for row in waiting],
            agencies=[self._agency(visit, name, officers, does) for name in agencies],
        )

    def _agency(
        self, visit: Visit, agency: str, officers: list[Person], does: Mapping[UUID, list[str]]
    ) -> dict[str, Any]:
        here = [one for one in officers if one.home and one.home.department == agency]
        return {
            "name": self._gatehouse.agency(agency, visit.lang),
            "new_href": f"/admin/officers/new?agency={agency}",
            "officers": [
                {
                    "href": f"/admin/officers/{one.person}",
                    "title": one.name or visit.say("people.forgotten"),
                    "subtitle": self._gatehouse.does(does.get(one.person, ()), visit),
                }
                for one in here
            ],
        }

    def _waiting(self, visit: Visit, row: ProposalRow, names: dict[UUID, str]) -> dict[str, Any]:
        who = names.get(row.officer) or visit.say("people.officers.somebody")
        return {
            "href": f"/admin/proposals/{row.proposal}",
            "title": visit.say(f"people.proposal.{row.kind}", who=who),
            "subtitle": self._gatehouse.agency(row.agency, visit.lang),
            "at": row.proposed,
        }

    async def new(self, visit: Visit) -> Response:
        """The form that proposes a new officer."""
        return self._new_form(visit, visit.request.query_params.get("agency", ""), None)

    def _new_form(self, visit: Visit, agency: str, refused: Refused | None) -> Response:
        scopes = [one.scope for one in visit.someone.holding(ADMINISTER) if one.scope.department == agency]
        if not scopes:
            return visit.refuse(Refused(Why.NOT_FOUND))
        form = visit.form
        typed = {name: form.text(name) for name in ("name", "login", "area", "reason")}
        return visit.page(
            AT + "officer_new.html",
            title=visit.say("people.officers.new"),
            agency=agency,
            agency_name=self._gatehouse.agency(agency, visit.lang),
            typed=typed | {"area": typed["area"] or scopes[0].area},
            back_url="/admin/officers",
            **_wrong(visit, refused),
        )

    async def propose_officer(self, visit: Visit) -> Response:
        """Propose a new officer."""
        form = visit.form
        scope = Scope(form.text("agency"), form.text("area"))
        done = await self._gatehouse.officers.propose_officer(
            form.text("name"), form.text("login"), form.text("reason"), scope=scope,
            by=visit.acting_as(ADMINISTER, scope.department, scope.area), key=form.key(), now=visit.now,
        )  # fmt: skip
        if isinstance(done, Filed):
            return visit.go(f"/admin/proposals/{done.proposal}")
        return self._new_form(visit, scope.department, done) if done.reason in _FIELDS else visit.refuse(done)

    async def _found(self, visit: Visit) -> tuple[Person, Scope] | None:
        """The officer of the path and where they work, if the visitor administers it."""
        asked = visit.id("officer")
        if asked is None:
            return None
        async with self._gatehouse.ledger.readers.acquire() as connection:
            person = await accounts.person(connection, asked)
        if person is None or person.home is None:
            return None
        scope = visit.someone.scope(ADMINISTER, person.home.department, person.home.area)
        return (person, person.home) if scope else None

    async def one(self, visit: Visit) -> Response:
        """One officer, after the look was recorded: duties, and what was proposed."""
        found = await self._found(visit)
        if found is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        person, home = found
        own = person.person == visit.someone.person
        if not own:
            by = visit.acting_as(ADMINISTER, home.department, home.area)
            await self._gatehouse.reads.note(person.person, "officer", about=person.person, by=by, now=visit.now)
        async with self._gatehouse.ledger.readers.acquire() as connection:
            charges = await accounts.charges_of(connection, person.person)
            proposals = await store.proposals_about(connection, person.person)
        name = person.name or visit.say("people.forgotten")
        return visit.page(
            AT + "officer.html",
            title=name,
            agency=self._gatehouse.agency(home.department, visit.lang),
            charges=[self._charge(visit, number, one) for number, one in enumerate(charges)],
            proposals=[self._proposed(visit, row, name) for row in proposals],
            url=f"/admin/officers/{person.person}",
            own=own,
            back_url="/admin/officers",
        )

    def _charge(self, visit: Visit, number: int, charge: Charge) -> dict[str, Any]:
        agency = self._gatehouse.agency(charge.scope.department, visit.lang)
        return {
            "number": number,
            "name": self._gatehouse.duty(charge.duty, visit.lang),
            "where": f"{agency} · {charge.scope.area}",
            "since": charge.since,
            "until": charge.until,
            "over": charge.until is not None and charge.until < visit.today,
        }

    def _proposed(self, visit: Visit, row: ProposalRow, name: str) -> dict[str, Any]:
        return {
            "href": f"/admin/proposals/{row.proposal}",
            "title": visit.say(f"people.proposal.{row.kind}", who=name),
            "state": visit.say(f"people.proposal.state.{_STATES[row.confirmed]}"),
            "at": row.proposed,
        }

    async def change(self, visit: Visit) -> Response:
        """The form that proposes a change of an officer: a duty, the end of one, or new secrets."""
        return await self._change_form(visit, None)

    async def propose(self, visit: Visit) -> Response:
        """Propose the change."""
        found = await self._found(visit)
        if found is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        match visit.path("change"):
            case "duty":
                done = await self._duty(visit, *found)
            case "end":
                done = await self._end(visit, found[0])
            case "reset":
                done = await self._reset(visit, *found)
            case _:
                done = Refused(Why.NOT_FOUND)
        if isinstance(done, Filed):
            return visit.go(f"/admin/proposals/{done.proposal}")
        return await self._change_form(visit, done) if done.reason in _FIELDS else visit.refuse(done)

    async def _duty(self, visit: Visit, person: Person, home: Scope) -> Filed | Refused:
        form = visit.form
        since = read_day(form.text("since"), today=visit.today) if form.text("since") else visit.today
        until = read_day(form.text("until"), today=visit.today)
        if since is None or (until is None and form.text("until")):
            return Refused(Why.DAYS)
        return await self._gatehouse.officers.propose_duty(
            person.person, Charge(form.text("duty"), home, since, until), form.text("reason"),
            by=visit.acting_as(ADMINISTER, home.department, home.area), key=form.key(), now=visit.now,
            today=visit.today,
        )  # fmt: skip

    async def _end(self, visit: Visit, person: Person) -> Filed | Refused:
        """The form names a duty by its place in the list."""
        async with self._gatehouse.ledger.readers.acquire() as connection:
            charges = await accounts.charges_of(connection, person.person)
        chosen = next((one for n, one in enumerate(charges) if str(n) == visit.form.text("duty")), None)
        if chosen is None:
            return Refused(Why.HOLDS_NOT)
        by = visit.acting_as(ADMINISTER, chosen.scope.department, chosen.scope.area)
        return await self._gatehouse.officers.propose_end(
            person.person, chosen.duty, chosen.scope, visit.form.text("reason"), by=by, key=visit.form.key(),
            now=visit.now,
        )  # fmt: skip

    async def _reset(self, visit: Visit, person: Person, home: Scope) -> Filed | Refused:
        by = visit.acting_as(ADMINISTER, home.department, home.area)
        return await self._gatehouse.officers.propose_reset(
            person.person, visit.form.text("reason"), by=by, key=visit.form.key(), now=visit.now
        )

    async def _change_form(self, visit: Visit, refused: Refused | None) -> Response:
        found, change = await self._found(visit), visit.path("change")
        if found is None or change not in _CHANGES:
            return visit.refuse(Refused(Why.NOT_FOUND))
        async with self._gatehouse.ledger.readers.acquire() as connection:
            charges = await accounts.charges_of(connection, found[0].person)
        held = [self._charge(visit, number, one) for number, one in enumerate(charges)]
        ends = [{"value": one["number"], "label": one["name"], "hint": one["where"]} for one in held]
        return visit.page(
            AT + "officer_change.html",
            title=visit.say(f"people.officers.{change}"),
            who=found[0].name or visit.say("people.forgotten"),
            change=change,
            options=self._gatehouse.duties(visit.lang) if change == "duty" else ends,
            url=f"/admin/officers/{found[0].person}/{change}",
            typed={name: visit.form.text(name) for name in ("duty", "since", "until", "reason")},
            back_url=f"/admin/officers/{found[0].person}",
            **_wrong(visit, refused),
        )

    async def proposal(self, visit: Visit) -> Response:
        """One proposal: what, by whom, why; and the two ways to decide it."""
        return await self._proposal_page(visit, None)

    async def decide(self, visit: Visit) -> Response:
        """Confirm or refuse."""
        row = await self._visible(visit)
        if row is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        reason = visit.form.text("reason") if visit.form.text("do") == "refuse" else None
        done = await self._gatehouse.officers.decide(
            row.proposal, reason, by=visit.acting_as(ADMINISTER, row.agency, row.area), key=visit.form.key(),
            now=visit.now,
        )  # fmt: skip
        if not isinstance(done, Refused):
            return visit.go(f"/admin/proposals/{row.proposal}")
        return await self._proposal_page(visit, done) if done.reason in _FIELDS else visit.refuse(done)

    async def _visible(self, visit: Visit) -> ProposalRow | None:
        asked = visit.id("proposal")
        if asked is None:
            return None
        async with self._gatehouse.ledger.readers.acquire() as connection:
            return await store.visible_proposal(connection, asked, visit.someone.holding(ADMINISTER))

    async def _proposal_page(self, visit: Visit, refused: Refused | None) -> Response:
        row = await self._visible(visit)
        proposal = await self._gatehouse.officers.proposal(row.proposal) if row else None
        if proposal is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        what, mine = proposal.what, visit.someone.person
        names = await self._gatehouse.names([one for one in (what.officer, proposal.by, proposal.decided_by) if one])
        forgotten = visit.say("people.forgotten")
        who = (what.name if isinstance(what, OfficerProposed) else names.get(what.officer)) or forgotten
        closed = "about_self" if mine == what.officer else "own_proposal" if mine == proposal.by else ""
        if isinstance(what, AbsenceNoted) and mine == what.deputy:
            closed = "about_self"
        return visit.page(
            AT + "proposal.html",
            title=visit.say(f"people.proposal.{KINDS[type(what)]}", who=who),
            facts=await self._facts(visit, proposal, who, names),
            state=f"people.proposal.state.{_STATES[row.confirmed if row else None]}",
            refused=(proposal.decided.reason or forgotten) if isinstance(proposal.decided, ProposalRefused) else "",
            open=proposal.decided is None,
            closed=visit.say(f"people.{closed}") if closed else "",
            half=await self._half(visit, proposal),
            url=f"/admin/proposals/{proposal.id}",
            typed=visit.form.text("reason"),
            back_url="/admin/officers",
            **_wrong(visit, refused),
        )

    async def _half(self, visit: Visit, proposal: Proposal) -> dict[str, Any] | None:
        """The visitor's half of the code, while the invitation holds and if they are one of the two."""
        number = {proposal.by: 1, proposal.decided_by: 2}.get(visit.someone.person)
        until = await self._gatehouse.invitations.holds_until(proposal.id, now=visit.now)
        if number is None or until is None:
            return None
        return {"number": number, "text": self._gatehouse.invitations.half(proposal.id, number), "until": until}

    async def _facts(self, visit: Visit, proposal: Proposal, who: str, names: dict[UUID, str]) -> list[dict[str, str]]:
        what, forgotten, day = proposal.what, visit.say("people.forgotten"), visit.site.pages.formats[visit.lang].day
        rows = [("who", who), ("where", self._gatehouse.agency(what.scope.department, visit.lang))]
        match what:
            case OfficerProposed():
                rows.append(("login", what.login or forgotten))
            case DutyProposed() | DutyEndProposed():
                rows.append(("duty", self._gatehouse.duty(what.duty, visit.lang)))
            case AbsenceNoted():
                deputy = (await self._gatehouse.names([what.deputy])).get(what.deputy, forgotten)
                rows.append(("deputy", deputy))
            case _:
                pass
        if isinstance(what, DutyProposed | AbsenceNoted):
            until = day(what.until, today=visit.today) if what.until else visit.say("people.proposal.no_end")
            rows += [("since", day(what.since, today=visit.today)), ("until", until)]
        if not isinstance(what, AbsenceNoted):
            rows.append(("reason", what.reason or forgotten))
        rows.append(("by", names.get(proposal.by, forgotten)))
        if proposal.decided_by:
            rows.append(("decided_by", names.get(proposal.decided_by, forgotten)))
        return [{"term": visit.say(f"people.proposal.fact.{term}"), "value": value} for term, value in rows]


def _wrong(visit: Visit, refused: Refused | None) -> dict[str, Any]:
    """What a form says when it comes back, and the key of the next try."""
    if refused is None:
        return {"status": 200, "errors": {}, "faults": [], "key": uuid4()}
    field, sentence = _FIELDS.get(Why(refused.reason), ""), visit.say(refused.reason, **refused.details)
    return {"status": 422, "errors": {field: sentence}, "faults": [{"field": field, "text": sentence}], "key": uuid4()}
