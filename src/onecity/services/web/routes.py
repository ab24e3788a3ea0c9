"""Every route of services, with who may take it."""

from collections.abc import Sequence
from typing import Final

from onecity.casework.usecases.letters import TO_OFFICERS
from onecity.kernel.rates import Rate
from onecity.licences.web import Asking, Cabinet, Wallet
from onecity.machinery.web import EVERYBODY, OFFICER, SIGNED_IN, Door, Operation, Route, Who, holding
from onecity.notices.web import LetterPages
from onecity.packs import Pack
from onecity.people import DUTY
from onecity.services.amending.rules import AMEND, PUBLISH
from onecity.services.feedback.rules import CALL_BACK
from onecity.services.projects.rules import OVERSEE
from onecity.services.projects.usecases import FREED
from onecity.services.queueing.usecases import REMINDED
from onecity.services.rules.joint import JOINT_HEAD
from onecity.services.web.adding import Adding
from onecity.services.web.affairs import Affairs
from onecity.services.web.amending import AmendingPages
from onecity.services.web.applying import Applying
from onecity.services.web.bringing import Materials
from onecity.services.web.calling import CallingPages
from onecity.services.web.complaining import Complaining
from onecity.services.web.composing import ComposingPages
from onecity.services.web.counter import Counter
from onecity.services.web.desk import Desk
from onecity.services.web.feedback import Objecting
from onecity.services.web.finding import SEARCHES, Finding
from onecity.services.web.guides import Guides
from onecity.services.web.hands import Hands
from onecity.services.web.intake import IntakePage
from onecity.services.web.interface import Interface
from onecity.services.web.joint import Joint
from onecity.services.web.lists import Lists
from onecity.services.web.open_catalogue import OpenCatalogue
from onecity.services.web.open_exchange import OpenExchange
from onecity.services.web.open_ratings import OpenRatings
from onecity.services.web.overseeing import OverseeingPages
from onecity.services.web.overseeing_interface import OverseeingInterface
from onecity.services.web.pledging import PledgePages
from onecity.services.web.post_interface import PostInterface
from onecity.services.web.post_room import DELIVER, PostRoom
from onecity.services.web.posting import Posting
from onecity.services.web.preparing import PreparingPages
from onecity.services.web.projects import ProjectPages
from onecity.services.web.projects_interface import ProjectInterface
from onecity.services.web.queueing import QueueingPages
from onecity.services.web.queueing_interface import HallInterface
from onecity.services.web.ratings import RatingPages
from onecity.services.web.riddles import RiddlePages
from onecity.services.web.searching import SEARCHED, Searching
from onecity.services.web.timing import Timing
from onecity.services.web.window import Serving, Window

LEADS: Final = {
    **dict.fromkeys(TO_OFFICERS, ("/desk/cases/{about}", "services.desk.case")),
    "services.granted": ("/wallet", "services.affair.licence"),
    REMINDED: ("/halls", "services.queueing"),
    FREED: ("/projects", "services.projects"),
}
"""Where letters about cases lead officers, a grant whoever has the licence now, a reminder to what one booked, and the
end of a project to the others.
"""
_OFTEN: Final = Rate(120, 60)
_FILES: Final = Rate(30, 60)
_COUNTED: Final = Rate(30, 60)
"""Each of these counts every case that ended."""
_CHECKED: Final = Rate(12, 60)
"""Each of these is checked with the whole pack, which takes a second; whoever corrects a form tries a few times."""
_PUT_TOGETHER: Final = Rate(120, 60)
"""Whoever puts a form together sends it with each question that is taken in, and is led back: both are counted."""
_RECEIVED: Final = Rate(30, 300)
"""Nobody receives more people in five minutes; whoever tries numbers is stopped."""


def doors(counter: Counter, pack: Pack) -> Sequence[Door]:
    """The doors of services, and who sees each: the desk is theirs who hold a duty of services."""
    desk = sorted(name for name in pack.all(DUTY) if name.startswith("services."))
    return (
        Door("/items", "services.door", "edit", EVERYBODY),
        Door("/affairs", "services.affairs", "list", SIGNED_IN),
        Door("/desk", "services.desk", "file", holding(*desk)),
        Door("/window", "services.window", "hand", holding(*counter.receptions.duties)),
        Door("/desk/joint", "services.joint", "clock", holding(JOINT_HEAD)),
        Door("/desk/amendments", "services.amending", "edit", holding(AMEND, PUBLISH)),
        Door("/desk/ratings", "services.feedback", "phone", holding(CALL_BACK)),
        Door("/desk/post", "services.post_room", "mail", holding(DELIVER)),
        Door("/desk/riddles", "services.riddles", "search", holding(AMEND)),
        Door("/desk/projects", "services.projects.led", "flag", holding(OVERSEE)),
    )


