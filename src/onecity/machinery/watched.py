"""The work units of the machinery: requests, jobs, database, disk, keys."""

import asyncio
import math
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Final

from onecity.kernel.errors import CannotStart
from onecity.machinery import jobs
from onecity.machinery.blobs import BLOB_BYTES, BLOBS
from onecity.machinery.jobs.store import job_runs
from onecity.machinery.key_copies import behind, copies_of
from onecity.machinery.key_hosts import hosts_seen
from onecity.machinery.keystore import DESTROYED, MADE
from onecity.machinery.postgres.standbys import BEHIND, LACKING
from onecity.machinery.watch import (
    Alert,
    Level,
    Measured,
    Overdue,
    Panel,
    Quantile,
    Rise,
    Severity,
    Share,
    Source,
    WorkUnit,
    fires,
    pick,
    quiet,
    unread,
)
from onecity.machinery.watch.watching import UNREADABLE, UP
from onecity.machinery.web.entrance import INSIDE, SECONDS, TURNED_AWAY
from onecity.machinery.web.reading import READS

IN_USE: Final = unread("onecity_database_pool_in_use", "Connections of readers that somebody holds")
POOL_SHARE: Final = unread("onecity_database_pool_used_ratio", "The same as a share of all that there may be")
FREE_BYTES: Final = unread("onecity_disk_free_bytes", "Free space where the data folder lies")
FREE_SHARE: Final = unread("onecity_disk_free_ratio", "The same as a share of the disk")
COPY_LACKS: Final = unread("onecity_key_copy_lacks", "Keys that a second copy lacks; infinite if it cannot be read")
HOSTS_NAMED: Final = unread("onecity_key_hosts_named", "Key hosts that this machine asks for keys")
HOSTS_AWAY: Final = unread("onecity_key_hosts_away", "Key hosts that do not answer this machine")
HOSTS_UNSURE: Final = unread("onecity_key_hosts_unsure", "Key hosts that have not heard yet what the others have")
_COMPARED_EVERY_S: Final = 300.0
_ASKED_EVERY_S: Final = 30.0
_STREAMS: Final = ".*/live"
"""Routes whose answer lasts as long as somebody looks: how long says nothing."""


async def _read_jobs(source: Source) -> None:
    runs = await job_runs(source.connection)
    for gauge in (jobs.SUCCEEDED, jobs.EVERY, jobs.IN_A_ROW):
        gauge.clear()
    for run in runs:
        jobs.EVERY.labels(run.job).set(run.every_s)
        jobs.IN_A_ROW.labels(run.job).set(run.failures)
        if run.succeeded:
            jobs.SUCCEEDED.labels(run.job).set(run.succeeded.timestamp())


async def _read_pool(source: Source) -> None:
    in_use = source.pool.get_size() - source.pool.get_idle_size()
    IN_USE.set(in_use)
    POOL_SHARE.set(in_use / source.pool.get_max_size())


async def _read_disk(source: Source) -> None:
    found = shutil.disk_usage(source.folder)
    FREE_BYTES.set(found.free)
    FREE_SHARE.set(found.free / found.total)


class Keys:
    """Compares the second copies of the keys now and then: it reads them whole. Key hosts are asked more often."""

    def __init__(self) -> None:
        self._compared: dict[Path, float] = {}
        self._asked: dict[Path, float] = {}

    async def read(self, source: Source) -> None:
        """The keys that the copy which is furthest behind lacks, none if there is no copy; and how the key hosts do."""
        own = source.folder / "keys"
        if time.monotonic() - self._asked.get(own, -math.inf) >= _ASKED_EVERY_S:
            self._asked[own] = time.monotonic()
            seen = await asyncio.to_thread(hosts_seen, own)
            HOSTS_NAMED.set(len(seen))
            HOSTS_AWAY.set(sum(not one.answers for one in seen))
            HOSTS_UNSURE.set(sum(one.answers and not one.whole for one in seen))
        if time.monotonic() - self._compared.get(own, -math.inf) >= _COMPARED_EVERY_S:
            self._compared[own] = time.monotonic()
            COPY_LACKS.set(await asyncio.to_thread(_most_behind, own))


