"""The tamper drill: somebody with all rights of the database, or of the published files, changes what was."""

import asyncio
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from onecity.drills.agreeing import checked, outsider_agrees
from onecity.drills.cities import RunningCity, onecity
from onecity.drills.figures import at_least, plain
from onecity.drills.proving import Claim, Drill, Ground, Proof, none_of
from onecity.drills.store import TAMPERINGS, alarms, brought_back, forgery_removed, saved, tampered
from onecity.machinery.postgres import Address

_APPLICATIONS: Final = 6
_PATIENCE_S: Final = 60.0
_SEEN_BY: Final = {"row": ("rebuild", "--check")}
"""What finds a change in the database, where it is not the comparison of facts and tree."""
_LIVE: Final = "forgery"
"""What the running city itself must find."""


def _do(ground: Ground) -> Proof:
    city = RunningCity(ground.city())
    try:
        city.start()
        citizen = city.program()
        for _ in range(_APPLICATIONS):
            citizen.apply()
        citizen.close()
        before = outsider_agrees(ground.folder / "before", "--data", str(city.data))
        forged = _forged(_owner(city))
        city.stop()
        asyncio.run(saved(_owner(city)))
        found = [_found(city, how) for how in TAMPERINGS if how != _LIVE]
        files = list(_files(ground.folder))
    finally:
        city.clean()
    return Proof(
        claims=(before, forged, *found, none_of("drills.tamper.files", [one for one, seen in files if not seen])),
        figures=(
            at_least("drills.tamper.tried", [float(len(found) + 1)], "", len(TAMPERINGS)),
            plain("drills.tamper.bytes", float(len(files)), ""),
        ),
    )


def _forged(owner: Address) -> Claim:
    asyncio.run(tampered(owner, _LIVE))
    until = time.monotonic() + _PATIENCE_S
    while not (seen := asyncio.run(alarms(owner))) and time.monotonic() < until:
        time.sleep(0.2)
    asyncio.run(forgery_removed(owner))
    return Claim("drills.tamper.forgery", seen == 1, str(seen))


def _owner(city: RunningCity) -> Address:
    """The database, whose cluster each command stops that found it stopped."""
    return city.cluster().address("onecity_owner")


def _found(city: RunningCity, how: str) -> Claim:
    """Whether a change is found, and nothing any more when it is taken back."""
    where = (*_SEEN_BY.get(how, ("verify",)), "--data", str(city.data))
    asyncio.run(tampered(_owner(city), how))
    seen = onecity("ledger", *where)
    asyncio.run(brought_back(_owner(city)))
    clean = onecity("ledger", *where)
    said = seen.stdout + seen.stderr + clean.stdout + clean.stderr
    return Claim(f"drills.tamper.{how}", seen.returncode == 1 and clean.returncode == 0, said.strip())


def _files(folder: Path) -> Iterator[tuple[str, bool]]:
    """Each published file with one bit of it changed, and whether an outsider finds it."""
    for path in sorted(one for one in (folder / "before").rglob("*") if one.is_file()):
        name, copy = path.relative_to(folder / "before"), folder / "changed"
        shutil.copytree(folder / "before", copy)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        (copy / name).write_bytes(content)
        said = checked(copy)
        yield str(name), said.returncode != 0 and "Traceback" not in said.stderr
        shutil.rmtree(copy)


TAMPER: Final = Drill(name="tamper", do=_do, beside=True)
