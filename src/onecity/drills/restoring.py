"""The restore drill: a backup under load, an accident, and the city again on an empty machine."""

import asyncio
import json
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx

from onecity.bootstrap.memory import DELETED
from onecity.bootstrap.moment import now
from onecity.drills.agreeing import facts_agree
from onecity.drills.cities import RunningCity, onecity, opens
from onecity.drills.figures import Figure, plain
from onecity.drills.proving import Claim, Drill, Ground, Proof, none_of, went_well
from onecity.drills.reporters import Reporter
from onecity.drills.store import archived_now, wrecked
from onecity.drills.traces import Traces

_PHONE: Final = "13912345679"
_PAUSES_S: Final = (0.7, 4.0)
_FEW: Final = 5
_A_SECOND_S: Final = 0.6
_AFTER: Final = timedelta(seconds=0.5)


class _Lost:
    """A city with a backup, in which somebody with too many rights and the wrong window was at work."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.city = RunningCity(data)
        self.copies, self.vault, self.third = folder / "backup", folder / "vault", folder / "third"
        self.seconds = 0.0

    def happen(self) -> None:
        """Report, back up, go on reporting, forget somebody, wreck the database, lose the machine."""
        self.city.start()
        self.traces = Traces(self.city, _PHONE)
        self.person = UUID(self.city.newcomer(phone=_PHONE))
        crowd = self.crowd = Reporter(self.city.address, pauses_s=_PAUSES_S)
        crowd.start()
        crowd.more(_FEW)
        began = time.monotonic()
        self.made = self._backed_up()
        self.seconds = time.monotonic() - began
        # The key of each report after the backup is in the second copy alone.
        crowd.more(_FEW)
        self.until = now()
        time.sleep(_A_SECOND_S)
        crowd.more(2)
        self.at_work = crowd.is_alive()
        crowd.over.set()
        crowd.join()
        forgotten = onecity("person", "forget", str(self.person), "--data", str(self.city.data))
        assert forgotten.returncode == 0, forgotten.stderr
        owner = self.city.cluster().address("onecity_owner")
        asyncio.run(wrecked(owner))
        # What lies in the log of the database goes to the archive now, not within the minute.
        asyncio.run(archived_now(owner))
        self.city.clean()
        shutil.rmtree(self.city.data)

    def _backed_up(self) -> dict[str, Any]:
        """Back up twice, after one that broke off long ago; what the second made."""
        (self.copies / "base" / "20200101T000000000000Z.new").mkdir(parents=True)
        first, second = (self._copy() for _ in range(2))
        stamps = {path.name for path in (self.copies / "base").iterdir()}
        self.left = stamps - {second["stamp"], f"{second['stamp']}.json"}
        # Nobody restores from less of the log than the oldest copy needs.
        label = (self.copies / "base" / second["stamp"] / "backup_label").read_text("utf-8")
        needed = label.partition("(file ")[2].partition(")")[0]
        self.log = min(path.name for path in (self.copies / "wal").iterdir() if not path.suffix) >= needed
        self.left |= {path.name for path in (self.copies / "rest").iterdir()} & {first["stamp"]}
        return second

    def _copy(self) -> dict[str, Any]:
        words = ("--keys", str(self.vault), "--deleted", str(self.third), "--keep", "1", "--json")
        made = onecity("backup", str(self.copies), *words, "--data", str(self.city.data))
        assert made.returncode == 0, made.stderr
        found: dict[str, Any] = json.loads(made.stdout)
        return found

    def restored(self, data: Path, keys: Path, *more: str) -> Claim:
        words = ("--keys", str(keys), "--to", self.until.isoformat(), "--data", str(data), *more)
        return went_well("drills.claim.restored", onecity("restore", str(self.copies), *words))


def _do(ground: Ground) -> Proof:
    lost = _Lost(ground.city("lost"), ground.folder)
    try:
        lost.happen()
    finally:
        if lost.city.data.exists():
            lost.city.clean()
    again, began = RunningCity(ground.folder / "again"), time.monotonic()
    # Of the three lists of destroyed keys each is enough: here the third, then the one beside the copies of the keys.
    for folder in (lost.copies, lost.vault):
        (folder / DELETED).rename(folder / "away")
    restored = lost.restored(again.data, lost.vault, "--deleted", str(lost.third))
    seconds = time.monotonic() - began
    (lost.vault / "away").rename(lost.vault / DELETED)
    week = lost.restored(ground.folder / "last_week", lost.vault / lost.made["stamp"])
    try:
        again.start()
        found = _looked_at(again, lost)
        named = lost.traces.in_database(again)
        tree = facts_agree("--data", str(again.data))
    finally:
        again.clean()
    both = [data.name for data in (again.data, ground.folder / "last_week") if opens(data, lost.person)]
    at_work = Claim("drills.claim.under_load", lost.at_work)
    only = Claim("drills.restore.only_last", not lost.left and lost.log, ", ".join(sorted(lost.left)))
    forgotten = none_of("drills.claim.forgotten_again", both), none_of("drills.restore.named", named)
    claims = (at_work, only, restored, week, *forgotten, *found, *tree)
    return Proof(claims=claims, figures=_figures(lost, seconds))


def _figures(lost: _Lost, seconds: float) -> tuple[Figure, ...]:
    return (
        plain("drills.restore.backed_up", lost.seconds, "s"),
        plain("drills.restore.restored", seconds, "s"),
        plain("drills.restore.reports", float(len(lost.crowd.told)), ""),
    )


def _looked_at(again: RunningCity, lost: _Lost) -> tuple[Claim, ...]:
    """All that was acknowledged before the instant is there, and nothing of what came after it."""
    before = [one for one in lost.crowd.told if one.at < lost.until]
    after = [one for one in lost.crowd.told if one.at > lost.until + _AFTER]
    with httpx.Client(base_url=again.address, timeout=30, trust_env=False) as visitor:
        missing = [one.number for one in before if one.number not in visitor.get(one.follow).text]
        later = [one.number for one in after if visitor.get(one.follow).status_code != httpx.codes.NOT_FOUND]
    return (
        Claim("drills.claim.both_sides", len(before) >= 2 * _FEW and bool(after), f"{len(before)}, {len(after)}"),
        none_of("drills.claim.lost", missing),
        none_of("drills.claim.later", later),
    )


RESTORE: Final = Drill(name="restore", do=_do, beside=True)