def _most_behind(own: Path) -> float:
    try:
        return max((behind(own / "keys.sqlite", copy / "keys.sqlite") for copy in copies_of(own)), default=0)
    except (OSError, sqlite3.Error, CannotStart):
        return math.inf


_COUNTED: Final = "onecity_request_seconds_count"
_REQUESTS: Final = WorkUnit(
    "machinery.requests",
    "machinery.watch.requests",
    (SECONDS, TURNED_AWAY, INSIDE),
    (
        Panel("Requests a second, by class of status", f"sum by (status) (rate({_COUNTED}[5m]))", Measured.NUMBER,
              "status"),
        Panel("The slowest routes, mean time", "topk(10, sum by (route) (rate(onecity_request_seconds_sum[5m])) / "
              f"sum by (route) (rate({_COUNTED}[5m])))", Measured.SECONDS, "route"),
        Panel("Requests that are being answered", "sum(onecity_requests_inside)", Measured.NUMBER),
    ),
    (
        Alert(
            "RequestsFail", "machinery.watch.requests_fail", "More than 2 % of all requests end with a failure of ours",
            Share(pick(SECONDS, {"status": "5xx"}, suffix="_count"), pick(SECONDS, suffix="_count"), 0.02),
            Severity.WAKE, 300, Measured.SHARE,
            (
                fires("five of a hundred requests a minute fail",
                        ((f'{_COUNTED}{{status="2xx"}}', "0+95x30"), (f'{_COUNTED}{{status="5xx"}}', "0+5x30")), 20),
                quiet("one of a hundred fails",
                        ((f'{_COUNTED}{{status="2xx"}}', "0+99x30"), (f'{_COUNTED}{{status="5xx"}}', "0+1x30")), 20),
                quiet("two of the three requests of a quiet night fail",
                        ((f'{_COUNTED}{{status="2xx"}}', "0 1 1x28"), (f'{_COUNTED}{{status="5xx"}}', "0 2 2x28")), 5),
            ),
        ),
        Alert(
            "RequestsSlow", "machinery.watch.requests_slow", "One request of twenty takes more than a second",
            Quantile(SECONDS, 0.95, 1.0, {"route": _STREAMS}), Severity.MORNING, 600, Measured.SECONDS,
            (
                fires("a tenth takes more than a second", (
                    ('onecity_request_seconds_bucket{route="/a", le="1.0"}', "0+90x30"),
                    ('onecity_request_seconds_bucket{route="/a", le="2.5"}', "0+100x30"),
                    ('onecity_request_seconds_bucket{route="/a", le="+Inf"}', "0+100x30")), 20),
                quiet("only open pages of the street last long", (
                    ('onecity_request_seconds_bucket{route="/a", le="1.0"}', "0+100x30"),
                    ('onecity_request_seconds_bucket{route="/a", le="+Inf"}', "0+100x30"),
                    ('onecity_request_seconds_bucket{route="/street/live", le="1.0"}', "0x30"),
                    ('onecity_request_seconds_bucket{route="/street/live", le="+Inf"}', "0+100x30")), 20),
            ),
        ),
        Alert(
            "CityCrowded", "machinery.watch.crowded", "People are asked to come again because too many are inside",
            Rise(pick(TURNED_AWAY)), Severity.MORNING, 120, Measured.NUMBER,
            (
                fires("some are turned away each minute", (("onecity_requests_turned_away_total", "0+10x20"),), 10),
                quiet("nobody is", (("onecity_requests_turned_away_total", "7x20"),), 10),
            ),
        ),
    ),
)  # fmt: skip