def routes(counter: Counter, cabinet: Cabinet) -> Sequence[Route]:
    """The pages of services."""
    guides, applying, affairs = Guides(counter), Applying(counter), Affairs(counter)
    exchange, ratings, pledging = OpenExchange(counter), OpenRatings(counter), PledgePages(counter)
    return (
        Route("GET", "/search", EVERYBODY, Searching(counter).page, SEARCHED),
        Route("GET", "/items", EVERYBODY, Lists(counter).items),
        Route("GET", "/life-events", EVERYBODY, Lists(counter).events),
        Route("GET", "/open/catalogue", EVERYBODY, OpenCatalogue(counter).page, _OFTEN),
        Route("GET", "/open/catalogue.csv", EVERYBODY, OpenCatalogue(counter).table, _FILES),
        Route("GET", "/open/catalogue.jsonld", EVERYBODY, OpenCatalogue(counter).linked, _FILES),
        Route("GET", "/open/catalogue/exchange", EVERYBODY, exchange.page, _OFTEN),
        Route("GET", "/open/catalogue/exchange.csv", EVERYBODY, exchange.table, _FILES),
        Route("GET", "/open/ratings", EVERYBODY, ratings.page, _COUNTED, may_lag=True),
        Route("GET", "/open/ratings/list", EVERYBODY, ratings.cases, _COUNTED, may_lag=True),
        Route("GET", "/open/ratings.csv", EVERYBODY, ratings.table, _COUNTED, may_lag=True),
        Route("GET", "/items/{item}", EVERYBODY, guides.item),
        Route("GET", "/life-events/{event}", EVERYBODY, guides.event),
        *(
            route
            for offer in ("/items/{item}", "/life-events/{event}")
            for route in (
                Route("GET", f"{offer}/apply", SIGNED_IN, applying.begin),
                Route("GET", f"{offer}/apply/{{step}}", SIGNED_IN, applying.form),
                Route("POST", f"{offer}/apply/{{step}}", SIGNED_IN, applying.keep, _OFTEN),
                Route("GET", f"{offer}/pledge", SIGNED_IN, pledging.choose),
                Route("POST", f"{offer}/pledge", SIGNED_IN, pledging.keep, _OFTEN),
                Route("GET", f"{offer}/materials", SIGNED_IN, applying.materials),
                Route("POST", f"{offer}/materials", SIGNED_IN, applying.bring, _FILES, files=True),
                Route("GET", f"{offer}/review", SIGNED_IN, applying.review),
                Route("POST", f"{offer}/review", SIGNED_IN, applying.submit, _OFTEN),
            )
        ),
        Route("GET", "/affairs", SIGNED_IN, affairs.mine),
        *_own_affairs(counter, "", SIGNED_IN, lambda answer: answer),
        Route("POST", "/affairs/{affair}/cases/{case}/complain", SIGNED_IN, Complaining(counter).begin, _OFTEN),
        *_desk(counter),
        *ProjectPages(counter).routes(),
        *OverseeingPages(counter).routes(),
        *PostRoom(counter, cabinet).routes(),
        *QueueingPages(counter).routes(),
        *CallingPages(counter).routes(),
        *_window(counter, cabinet),
    )


def _own_affairs(counter: Counter, base: str, who: Who, serving: Serving) -> Sequence[Route]:
    """What a person can do with their affairs: on their own pages, and at the window where they stand."""
    affairs, adding, objecting = Affairs(counter), Adding(counter), Objecting(counter)
    posting, timing = Posting(counter), Timing(counter)
    affair, case = f"{base}/affairs/{{affair}}", f"{base}/affairs/{{affair}}/cases/{{case}}"
    return (
        Route("GET", affair, who, serving(affairs.one)),
        Route("GET", f"{affair}/receipt", who, serving(affairs.receipt)),
        Route("GET", f"{base}/materials/{{material}}", who, serving(Materials(counter).one), _FILES),
        Route("GET", case, who, serving(affairs.part)),
        *(
            route
            for what, page, done in (
                ("bring", adding.bring_page, adding.bring),
                ("again", adding.again_page, adding.again),
                ("withdraw", adding.withdraw_page, adding.withdraw),
                ("rate", adding.rate_page, adding.rate),
                ("object", objecting.page, objecting.object),
                ("post", posting.page, posting.choose),
                ("time", timing.page, timing.ask),
            )
            for route in (
                Route("GET", f"{case}/{what}", who, serving(page)),
                Route("POST", f"{case}/{what}", who, serving(done), _FILES, files=what in ("bring", "again")),
            )
        ),
    )


