"""Every route of people, with who may take it."""

from collections.abc import Sequence
from typing import Final

from onecity.kernel.rates import Rate
from onecity.machinery.web import EVERYBODY, OFFICER, SIGNED_IN, Door, Operation, Route, holding
from onecity.people.forgetting import Exported
from onecity.people.rules import ADMINISTER, ANSWER, RECORD
from onecity.people.signin import SignedIn
from onecity.people.web.absence import AbsencePages
from onecity.people.web.account import AccountPages
from onecity.people.web.door import DoorPages, SignIn
from onecity.people.web.gatehouse import Gatehouse
from onecity.people.web.lost import LostPages
from onecity.people.web.mandates import MandatePages
from onecity.people.web.officers import OfficerPages
from onecity.people.web.reads import ReadList, ReadPages
from onecity.people.web.setup import SetUpPages

DOORS: Final = (
    Door("/questions", "people.questions", "hand", holding(ANSWER)),
    Door("/window/mandates", "people.mandates.window", "file", holding(RECORD)),
    Door("/admin/officers", "people.officers", "key", holding(ADMINISTER)),
)

LEADS: Final = {
    "people.read_question": ("/questions/{about}", "people.questions.open"),
    "people.read_answer": ("/reads", "people.reads.open"),
    "people.mandate": ("/mandates", "people.mandates.open"),
    "people.absence": ("/absence", "people.absence.open"),
    **dict.fromkeys(
        (
            "people.officer",
            "people.duty",
            "people.duty_end",
            "people.reset",
            "people.recovered",
            "people.changed",
        ),
        ("/account", "people.account.open"),
    ),
}
"""Where the letters of people lead, by kind: the address and the words of the link."""

_TRIES: Final = Rate(20, 300)
_OFTEN: Final = Rate(60, 60)
_SELDOM: Final = Rate(20, 3600)


def routes(gatehouse: Gatehouse) -> Sequence[Route]:
    """The pages of people."""
    door, reads = DoorPages(gatehouse), ReadPages(gatehouse)
    return (
        *_of_officers(gatehouse),
        *_of_accounts(gatehouse),
        *_of_mandates(gatehouse),
        Route("GET", "/sign-in", EVERYBODY, door.sign_in_page),
        Route("POST", "/sign-in", EVERYBODY, door.sign_in, _TRIES),
        Route("POST", "/sign-out", SIGNED_IN, door.sign_out),
        Route("GET", "/register", EVERYBODY, door.register_page),
        Route("POST", "/register", EVERYBODY, door.register, _TRIES),
        Route("GET", "/reads", SIGNED_IN, reads.mine),
        Route("GET", "/reads/{read}/ask", SIGNED_IN, reads.ask),
        Route("POST", "/reads/{read}/ask", SIGNED_IN, reads.send, _OFTEN),
        Route("GET", "/questions", holding(ANSWER), reads.questions),
        Route("GET", "/questions/{question}", holding(ANSWER), reads.question),
        Route("POST", "/questions/{question}", holding(ANSWER), reads.answer),
    )


def _of_accounts(gatehouse: Gatehouse) -> Sequence[Route]:
    """A person's own account, and the way back into it."""
    lost, account = LostPages(gatehouse), AccountPages(gatehouse)
    return (
        Route("GET", "/lost", EVERYBODY, lost.ask),
        Route("POST", "/lost", EVERYBODY, lost.send, _TRIES),
        Route("POST", "/lost/code", EVERYBODY, lost.finish, _TRIES),
        Route("GET", "/account", SIGNED_IN, account.mine),
        Route("GET", "/account/export", SIGNED_IN, account.export, _SELDOM),
        Route("GET", "/account/password", SIGNED_IN, account.password),
        Route("POST", "/account/password", SIGNED_IN, account.change, _TRIES),
        Route("POST", "/account/sessions/{session}/end", SIGNED_IN, account.end_session),
    )


def _of_mandates(gatehouse: Gatehouse) -> Sequence[Route]:
    """Acting for others, and consents."""
    mandates = MandatePages(gatehouse)
    return (
        Route("GET", "/mandates", SIGNED_IN, mandates.all),
        Route("POST", "/mandates/for-myself", SIGNED_IN, mandates.for_myself),
        Route("GET", "/mandates/new/{kind}", SIGNED_IN, mandates.new),
        Route("POST", "/mandates/new/{kind}", SIGNED_IN, mandates.give, _TRIES),
        Route("POST", "/mandates/{mandate}/end", SIGNED_IN, mandates.end),
        Route("POST", "/mandates/{mandate}/act", SIGNED_IN, mandates.switch),
        Route("POST", "/consents/{consent}/end", SIGNED_IN, mandates.take_back),
        Route("GET", "/window/mandates", holding(RECORD), mandates.window),
        Route("POST", "/window/mandates", holding(RECORD), mandates.record),
    )


def _of_officers(gatehouse: Gatehouse) -> Sequence[Route]:
    """Who is an officer, in which duty, and who stands in."""
    officers, absence, setup = OfficerPages(gatehouse), AbsencePages(gatehouse), SetUpPages(gatehouse)
    administers, one, proposal = holding(ADMINISTER), "/admin/officers/{officer}", "/admin/proposals/{proposal}"
    return (
        Route("GET", "/admin/officers", administers, officers.all),
        Route("GET", "/admin/officers/new", administers, officers.new),
        Route("POST", "/admin/officers/new", administers, officers.propose_officer),
        Route("GET", one, administers, officers.one),
        Route("GET", f"{one}/{{change}}", administers, officers.change),
        Route("POST", f"{one}/{{change}}", administers, officers.propose),
        Route("GET", proposal, administers, officers.proposal),
        Route("POST", proposal, administers, officers.decide),
        Route("GET", "/absence", OFFICER, absence.mine),
        Route("POST", "/absence", OFFICER, absence.note),
        Route("POST", "/absence/{absence}/back", OFFICER, absence.back),
        Route("GET", "/set-up", EVERYBODY, setup.ask),
        Route("POST", "/set-up", EVERYBODY, setup.begin, _TRIES),
        Route("POST", "/set-up/finish", EVERYBODY, setup.finish, _TRIES),
    )


def operations(gatehouse: Gatehouse) -> Sequence[Operation]:
    """The interface of people."""
    door, reads, account = DoorPages(gatehouse), ReadPages(gatehouse), AccountPages(gatehouse)
    begin = "Begin a session; its token goes into the header Authorization: Bearer …"
    return (
        Operation("POST", "/api/sign-in", EVERYBODY, door.api_sign_in, begin, SignedIn, SignIn, _TRIES),
        Operation(
            "GET", "/api/account/export", SIGNED_IN, account.api_export, "Everything that the city holds on one",
            Exported, rate=_SELDOM,
        ),
        Operation("GET", "/api/reads", SIGNED_IN, reads.api_mine, "Who looked at one's data", ReadList),
    )  # fmt: skip
