"""Every route of services, with who may take it."""

from collections.abc import Sequence
from typing import Final

from onecity.casework.usecases.letters import OFFICERS
from onecity.licences.web import Asking, Cabinet, Wallet
from onecity.machinery.web import EVERYBODY, OFFICER, SIGNED_IN, Door, Operation, Rate, Route, holding
from onecity.notices.web import LetterPages
from onecity.services.rules.joint import JOINT_HEAD
from onecity.services.web.adding import Adding
from onecity.services.web.affairs import Affairs
from onecity.services.web.applying import Applying
from onecity.services.web.counter import Counter
from onecity.services.web.desk import Desk
from onecity.services.web.finding import SEARCHES, Finding
from onecity.services.web.guides import Guides
from onecity.services.web.hands import Hands
from onecity.services.web.intake import IntakePage
from onecity.services.web.interface import Interface
from onecity.services.web.joint import Joint
from onecity.services.web.window import WINDOW, Serving, Window

DOORS: Final = (
    Door("/items", "services.door", "edit", EVERYBODY),
    Door("/affairs", "services.affairs", "list", SIGNED_IN),
    Door("/desk", "services.desk", "file", OFFICER),
    Door("/window", "services.window", "hand", holding(WINDOW)),
    Door("/desk/joint", "services.joint", "clock", holding(JOINT_HEAD)),
)
LEADS: Final = {
    **dict.fromkeys(OFFICERS.values(), ("/desk/cases/{about}", "services.desk.case")),
    "services.granted": ("/wallet", "services.affair.licence"),
}
"""Where letters about cases lead officers, and a grant whoever has the licence now."""
_OFTEN: Final = Rate(120, 60)
_FILES: Final = Rate(30, 60)
_RECEIVED: Final = Rate(30, 300)
"""Nobody receives more people in five minutes; whoever tries numbers is stopped."""


def routes(counter: Counter, cabinet: Cabinet) -> Sequence[Route]:
    """The pages of services."""
    guides, applying, affairs, adding = Guides(counter), Applying(counter), Affairs(counter), Adding(counter)
    own_case = "/affairs/{affair}/cases/{case}"
    return (
        Route("GET", "/search", EVERYBODY, guides.search, _OFTEN),
        Route("GET", "/items", EVERYBODY, guides.items),
        Route("GET", "/items/{item}", EVERYBODY, guides.item),
        Route("GET", "/life-events/{event}", EVERYBODY, guides.event),
        *(
            route
            for offer in ("/items/{item}", "/life-events/{event}")
            for route in (
                Route("GET", f"{offer}/apply", SIGNED_IN, applying.begin),
                Route("GET", f"{offer}/apply/{{step}}", SIGNED_IN, applying.form),
                Route("POST", f"{offer}/apply/{{step}}", SIGNED_IN, applying.keep, _OFTEN),
                Route("GET", f"{offer}/materials", SIGNED_IN, applying.materials),
                Route("POST", f"{offer}/materials", SIGNED_IN, applying.bring, _FILES, files=True),
                Route("GET", f"{offer}/review", SIGNED_IN, applying.review),
                Route("POST", f"{offer}/review", SIGNED_IN, applying.submit, _OFTEN),
            )
        ),
        Route("GET", "/affairs", SIGNED_IN, affairs.mine),
        Route("GET", "/affairs/{affair}", SIGNED_IN, affairs.one),
        Route("GET", "/affairs/{affair}/receipt", SIGNED_IN, affairs.receipt),
        Route("GET", own_case, SIGNED_IN, affairs.part),
        *(
            route
            for what, page, done in (
                ("bring", adding.bring_page, adding.bring),
                ("again", adding.again_page, adding.again),
                ("withdraw", adding.withdraw_page, adding.withdraw),
                ("rate", adding.rate_page, adding.rate),
            )
            for route in (
                Route("GET", f"{own_case}/{what}", SIGNED_IN, page),
                Route("POST", f"{own_case}/{what}", SIGNED_IN, done, _FILES, files=what in ("bring", "again")),
            )
        ),
        *_desk(counter),
        *_window(counter, cabinet),
    )


