"""Every declared route, and every kind of visitor in front of it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from itertools import zip_longest
from typing import Any, Final
from uuid import uuid4

import httpx
import msgspec
import pytest
from starlette.routing import Route as StarletteRoute
from tests.http import stages, street
from tests.http.stages import Fields, Stage, Words
from tests.http.towns import AGENCY, AREA, REVIEW, Caller, Thread, Town

from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Held, Scope, the_city
from onecity.kernel.identity import resident_check
from onecity.kernel.ids import PersonId
from onecity.ledger import Change, Decision, fold_version
from onecity.machinery.web import EVERYBODY, OFFICER, SIGNED_IN, Visitor, Who, holding
from onecity.machinery.web.site import visible
from onecity.people import DutyEnded
from onecity.people.signin import hashed

VISITORS: Final = ("nobody", "citizen", "other", "idle", "elsewhere", "abroad", "admin", "decide", "accept")
"""Nobody; whose affair it is; another citizen; officers without a duty, of another department, of another city, who
administer, with another duty at the same place, and with the duty that the first step needs. The right one comes last.
"""


def numbered(digits: str) -> str:
    """The number of a simulated resident."""
    return f"410199{digits}{resident_check(f'410199{digits}')}"


KEEPER: Final = "keeper"
MAYOR: Final = "mayor"
"""The officer who oversees licences, and the head of government who lengthens joint limits.