_JOBS: Final = WorkUnit(
    "machinery.jobs",
    "machinery.watch.jobs",
    (jobs.DONE, jobs.BROKEN_OFF, jobs.SECONDS, jobs.SUCCEEDED, jobs.EVERY, jobs.IN_A_ROW),
    (
        Panel("Runs a minute", "sum by (job_name) (rate(onecity_job_seconds_count[5m])) * 60", Measured.NUMBER,
              "job_name"),
        Panel("Mean time of a run", "sum by (job_name) (rate(onecity_job_seconds_sum[15m])) / "
              "sum by (job_name) (rate(onecity_job_seconds_count[15m]))", Measured.SECONDS, "job_name"),
        Panel("Things done a minute", "sum by (job_name) (rate(onecity_jobs_done_total[5m])) * 60", Measured.NUMBER,
              "job_name"),
        Panel("Runs that broke off, in an hour", "sum by (job_name) (increase(onecity_jobs_failed_total[1h]))",
              Measured.NUMBER, "job_name"),
    ),
    (
        Alert(
            "JobFails", "machinery.watch.job_fails", "A job has broken off for a quarter of an hour",
            Level(jobs.IN_A_ROW, 0, "job_name"), Severity.MORNING, 900, Measured.NUMBER,
            (
                fires("it breaks off run after run", (('onecity_job_failures_in_a_row{job_name="payments.collect"}',
                      "0 1+12x30"),), 25),
                quiet("it broke off once and went through the next minute",
                        (('onecity_job_failures_in_a_row{job_name="payments.collect"}', "0 1 0x30"),), 25),
            ),
        ),
        Alert(
            "JobLate", "machinery.watch.job_late", "A job was left out three times and more: nobody does its work",
            Overdue(jobs.SUCCEEDED, jobs.EVERY, "job_name", 300), Severity.WAKE, 120, Measured.SECONDS,
            (
                fires("a job of every five seconds ran last ten minutes ago", (
                    ('onecity_job_success_timestamp_seconds{job_name="casework.silence"}', "0x30"),
                    ('onecity_job_every_seconds{job_name="casework.silence"}', "5x30")), 10),
                quiet("a job of every hour ran last an hour ago", (
                    ('onecity_job_success_timestamp_seconds{job_name="people.forget"}', "0x90"),
                    ('onecity_job_every_seconds{job_name="people.forget"}', "3600x90")), 60),
                quiet("another process took the job over", (
                    ('onecity_job_success_timestamp_seconds{job_name="casework.silence", instance="a"}', "0x30"),
                    ('onecity_job_success_timestamp_seconds{job_name="casework.silence", instance="b"}', "0+60x30"),
                    ('onecity_job_every_seconds{job_name="casework.silence", instance="b"}', "5x30")), 20),
            ),
        ),
    ),
    _read_jobs,
)  # fmt: skip

_DATABASE: Final = WorkUnit(
    "machinery.database",
    "machinery.watch.database",
    (UP, IN_USE, POOL_SHARE, UNREADABLE),
    (Panel("Connections of readers in use", "sum by (instance) (onecity_database_pool_in_use)", Measured.NUMBER,
          "instance"),),
    (
        Alert(
            "DatabaseAway", "machinery.watch.database_away", "The database does not answer: nobody is served",
            Level(UP, 1, low=True), Severity.WAKE, 60, Measured.NUMBER,
            (
                fires("it is away for three minutes", (("onecity_database_up", "1 0x9"),), 4),
                quiet("it came back at once", (("onecity_database_up", "1 0 1x9"),), 4),
            ),
        ),
        Alert(
            "PoolUsedUp", "machinery.watch.pool_used_up", "Nearly all connections of readers are in use",
            Level(POOL_SHARE, 0.95), Severity.MORNING, 300, Measured.SHARE,
            (
                fires("all are, for ten minutes", (("onecity_database_pool_used_ratio", "1x20"),), 10),
                quiet("half of them are", (("onecity_database_pool_used_ratio", "0.5x20"),), 10),
            ),
        ),
    ),
    _read_pool,
)  # fmt: skip

