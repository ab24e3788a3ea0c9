"""For officers who oversee licences: found by identifier, looked at on the record, ended by two."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from onecity.kernel.identity import masked_name
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.licences import store
from onecity.licences.facts import (
    FirmEnded,
    LicenceCancelled,
    LicenceChanged,
    LicenceEndsSoon,
    LicenceIssued,
    LicenceRenewed,
    LicenceResumed,
    LicenceRevoked,
    LicenceStruckOff,
    LicenceSuspended,
    RenewalAsked,
    RenewalRefused,
    RevocationDropped,
    RevocationProposed,
)
from onecity.licences.model import Licence, state_on
from onecity.licences.rules import REVOKE, Deed, Do, Why, asked_of, blocked, overseen
from onecity.licences.usecases import letter_of, load, oversee
from onecity.licences.web.cabinet import AT, TAG, Cabinet
from onecity.licences.web.opening import Opened, find, open_licence
from onecity.machinery.web import Paging, Visit
from onecity.notices.writing import Written

_A_PAGE: Final = 50


class Oversight:
    """Pages for the duty `licences.revoke`; a licence is shown only after the look at it was recorded."""

    def __init__(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet

    async def search(self, visit: Visit) -> Response:
        """Find a licence by its identifier; below, what waits for a second officer."""
        given = visit.request.query_params.get("identifier", "").strip()
        sentence = ""
        if given:
            row = await find(given, cabinet=self._cabinet, visitor=visit.someone)
            if row is not None:
                return visit.go(f"/desk/licences/{row.licence}")
            sentence = visit.say(Why.NOT_FOUND)
        waiting, paging = await self._waiting(visit)
        return visit.page(
            AT + "desk_search.html",
            status=404 if sentence else 200,
            title=visit.say("licences.desk"),
            given=given,
            sentence=sentence,
            waiting=waiting,
            paging=paging,
        )

    async def licence(self, visit: Visit) -> Response:
        """One licence with everything that a deed needs."""
        opened = await self._opened(visit)
        if isinstance(opened, Refused):
            return visit.refuse(opened)
        return visit.page(AT + "desk_licence.html", **await self._page(visit, opened), back_url="/desk/licences")

    async def deed(self, visit: Visit) -> Response:
        """A deed before it is done: what must be written, and what the holder will read."""
        asked = await self._asked(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        opened, deed = asked
        return await self._deed_page(visit, opened, Do(deed), "", ready=not asked_of(deed))

    async def do(self, visit: Visit) -> Response:
        """First the letter as it will read, then, with `sure`, the deed itself."""
        if visit.form.text("sure") == "yes":
            return await self._done(visit)
        asked = await self._asked(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        opened, deed = asked
        command = _command(visit, deed)
        facts = overseen(opened.licence, command, by=opened.by, today=visit.today)
        wrong = visit.say(facts.reason, **facts.details) if isinstance(facts, Refused) else ""
        return await self._deed_page(visit, opened, command, wrong, ready=not wrong)

    async def _done(self, visit: Visit) -> Response:
        """The deed in earnest. A second click is told by its key, not by the licence, which has moved on."""
        opened, deed = await self._opened(visit), _deed(visit)
        if isinstance(opened, Refused) or deed is None:
            return visit.refuse(opened if isinstance(opened, Refused) else Refused(Why.NO_SUCH_DEED))
        done = await oversee(
            opened.licence.id, _command(visit, deed), licences=self._cabinet.licences, key=visit.form.key(),
            by=opened.by, now=visit.now,
        )  # fmt: skip
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(f"/desk/licences/{opened.licence.id}")

    async def _opened(self, visit: Visit) -> Opened | Refused:
        return await open_licence(
            visit.id("licence"), cabinet=self._cabinet, visitor=visit.someone, channel=visit.channel, now=visit.now
        )

    async def _asked(self, visit: Visit) -> tuple[Opened, Deed] | Refused:
        opened, deed = await self._opened(visit), _deed(visit)
        if isinstance(opened, Refused):
            return opened
        if deed is None:
            return Refused(Why.NO_SUCH_DEED)
        why = blocked(opened.licence, deed, by=opened.by, today=visit.today)
        return Refused(why) if why else (opened, deed)

    async def _waiting(self, visit: Visit) -> tuple[list[dict[str, Any]], Paging]:
        """What waits for a second officer. A list is not a look at somebody's data, so it names nobody in full."""
        licences = self._cabinet.licences
        paging, held = Paging.uncounted(visit, _A_PAGE), visit.someone.holding(REVOKE)
        async with licences.ledger.readers.acquire() as connection:
            rows, paging = paging.cut(
                await store.proposals(connection, held, limit=paging.one_more, offset=paging.offset)
            )
        waiting: list[dict[str, Any]] = []
        for row in rows:
            licence = await load(row.licence, licences=licences)
            if licence is None or licence.proposal is None:
                continue
            kind = await licences.type_of(licence.issued)
            waiting.append(
                {
                    "href": f"/desk/licences/{row.licence}",
                    "title": kind.name.said(visit.lang),
                    "holder": masked_name(licence.issued.holder_name or "") or visit.say("licences.forgotten"),
                    "since": licence.proposal.at,
                    "mine": licence.proposal.by == visit.someone.person,
                }
            )
        return waiting, paging

    async def _page(self, visit: Visit, opened: Opened) -> dict[str, Any]:
        licence, lang = opened.licence, visit.lang
        kind = await self._cabinet.licences.type_of(licence.issued)
        verdict = await self._cabinet.verdict_on(licence, now=visit.now)
        values = self._cabinet.values_of(licence, kind, lang, public=False)
        return {
            "title": kind.name.said(lang),
            "licence": licence,
            "holder": licence.issued.holder_name or visit.say("licences.forgotten"),
            "state": state_on(licence, visit.today),
            "verdict": verdict,
            "tag_kind": TAG[verdict],
            "agency": self._cabinet.agency(licence.issued.agency, lang),
            "rows": [{"term": term, "value": value} for term, value in values.items()],
            "moments": moments(visit, opened.history),
            "actions": [self._action(visit, opened, deed) for deed in Deed],
        }

    def _action(self, visit: Visit, opened: Opened, deed: Deed) -> dict[str, Any]:
        why = blocked(opened.licence, deed, by=opened.by, today=visit.today)
        return {
            "label": visit.say(f"licences.deed.{deed}"),
            "href": f"/desk/licences/{opened.licence.id}/{deed}",
            "blocked": visit.say(why) if why else "",
        }

    async def _deed_page(self, visit: Visit, opened: Opened, command: Do, wrong: str, *, ready: bool) -> Response:
        return visit.page(
            AT + "desk_deed.html",
            status=422 if wrong else 200,
            **await self._page(visit, opened),
            deed=command.deed,
            asks=asked_of(command.deed),
            typed=command.words,
            wrong=wrong,
            ready=ready,
            letter=self._letter(visit, opened.licence, command) if ready else None,
            key=uuid4(),
            back_url=f"/desk/licences/{opened.licence.id}",
        )

    def _letter(self, visit: Visit, licence: Licence, command: Do) -> Written:
        """The letter of a deed as the holder would read it now."""
        letter = letter_of(licence, command)
        facts = {"matter": licence.issued.matter}
        return self._cabinet.scribe.write(letter.kind, visit.lang, facts, letter.words)


