"""What a drill says of a database that keeps too little, too much, or halves."""

from typing import Any, Final

import msgspec
import pytest

from onecity.drills.machines.losing import silence
from onecity.drills.power_cuts import Applicant, Crowd, judged
from onecity.drills.store import Kept

APPLY: Final = "/api/applications"
RECEIPT: Final = {"number": "1", "cases": ["a"], "missing": []}
WITHDRAWN: Final = {"result": "withdrawn", "case": "a"}
REPORT: Final = {"number": "2", "report": "r", "answer_by": "2026-12-01"}
WHOLE: Final = Kept(
    answers=[RECEIPT, WITHDRAWN, REPORT],
    kinds={"services.applied": 1, "casework.opened": 2, "casework.ended": 1},
    half=[],
)
TOLD: Final = [RECEIPT, WITHDRAWN]


def broken(found: Kept, acknowledged: list[Any], asked: list[str]) -> list[str]:
    return [one.key.rpartition(".")[2] for one in judged(found, acknowledged, asked) if not one.holds]


@pytest.mark.parametrize(
    ("change", "acknowledged", "asked", "found"),
    [
        ({}, TOLD, [APPLY], []),
        ({}, [{**RECEIPT, "missing": ["told by name"]}], [APPLY], []),
        ({}, [{**RECEIPT, "number": "9"}], [APPLY], ["lost"]),
        ({"answers": [REPORT]}, TOLD, [APPLY], ["lost", "half"]),
        ({"answers": [RECEIPT, RECEIPT, WITHDRAWN, REPORT]}, TOLD, [APPLY] * 2, ["doubled", "half"]),
        ({"kinds": {"services.applied": 2, "casework.opened": 2, "casework.ended": 1}}, TOLD, [APPLY], ["half"]),
        ({"kinds": {"services.applied": 1, "casework.opened": 1, "casework.ended": 1}}, TOLD, [APPLY], ["half"]),
        ({"half": [("a", 0, 1)]}, TOLD, [APPLY], ["half"]),
        ({}, TOLD, [], ["asked"]),
    ],
)
def test_each_way_of_being_wrong_breaks_its_claim(
    change: dict[str, Any], acknowledged: list[Any], asked: list[str], found: list[str]
) -> None:
    assert broken(msgspec.structs.replace(WHOLE, **change), acknowledged, asked) == found


def crowd(*times: float) -> Crowd:
    found = Crowd([])
    one = Applicant.__new__(Applicant)
    one.at = list(times)
    found.people = [one]
    return found


@pytest.mark.parametrize(
    ("times", "seconds"), [((9.0, 11.0, 12.0, 20.0, 21.0), 10.0), ((9.0, 10.5), 0.5), ((9.0, 13.0, 14.0), 3.0)]
)
def test_an_outage_lasts_until_the_end_of_the_longest_silence_after_the_blow(
    times: tuple[float, ...], seconds: float
) -> None:
    assert silence(crowd(*times), 10.0) == seconds
