"""What the city does by itself, without anybody asking: the jobs of all packages."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from onecity.bootstrap import moment
from onecity.bootstrap.city import City
from onecity.bootstrap.keepers import forgetting_of
from onecity.bootstrap.nightly import folded_again
from onecity.bootstrap.post import post_of
from onecity.bootstrap.present import Present
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.sinks import outbox_of
from onecity.casework import draw, let_silence_speak, recount, remind, remind_of_meetings
from onecity.casework.ordering import chase
from onecity.governance.events import HOOKS, Courier, follow_street
from onecity.kernel.acting import the_city
from onecity.ledger.outbox.sending import Outbox
from onecity.licences import let_silence_renew, remind_of_ends
from onecity.licences.publishing import EVERY_S
from onecity.machinery.jobs import Job, Line
from onecity.machinery.outgoing import Outgoing
from onecity.notices.sending import Postman
from onecity.payments.usecases.balancing import balance_days
from onecity.payments.usecases.paying import collect
from onecity.payments.usecases.refunding import refund
from onecity.places import CITY
from onecity.services.queueing import remind_of_bookings

_DUE: Final = 6_104_102
_OUTSIDE: Final = 6_104_103
_POST: Final = 6_104_104
_NIGHTLY: Final = 6_104_105
_OUTBOX: Final = 6_104_106
"""The lock of each line; whichever process holds it does the work."""
_LISTS: Final = "licences/lock"
_MOMENT_S: Final = 0.5
_SECOND_S: Final = 1
_SECONDS_S: Final = 5
_MINUTE_S: Final = 60
_MINUTES_S: Final = 300
_HOUR_S: Final = 3_600
_DAY_S: Final = 86_400


def jobs_of(city: City) -> Sequence[Job]:
    """The jobs on which days, lots and people depend, and those that tidy up quickly."""
    counter, office = city.counter, city.counter.office
    till = counter.till

    async def enter_reads(now: datetime) -> int:
        return await counter.reads.enter(city.memory.ledger, by=the_city(), now=now)

    async def forget(now: datetime) -> int:
        today = now.astimezone(office.zone).date()
        return await forgetting_of(city).go_on(by=the_city(), now=now, today=today)

    jobs = [
        Job("casework.silence", _SECONDS_S, partial(let_silence_speak, office=office)),
        Job("casework.remind", _SECONDS_S, partial(remind, office=office)),
        Job("casework.meetings", _MINUTE_S, partial(remind_of_meetings, office=office)),
        Job("casework.draw", _MOMENT_S, partial(draw, office=office)),
        Job("casework.chase", _MINUTE_S, partial(chase, orders=city.orders.orders)),
        Job("casework.recount", _HOUR_S, partial(recount, office=office)),
        Job("people.reads", _MINUTE_S, enter_reads),
        Job("people.forget", _HOUR_S, forget),
        Job("people.purge", _MINUTES_S, city.door.purge),
        Job("people.purge_reads", _DAY_S, counter.reads.purge),
        Job("services.bookings", _MINUTE_S, partial(remind_of_bookings, halls=counter.halls)),
        Job("services.purge_drafts", _HOUR_S, counter.drafts.purge),
        Job("services.purge_uploads", _HOUR_S, counter.uploads.purge),
        Job("services.purge_riddles", _HOUR_S, counter.riddles.purge),
        Job("payments.collect", _SECONDS_S, partial(collect, till=till)),
        Job("payments.refund", _SECONDS_S, partial(refund, till=till)),
        Job("payments.balance", _MINUTES_S, partial(balance_days, till=till)),
        Job("licences.renew", _MINUTE_S, partial(let_silence_renew, licences=city.cabinet.licences)),
        Job("licences.remind", _HOUR_S, partial(remind_of_ends, licences=city.cabinet.licences)),
        Job("licences.purge_papers", _DAY_S, city.cabinet.papers.purge),
    ]
    if city.centre is not None:
        jobs.append(Job("governance.purge_callers", _DAY_S, city.centre.callers.purge))
    return jobs


def list_jobs_of(city: City) -> Sequence[Job]:
    """What each machine does for the files that it shows itself."""
    return (Job("licences.status", EVERY_S, city.renewal.run),)


def post_jobs_of(city: City, settings: Settings, address: str) -> Sequence[Job]:
    """What hands messages to the post of a city that people reach at an address. Thousands may wait for a slow one."""
    declared = city.pack.one(CITY)
    post = post_of(declared, settings)
    if post is None:
        return ()
    postman = Postman(city.memory.ledger, post, city.counter.scribe, declared.name, address)
    return (Job("notices.post", _SECONDS_S, postman.run),)


def outside_jobs_of(city: City) -> Sequence[Job]:
    """The jobs that wait for machines of others."""
    if city.centre is None:
        return ()
    memory, declared = city.memory, city.pack.one(CITY)
    # What a simulated city says to its own machine leaves nothing.
    sends = Outgoing(loopback=declared.simulated)
    courier = Courier(memory.pool, sends, memory.keys.service_key(HOOKS), moment.now)

    return (
        Job(
            "governance.follow",
            _MOMENT_S,
            partial(follow_street, ledger=memory.ledger, origin=declared.ledger_origin),
        ),
        Job("governance.hooks", _MOMENT_S, courier.run),
        Job("governance.purge_hooks", _DAY_S, courier.purge),
    )


def nightly_jobs_of(city: City) -> Sequence[Job]:
    """The jobs that look through everything, for minutes."""
    zone = city.pack.one(CITY).clock_zone()
    return (Job("ledger.fold", _HOUR_S, partial(folded_again, memory=city.memory, zone=zone)),)


def outbox_jobs_of(_city: City, outbox: Outbox | None) -> Sequence[Job]:
    """What sends sealed facts to the sink of a city, if it has one; the same whatever version of its pack holds."""
    return (Job("ledger.outbox", _SECOND_S, outbox.run),) if outbox else ()


def lines_of(present: Present, settings: Settings, address: str) -> Sequence[Line]:
    """The lines of a running city: whatever takes long, or waits for others, keeps no deadline and no lot waiting."""
    sending = partial(outbox_jobs_of, outbox=outbox_of(present.city.memory.ledger, settings))
    posting = partial(post_jobs_of, settings=settings, address=address)
    return (
        Line(lasting(present, jobs_of), _DUE),
        Line(lasting(present, list_jobs_of), settings.data / _LISTS),
        Line(lasting(present, outside_jobs_of), _OUTSIDE),
        Line(lasting(present, posting), _POST),
        Line(lasting(present, sending), _OUTBOX, looks=True),
        Line(lasting(present, nightly_jobs_of), _NIGHTLY, looks=True),
    )


def lasting(present: Present, jobs: Callable[[City], Sequence[Job]]) -> Sequence[Job]:
    """The same jobs for as long as the process lives: each run is done by the city as it is at that moment."""

    def done_by_the_present(name: str) -> Callable[[datetime], Awaitable[int]]:
        async def run(now: datetime) -> int:
            job = next((job for job in jobs(present.city) if job.name == name), None)
            return await job.run(now) if job else 0

        return run

    return [Job(job.name, job.every_s, done_by_the_present(job.name)) for job in jobs(present.city)]