def _desk(counter: Counter) -> Sequence[Route]:
    """The pages of officers."""
    desk, hands, joint, finding = Desk(counter), Hands(counter), Joint(counter), Finding(counter)
    case = "/desk/cases/{case}"
    outcome = f"{case}/{{step}}/{{outcome}}"
    return (
        Route("GET", "/desk", OFFICER, desk.work, may_lag=True),
        Route("GET", "/desk/joint", holding(JOINT_HEAD), joint.list, may_lag=True),
        Route("GET", "/desk/joint/{affair}", holding(JOINT_HEAD), joint.one),
        Route("POST", "/desk/joint/{affair}", holding(JOINT_HEAD), joint.extend),
        *_amending(counter),
        *_ratings(counter),
        Route("GET", "/desk/riddles", holding(AMEND), RiddlePages(counter).all, _OFTEN),
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


def _amending(counter: Counter) -> Sequence[Route]:
    """The pages of those who write what items say, and of those who publish it."""
    pages, writer, publisher, both = AmendingPages(counter), holding(AMEND), holding(PUBLISH), holding(AMEND, PUBLISH)
    item, one = "/desk/amendments/items/{item}", "/desk/amendments/{amendment}"
    composing, events = ComposingPages(counter), "/desk/amendments/events"
    preparing, listed = PreparingPages(counter), "/desk/amendments/listed"
    return (
        Route("GET", "/desk/amendments", both, pages.all),
        Route("GET", "/desk/amendments/items", writer, pages.items),
        Route("GET", item, writer, pages.form, _PUT_TOGETHER),
        Route("POST", item, writer, pages.propose, _PUT_TOGETHER),
        Route("GET", events, writer, composing.form, _PUT_TOGETHER),
        Route("POST", events, writer, composing.go_on, _PUT_TOGETHER),
        Route("GET", "/desk/amendments/life-events", writer, composing.events),
        Route("GET", "/desk/amendments/life-events/{event}", writer, composing.amends, _PUT_TOGETHER),
        Route("POST", "/desk/amendments/life-events/{event}", writer, composing.go_on_amending, _PUT_TOGETHER),
        Route("GET", listed, writer, preparing.items),
        Route("GET", f"{listed}/{{item}}", writer, preparing.form, _PUT_TOGETHER),
        Route("POST", f"{listed}/{{item}}", writer, preparing.go_on, _PUT_TOGETHER),
        Route("GET", one, both, pages.one),
        Route("POST", f"{one}/publish", publisher, pages.publish, _CHECKED),
        Route("POST", f"{one}/drop", both, pages.drop, _OFTEN),
    )


def _ratings(counter: Counter) -> Sequence[Route]:
    """The pages of those who answer bad ratings."""
    pages, who = RatingPages(counter), holding(CALL_BACK)
    return (
        Route("GET", "/desk/ratings", who, pages.all, may_lag=True),
        Route("GET", "/desk/ratings/{case}", who, pages.one),
        Route("POST", "/desk/ratings/{case}/{deed}", who, pages.act, _OFTEN),
    )


def _window(counter: Counter, cabinet: Cabinet) -> Sequence[Route]:
    """The pages of the window: its own, and the citizens' own for whoever stands there."""
    clerk, window, intake = holding(*counter.receptions.duties), Window(counter), IntakePage(counter)
    serving, one = window.serving, "/window/{reception}"
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
        *_own_affairs(counter, one, clerk, serving),
        *_papers_at_window(counter, cabinet, one, clerk, serving),
    )


def _papers_at_window(counter: Counter, cabinet: Cabinet, one: str, clerk: Who, serving: Serving) -> Sequence[Route]:
    """A person's licences and letters, to be printed at the window."""
    wallet, asking = Wallet(cabinet), Asking(cabinet)
    # Whoever acts for another sees only letters about affairs, and each leads to its affair.
    letters, licence = (
        LetterPages(counter.ledger, counter.scribe, lambda _: None, counter.reachable),
        f"{one}/wallet/{{licence}}",
    )
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
    return (
        *Interface(counter, Desk(counter)).operations(),
        *Searching(counter).operations(),
        *HallInterface(counter).operations(),
        *PostInterface(counter).operations(),
        *ProjectInterface(counter).operations(),
        *OverseeingInterface(counter).operations(),
    )