def moments(visit: Visit, history: Sequence[Recorded]) -> list[dict[str, Any]]:
    """What happened to a licence, the newest first."""
    return [_moment(visit, one) for one in reversed(history)]


def _moment(visit: Visit, one: Recorded) -> dict[str, Any]:
    word, kind, words = _happened(one.fact)
    said = [visit.say(f"licences.ask.{part}") + visit.say("ui.colon") + text for part, text in (words or {}).items()]
    return {"at": one.at, "kind": kind, "title": visit.say(f"licences.happened.{word}"), "sentence": "\n".join(said)}


def _happened(fact: Fact) -> tuple[str, str, Mapping[str, str] | None]:
    """The word for a fact, how it is drawn, and what was written to the holder."""
    match fact:
        case LicenceIssued():
            return "issued", "received", None
        case LicenceSuspended(words=words):
            return "suspended", "stop", words
        case LicenceResumed(words=words):
            return "resumed", "done", words
        case RevocationProposed(ending=ending, words=words):
            return f"proposed_{ending}", "running", words
        case RevocationDropped(words=words):
            return "dropped", "done", words
        case LicenceRevoked(ending=ending):
            return str(ending), "refused", None
        case LicenceCancelled():
            return "cancelled", "refused", None
        case RenewalAsked():
            return "renewal_asked", "received", None
        case RenewalRefused(words=words):
            return "renewal_refused", "refused", words
        case LicenceRenewed():
            return "renewed", "done", None
        case LicenceChanged():
            return "changed", "done", None
        case LicenceEndsSoon():
            return "ends_soon", "received", None
        case LicenceStruckOff():
            return "struck_off", "refused", None
        case FirmEnded():
            return "firm_ended", "stop", None
        case _:
            return "used", "done", None


def _deed(visit: Visit) -> Deed | None:
    name = visit.path("deed")
    return Deed(name) if name in [str(deed) for deed in Deed] else None


def _command(visit: Visit, deed: Deed) -> Do:
    return Do(deed, {part: visit.form.text(part) for part in asked_of(deed)})