Like other guests they knock, after all others, only where a row names them.
"""

GUESTS: Final[Mapping[str, Callable[[Town], Awaitable[Caller]]]] = {
    "newcomer": stages.newcomer,
    "deliverer": lambda town: stages.officer_with(town, "services.deliver"),
    "machine": lambda town: _this_machine(town),
    "operator": lambda town: stages.operator(town),
    "chief": lambda town: stages.chief(town),
    "sensor": stages.sensor,
    "hotline": lambda town: stages.hotline(town),
    "inspector": lambda town: stages.inspector(town),
    "engineer": lambda town: stages.officer_with(town, "portal.operate"),
    "writer": lambda town: stages.officer_with(town, "services.amend"),
    "publisher": lambda town: stages.officer_with(town, "services.publish"),
    "caller": lambda town: stages.officer_with(town, stages.CALL_BACK),
    "leader": lambda town: stages.officer_with(town, "services.oversee_projects"),
}
"""A citizen with a password of their own, who hands over results, somebody on the city's own machine; at the centre who
accepts reports, leads, takes calls, and goes and looks; a sensor with a key of its own, who looks after the machines,
who writes what items say, who publishes it, who answers bad ratings, and who leads the approvals of projects.
"""


async def _this_machine(town: Town) -> Caller:
    return town.caller(address="127.0.0.1")


WINDOW: Final = "window"
"""The clerk at the window; knocks, after all others, only where a row names them."""

CASHIER: Final = "cashier"
"""The officer who takes fees, waives them and compares the books; the same."""

APPLY: Final = {"items": ["food_business"], "answers": ANSWERS, "to": None}
MOVE: Final = {"step": "acceptance", "outcome": "accept", "words": {}}
QUESTIONS: Final = {"premises_area": "40", "wants_sign": "no", "drains_to_sewer": "no", "wants_seal": "no"}
NEW_OFFICER: Final = {"name": "李梅", "login": "limei", "agency": AGENCY, "area": AREA, "reason": "new"}
ON_PAPER: Final = {
    "grantor": "陈建国", "grantor_number": numbered("19570303001"), "name": "马腾飞",
    "number": numbered("19950921003"), "all": "yes", "until": "2030-01-01", "paper": "2020-17",
}  # fmt: skip
OBSERVATION: Final = {"words": "水位 31 厘米", "area": "410105001"}
REPORT: Final = {"words": "有个坑", "matter": "z:road_collapse", "area": "410105001"}
CALL: Final = {"words": "家里停电了", "area": "410105001"}
ANSWERED: Final = {"answer": "power_cut"}
AT_WINDOW: Final = {"name": "马腾飞", "number": numbered("19950921003"), "document": "identity_card"}
SUSPEND: Final = {"facts": "a", "rule": "b", "remedy": "c", "sure": "yes"}
LONGER: Final = {"days": "5", "reason": "消防要复查"}
SUPERVISE: Final = {"trigger": "other", "words": "快办"}
ORDER_FORM: Final = {"words": "扫雪", "agency": "city_operations", "to-410105": "yes"}
PASS_ON: Final = {"words": "扫雪", "to": [{"agency": "city_operations", "area": "410102"}]}
OUTCOME: Final = "/desk/cases/{case}/{step}/{outcome}"
WORK: Final = "/desk/cases/{case}/work/{step}"
RECEPTION: Final = "/window/{reception}"
SERVED: Final = f"{RECEPTION}/affairs/{{affair}}/cases/{{case}}"


class Row(msgspec.Struct, frozen=True):
    """What each visitor gets: a status, or how status and address of a redirection begin.

    `sent` and `words` are what is posted, `words` by what each visitor did before; `file` comes with it. `renewed`
    means that the request ends the visitor's session, `stage` what happened before with an application of the citizen.
    """

    expected: tuple[str, ...]
    sent: Fields = {}
    words: Words | None = None
    file: str = ""
    renewed: bool = False
    stage: Stage | None = None
    also: tuple[str, ...] = ()


def everybody(status: str, *last: str, **more: Any) -> Row:
    return Row(((status,) * len(VISITORS)) + last, **more)


def signed_in(status: str, **more: Any) -> Row:
    return Row(("303 /sign-in?next=/", *(status,) * 8), **more)


def machine(status: str, **more: Any) -> Row:
    return Row(("401", *(status,) * 8), **more)


def own(nobody: str, *, right: str = "200", **more: Any) -> Row:
    return Row((nobody, right, *("404",) * 7), **more)


def keepers(nobody: str, status: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, status), also=(KEEPER,), **more)


def clerks(nobody: str, status: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, status), also=(WINDOW,), **more)


def callers(nobody: str, status: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, status), also=("caller",), **more)


def deliverers(nobody: str, status: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, status), also=("deliverer",), **more)


def cashiers(nobody: str, status: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, status), also=(CASHIER,), **more)


def leaders(nobody: str, status: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, status), also=("leader",), **more)


def mayors(nobody: str, status: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, status), also=(MAYOR,), **more)


def officers(nobody: str, status: str = "200", **more: Any) -> Row:
    return Row((nobody, "403", "403", "403", *(status,) * 5), **more)


def case(nobody: str, colleague: str, right: str, **more: Any) -> Row:
    return Row((nobody, "403", "403", "403", "404", "404", "404", colleague, right), **more)


def operators(right: str, *, nobody: str = "401", **more: Any) -> Row:
    return Row((nobody, "403", "403", "403", *("404",) * 5, right), also=("operator",), **more)


def chiefs(right: str, *, nobody: str = "401", **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, right), also=("chief",), **more)


def releasers(nobody: str, right: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, right), also=("operator",), **more)


def on_the_street(path: str) -> Row:
    return Row((f"303 /sign-in?next=/street{path}", *("403",) * 8, "200"), also=("operator",))


def callees(nobody: str, right: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, right), also=("hotline",), **more)


def inspectors(right: str, *, nobody: str = "401", **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, right), also=("inspector",), **more)


def administration(nobody: str, right: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 5, right, "403", "403"), **more)


def writers(nobody: str, writer: str, publisher: str, **more: Any) -> Row:
    return Row((nobody, *("403",) * 8, writer, publisher), also=("writer", "publisher"), **more)


SWEEP: Final[Mapping[str, Row]] = {
    "GET /": everybody("200"),
    "GET /sign-in": Row(("200", *("303 /",) * 8)),
    "POST /sign-in": everybody("303 /", words=stages.citizens_password, renewed=True),
    "POST /sign-out": signed_in("303 /", renewed=True),
    "GET /register": everybody("200"),
    "POST /register": everybody("303 /", words=stages.registration, renewed=True),
    "GET /reads": signed_in("200"),
    "GET /reads/{read}/ask": own("303 /sign-in?next=/reads"),
    "POST /reads/{read}/ask": own("303 /sign-in?next=/", right="303 /reads", sent={"words": "why?"}),
    "GET /questions": administration("303 /sign-in?next=/questions", "200"),
    "GET /questions/{question}": administration("303 /sign-in?next=/questions", "200"),
    "POST /questions/{question}": administration("303 /sign-in?next=/", "303 /questions", sent={"words": "so."}),
    "GET /admin/officers": administration("303 /sign-in?next=/admin", "200"),
    "GET /admin/officers/new": administration("303 /sign-in?next=/admin", "200"),
    "POST /admin/officers/new": administration("303 /sign-in?next=/", "303 /admin/proposals/", sent=NEW_OFFICER),
    "GET /admin/officers/{officer}": administration("303 /sign-in?next=/admin", "200"),
    "GET /admin/officers/{officer}/{change}": administration("303 /sign-in?next=/admin", "200"),
    "POST /admin/officers/{officer}/{change}": administration(
        "303 /sign-in?next=/", "303 /admin/proposals/", sent={"reason": "lost it"}
    ),
    "GET /admin/proposals/{proposal}": administration("303 /sign-in?next=/admin", "200"),
    "POST /admin/proposals/{proposal}": administration(
        "303 /sign-in?next=/", "303 /admin/proposals/", sent={"do": "confirm"}
    ),
    "GET /absence": officers("303 /sign-in?next=/absence"),
    # A deputy is a colleague: those of another place may be away, but not name this one.
    "POST /absence": Row(
        ("303 /sign-in?next=/", "403", "403", "403", "422", "422", "422", "303 /absence", "303 /absence"),
        words=stages.some_days_away,
    ),
    "POST /absence/{absence}/back": case("303 /sign-in?next=/", "404", "303 /absence"),
    "GET /lost": everybody("200"),
    "POST /lost": everybody("200", sent={"name": "x", "number": "x"}),
    "POST /lost/code": everybody("200", words=stages.code_by_telephone),
    "GET /account": signed_in("200"),
    "GET /account/export": signed_in("200"),
    "GET /account/password": signed_in("200"),
    "POST /account/password": Row(
        ("303 /sign-in?next=/", *("422",) * 8, "303 /account"),
        sent={"old": stages.PASSWORD, "password": "another sentence"},
        also=("newcomer",),
    ),
    "POST /account/sessions/{session}/end": own("303 /sign-in?next=/", right="303 /account"),
    "GET /mandates": signed_in("200"),
    "POST /mandates/for-myself": signed_in("303 /"),
    "GET /mandates/new/{kind}": signed_in("200"),
    "POST /mandates/new/{kind}": signed_in("303 /mandates", words=stages.mandate_for_somebody),
    "POST /mandates/{mandate}/end": own("303 /sign-in?next=/", right="303 /mandates"),
    "POST /mandates/{mandate}/act": own("303 /sign-in?next=/", right="303 /", renewed=True),
    "POST /consents/{consent}/end": own("303 /sign-in?next=/", right="303 /mandates"),
    "GET /window/mandates": administration("303 /sign-in?next=/window", "200"),
    "POST /window/mandates": administration("303 /sign-in?next=/", "200", sent=ON_PAPER),
    "GET /window": clerks("303 /sign-in?next=/window", "200"),
    "POST /window": clerks("303 /sign-in?next=/", "303 /window/", sent=AT_WINDOW),
    f"GET {RECEPTION}": clerks("303 /sign-in?next=/window", "200"),
    f"POST {RECEPTION}/for": clerks("303 /sign-in?next=/", "303 /window/"),
    f"POST {RECEPTION}/end": clerks("303 /sign-in?next=/", "303 /window"),
    f"GET {RECEPTION}/items/{{item}}": clerks("303 /sign-in?next=/window", "200"),
    f"POST {RECEPTION}/items/{{item}}": clerks("303 /sign-in?next=/", "200"),
    f"GET {RECEPTION}/life-events/{{event}}": clerks("303 /sign-in?next=/window", "200"),
    f"POST {RECEPTION}/life-events/{{event}}": clerks("303 /sign-in?next=/", "200"),
    f"GET {RECEPTION}/affairs": clerks("303 /sign-in?next=/window", "200"),
    f"GET {RECEPTION}/affairs/{{affair}}": clerks("303 /sign-in?next=/window", "200"),
    f"GET {RECEPTION}/affairs/{{affair}}/receipt": clerks("303 /sign-in?next=/window", "200"),
    f"GET {RECEPTION}/materials/{{material}}": clerks(
        "303 /sign-in?next=/window", "200", stage=stages.applied_with_a_file
    ),
    f"GET {RECEPTION}/wallet": clerks("303 /sign-in?next=/window", "200"),
    f"GET {RECEPTION}/wallet/{{licence}}": clerks("303 /sign-in?next=/window", "200"),
    f"GET {RECEPTION}/wallet/{{licence}}/paper": clerks("303 /sign-in?next=/window", "200"),
    f"GET {RECEPTION}/wallet/{{licence}}/cancel": clerks("303 /sign-in?next=/window", "200"),
    f"POST {RECEPTION}/wallet/{{licence}}/cancel": clerks("303 /sign-in?next=/", "303 /window/"),
    f"GET {RECEPTION}/wallet/{{licence}}/renew": clerks("303 /sign-in?next=/window", "200"),
    f"POST {RECEPTION}/wallet/{{licence}}/renew": clerks("303 /sign-in?next=/", "303 /window/"),
    f"GET {RECEPTION}/letters": clerks("303 /sign-in?next=/window", "200"),
    f"GET {RECEPTION}/letters/{{letter}}": clerks("303 /sign-in?next=/window", "200"),
    f"GET {SERVED}": clerks("303 /sign-in?next=/window", "200"),
    f"GET {SERVED}/bring": clerks("303 /sign-in?next=/window", "200", stage=stages.asked_for_more),
    f"POST {SERVED}/bring": clerks(
        "303 /sign-in?next=/", "303 /window/", stage=stages.asked_for_more, file="floor_plan"
    ),
    f"GET {SERVED}/again": clerks("303 /sign-in?next=/window", "200", stage=stages.refused),
    f"POST {SERVED}/again": clerks("303 /sign-in?next=/", "303 /window/", stage=stages.refused, sent=ANSWERS),
    f"GET {SERVED}/withdraw": clerks("303 /sign-in?next=/window", "200"),
    f"POST {SERVED}/withdraw": clerks("303 /sign-in?next=/", "303 /window/"),
    f"GET {SERVED}/rate": clerks("303 /sign-in?next=/window", "200", stage=stages.refused),
    f"GET {SERVED}/object": clerks("303 /sign-in?next=/window", "200", stage=stages.called_back),
    f"POST {SERVED}/object": clerks(
        "303 /sign-in?next=/", "303 /window/", stage=stages.called_back, sent={"words": "我不同意"}
    ),
    f"GET {SERVED}/time": clerks("303 /sign-in?next=/window", "200", stage=stages.visit_named),
    f"POST {SERVED}/time": clerks(
        "303 /sign-in?next=/", "303 /window/", stage=stages.visit_named, sent={"time_words": "周三上午"}
    ),
    f"GET {SERVED}/post": clerks("303 /sign-in?next=/window", "200", stage=stages.waiting_for_the_post),
    f"POST {SERVED}/post": clerks(
        "303 /sign-in?next=/", "303 /window/", stage=stages.waiting_for_the_post, sent=stages.BY_POST
    ),
    f"POST {SERVED}/rate": clerks("303 /sign-in?next=/", "303 /window/", stage=stages.refused, sent={"rating": "5"}),
    f"POST {RECEPTION}/cases/{{case}}/deliver": clerks(
        "303 /sign-in?next=/", "303 /window/", stage=stages.waiting_at_the_counter
    ),
    "GET /set-up": everybody("200"),
    "POST /set-up": everybody("200", words=stages.invitation),
    "POST /set-up/finish": everybody("200", words=stages.invitation_taken_up),
    "GET /letters": signed_in("200"),
    "GET /letters/{letter}": own("303 /sign-in?next=/letters/"),
    "GET /account/post": signed_in("200"),
    "POST /account/post": signed_in("303 /account/post", sent={"channel": "inbox"}),
    "GET /open/notices": everybody("200"),
    "GET /search": everybody("200"),
    "GET /items": everybody("200"),
    "GET /life-events": everybody("200"),
    "GET /items/{item}": everybody("200"),
    "GET /items/{item}/apply": signed_in("303 /items/food_business/"),
    "GET /items/{item}/apply/{step}": signed_in("200"),
    "POST /items/{item}/apply/{step}": signed_in("303 /items/food_business/materials", sent=ANSWERS),
    "GET /items/{item}/materials": signed_in("200"),
    "POST /items/{item}/materials": signed_in(f"303 {REVIEW}"),
    "GET /items/{item}/pledge": signed_in("303 /items/food_business/apply"),
    "POST /items/{item}/pledge": signed_in(f"303 {REVIEW.removesuffix('review')}", words=stages.drafted_item),
    "GET /items/{item}/review": signed_in("200", words=stages.drafted_item),
    "POST /items/{item}/review": signed_in("303 /affairs/", words=stages.drafted_item),
    "GET /life-events/{event}": everybody("200"),
    "GET /life-events/{event}/apply": signed_in("303 /life-events/open_restaurant/"),
    "GET /life-events/{event}/apply/{step}": signed_in("200"),
    "POST /life-events/{event}/apply/{step}": signed_in("303 /life-events/open_restaurant/apply/shop", sent=QUESTIONS),
    "GET /life-events/{event}/materials": signed_in("200"),
    "POST /life-events/{event}/materials": signed_in("303 /life-events/open_restaurant/review"),
    "GET /life-events/{event}/pledge": signed_in("303 /life-events/open_restaurant/apply"),
    "POST /life-events/{event}/pledge": signed_in(
        "303 /life-events/open_restaurant/", words=stages.drafted_event, sent={"way-fire_safety_inspection": "papers"}
    ),
    "GET /life-events/{event}/review": signed_in("200", words=stages.drafted_event),
    "POST /life-events/{event}/review": signed_in("303 /affairs/", words=stages.drafted_event),
    "GET /affairs": signed_in("200"),
    "GET /affairs/{affair}": own("303 /sign-in?next=/affairs/"),
    "GET /affairs/{affair}/receipt": own("303 /sign-in?next=/affairs/"),
    "GET /materials/{material}": own("303 /sign-in?next=/materials/", stage=stages.applied_with_a_file),
    "GET /affairs/{affair}/cases/{case}": own("303 /sign-in?next=/affairs/"),
    "GET /affairs/{affair}/cases/{case}/bring": own("303 /sign-in?next=/affairs/", stage=stages.asked_for_more),
    "POST /affairs/{affair}/cases/{case}/bring": own(
        "303 /sign-in?next=/", right="303 /affairs/", stage=stages.asked_for_more, file="floor_plan"
    ),
    "GET /affairs/{affair}/cases/{case}/again": own("303 /sign-in?next=/affairs/", stage=stages.refused),
    "POST /affairs/{affair}/cases/{case}/again": own(
        "303 /sign-in?next=/", right="303 /affairs/", stage=stages.refused, sent=ANSWERS
    ),
    "GET /affairs/{affair}/cases/{case}/withdraw": own("303 /sign-in?next=/affairs/"),
    "POST /affairs/{affair}/cases/{case}/withdraw": own("303 /sign-in?next=/", right="303 /affairs/"),
    "GET /affairs/{affair}/cases/{case}/rate": own("303 /sign-in?next=/affairs/", stage=stages.refused),
    "POST /affairs/{affair}/cases/{case}/complain": own("303 /sign-in?next=/", right="303 /items/handling_complaint/"),
    "GET /affairs/{affair}/cases/{case}/post": own("303 /sign-in?next=/affairs/", stage=stages.waiting_for_the_post),
    "POST /affairs/{affair}/cases/{case}/post": own(
        "303 /sign-in?next=/", right="303 /affairs/", stage=stages.waiting_for_the_post, sent=stages.BY_POST
    ),
    "POST /api/affairs/{affair}/post": own(
        "401", stage=stages.waiting_for_the_post, sent={"case": "{case}", "how": "post", "to": stages.HOME}
    ),
    "GET /affairs/{affair}/cases/{case}/time": own("303 /sign-in?next=/affairs/", stage=stages.visit_named),
    "POST /affairs/{affair}/cases/{case}/time": own(
        "303 /sign-in?next=/", right="303 /affairs/", stage=stages.visit_named, sent={"time_words": "周三上午"}
    ),
    "POST /api/affairs/{affair}/time": own(
        "401", stage=stages.visit_named, sent={"case": "{case}", "words": "周三上午"}
    ),
    "GET /affairs/{affair}/cases/{case}/object": own("303 /sign-in?next=/affairs/", stage=stages.called_back),
    "POST /affairs/{affair}/cases/{case}/object": own(
        "303 /sign-in?next=/", right="303 /affairs/", stage=stages.called_back, sent={"words": "我不同意"}
    ),
    "POST /affairs/{affair}/cases/{case}/rate": own(
        "303 /sign-in?next=/", right="303 /affairs/", stage=stages.refused, sent={"rating": "5"}
    ),
    "GET /desk": officers("303 /sign-in?next=/desk"),
    "GET /desk/find": officers("303 /sign-in?next=/desk"),
    "POST /desk/find": officers("303 /sign-in?next=/", sent={"q": "食品"}),
    "GET /desk/cases/{case}": case("303 /sign-in?next=/desk", "200", "200"),
    "GET /desk/cases/{case}/materials/{material}": case(
        "303 /sign-in?next=/desk", "200", "200", stage=stages.applied_with_a_file
    ),
    f"GET {OUTCOME}": case("303 /sign-in?next=/desk", "403", "200"),
    f"POST {OUTCOME}": case("303 /sign-in?next=/", "403", "303 /desk/cases/", sent={"sure": "yes"}),
    f"POST {WORK}/claim": case("303 /sign-in?next=/", "403", "303 /desk/cases/"),
    f"POST {WORK}/release": case("303 /sign-in?next=/", "403", "303 /desk/cases/", stage=stages.in_hand),
    f"GET {WORK}/hand-over": case("303 /sign-in?next=/desk", "403", "200"),
    f"POST {WORK}/hand-over": case(
        "303 /sign-in?next=/", "403", "303 /desk/cases/", words=stages.colleague, stage=stages.in_hand
    ),
    "POST /desk/cases/{case}/deliver": Row(
        ("303 /sign-in?next=/", "403", "403", "403", "404", "404", "404", "403", "403", "303 /desk/cases/"),
        stage=stages.waiting_at_the_counter,
        also=("deliverer",),
    ),
    "GET /desk/post": deliverers("303 /sign-in?next=/desk/post", "200"),
    "POST /desk/post/print": deliverers(
        "303 /sign-in?next=/", "200", words=stages.waiting_parcels, stage=stages.waiting_for_the_post
    ),
    "GET /desk/post/{case}": deliverers("303 /sign-in?next=/desk/post/", "200", stage=stages.waiting_for_the_post),
    "POST /desk/post/{case}/{deed}": deliverers(
        "303 /sign-in?next=/",
        "303 /desk/post",
        sent={"tracking": "EZ123456789CN", "choice": "2"},
        stage=stages.waiting_for_the_post,
    ),
    "GET /api/post": deliverers("401", "200"),
    "GET /api/cases/{case}/post": deliverers("401", "200", stage=stages.waiting_for_the_post),
    "POST /api/cases/{case}/post": deliverers(
        "401", "200", sent={"tracking": "EZ123456789CN", "choice": 2}, stage=stages.waiting_for_the_post
    ),
    "POST /api/cases/{case}/post/return": deliverers("401", "200", sent={"why": "nobody"}, stage=stages.under_way),
    "GET /desk/cases/{case}/explain": case("303 /sign-in?next=/desk", "200", "200", stage=stages.late),
    "POST /desk/cases/{case}/explain": case(
        "303 /sign-in?next=/",
        "303 /desk/cases/",
        "303 /desk/cases/",
        stage=stages.late,
        sent={"reason": "系统故障两天"},
    ),
    "GET /payments/{payment}": own("303 /sign-in?next=/payments/"),
    "POST /payments/{payment}/pay": own("303 /sign-in?next=/", right="303 /simulated-port/"),
    "GET /payments/{payment}/back": own("303 /sign-in?next=/payments/", right="303 /payments/"),
    "GET /payments/{payment}/receipts/{receipt}": own("303 /sign-in?next=/payments/"),
    "GET /simulated-port/{reference}": everybody("200"),
    "POST /simulated-port/{reference}": everybody("303 /payments/"),
    "GET /desk/payments": cashiers("303 /sign-in?next=/desk/payments", "200"),
    "GET /desk/payments/{payment}": cashiers("303 /sign-in?next=/desk/payments/", "200"),
    "POST /desk/payments/{payment}/cash": cashiers("303 /sign-in?next=/", "303 /desk/payments/"),
    "POST /desk/payments/{payment}/hand-back": cashiers("303 /sign-in?next=/", "303 /desk/payments/"),
    "GET /desk/payments/{payment}/receipts/{receipt}": cashiers("303 /sign-in?next=/desk/payments/", "200"),
    "GET /desk/payments/{payment}/waive": cashiers("303 /sign-in?next=/desk/payments/", "200"),
    "POST /desk/payments/{payment}/waive": cashiers(
        "303 /sign-in?next=/", "303 /desk/cases/", sent={"reason": "because"}
    ),
    "GET /finance": cashiers("303 /sign-in?next=/finance", "200"),
    "GET /finance/{day}": cashiers("303 /sign-in?next=/finance/", "200"),
    "POST /finance/{day}": cashiers("303 /sign-in?next=/", "303 /finance/"),
    "GET /finance/{day}/lines.csv": cashiers("303 /sign-in?next=/finance/", "200"),
    "GET /wallet": signed_in("200"),
    "GET /wallet/{licence}": own("303 /sign-in?next=/wallet/"),
    "GET /wallet/{licence}/paper": own("303 /sign-in?next=/wallet/"),
    "GET /wallet/{licence}/cancel": own("303 /sign-in?next=/wallet/"),
    "POST /wallet/{licence}/cancel": own("303 /sign-in?next=/", right="303 /wallet/"),
    "GET /verify": everybody("200"),
    "GET /verify/{identifier}": everybody("200"),
    "GET /proof": everybody("200"),
    "GET /proof/checkpoint": everybody("200"),
    "GET /proof/{stream}/{version}": everybody("200"),
    "GET /api/proof/{stream}/{version}": everybody("200"),
    "GET /licences/status/{shard}": everybody("200"),
    "GET /api/known": machine("200"),
    "GET /desk/amendments": writers("303 /sign-in?next=/desk/amendments", "200", "200"),
    "GET /desk/amendments/events": writers("303 /sign-in?next=/desk/amendments/events", "200", "403"),
    "POST /desk/amendments/events": writers(
        "303 /sign-in?next=/", "303 /desk/amendments/", "403", sent=stages.COMPOSING
    ),
    "GET /desk/amendments/items": writers("303 /sign-in?next=/desk/amendments/items", "200", "403"),
    "GET /desk/amendments/items/{item}": writers("303 /sign-in?next=/desk/amendments/items", "200", "403"),
    "POST /desk/amendments/items/{item}": writers(
        "303 /sign-in?next=/", "303 /desk/amendments/", "403", sent=stages.AMENDING
    ),
    "GET /desk/amendments/life-events": writers("303 /sign-in?next=/desk/amendments/life-events", "200", "403"),
    "GET /desk/amendments/life-events/{event}": writers("303 /sign-in?next=/desk/amendments/life-events", "200", "403"),
    "POST /desk/amendments/life-events/{event}": writers(
        "303 /sign-in?next=/", "303 /desk/amendments/", "403", sent=stages.AMENDING_EVENT
    ),
    "GET /desk/amendments/listed": writers("303 /sign-in?next=/desk/amendments/listed", "200", "403"),
    "GET /desk/amendments/listed/{item}": writers("303 /sign-in?next=/desk/amendments/listed", "200", "403"),
    "POST /desk/amendments/listed/{item}": writers(
        "303 /sign-in?next=/", "303 /desk/amendments/", "403", sent=stages.PREPARING
    ),
    "GET /desk/amendments/{amendment}": writers("303 /sign-in?next=/desk/amendments", "200", "200"),
    "POST /desk/amendments/{amendment}/publish": writers(
        "303 /sign-in?next=/", "403", "303 /desk/amendments/", sent={"since": "12月31日"}
    ),
    "POST /desk/amendments/{amendment}/drop": writers(
        "303 /sign-in?next=/", "403", "303 /desk/amendments/", sent={"reason": "不改了"}
    ),
    "GET /desk/ratings": callers("303 /sign-in?next=/desk/ratings", "200"),
    "GET /desk/ratings/{case}": callers("303 /sign-in?next=/desk/ratings/", "200", stage=stages.rated_badly),
    "POST /desk/ratings/{case}/{deed}": callers(
        "303 /sign-in?next=/",
        "303 /desk/ratings/",
        stage=stages.rated_badly,
        sent={"said": "没有人接电话", "found": "看了记录", "upheld": "yes"},
    ),
    "GET /desk/riddles": writers("303 /sign-in?next=/desk/riddles", "200", "403"),
    "GET /projects": signed_in("200"),
    "GET /projects/new": signed_in("200"),
    "POST /projects/new": signed_in("303 /projects/", words=stages.project_form),
    "GET /projects/{project}": own("303 /sign-in?next=/projects/"),
    "GET /projects/{project}/days": own("303 /sign-in?next=/projects/"),
    "POST /projects/{project}/drop": own("303 /sign-in?next=/", right="303 /projects"),
    "POST /projects/{project}/stages/{stage}": own("303 /sign-in?next=/", right="303 /projects/"),
    "GET /projects/{project}/stages/{stage}/apply": own("303 /sign-in?next=/projects/", right="303 /projects/"),
    "GET /projects/{project}/stages/{stage}/apply/{step}": own("303 /sign-in?next=/projects/"),
    "POST /projects/{project}/stages/{stage}/apply/{step}": own(
        "303 /sign-in?next=/",
        right="303 /projects/",
        sent=stages.PROJECT | stages.STAGE | {"project_code": "0"},
    ),
    "GET /projects/{project}/stages/{stage}/materials": own("303 /sign-in?next=/projects/"),
    "POST /projects/{project}/stages/{stage}/materials": own("303 /sign-in?next=/", right="303 /projects/"),
    "GET /projects/{project}/stages/{stage}/review": own("303 /sign-in?next=/projects/", right="303 /projects/"),
    "POST /projects/{project}/stages/{stage}/review": own("303 /sign-in?next=/", right="303 /affairs"),
    "GET /desk/projects": leaders("303 /sign-in?next=/desk/projects", "200"),
    "GET /desk/projects/{project}": leaders("303 /sign-in?next=/desk/projects", "200"),
    "POST /desk/projects/{project}/visit": leaders(
        "303 /sign-in?next=/", "303 /desk/projects/", words=stages.next_working_day
    ),
    "POST /desk/projects/{project}/free": leaders(
        "303 /sign-in?next=/", "303 /desk/projects", sent={"reason": "代码是别人的工程"}
    ),
    "GET /api/desk/projects": leaders("401", "200"),
    "GET /api/desk/projects/{project}": leaders("401", "200"),
    "POST /api/desk/projects/{project}/visit": leaders("401", "200", words=stages.next_working_day),
    "POST /api/desk/projects/{project}/free": leaders("401", "200", sent={"reason": "代码是别人的工程"}),
    "GET /api/project-kinds": machine("200"),
    "GET /api/projects": machine("200"),
    "POST /api/projects": machine("200", words=stages.project_command),
    "GET /api/projects/{project}": own("401"),
    "POST /api/projects/{project}/drop": own("401"),
    "POST /api/projects/{project}/stages/{stage}": own("401", sent={"answers": {}}),
    "GET /halls": everybody("200"),
    "GET /halls/{hall}": everybody("200"),
    "GET /halls/{hall}/board": everybody("200"),
    "GET /halls/{hall}/book": signed_in("200"),
    "POST /halls/{hall}/book": signed_in("303 /halls/", words=stages.free_time),
    "POST /halls/{hall}/number": signed_in("303 /halls/", words=stages.without_number),
    "POST /halls/{hall}/leave": signed_in("303 /halls/", words=stages.with_number),
    "POST /bookings/{booking}/cancel": own("303 /sign-in?next=/", right="303 /halls/"),
    "GET /window/halls/{hall}": clerks("303 /sign-in?next=/window", "200"),
    "POST /window/halls/{hall}": clerks(
        "303 /sign-in?next=/", "303 /window/halls/", sent={"do": "next", "window": "1"}, words=stages.at_window_one
    ),
    "GET /window/halls/{hall}/numbers/{number}": clerks("303 /sign-in?next=/window", "200"),
    "GET /api/halls": everybody("200"),
    "GET /api/halls/{hall}": everybody("200"),
    "GET /api/halls/{hall}/times": everybody("200"),
    "POST /api/halls/{hall}/bookings": machine("200", words=stages.free_time),
    "POST /api/halls/{hall}/numbers": machine("200", words=stages.without_number),
    "POST /api/halls/{hall}/leave": machine("200", words=stages.with_number),
    "GET /api/bookings": machine("200"),
    "POST /api/bookings/{booking}/cancel": own("401"),
    "POST /api/halls/{hall}/give": clerks("401", "200", words=stages.without_number),
    "POST /api/halls/{hall}/call": clerks("401", "200", words=stages.somebody_waits),
    "POST /api/halls/{hall}/again": clerks("401", "200", words=stages.somebody_called),
    "POST /api/halls/{hall}/absent": clerks("401", "200", words=stages.somebody_called),
    "GET /desk/joint": mayors("303 /sign-in?next=/desk/joint", "200"),
    "GET /desk/joint/{affair}": mayors("303 /sign-in?next=/desk/joint", "200"),
    "POST /desk/joint/{affair}": mayors("303 /sign-in?next=/", "303 /desk/joint/", sent=LONGER),
    "POST /api/affairs/{affair}/extend": mayors("401", "200", sent=LONGER | {"days": 5}),
    "GET /wallet/{licence}/renew": own("303 /sign-in?next=/wallet"),
    "POST /wallet/{licence}/renew": own("303 /sign-in?next=/", right="303 /wallet/"),
    "POST /api/wallet/{licence}/renew": own("401", right="200"),
    "GET /desk/renewals": keepers("303 /sign-in?next=/desk/renewals", "200"),
    "GET /desk/renewals/{licence}": keepers("303 /sign-in?next=/desk/renewals", "200"),
    "POST /desk/renewals/{licence}": keepers("303 /sign-in?next=/", "303 /desk/renewals", sent={"do": "renew"}),
    "GET /desk/licences": keepers("303 /sign-in?next=/desk/licences", "200"),
    "GET /desk/licences/{licence}": keepers("303 /sign-in?next=/desk/licences", "200"),
    "GET /desk/licences/{licence}/{deed}": keepers("303 /sign-in?next=/desk/licences", "200"),
    "POST /desk/licences/{licence}/{deed}": keepers("303 /sign-in?next=/", "303 /desk/licences/", sent=SUSPEND),
    "GET /health/live": everybody("200"),
    "GET /health/ready": everybody("200"),
    # Only whoever is on the machine itself.
    "GET /metrics": everybody("404", "200", also=("machine",)),
    "GET /look": everybody("303 /"),
    "GET /static/{name}.css": everybody("200"),
    "GET /api/account/export": machine("200"),
    "GET /api/reads": machine("200"),
    "POST /api/sign-in": everybody("200", words=stages.citizens_password),
    "GET /api/notices": everybody("200"),
    "GET /api/items": everybody("200"),
    "GET /api/search": everybody("200"),
    "GET /api/items/{item}": everybody("200"),
    "GET /api/life-events": everybody("200"),
    "GET /api/life-events/{event}": everybody("200"),
    "POST /api/forms": everybody("200", sent=APPLY),
    "POST /api/applications": machine("200", sent=APPLY),
    "GET /api/affairs": machine("200"),
    "GET /api/affairs/{affair}": own("401"),
    "POST /api/materials": machine(
        "200", sent={"material": "hygiene_rules", "content": "JVBERi0xLjc=", "purpose": "/items/food_business"}
    ),
    "POST /api/affairs/{affair}/bring": own("401", stage=stages.asked_for_more, sent={"case": "{case}", "words": {}}),
    "POST /api/affairs/{affair}/again": own("401", stage=stages.refused, sent={"item": "food_business"}),
    "POST /api/affairs/{affair}/withdraw": own("401", sent={"case": "{case}"}),
    "POST /api/affairs/{affair}/rate": own("401", stage=stages.refused, sent={"case": "{case}", "level": 5}),
    "GET /api/desk": officers("401"),
    "POST /api/desk/find": officers("401", sent={"text": "食品"}),
    "GET /api/cases/{case}": case("401", "200", "200"),
    "POST /api/cases/{case}/moves": case("401", "403", "200", sent=MOVE),
    # Of affairs that are not one's own there are no fees to see.
    "GET /api/affairs/{affair}/payments": machine("200"),
    "GET /api/payments": machine("200"),
    "GET /api/payments/{payment}": own("401"),
    "POST /api/payments/{payment}/pay": own("401"),
    "POST /api/payments/{payment}/check": own("401"),
    "POST /api/desk/payments/{payment}/cash": cashiers("401", "200"),
    "GET /api/wallet": machine("200"),
    "GET /api/verify/{identifier}": everybody("200"),
    "GET /api/docs": everybody("200"),
    "POST /api/reports": everybody("200", sent=REPORT),
    "GET /api/follow/{token}": everybody("200"),
    # Once: the first who comes has the link, and so has everybody after.
    "POST /api/follow/{token}/reopen": Row(("200", *("409",) * 8), sent={"words": "x"}),
    "POST /api/follow/{token}/rate": Row(("200", *("409",) * 8), sent={"level": 5}),
    "GET /open/map": everybody("200"),
    "GET /static/ground.geojson": everybody("200"),
    "GET /static/{version}/{name}.js": everybody("200"),
    "GET /street/map": officers("303 /sign-in?next=/street/map"),
    "GET /street/map/points": officers("303 /sign-in?next=/street/map"),
    "GET /api/street/map": officers("401"),
    "GET /api/open/map": everybody("200"),
    "GET /api/open/map/spots": everybody("200"),
    "GET /api/open/map/cells": everybody("200"),
    "GET /api/open/map/parts": everybody("200"),
    "GET /open/street": everybody("200"),
    "GET /open/catalogue": everybody("200"),
    "GET /open/catalogue.csv": everybody("200"),
    "GET /open/catalogue.jsonld": everybody("200"),
    "GET /open/catalogue/exchange": everybody("200"),
    "GET /open/ratings": everybody("200"),
    "GET /open/ratings/list": everybody("200"),
    "GET /open/ratings.csv": everybody("200"),
    "GET /open/catalogue/exchange.csv": everybody("200"),
    "GET /api/open/catalogue": everybody("200"),
    "GET /api/open/ratings": everybody("200"),
    "GET /api/open/street": everybody("200"),
    "GET /report": everybody("200"),
    "POST /report": everybody("303 /follow/", sent=REPORT | {"seen": "yes"}),
    "GET /answers": everybody("200"),
    "GET /reports": everybody("200"),
    "GET /answers/{answer}": everybody("200"),
    "GET /api/answers": everybody("200"),
    "GET /api/answers/{answer}": everybody("200"),
    "POST /api/reports/similar": everybody("200", sent=REPORT),
    "POST /api/reports/same": everybody("200", sent={"tell": REPORT, "number": "W20200922-0000000"}),
    "GET /street/hotline": callees("303 /sign-in?next=/street/hotline", "200"),
    "POST /street/hotline": callees("303 /sign-in?next=/", "200", sent=CALL),
    "POST /street/hotline/report": callees("303 /sign-in?next=/", "303 /street/hotline/", sent=CALL),
    "POST /street/hotline/answer": callees("303 /sign-in?next=/", "303 /street/hotline/", sent=CALL | ANSWERED),
    "GET /street/hotline/{report}": callees("303 /sign-in?next=/street/hotline/", "200"),
    "POST /api/street/hotline": callees("401", "200", sent=CALL),
    "POST /api/street/hotline/reports": callees("401", "200", sent={"call": CALL}),
    "POST /api/street/hotline/answers": callees("401", "200", sent={"call": CALL} | ANSWERED),
    "GET /follow/{token}": everybody("200"),
    "POST /follow/{token}/reopen": Row(("303 /follow/", *("422",) * 8), sent={"words": "x"}),
    "POST /follow/{token}/rate": Row(("303 /follow/", *("422",) * 8), sent={"rating": "5"}),
    "GET /street": officers("303 /sign-in?next=/street"),
    "GET /street/live": officers("303 /sign-in?next=/street/live"),
    "GET /api/street/live": officers("401"),
    "GET /follow/{token}/live": everybody("200"),
    "GET /street/hooks": Row(("303 /sign-in?next=/street/hooks", *("403",) * 8, "200"), also=("chief",)),
    "POST /street/hooks/again": Row(
        ("303 /sign-in?next=/", *("403",) * 8, "303 /street/hooks"),
        sent={"hook": "x", "position": "1"},
        also=("chief",),
    ),
    "POST /street/hooks/resume": Row(
        ("303 /sign-in?next=/", *("403",) * 8, "303 /street/hooks"), sent={"hook": "x"}, also=("chief",)
    ),
    "GET /operate": Row(("303 /sign-in?next=/operate", *("403",) * 8, "200"), also=("engineer",)),
    "GET /operate/{runbook}": Row(("303 /sign-in?next=/operate/", *("403",) * 8, "200"), also=("engineer",)),
    "POST /api/events": everybody("401", "200", sent=OBSERVATION, also=("sensor",)),
    "GET /street/parts": on_the_street("/parts"),
    "GET /street/parts/{part}": on_the_street("/parts/"),
    "GET /street/patrol": inspectors("200", nobody="303 /sign-in?next=/street/patrol"),
    "POST /street/patrol": inspectors("200", nobody="303 /sign-in?next=/", sent={"area": "410105001"}),
    "GET /street/patrol/report": inspectors("200", nobody="303 /sign-in?next=/street/patrol/report"),
    "POST /street/patrol/report": inspectors("303 /street/patrol?told=", nobody="303 /sign-in?next=/", sent=REPORT),
    "GET /street/patrol/{problem}/{step}": inspectors("200", nobody="303 /sign-in?next=/street/patrol/"),
    "POST /street/patrol/{problem}/{step}": inspectors(
        "303 /street/patrol/", nobody="303 /sign-in?next=/", sent={"seen": "not_found"}
    ),
    "POST /street/patrol/{problem}/{step}/{outcome}": inspectors("303 /street/patrol", nobody="303 /sign-in?next=/"),
    "GET /street/{problem}": operators("200", nobody="303 /sign-in?next=/street/"),
    "GET /street/{problem}/photos/{photo}": operators("200", nobody="303 /sign-in?next=/street/"),
    "GET /street/{problem}/photos/{photo}/release": releasers("303 /sign-in?next=/street/", "200"),
    "POST /street/{problem}/photos/{photo}/release": releasers(
        "303 /sign-in?next=/", "303 /street/", sent={"do": "keep_back", "reason": "院子里面"}
    ),
    "GET /open/photos/{copy}": everybody("200"),
    "GET /street/{problem}/{step}/{outcome}": operators("200", nobody="303 /sign-in?next=/street/"),
    "POST /street/{problem}/{step}/{outcome}": operators("303 /street/", nobody="303 /sign-in?next=/"),
    "GET /street/supervision": chiefs("200", nobody="303 /sign-in?next=/street/"),
    "GET /street/{problem}/supervise": chiefs("200", nobody="303 /sign-in?next=/street/"),
    "POST /street/{problem}/supervise": chiefs("303 /orders/", nobody="303 /sign-in?next=/", sent=SUPERVISE),
    "GET /orders": chiefs("200", nobody="303 /sign-in?next=/orders"),
    "GET /orders/new/{kind}": chiefs("200", nobody="303 /sign-in?next=/orders"),
    "POST /orders/new/{kind}": chiefs("303 /orders/", nobody="303 /sign-in?next=/", sent=ORDER_FORM),
    "GET /orders/{order}": chiefs("200", nobody="303 /sign-in?next=/orders"),
    "POST /orders/{order}/{act}": chiefs("303 /orders/", nobody="303 /sign-in?next=/", sent={"words": "x"}),
    "GET /api/orders": chiefs("200"),
    "POST /api/orders": chiefs("200", sent=stages.ORDER),
    "GET /api/orders/{order}": chiefs("200"),
    "POST /api/orders/{order}/acts": chiefs("200", sent={"act": {"type": "call_back", "words": "x"}}),
    "POST /api/orders/{order}/pass-on": chiefs("200", sent=PASS_ON),
    "GET /api/street/supervision": chiefs("200"),
    "POST /api/street/{problem}/supervise": chiefs("200", sent=SUPERVISE),
    "GET /open311/v2/discovery.{format}": everybody("200"),
    "GET /open311/v2/services.{format}": everybody("200"),
    "GET /open311/v2/services/{service}.{format}": everybody("200"),
    "GET /open311/v2/requests.{format}": everybody("200"),
    "GET /open311/v2/requests/{number}.{format}": everybody("200"),
    "GET /open311/v2/tokens/{token}.{format}": everybody("200"),
    "POST /open311/v2/requests.{format}": everybody("200", words=stages.with_a_key),
    "GET /features": everybody("200"),
    "GET /features/": everybody("200"),
    "GET /features/conformance": everybody("200"),
    "GET /features/api": everybody("200"),
    "GET /features/collections": everybody("200"),
    "GET /features/collections/{collection}": everybody("200"),
    "GET /features/collections/{collection}/items": everybody("200"),
    "GET /features/collections/{collection}/items/{feature}": everybody("200"),
    "GET /api/street": officers("401"),
    "POST /api/street/patrol": inspectors("200", sent={"area": "410105001"}),
    "POST /api/street/patrol/reports": inspectors("200", sent={"matter": street.MATTER, "area": "410105001"}),
    "POST /api/street/{problem}/check-ins": inspectors("200", sent={"step": "look", "seen": "right"}),
    "GET /api/street/{problem}": operators("200"),
    "POST /api/street/{problem}/file": operators("200", words=stages.condition),
    "POST /api/street/{problem}/photos": operators("200", words=stages.photograph),
    "POST /api/street/{problem}/moves": operators("200", sent={"move": {"step": "intake", "outcome": "look_first"}}),
    "POST /api/street/{problem}/join": operators("200", words=stages.another_problem),
    "POST /api/street/part": Row(("401", *("403",) * 8, "200"), also=("operator",), words=stages.joined),
}


async def asked_for(route: str, town: Town, thread: Thread, citizen: Caller | None = None) -> dict[str, str]:
    """The ids of things that only some routes ask for; made for them."""
    if "/proof" in route:
        await town.seal()
        return {"stream": str(thread.affair), "version": "1"}
    if "{reception}" in route:
        given = await town.issue(citizen or town.citizen) if "{licence}" in route else None
        reception = str(await town.reception(citizen or town.citizen))
        return {"reception": reception} | ({"licence": str(given.licence)} if given else {})
    if "{read}" in route:
        return {"read": str(await town.look(thread))}
    if "/desk/ratings/" in route:
        return {"deed": "call"}
    if "/desk/post/" in route:
        return {"deed": "posted"}
    if "/desk/joint/" in route or route.endswith("/extend"):
        return {"affair": str(await town.joint(town.citizen))}
    return await _of_people(route, town, thread) or await _of_things(route, town)


async def _of_people(route: str, town: Town, thread: Thread) -> dict[str, str]:
    if "/numbers/{number}" in route:
        return {"number": str(await stages.given_number(town))}
    if "{problem}" in route and ("/patrol/" in route or "check-ins" in route):
        return {"problem": str(await stages.to_look_at(town)), "step": "look", "outcome": "there"}
    if "{problem}" in route:
        photo = {"photo": await stages.photographed(town)} if "{photo}" in route else {}
        problem = photo.get("photo", "").partition("/")[0] or str(await stages.problem(town))
        move = {"step": "intake", "outcome": "look_first"}
        return {"problem": problem} | move | {name: one.partition("/")[2] for name, one in photo.items()}
    if "/orders" in route:
        return {"order": str(await stages.order(town)), "act": "call_back", "kind": "response"}
    if "{report}" in route:
        return {"report": str(await stages.called(town))}
    if "{copy}" in route:
        return {"copy": await stages.released(town)}
    if "{part}" in route:
        return {"part": await street.registered(town, "01002")}
    if "{token}" in route or "{number}" in route:
        told = await (stages.put_right if route.startswith("POST") else stages.reported)(town)
        return {"token": told["follow"].rpartition("/")[2], "number": told["number"]}
    if "{question}" in route:
        return {"question": str(await town.question(thread))}
    if "{project}" in route:
        # A code is freed only before anything is under way.
        made = stages.project_applied if "/desk/" in route and not route.endswith("/free") else stages.project
        return {"project": str(await made(town, town.citizen)), "stage": "4", "step": "project"}
    if "{booking}" in route:
        return {"booking": str(await stages.booking(town, town.citizen))}
    if "{amendment}" in route:
        return {"amendment": str(await stages.amendment(town))}
    if "{officer}" in route:
        return {"officer": str(await town.officer()), "change": "reset"}
    if "{proposal}" in route:
        return {"proposal": str(await town.proposal())}
    if "{kind}" in route:
        return {"kind": "person"}
    if "{mandate}" in route:
        # A mandate is ended by whoever gave it, and used by whoever has it; the citizen is the right one each time.
        pair = (town.citizen, town.second) if route.endswith("/end") else (town.second, town.citizen)
        return {"mandate": str(await town.mandate(*pair))}
    if "{consent}" in route:
        return {"consent": str(await town.consent(town.citizen))}
    if "{session}" in route:
        token = hashed(await fresh_token(town, town.citizen))
        [row] = await town.rows("select session from sessions where token = $1", token)
        return {"session": str(row["session"])}
    if "{absence}" in route:
        return {"absence": str(await town.absence(town.accept))}
    return {}


async def _of_things(route: str, town: Town) -> dict[str, str]:
    if "{payment}" in route:
        owing = await town.fee(town.citizen)
        if "{receipt}" in route:
            await town.cashier.send(f"/api/desk/payments/{owing.payment}/cash", {})
        if route.endswith("/hand-back"):
            await stages.paid_in_vain(town, owing.payment)
        paid = await town.rows("select receipt from money where payment = $1", owing.payment)
        return {"payment": str(owing.payment), "receipt": paid[0]["receipt"] if paid else ""}
    if "{reference}" in route:
        owing = await town.fee(town.citizen)
        sent = await town.citizen.send(f"/api/payments/{owing.payment}/pay", {})
        return {"reference": sent.json()["address"].rpartition("/")[2]}
    if "{day}" in route:
        return {"day": await stages.books_of_yesterday(town)}
    if "{licence}" in route or "{identifier}" in route:
        given = await town.issue(town.citizen)
        if "/desk/renewals/" in route:
            await town.citizen.send(f"/api/wallet/{given.licence}/renew", None)
        return {"licence": str(given.licence), "identifier": given.identifier, "deed": "suspend"}
    if "{shard}" in route:
        await town.publish()
        return {"shard": "00"}
    return {}


def filled(route: str, town: Town, thread: Thread, **more: str) -> str:
    """The path of a route with the ids of things that exist."""
    path = route.partition(" ")[2]
    if path.endswith(".css"):
        return town.city.pages.css_url
    if path.endswith(".js"):
        return town.city.pages.scripts.url("map")
    if path == "/admin/officers/new":
        return f"{path}?agency={AGENCY}"
    known = {
        "affair": str(thread.affair),
        "case": str(thread.case),
        "letter": str(thread.letter),
        "item": stages.PREPARED if "/listed/" in path else "food_business",
        "event": "open_restaurant",
        "material": "floor_plan",
        "step": _step(path),
        "outcome": "accept",
        "answer": "power_cut",
        "service": REPORT["matter"],
        "format": "json",
        "collection": "townships",
        "feature": "410105001",
        "runbook": "sealing-late",
        "hall": stages.HALL,
        **more,
    }
    return path.format_map(known)


def _step(path: str) -> str:
    """The step that a path asks for: of a form, or of a case."""
    if "/apply/" not in path:
        return "acceptance"
    return "rest" if path.startswith("/items/") else "questions"


async def knock(visitor: Caller, route: str, path: str, sent: Fields, file: str) -> httpx.Response:
    """One request as this visitor makes it."""
    if route.startswith("GET"):
        return await visitor.get(path)
    if path.startswith("/api/"):
        return await visitor.send(path, dict(sent))
    if file:
        word = {"csrf": visitor.csrf} if visitor.token else {}
        files = {file: ("x", stages.PLAN, "application/pdf")}
        return await visitor.ask("POST", path, data={**sent, **word}, files=files)
    return await visitor.post(path, sent)


async def comer(town: Town, name: str, row: Row, citizen: Caller) -> Caller:
    """Who comes under a name; in a session of its own where the request ends or begins one."""
    if name in GUESTS:
        return await GUESTS[name](town)
    found: Caller = citizen if name == "citizen" else getattr(town, name)
    if not row.renewed:
        return found
    return town.caller(await fresh_token(town, found)) if found.token else town.caller()


async def brought_along(town: Town, row: Row, visitor: Caller, known: Mapping[str, str]) -> Fields:
    """What a visitor sends."""
    sent = {name: text.format_map(known) if isinstance(text, str) else text for name, text in row.sent.items()}
    if row.words is None or (not visitor.token and row.words in NEEDS_SESSION):
        return sent
    return sent | dict(await row.words(town, visitor))


NEEDS_SESSION: Final = (stages.drafted_item, stages.drafted_event)
"""What nobody does who is not signed in."""


def shown(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.headers.get('location', '')}".strip()


def test_no_route_is_missing_from_the_sweep(town: Town) -> None:
    declared = {route.name for route in town.app.routes if isinstance(route, StarletteRoute)}
    assert len(declared) == len(town.app.routes)
    assert declared == set(SWEEP)


def let_in(status: str) -> bool:
    """Whether somebody got what a route is for: an answer, or the way on; being sent to the door is neither."""
    return status.startswith(("200", "303 /")) and not status.startswith("303 /sign-in")


@pytest.mark.parametrize("route", SWEEP)
async def test_a_route_lets_in_whom_it_declares_and_nobody_else(town: Town, route: str) -> None:
    row = SWEEP[route]
    citizen = await town.new_citizen() if row.stage else town.citizen
    thread = await (row.stage or stages.applied)(town, citizen)
    path = filled(route, town, thread, **await asked_for(route, town, thread, citizen))
    got: dict[str, str] = {}
    for name in (*VISITORS, *row.also):
        visitor = await comer(town, name, row, citizen)
        sent = await brought_along(town, row, visitor, {"case": str(thread.case)})
        got[name] = shown(await knock(visitor, route, path, sent, row.file))
    wrong = {
        name: (status, wanted)
        for (name, status), wanted in zip_longest(got.items(), row.expected)
        if not status.startswith(wanted)
    }
    assert wrong == {}
    assert any(let_in(status) for status in got.values()), "nobody was let in: the row cannot tell right from wrong"
    assert let_in(got["nobody"]) or not all(let_in(status) for status in got.values()), "nobody was kept out"


def test_whoever_is_not_signed_in_is_kept_out_of_every_route_that_is_not_for_everybody(town: Town) -> None:
    """The rows above say what is declared: a route of everybody's is one by its declaration, not by its row."""
    declared = {f"{one.method} {one.path}": str(one.who) for one in town.app.state.declared}
    open_to_all = {route for route, row in SWEEP.items() if let_in(row.expected[0])}
    # Metrics are for the city's own machine, and an event needs the key of a program instead of a session.
    by_other_means = {"GET /metrics", "POST /api/events"}
    assert {route for route, who in declared.items() if who == "everybody"} - by_other_means == open_to_all