def _desk(counter: Counter) -> Sequence[Route]:
    """The pages of officers."""
    desk, hands, joint, finding = Desk(counter), Hands(counter), Joint(counter), Finding(counter)
    case = "/desk/cases/{case}"
    outcome = f"{case}/{{step}}/{{outcome}}"
    return (
        Route("GET", "/desk", OFFICER, desk.work),
        Route("GET", "/desk/joint", holding(JOINT_HEAD), joint.list),
        Route("GET", "/desk/joint/{affair}", holding(JOINT_HEAD), joint.one),
        Route("POST", "/desk/joint/{affair}", holding(JOINT_HEAD), joint.extend),
        Route("GET", "/desk/find", OFFICER, finding.page),
        Route("POST", "/desk/find", OFFICER, finding.find, SEARCHES),
        Route("GET", "/desk/cases/{case}", OFFICER, desk.case),
        Route("GET", "/desk/cases/{case}/materials/{material}", OFFICER, desk.material),
        Route("GET", outcome, OFFICER, desk.outcome),
        Route("POST", outcome, OFFICER, desk.decide),
        Route("POST", f"{case}/work/{{step}}/claim", OFFICER, hands.claim),
        Route("POST", f"{case}/work/{{step}}/release", OFFICER, hands.release),
        Route("GET", f"{case}/work/{{step}}/hand-over", OFFICER, hands.hand_over_page),
        Route("POST", f"{case}/work/{{step}}/hand-over", OFFICER, hands.hand_over),
        Route("POST", f"{case}/deliver", OFFICER, hands.deliver),
        Route("GET", f"{case}/explain", OFFICER, hands.explain_page),
        Route("POST", f"{case}/explain", OFFICER, hands.explain),
    )


def _window(counter: Counter, cabinet: Cabinet) -> Sequence[Route]:
    """The pages of the window: its own, and the citizens' own for whoever stands there."""
    clerk, window, intake, one = holding(WINDOW), Window(counter), IntakePage(counter), "/window/{reception}"
    serving = window.serving
    return (
        Route("GET", "/window", clerk, window.front),
        Route("POST", "/window", clerk, window.receive, _RECEIVED),
        Route("GET", one, clerk, serving(window.person)),
        Route("POST", f"{one}/end", clerk, window.end),
        Route("POST", f"{one}/for", clerk, serving(window.turn_to)),
        Route("POST", f"{one}/cases/{{case}}/deliver", clerk, serving(window.deliver)),
        *(
            route
            for offer in ("/items/{item}", "/life-events/{event}")
            for route in (
                Route("GET", one + offer, clerk, serving(intake.form)),
                Route("POST", one + offer, clerk, serving(intake.take), _FILES, files=True),
            )
        ),
        Route("GET", f"{one}/affairs", clerk, serving(window.person)),
        *_affairs_at_window(counter, serving, one),
        *_papers_at_window(counter, cabinet, serving, one),
    )


def _affairs_at_window(counter: Counter, serving: Serving, one: str) -> Sequence[Route]:
    """What a person can do with their affairs, at the window."""
    affairs, adding, clerk = Affairs(counter), Adding(counter), holding(WINDOW)
    own_case = f"{one}/affairs/{{affair}}/cases/{{case}}"
    return (
        Route("GET", f"{one}/affairs/{{affair}}", clerk, serving(affairs.one)),
        Route("GET", f"{one}/affairs/{{affair}}/receipt", clerk, serving(affairs.receipt)),
        Route("GET", own_case, clerk, serving(affairs.part)),
        *(
            route
            for what, page, done in (
                ("bring", adding.bring_page, adding.bring),
                ("again", adding.again_page, adding.again),
                ("withdraw", adding.withdraw_page, adding.withdraw),
                ("rate", adding.rate_page, adding.rate),
            )
            for route in (
                Route("GET", f"{own_case}/{what}", clerk, serving(page)),
                Route("POST", f"{own_case}/{what}", clerk, serving(done), _FILES, files=what in ("bring", "again")),
            )
        ),
    )


def _papers_at_window(counter: Counter, cabinet: Cabinet, serving: Serving, one: str) -> Sequence[Route]:
    """A person's licences and letters, to be printed at the window."""
    wallet, asking, clerk = Wallet(cabinet), Asking(cabinet), holding(WINDOW)
    # Whoever acts for another sees only letters about affairs, and each leads to its affair.
    letters, licence = LetterPages(counter.ledger, counter.scribe, {}, counter.reachable), f"{one}/wallet/{{licence}}"
    return (
        Route("GET", f"{one}/wallet", clerk, serving(wallet.mine)),
        Route("GET", licence, clerk, serving(wallet.one)),
        Route("GET", f"{licence}/paper", clerk, serving(wallet.paper), _FILES),
        Route("GET", f"{licence}/cancel", clerk, serving(wallet.ask)),
        Route("POST", f"{licence}/cancel", clerk, serving(wallet.give_back)),
        Route("GET", f"{licence}/renew", clerk, serving(asking.page)),
        Route("POST", f"{licence}/renew", clerk, serving(asking.ask)),
        Route("GET", f"{one}/letters", clerk, serving(letters.inbox)),
        Route("GET", f"{one}/letters/{{letter}}", clerk, serving(letters.letter)),
    )


def operations(counter: Counter) -> Sequence[Operation]:
    """The interface of services."""
    return Interface(counter, Desk(counter)).operations()
