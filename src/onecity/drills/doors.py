"""The sweep of all doors: each route is tried by whoever may not take it, by whoever may, and by nobody signed in."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final
from uuid import uuid4

import msgspec

from onecity.bootstrap.city import app_of
from onecity.bootstrap.moment import now
from onecity.drills.figures import plain
from onecity.drills.load.knocking import Line, Reply
from onecity.drills.load.towns import AREA, Somebody, Town, citizens, officers
from onecity.drills.proving import Drill, Ground, Proof, none_of
from onecity.kernel.acting import Held, Scope
from onecity.machinery.web.routes import Route

_AGENCY: Final = "market_supervision"
_BY_PROGRAM: Final = "/api/"
_UNKNOWN: Final = 401
_FORBIDDEN: Final = 403
_NOBODY: Final = "nobody"
_LAST: Final = "sign-out"
"""Whoever took this route is nobody afterwards."""


class Comers(msgspec.Struct, frozen=True):
    """A citizen, and for each duty an officer with that one alone; all of them come to each route, or one a pillar."""

    citizen: Somebody
    holding: dict[str, Somebody]
    all_come: bool

    def to(self, duties: Sequence[str]) -> Iterator[tuple[str, Somebody]]:
        """Officers who hold one of some duties, and others."""
        seen = set[tuple[str, bool]]()
        for duty, officer in self.holding.items():
            kind = duty.partition(".")[0], duty in duties
            if self.all_come or kind not in seen:
                seen.add(kind)
                yield duty, officer


class Tried(msgspec.Struct, frozen=True):
    """A route, who took it, whether they may, and what they were told."""

    route: str
    who: str
    may: bool
    status: int
    to_door: bool

    @property
    def kept_out(self) -> bool:
        # Of somebody who is not signed in a 403 says that only the word of the form was missing.
        return self.to_door or self.status == _UNKNOWN or (self.status == _FORBIDDEN and self.who != _NOBODY)

    def __str__(self) -> str:
        return f"{self.who}: {self.route} → {self.status}"


def _do(ground: Ground) -> Proof:
    return asyncio.run(_swept(Town(ground.city()), all_come=not ground.quick))


async def _swept(town: Town, *, all_come: bool) -> Proof:
    routes, comers = await _founded(town, all_come=all_come)
    with town.served() as address:
        tried = await _tried(address, routes, comers)
    return _proof(routes, tried)


async def _founded(town: Town, *, all_come: bool) -> tuple[Sequence[Route], Comers]:
    """What the city declares, and who comes."""
    town.founded()
    async with town.opened() as city:
        declared: Sequence[Route] = app_of(city, town.settings).state.declared
        routes = sorted(declared, key=lambda route: _LAST in route.path)
        dice, at = Random(3), now()
        duties = sorted({duty for route in routes for duty in route.who.duties or ()})
        [citizen] = await citizens(city, 1, dice, at=at, signed_in=True)
        found = await officers(city, [(Held(duty, Scope(_AGENCY, AREA)),) for duty in duties], dice)
        return routes, Comers(citizen, dict(zip(duties, found, strict=True)), all_come)


def _proof(routes: Sequence[Route], tried: Sequence[Tried]) -> Proof:
    entered = [one for one in tried if not one.may and not one.kept_out]
    nobody, others = ([one for one in entered if (one.who == _NOBODY) is nobody] for nobody in (True, False))
    return Proof(
        claims=(
            none_of("drills.doors.nobody", nobody),
            none_of("drills.doors.others", others),
            none_of("drills.doors.failed", [one for one in tried if one.status >= 500]),
            none_of("drills.doors.let_in", _never_in(tried)),
        ),
        figures=(
            plain("drills.doors.routes", float(len(routes)), ""),
            plain("drills.doors.knocks", float(len(tried)), ""),
            plain("drills.doors.kept_out", float(sum(one.kept_out for one in tried)), ""),
        ),
    )


def _never_in(tried: Sequence[Tried]) -> list[str]:
    """Who was kept out everywhere: of them nobody can tell whether the doors know them."""
    comers, within = {one.who for one in tried}, {one.who for one in tried if one.may and not one.kept_out}
    return sorted(comers - within)


async def _tried(address: str, routes: Sequence[Route], comers: Comers) -> list[Tried]:
    line, found = Line(address), list[Tried]()
    for route in routes:
        for name, who, may in _comers(route, comers):
            reply = await _knock(line, route, who)
            to_door = reply.status == 303 and b"location: /sign-in" in reply.head.lower()
            found.append(Tried(f"{route.method} {route.path}", name, may, reply.status, to_door))
    await line.close()
    return found


def _comers(route: Route, comers: Comers) -> Iterator[tuple[str, Somebody | None, bool]]:
    """Everybody whose way is another at this route, and whether they may take it."""
    who = route.who
    yield _NOBODY, None, who.everybody
    if who.everybody:
        return
    yield "citizen", comers.citizen, not who.officer and who.duties is None
    for duty, officer in comers.to(who.duties or ()):
        yield duty, officer, who.duties is None or duty in who.duties


async def _knock(line: Line, route: Route, who: Somebody | None) -> Reply:
    """Take a route, with the id of nothing wherever it names an object."""
    path = re.sub(r"{[^}]*}", lambda _: str(uuid4()), route.path)
    if route.path.startswith(_BY_PROGRAM):
        return await line.knock(route.method, path, who)
    if route.method == "GET":
        return await line.get(path, who)
    return await line.form(path, {}, who)


DOORS: Final = Drill(name="doors", do=_do, beside=True)
