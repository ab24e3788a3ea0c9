"""The city as people meet it, over HTTP: a life event, work lists, searches, pages; empty and with a million cases."""

from collections.abc import Sequence
from typing import Final

from bench.bare import PEER, Load, prepared, rate
from bench.figures import REPETITIONS
from onecity.drills.figures import Figure, at_least, at_most, beside
from onecity.drills.load.crowds import CASES, crowd
from onecity.drills.load.desks import Desks, desks, first_load, p95, pages, searches, told, work_lists
from onecity.drills.load.events import CLIENTS, COMMANDS, Hall, event, events_in, hall
from onecity.drills.load.knocking import Line
from onecity.drills.load.meters import Spent
from onecity.drills.load.towns import Somebody, Town, town
from onecity.machinery.postgres import Cluster

_GOAL: Final = 100
_EVENT: Final = Load(commands=COMMANDS, facts=6, rows=5)
"""What a life event adds before it is answered: by `ledger.facts` and `pg_stat_all_tables`, 48 facts and 40 rows."""
_FLOOR: Final = 0.25
"""The share of the bare server under which a change must not fall; what was reached stands in ADR 0049."""
_PAPER: Final = "papers are drawn at their first download and so not in the path"
_SECONDS: Final = 10.0
_PEOPLE: Final = 100
"""Applicants whose events end before anything is measured; citizens' pages are theirs."""


async def measure_events(cluster: Cluster) -> list[Figure]:
    """Life events in a city without other cases."""
    bare = await prepared(cluster)
    with town("small") as here:
        people = await hall(here)
        with here.served() as address:
            await _warm(address, people)
            return await _events("life event of five items over HTTP", address, people, here, (cluster, bare))


async def measure_city(cluster: Cluster) -> list[Figure]:
    """Everything that people wait for in a city with a million cases."""
    bare, many = await prepared(cluster), "life event of five items over HTTP, 1,000,000 cases"
    with town("million") as here:
        async with here.opened() as city:
            known = await city.memory.pool.fetchval("select count(*) from projections.cases")
            if known < CASES:
                await crowd(city)
            officers = await desks(city)
        people = await hall(here)
        with here.served() as address:
            await _warm(address, people)
            figures = await _waits(address, officers, people)
            return [*figures, *await _events(many, address, people, here, (cluster, bare))]


async def _warm(address: str, people: Hall) -> None:
    """Let the first applicants come to their licences, so that every page was seen once."""
    line = Line(address)
    for number in range(_PEOPLE):
        await event(line, people, number)
    await line.close()


async def _events(
    name: str, address: str, people: Hall, here: Town, bare: tuple[Cluster, Sequence[Somebody]]
) -> list[Figure]:
    """Life events by turns with the bare server."""
    runs, others, first = list[float](), list[float](), _PEOPLE
    spent = Spent(here.data)
    for _ in range(REPETITIONS):
        done = await events_in(address, people, seconds=_SECONDS, first=first)
        runs.append(done[0] / done[1])
        others.append(await rate(*bare, _EVENT, clients=CLIENTS, seconds=_SECONDS))
        first += done[0]
    cost = spent.of_each(first - _PEOPLE, "event")
    note = f"{COMMANDS} commands each, submission to the fifth licence, {CLIENTS} clients; {_PAPER}; {cost}"
    return [
        at_least(name, runs, "/s", _GOAL, note=note),
        beside(f"{name}, beside a bare server", runs, "/s", PEER, others, _FLOOR),
    ]


async def _waits(address: str, officers: Desks, people: Hall) -> list[Figure]:
    lists, found = await work_lists(address, officers), await searches(address, officers)
    seen, size = await pages(address, people, _PEOPLE), await first_load(address)
    scopes = f"page over HTTP, {len(officers.officers)} officers from one street to the whole city"
    among = "over 1,000,000 skewed cases, p95"
    return [
        at_most(f"officer's work list {among}", p95(lists), "ms", 25, note=f"{scopes}; {told(lists)}"),
        at_most(
            f"officer's text search {among}", p95(found), "ms", 50,
            note=f"{scopes}; words of two signs and more, names, receipts; {told(found)}",
        ),
        at_most("citizen page at 50 requests/s, 1,000,000 cases, p95", p95(seen), "ms", 50, note=told(seen)),
        at_most("first load of the home page, as sent", size / 1_000, "kB", 150),
    ]  # fmt: skip