_STANDBYS: Final = WorkUnit(
    "machinery.standbys",
    "machinery.watch.standbys",
    (READS, BEHIND, LACKING),
    (
        Panel("Answers that a standby may give, a second", "sum by (source) (rate(onecity_reads_total[5m]))",
              Measured.NUMBER, "source"),
        Panel("How far the standbys are behind", "max by (standby) (onecity_standby_behind_seconds)",
              Measured.SECONDS, "standby"),
    ),
    (
        Alert(
            "StandbyLacking", "machinery.watch.standby_lacking",
                  "A standby is away or too far behind: all that it could answer is read from the primary",
            Level(LACKING, 0), Severity.MORNING, 600, Measured.NUMBER,
            (
                fires("one is away for twenty minutes", (("onecity_standbys_lacking", "0 1x20"),), 15),
                quiet("one was away while it started again", (("onecity_standbys_lacking", "0 1x3 0x20"),), 15),
            ),
        ),
    ),
)  # fmt: skip

_DISK: Final = WorkUnit(
    "machinery.disk",
    "machinery.watch.disk",
    (FREE_BYTES, FREE_SHARE, BLOBS, BLOB_BYTES),
    (
        Panel("Free space", "min(onecity_disk_free_bytes)", Measured.BYTES),
        Panel("Bytes of photographs and papers kept, a day", "sum(increase(onecity_blob_bytes_kept_total[1d]))",
              Measured.BYTES),
        Panel("Photographs and papers kept, a day", "sum(increase(onecity_blobs_kept_total[1d]))", Measured.NUMBER),
    ),
    (
        Alert(
            "DiskLow", "machinery.watch.disk_low", "Less than a tenth of the disk is free: a full disk stops the city",
            Level(FREE_SHARE, 0.1, low=True), Severity.WAKE, 600, Measured.SHARE,
            (
                fires("a twentieth is free", (("onecity_disk_free_ratio", "0.05x30"),), 15),
                quiet("exactly a tenth is free", (("onecity_disk_free_ratio", "0.1x30"),), 15),
            ),
        ),
    ),
    _read_disk,
)  # fmt: skip

_KEYS: Final = WorkUnit(
    "machinery.keys",
    "machinery.watch.keys",
    (MADE, DESTROYED, COPY_LACKS, HOSTS_NAMED, HOSTS_AWAY, HOSTS_UNSURE),
    (
        Panel("Keys asked for, an hour", "sum(increase(onecity_keys_asked_for_total[1h]))", Measured.NUMBER),
        Panel("Keys destroyed, a day", "sum(increase(onecity_keys_destroyed_total[1d]))", Measured.NUMBER),
        Panel("Key hosts that answer and know all",
              "min(onecity_key_hosts_named - onecity_key_hosts_away - onecity_key_hosts_unsure)", Measured.NUMBER),
    ),
    (
        Alert(
            "KeyHostAway", "machinery.watch.host_away",
                  "A key host does not answer: new keys lie on one disk, and nobody can be forgotten",
            Level(HOSTS_AWAY, 0), Severity.WAKE, 180, Measured.NUMBER,
            (
                fires("one of two is away for ten minutes", (("onecity_key_hosts_away", "0 1x20"),), 10),
                quiet("it was started again", (("onecity_key_hosts_away", "0 1 1 0x20"),), 10),
            ),
        ),
        Alert(
            "KeyCopyBehind", "machinery.watch.copy_behind",
                  "The second copy of the keys lacks some: a lost disk loses people",
            Level(COPY_LACKS, 0), Severity.WAKE, 900, Measured.NUMBER,
            (
                fires("three keys are missing for an hour", (("onecity_key_copy_lacks", "3x60"),), 60),
                fires("the copy cannot be read", (("onecity_key_copy_lacks", "Inf" + 60 * " Inf"),), 60),
                quiet("it caught up after one look", (("onecity_key_copy_lacks", "3x5 0x60"),), 30),
            ),
        ),
    ),
    Keys().read,
)  # fmt: skip

UNITS: Final = (_REQUESTS, _DATABASE, _STANDBYS, _JOBS, _DISK, _KEYS)