async def fresh_token(town: Town, visitor: Caller) -> str:
    """Another session of the same person, which a test may end."""
    person, token = await town.person(visitor), uuid4().hex
    await town.rows(
        "insert into sessions select sha256(convert_to($1, 'utf8')), $2, $3, $3, $4 returning token",
        token, person, town.clock(), town.clock() + timedelta(hours=1),
    )  # fmt: skip
    return token


def without_names(page: httpx.Response) -> str:
    """A page without what differs between any two: ids and where it stands."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=back=)[^\"]*|[0-9a-f]{32}", "…", page.text)


@pytest.mark.parametrize(
    ("visitor", "path"),
    [
        ("other", "/affairs/{affair}"),
        ("other", "/affairs/{affair}/receipt"),
        ("other", "/letters/{letter}"),
        ("other", "/api/affairs/{affair}"),
        ("accept", "/affairs/{affair}"),
        ("accept", "/letters/{letter}"),
        ("citizen", "/desk/cases/{case}"),
        ("citizen", "/api/cases/{case}"),
        ("idle", "/desk/cases/{case}"),
        ("elsewhere", "/desk/cases/{case}"),
        ("elsewhere", "/desk/cases/{case}/acceptance/accept"),
        ("elsewhere", "/api/cases/{case}"),
        ("abroad", "/desk/cases/{case}"),
        ("abroad", "/api/cases/{case}"),
        ("other", "/wallet/{licence}"),
        ("other", "/wallet/{licence}/paper"),
        ("other", "/wallet/{licence}/cancel"),
        ("keeper", "/wallet/{licence}"),
        ("accept", "/desk/licences/{licence}"),
        ("window", "/affairs/{affair}"),
        ("window", "/wallet/{licence}"),
        ("accept", "/window/{reception}"),
        ("accept", "/window/{reception}/affairs/{affair}"),
        ("citizen", "/window/{reception}"),
        ("other", "/payments/{payment}"),
        ("other", "/api/payments/{payment}"),
        ("cashier", "/payments/{payment}"),
        ("accept", "/desk/payments/{payment}"),
    ],
)
async def test_a_stranger_cannot_tell_what_is_there_from_what_is_not(town: Town, visitor: str, path: str) -> None:
    stranger: Caller = getattr(town, visitor)
    thread = await town.apply(town.citizen)
    there = await stranger.get(filled(f"GET {path}", town, thread, **await asked_for(path, town, thread)))
    none = Thread(uuid4(), "", uuid4(), uuid4())
    made_up = {name: str(uuid4()) for name in ("licence", "reception", "payment")}
    nowhere = await stranger.get(filled(f"GET {path}", town, none, **made_up))
    garbled = await stranger.get(re.sub(r"\{(affair|case|letter|licence|reception|payment)\}", "no-id", path))
    assert there.status_code == nowhere.status_code == garbled.status_code
    assert there.status_code in (403, 404)
    assert without_names(there) == without_names(nowhere)
    assert thread.number not in there.text


@pytest.mark.parametrize("step", ["acceptance/accept", "acceptance/decline", "decision/grant", "decision/refuse"])
async def test_nobody_but_the_duty_moves_a_case(town: Town, step: str) -> None:
    thread = await town.apply(town.citizen)
    named, _, outcome = step.partition("/")
    words = {"facts": "a", "rule": "b", "remedy": "c"}
    move = {"step": named, "outcome": outcome, "words": words}
    before = await town.written()
    strangers = [
        town.nobody,
        town.citizen,
        town.other,
        town.idle,
        town.elsewhere,
        town.abroad,
        town.decide,
        town.window,
    ]
    for stranger in strangers:
        on_page = await stranger.post(f"/desk/cases/{thread.case}/{step}", words | {"sure": "yes"})
        by_machine = await stranger.send(f"/api/cases/{thread.case}/moves", move)
        assert by_machine.status_code in (401, 403, 404, 409)
        assert on_page.status_code in (403, 404, 409) or on_page.headers["location"] == "/sign-in?next=/"
    assert await town.written() == before


FOREIGN: Final[Mapping[str, Callable[[str, str], Held]]] = {
    "county": lambda duty, agency: Held(duty, Scope(agency, "410122")),
    "city": lambda duty, agency: Held(duty, Scope(agency, "410200")),
    "agency": lambda duty, _: Held(duty, Scope("urban_management", AREA)),
}
"""Officers with the same duty somewhere else."""


async def foreigner(town: Town, where: str, duty: str, agency: str = AGENCY) -> Caller:
    """An officer who holds a duty, but of another county, another city or another agency."""
    return await town.sign_in(await town.new_officer(FOREIGN[where](duty, agency)))


@pytest.mark.parametrize("where", FOREIGN)
async def test_an_officer_elsewhere_finds_nothing_here_and_leaves_no_look(town: Town, where: str) -> None:
    citizen = await town.new_citizen("上官听雨")
    thread, number = await town.apply(citizen), (await town.identity(citizen)).number
    officer, person = await foreigner(town, where, "services.accept"), await town.person(citizen)
    for text in ("上官听雨", number, thread.number):
        assert str(thread.case) not in (await officer.post("/desk/find", {"q": text})).text
        assert (await officer.send("/api/desk/find", {"text": text})).json()["cases"] == []
    assert await town.rows("select from reads where subject = $1", person) == []
    assert (await officer.get(f"/desk/cases/{thread.case}")).status_code == 404
    assert len((await town.accept.send("/api/desk/find", {"text": number})).json()["cases"]) == 1


async def test_a_look_that_is_refused_is_no_look(town: Town) -> None:
    thread = await town.apply(town.citizen)
    for stranger in (town.nobody, town.citizen, town.other, town.idle, town.elsewhere, town.abroad):
        await stranger.get(f"/desk/cases/{thread.case}")
        await stranger.get(f"/api/cases/{thread.case}")
    assert await town.rows("select from reads where about = $1", thread.affair) == []


async def test_a_letter_that_a_stranger_asks_for_stays_unopened(town: Town) -> None:
    thread = await town.apply(town.citizen)
    for stranger in (town.nobody, town.other, town.accept):
        await stranger.get(f"/letters/{thread.letter}")
    query = "select opened from letters where letter = $1"
    assert (await town.rows(query, thread.letter))[0]["opened"] is None
    await town.citizen.get(f"/letters/{thread.letter}")
    [[opened]] = await town.rows(query, thread.letter)
    assert opened is not None
    await town.citizen.get(f"/letters/{thread.letter}")
    assert await town.rows(query, thread.letter) == [(opened,)]


async def test_a_cookie_opens_no_interface_and_a_bearer_token_opens_no_page(town: Town) -> None:
    assert (await town.citizen.ask("GET", "/api/affairs")).status_code == 401
    bearer = {"authorization": f"Bearer {town.citizen.token}"}
    assert (await town.nobody.ask("GET", "/affairs", headers=bearer)).status_code == 303
    assert (await town.nobody.ask("GET", "/api/affairs", headers=bearer)).status_code == 200
    basic = {"authorization": f"Basic {town.citizen.token}"}
    assert (await town.nobody.ask("GET", "/api/affairs", headers=basic)).status_code == 401


async def test_a_duty_that_was_taken_away_opens_nothing_any_more(town: Town) -> None:
    thread, scope, ledger = await town.apply(town.citizen), Scope(AGENCY, AREA), town.city.memory.ledger
    officer = await town.sign_in(await town.new_officer(Held("services.accept", scope)))
    person = await town.person(officer)
    assert (await officer.get(f"/desk/cases/{thread.case}")).status_code == 200

    async def decide() -> Decision:
        ended = DutyEnded("services.accept", scope, None, "test")
        return Decision((Change(person, fold_version(await ledger.history(person)), (ended,)),), ended)

    await ledger.record(uuid4(), decide, DutyEnded, by=the_city(), now=town.clock())
    assert (await officer.get(f"/desk/cases/{thread.case}")).status_code == 403
    assert (await officer.send(f"/api/cases/{thread.case}/moves", MOVE)).status_code == 403


def visitor(*duties: str) -> Visitor:
    held = tuple(Held(duty, Scope(AGENCY, AREA)) for duty in duties)
    return Visitor(PersonId(uuid4()), "林晓梅", "word", held)


@pytest.mark.parametrize(
    ("who", "admitted"),
    [
        (EVERYBODY, (True, True, True, True)),
        (SIGNED_IN, (False, True, True, True)),
        (OFFICER, (False, False, True, True)),
        (holding("services.decide"), (False, False, False, True)),
        (holding("services.decide", "services.window"), (False, False, False, True)),
        (holding(), (False, False, False, False)),
    ],
    ids=str,
)
def test_a_declaration_admits_its_visitors(who: Who, admitted: tuple[bool, ...]) -> None:
    comers = (None, visitor(), visitor("services.accept"), visitor("services.accept", "services.decide"))
    assert tuple(visible(comer, who) for comer in comers) == admitted
