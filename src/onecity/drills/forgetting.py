"""The forgetting drill: somebody is forgotten, and nothing that the city keeps or publishes names them any more."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

from onecity.drills.agreeing import facts_agree
from onecity.drills.cities import RunningCity, onecity, opens
from onecity.drills.figures import plain
from onecity.drills.proving import Claim, Drill, Ground, Proof, none_of, went_well
from onecity.drills.traces import Traces, times

_PHONE: Final = "13912345678"
_APART: Final = ("simulated_accounts.json",)
"""Whom the drill may take is named there; a city with real people has no such file."""


def _do(ground: Ground) -> Proof:
    city = RunningCity(ground.city())
    try:
        city.start()
        traces = Traces(city, _PHONE)
        person = city.newcomer(phone=_PHONE)
        before = traces.in_database(city)
        gone = onecity("person", "forget", person, "--data", str(city.data))
        claims = tuple(_nowhere(city, traces, ground.folder / "export"))
        listed = person in (city.data / "keys-deleted").read_text("ascii")
    finally:
        city.clean()
    left = [basis.name for basis in opens(city.data, UUID(person))]
    return Proof(
        claims=(
            went_well("drills.forgetting.asked", gone),
            Claim("drills.forgetting.there", bool(before), "nothing was found before either"),
            Claim("drills.forgetting.listed", listed),
            none_of("drills.forgetting.keys", left),
            *claims,
        ),
        figures=(plain("drills.forgetting.places", float(len(before)), ""),),
    )


def _nowhere(city: RunningCity, traces: Traces, export: Path) -> Iterator[Claim]:
    """Nothing names somebody any more, and what is left is whole."""
    where = ("--data", str(city.data))
    yield none_of("drills.forgetting.database", traces.in_database(city))
    yield went_well("drills.forgetting.exported", onecity("ledger", "export", str(export), *where))
    yield none_of("drills.forgetting.files", _seen_in_files(traces.secrets, city.data, export))
    yield from facts_agree(*where)


def _seen_in_files(secrets: Mapping[str, str], *folders: Path) -> list[str]:
    found = list[str]()
    for path in _files(folders):
        found += [f"{name} in {path.name}" for name, number in times(secrets, path.read_bytes()).items() if number]
    return found


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    """All files but those of the database: what it holds is asked of it, and its log lives as long as a backup."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and "postgres" not in path.relative_to(folder).parts and path.name not in _APART:
                yield path


FORGETTING: Final = Drill(name="forgetting", do=_do, beside=True)
