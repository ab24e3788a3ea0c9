"""Every kind of object in front of people who have nothing to do with it: another citizen, and officers who hold every
duty there is, but in another county, another city or another agency, or who are at home here, but with a duty that looks
at nothing.

The sweep of routes asks who may take a route at all; this one asks it of each object that a route or a command names.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

import click
import httpx
import pytest
from click.testing import Result
from structlog.testing import capture_logs
from tests.http import stages
from tests.http.doors import CommandLine, at_the_clock_of
from tests.http.test_authorisation import (
    SWEEP,
    VISITORS,
    asked_for,
    brought_along,
    comer,
    filled,
    knock,
    let_in,
    shown,
)
from tests.http.towns import AREA, Caller, Thread, Town

from onecity.bootstrap.founding import Account
from onecity.casework import PROCESS
from onecity.casework.declared import duties_looking_at
from onecity.cli.main import onecity
from onecity.kernel.acting import Held, Scope
from onecity.kernel.ids import PersonId
from onecity.machinery.web import Visitor
from onecity.machinery.web.site import visible
from onecity.people import AGENCY, DUTY

OBJECTS: Final = frozenset({
    "affair", "case", "letter", "licence", "payment", "reception", "question", "officer", "proposal", "absence",
    "mandate", "consent", "session", "read", "day", "problem", "order", "report",
    "amendment", "booking", "project",
})  # fmt: skip
"""What a path names that belongs to somebody. A `day` is the books of a day."""

NO_OBJECTS: Final = frozenset({
    "item", "event", "step", "outcome", "material", "kind", "deed", "change", "receipt", "name", "runbook",
    "shard", "identifier", "stream", "version", "reference", "token", "photo", "service", "number", "format", "act",
    "collection", "feature", "copy", "part", "answer", "hall", "stage",
})  # fmt: skip
"""What a path names beside: declarations, parts of an object that stands before them, and what is everybody's to see –
the status of licences, the proof of a fact, the simulated bank to which a payer is sent. The `token` of a link is itself the
right to see its report; by the `number` of one, Open311 shows what everybody may see, and so do the collections of the map. A `part`
is a thing of the street, which every officer of the street may look up.
"""

ROUTES: Final = [route for route in SWEEP if OBJECTS & set(re.findall(r"\{(\w+)\}", route))]

STRANGERS: Final = ("citizen", "county", "city", "agency", "duty")

ELSEWHERE: Final[Mapping[str, str]] = {"county": "410122", "city": "410200"}
"""Areas in which nothing of the tests lies."""

NOT_CONCERNED: Final = "civil_affairs"
"""An agency that handles nothing of what the tests make."""

BY_AREA: Final = frozenset({"services.joint_head", "services.oversee_projects", "payments.balance"})
"""Duties that reach an area whatever the agency – joint limits, projects and the books of a day are of several – so that
there is none of another agency.
"""

EMPTY: Final[Mapping[str, str]] = {"GET /api/affairs/{affair}/payments": '{"payments":[]}'}
"""What a list says to whoever has nothing in it; it does not tell whether there is such an object."""


class Foreigners:
    """Who has nothing to do with anything: made once, as they hold hundreds of duties."""

    def __init__(self) -> None:
        self._known: dict[str, Account] = {}

    async def account(self, town: Town, where: str) -> Account:
        if where == "citizen":
            return await town.register("陈建国", await town.resident("陈建国"))
        if where not in self._known:
            self._known[where] = await town.new_officer(*held_in(town, where))
        return self._known[where]

    async def caller(self, town: Town, where: str) -> Caller:
        return await town.sign_in(await self.account(town, where))


WRITES: Final = frozenset({"services.amend", "services.publish", "services.call_back"})
"""Duties about what items say and how cases were rated: they open no case; amendments and bad ratings are theirs."""
THEIRS: Final = ("{amendment}", "/desk/ratings/")
"""In the paths of what they do see."""


def looks_at_nothing(town: Town) -> set[str]:
    """The duties of services whose holders may open no case, whatever its process."""
    looking = {duty for one in town.city.pack.all(PROCESS).values() for duty in duties_looking_at(one.value)}
    return {duty for duty in town.city.pack.all(DUTY) if duty.startswith("services.")} - looking - BY_AREA


def held_in(town: Town, where: str) -> list[Held]:
    """Every duty, in every agency of another place; or in another agency of this place; or in every agency of this
    place, but only what looks at nothing.
    """
    duties, agencies = sorted(town.city.pack.all(DUTY)), sorted(town.city.pack.all(AGENCY))
    if where == "agency":
        return [Held(duty, Scope(NOT_CONCERNED, AREA)) for duty in duties if duty not in BY_AREA]
    if where == "duty":
        return [Held(duty, Scope(agency, AREA)) for duty in sorted(looks_at_nothing(town)) for agency in agencies]
    return [Held(duty, Scope(agency, ELSEWHERE[where])) for duty in duties for agency in agencies]


@pytest.fixture(scope="session")
def foreigners() -> Foreigners:
    return Foreigners()


def test_every_kind_of_object_that_a_route_names_is_tried(town: Town) -> None:
    named = {name for one in town.app.state.declared for name in re.findall(r"\{(\w+)\}", one.path)}
    assert named == OBJECTS | NO_OBJECTS
    assert {name for route in ROUTES for name in re.findall(r"\{(\w+)\}", route)} >= OBJECTS


def test_there_are_colleagues_whose_duty_looks_at_nothing(town: Town) -> None:
    assert looks_at_nothing(town) == {"services.window"} | WRITES


def kept_out(town: Town, route: str, where: str, answer: httpx.Response) -> bool:
    """Whether somebody was told no more than that they have no business here.

    Where the route itself is not for them they are told so; else nothing tells what is there from what is not.
    """
    if answer.text == EMPTY.get(route):
        return True
    who = next(one.who for one in town.app.state.declared if f"{one.method} {one.path}" == route)
    stranger = Visitor(PersonId(uuid4()), "", "", tuple(held_in(town, where)) if where != "citizen" else ())
    # That there are books of a day is no secret.
    return answer.status_code == (404 if visible(stranger, who) and "{day}" not in route else 403)


@pytest.mark.parametrize("route", ROUTES)
async def test_an_object_is_shown_and_changed_by_whom_it_concerns_and_by_nobody_else(
    town: Town, foreigners: Foreigners, route: str
) -> None:
    row = SWEEP[route]
    citizen = await town.new_citizen() if row.stage else town.citizen
    thread = await (row.stage or stages.applied)(town, citizen)
    known = await asked_for(route, town, thread, citizen)
    path = filled(route, town, thread, **known)
    strangers = [where for where in STRANGERS if where != "duty" or not any(one in route for one in THEIRS)]
    callers = {where: await foreigners.caller(town, where) for where in strangers}
    sent = {where: await brought_along(town, row, one, {"case": str(thread.case)}) for where, one in callers.items()}
    before = await everything(town)
    got = {where: await knock(caller, route, path, sent[where], row.file) for where, caller in callers.items()}
    assert {where: shown(answer) for where, answer in got.items() if not kept_out(town, route, where, answer)} == {}
    assert await everything(town) == before, "something was written or looked at"
    assert await opens(town, route, path, thread, citizen), "nobody can tell a closed door from a wall"


async def everything(town: Town) -> dict[str, str]:
    """What every table holds, but for what a knock at the door leaves: that a session
    was seen, that a code was used up, how often somebody came.
    """
    tables = await town.rows(
        "select schemaname || '.' || tablename from pg_tables where schemaname in ('ledger', 'projections', 'working')"
        " and tablename not in ('sessions', 'credentials', 'rates', 'facts_all', 'sealed', 'seal_state')"
    )
    return {
        name: (await town.rows(f"select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {name} t"))[0][
            0
        ]
        for [name] in tables
    }


async def opens(town: Town, route: str, path: str, thread: Thread, citizen: Caller) -> bool:
    """Whether the last of those for whom the route is gets in with the same object."""
    row = SWEEP[route]
    right = [name for name, status in zip((*VISITORS, *row.also), row.expected, strict=False) if let_in(status)][-1]
    visitor = await comer(town, right, row, citizen)
    sent = await brought_along(town, row, visitor, {"case": str(thread.case)})
    return let_in(shown(await knock(visitor, route, path, sent, row.file)))


NESTED: Final = [route for route in ROUTES if len(OBJECTS & set(re.findall(r"\{(\w+)\}", route))) > 1]


@pytest.mark.parametrize("route", NESTED)
async def test_behind_ones_own_object_nobody_reaches_what_is_of_another(town: Town, route: str) -> None:
    """The door is one's own: an application, a reception. What is asked for behind it is somebody else's."""
    row, mine, theirs = SWEEP[route], await town.new_citizen(), await town.new_citizen()
    own, foreign = await stages.applied(town, mine), await (row.stage or stages.applied)(town, theirs)
    names = [name for name in re.findall(r"\{(\w+)\}", route) if name in OBJECTS]
    first = await asked_for(route, town, own, mine)
    second = {"affair": str(foreign.affair), "case": str(foreign.case), "letter": str(foreign.letter)}
    if "licence" in names:
        second["licence"] = str((await town.issue(theirs)).licence)
    for inner in names[1:]:
        path = filled(route, town, own, **{**first, inner: second[inner]})
        caller = town.window if names[0] == "reception" else mine
        sent = await brought_along(town, row, caller, {"case": str(foreign.case)})
        before = await everything(town)
        answer = await knock(caller, route, path, sent, row.file)
        assert answer.status_code == 404, (inner, shown(answer))
        assert await everything(town) == before


LISTS: Final = [
    route
    for route in SWEEP
    if route.startswith("GET")
    and not OBJECTS & set(re.findall(r"\{(\w+)\}", route))
    and not let_in(SWEEP[route].expected[0])
]


@pytest.mark.parametrize("route", LISTS)
async def test_a_list_names_nothing_to_whom_it_does_not_concern(town: Town, foreigners: Foreigners, route: str) -> None:
    """What a list leads to is found by its id, whatever the page looks like."""
    thread, given, owing = await town.apply(town.citizen), await town.issue(town.citizen), await town.fee(town.citizen)
    await town.citizen.send(f"/api/wallet/{given.licence}/renew", None)
    ids = {str(one) for one in (thread.affair, thread.case, thread.letter, given.licence, owing.payment)}
    ids |= {thread.number, given.identifier, str(await town.joint(town.citizen)), str(await town.question(thread))}
    path = filled(route, town, thread, **await asked_for(route, town, thread))
    for where in STRANGERS:
        answer = await (await foreigners.caller(town, where)).get(path)
        assert [one for one in ids if one in answer.text] == [], where


def commands_of_somebody() -> set[str]:
    """Every command that asks who one is."""
    nouns = {noun: group for noun, group in onecity.commands.items() if isinstance(group, click.Group)}
    return {
        f"{noun} {verb}"
        for noun, group in nouns.items()
        for verb, command in group.commands.items()
        if any(option.name == "login" for option in command.params)
    }


ABOUT_ONESELF: Final = frozenset(
    {
        "case list",
        "case find",
        "case upload",
        "licence list",
        "payment list",
        "service apply",
        "hall book",
        "hall number",
        "hall call",
        "hall absent",
        "project kinds",
        "project list",
        "project begin",
        "parcel list",
    }
)
"""Commands that name no object: they tell of one's own things, search within one's scopes, begin something, or are about a
hall, which is everybody's.
"""

ABOUT_AN_OBJECT: Final[Mapping[str, tuple[str, str, stages.Stage]]] = {
    "case show {affair}": ("citizen", "GET /affairs/{affair}", stages.applied),
    "case bring {affair} {case}": ("citizen", "GET /affairs/{affair}", stages.asked_for_more),
    "case again {affair} food_business": ("citizen", "GET /affairs/{affair}", stages.refused),
    "case withdraw {affair} {case}": ("citizen", "GET /affairs/{affair}", stages.applied),
    "case post {affair} {case}": ("citizen", "GET /affairs/{affair}", stages.waiting_for_the_post),
    "case time {affair} {case} 周三上午": ("citizen", "GET /affairs/{affair}", stages.visit_named),
    "parcel show {case}": ("deliverer", "GET /desk/post/{case}", stages.waiting_for_the_post),
    "parcel sent {case} EZ123456789CN --choice 2": (
        "deliverer", "GET /desk/post/{case}", stages.waiting_for_the_post,
    ),
    "parcel returned {case} nobody": ("deliverer", "GET /desk/post/{case}", stages.under_way),
    "case rate {case} 5": ("citizen", "GET /affairs/{affair}", stages.refused),
    "licence show {identifier}": ("keeper", "GET /desk/licences/{licence}", stages.applied),
    "licence ask-renewal {licence}": ("citizen", "GET /wallet/{licence}", stages.applied),
    "licence renew {identifier}": ("keeper", "GET /desk/renewals/{licence}", stages.applied),
    "licence revoke {identifier} --write facts=a --write rule=b": (
        "keeper", "GET /desk/licences/{licence}", stages.applied,
    ),
    "hall cancel {booking}": ("citizen", "POST /bookings/{booking}/cancel", stages.applied),
    "project show {project}": ("citizen", "GET /projects/{project}", stages.applied),
    "project apply {project} 4": ("citizen", "GET /projects/{project}", stages.applied),
    "project drop {project}": ("citizen", "GET /projects/{project}", stages.applied),
    "payment show {payment}": ("citizen", "GET /payments/{payment}", stages.applied),
    "payment pay {payment}": ("citizen", "GET /payments/{payment}", stages.applied),
    "service decide {case} acceptance accept": ("accept", "GET /desk/cases/{case}", stages.applied),
    "service extend {affair} --days 5 --reason 要复查": ("mayor", "GET /desk/joint/{affair}", stages.applied),
}  # fmt: skip
"""Commands with what they name: who may, a route that names the same, and what happened before."""

LOGINS: Final = {
    "keeper": "zhengzhao", "mayor": "fenguanshizhang", "accept": "shouli", "deliverer": "songda",
}  # fmt: skip


def test_every_command_of_somebody_is_tried() -> None:
    tried = {" ".join(words.split()[:2]) for words in ABOUT_AN_OBJECT}
    assert tried | ABOUT_ONESELF == commands_of_somebody()
    assert not tried & ABOUT_ONESELF


async def told(town: Town, folder: Path, account: Account, words: str, known: Mapping[str, str]) -> Result:
    """A command as somebody types it."""
    said = town.words(account)
    line = [word.format_map(known) for word in words.split()]
    who = ("--login", account.login, *(("--code", said["code"]) if said["code"] else ()))
    return await CommandLine(town, account, folder).call(*line, *who, password=account.password)


@pytest.mark.parametrize("words", ABOUT_AN_OBJECT)
async def test_a_command_reaches_an_object_for_whom_it_concerns_and_for_nobody_else(
    town: Town, foreigners: Foreigners, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_clock_of(town, monkeypatch)
    name, route, stage = ABOUT_AN_OBJECT[words]
    thread = await stage(town, town.citizen)
    known = {"affair": str(thread.affair), "case": str(thread.case)} | await asked_for(route, town, thread)
    accounts = {where: await foreigners.account(town, where) for where in STRANGERS}
    before, whose = await everything(town), town.accounts.accounts[0]
    with capture_logs() as lines:
        for where, account in accounts.items():
            answer = await told(town, tmp_path, account, words, known)
            assert (answer.exit_code, answer.stdout) == (1, ""), (where, answer.output)
            assert answer.stderr, "nobody is told why"
            assert not any(secret in answer.stderr for secret in (whose.name, whose.login)), "a refusal names somebody"
        assert await everything(town) == before
        right = town.account(LOGINS[name]) if name in LOGINS else whose
        assert (await told(town, tmp_path, right, words, known)).exit_code == 0
    assert not any(secret in repr(lines) for secret in (whose.name, whose.login)), "the log names somebody"
