"""Answering bad ratings and objecting to what came out: load, decide, record; the letter goes along."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from onecity.casework import Office
from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Decision, Fact, Recorded
from onecity.notices import letter_to
from onecity.services.feedback import rules
from onecity.services.feedback.declared import FeedbackRule, rule_on
from onecity.services.feedback.facts import CalledBack, PutRight, Rechecked, RemovalDecided
from onecity.services.feedback.model import Feedback, feedback_of, rating_of, then
from onecity.services.feedback.rules import Deed, Terms, Why, object_until
from onecity.services.usecases import own_affair


class Answered(msgspec.Struct, frozen=True):
    """The answer to whoever did something about a rating, with what it waits for now."""

    case: UUID
    state: str


class Held(msgspec.Struct, frozen=True):
    """A bad rating with what became of it, what it is held to, the history of its case, and its own as `told`."""

    feedback: Feedback
    terms: Terms
    history: tuple[Recorded, ...]
    told: tuple[Recorded, ...]


class Feedbacks(msgspec.Struct, frozen=True):
    """Bad ratings of a city, and the rules that it declares for them."""

    office: Office
    rules: Mapping[str, FeedbackRule]

    async def find(self, case: UUID) -> Held | None:
        """The bad rating of a case; None if there is none, or if no rule was in force on its day."""
        return await self.of_history(await self.office.ledger.history(case))

    async def of_history(self, history: Sequence[Recorded]) -> Held | None:
        """The same for whoever has the history of the case at hand."""
        rating = rating_of(history)
        if rating is None:
            return None
        terms = self.terms(rating.at)
        if terms is None:
            return None
        told = await self.office.ledger.history(rating.stream)
        return Held(feedback_of(rating, told), terms, tuple(history), told)

    async def answer(self, case: UUID, deed: Deed, *, by: Acting, key: UUID, now: datetime) -> Answered | Refused:
        """Do something about a bad rating, as an officer."""

        async def decide() -> Decision | Refused:
            held = await self.find(case)
            if held is None:
                return Refused(Why.NOT_FOUND)
            facts = rules.answered(held.feedback, deed, terms=held.terms, by=by, now=now)
            return facts if isinstance(facts, Refused) else _decision(held, facts, key=key, by=by, now=now)

        return await self.office.ledger.record(key, decide, Answered, by=by, now=now)

    async def object(
        self, affair: UUID, case: UUID, words: str, *, by: Acting, key: UUID, now: datetime
    ) -> Answered | Refused:
        """Say that one does not agree with what came out of one's rating."""

        async def decide() -> Decision | Refused:
            own = await own_affair(affair, ledger=self.office.ledger, by=by)
            held = await self.find(case) if not isinstance(own, Refused) and own.branch(case) else None
            if held is None:
                return Refused(Why.NOT_FOUND)
            fact = rules.objected(held.feedback, words, terms=held.terms, by=by, now=now)
            return fact if isinstance(fact, Refused) else _decision(held, (fact,), key=key, by=by, now=now)

        return await self.office.ledger.record(key, decide, Answered, by=by, now=now)

    def terms(self, rated: datetime) -> Terms | None:
        """What a rating of an instant is held to; None if no rule was in force."""
        office = self.office
        found = rule_on(self.rules, day_in(office.zone, rated))
        return Terms(*found, office.calendar, office.zone) if found else None


def _decision(held: Held, facts: tuple[Fact, ...], *, key: UUID, by: Acting, now: datetime) -> Decision:
    before = held.feedback
    after = then(before, facts, by=by, now=now)
    change = Change(before.rating.stream, before.version, facts)
    letters = _letters(after, held.terms, facts, key=key, now=now)
    return Decision((change, *letters), Answered(before.rating.case, after.state.value))


def _letters(after: Feedback, terms: Terms, facts: Sequence[Fact], *, key: UUID, now: datetime) -> Iterator[Change]:
    """What whoever rated hears: each time something came out of it, and until when they may object."""
    opened, until = after.rating.opened, object_until(after, terms)
    about = {"matter": opened.matter, "case": str(after.rating.case)}
    about |= {"object_day": until.isoformat()} if until else {}
    for kind, more, words in (one for fact in facts for one in _told(fact)):
        yield letter_to(
            PersonId(opened.subject), kind, about=opened.affair, sender=opened.agency, facts=about | more, words=words,
            law=terms.rule.because.citation, key=key, now=now,
        )  # fmt: skip


def _told(fact: Fact) -> Iterator[tuple[str, dict[str, str], dict[str, str] | None]]:
    """The letter that a fact sends: its kind, its days, and what an officer wrote in it."""
    match fact:
        case CalledBack(reached=False):
            yield "services.not_reached", {}, None
        case CalledBack(upheld=True, put_right_by=until, found=found):
            yield "services.rating_upheld", {"due": str(until)}, {"found": found or ""}
        case CalledBack(found=found):
            yield "services.called_back", {}, {"found": found or ""}
        case PutRight(done=done):
            yield "services.put_right", {}, {"done": done or ""}
        case Rechecked(upheld=True, put_right_by=until, found=found):
            yield "services.recheck_upheld", {"due": str(until)}, {"found": found or ""}
        case Rechecked(found=found):
            yield "services.rechecked", {}, {"found": found or ""}
        case RemovalDecided(agreed=True, reason=reason):
            yield "services.rating_removed", {}, {"reason": reason or ""}
        case _:
            pass
