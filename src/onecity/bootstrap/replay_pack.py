"""The pack of a replay: tables made from the file, everything that files do not say taken from the packs at hand."""

import csv
import shutil
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from onecity.bootstrap.content import shipped_pack
from onecity.governance.replay import CENTRE, EAST, NORTH, VERIFIERS, Request, agency_of, rows_of, street_codes

_HERE: Final = files("onecity") / "bootstrap"
_LAWS: Final = _HERE / "first_pack_files" / "casework" / "laws"
_OWN: Final = _HERE / "replay_pack_files"
_DUTIES: Final = ("accept", "chief", "dispatch", "handle", "inspect", "verify")
_BORROWED: Final = (
    "casework/laws/simulated_street_rules.yaml",
    "casework/processes/street_problem.yaml",
    *(f"people/duties/governance.{duty}.yaml" for duty in _DUTIES),
)
"""What the replay has in common with the shipped city: the same process is what is put to the test."""
_AREA: Final = "025000"
_GRID: Final = f"""# Cells of about 99 m by 100 m, in squares of ten by ten. Nobody surveyed them.
since: 2000-01-01
simulated: true
source:
  zh: 文件里请求的坐标；单元网格是模拟的
  en: The points of the requests in the file; cells are simulated
lattice: {{east: {EAST}, north: {NORTH}}}
"""


def shipped_replay_pack() -> Path:
    """The folder of the pack that comes with OneCity for replays."""
    return shipped_pack().parent / "boston-2011"


def crosswalk(folder: Path) -> Mapping[str, str]:
    """The matters of the shipped city by the types of the file, as a pack of a replay has them."""
    path = folder / "crosswalk.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["type"]: row["matter"] for row in csv.DictReader(file)}


def write_replay_pack(folder: Path, requests: Sequence[Request]) -> None:
    """Write the pack of a file into a folder; what was written there before for the same tables is replaced.

    A crosswalk that is there already is kept, and one of the shipped pack is taken over.
    """
    known = {**crosswalk(shipped_replay_pack()), **crosswalk(folder)}
    for name, text in _fixed(requests):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    for name in _BORROWED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shipped_pack() / name, folder / name)
    for name, rows in rows_of(requests, known).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def _fixed(requests: Sequence[Request]) -> Iterable[tuple[str, str]]:
    for law in _LAWS.iterdir():
        yield f"casework/laws/{law.name}", law.read_text("utf-8")
    for own in _OWN.iterdir():
        yield own.name.replace("__", "/"), own.read_text("utf-8")
    yield f"agencies/{CENTRE}.yaml", _agency("请求中心（模拟）", "Requests centre (simulated)", 1)
    yield f"agencies/{VERIFIERS}.yaml", _agency("核查处（模拟）", "Verification office (simulated)", 2)
    built = ", ".join(f"'{code}'" for code in street_codes(requests).values())
    yield "places/grid.yaml", _GRID + f"built_up: [{built}]\ncore: []\n"
    agencies = {agency_of(one.agency): one.agency or "no department" for one in requests}
    for number, (name, said) in enumerate(sorted(agencies.items()), 3):
        yield f"agencies/{name}.yaml", _agency(f"{said}（文件里的部门）", f"{said}, a department of the file", number)


def _agency(zh: str, en: str, number: int) -> str:
    """An agency; its telephone numbers reach nobody."""
    return (
        f'name: {{zh: "{_said(zh)}", en: "{_said(en)}"}}\n'
        "kind: department\n"
        'does: {zh: "重放文件里的请求，办事的人是模拟的", en: "Requests of a file, replayed by simulated officers"}\n'
        f'area: "{_AREA}"\n'
        f"phone: 0000-0000-{2 * number:04}\n"
        f"complaints: 0000-0000-{2 * number + 1:04}\n"
    )


def _said(text: str) -> str:
    return text.replace("\\", "").replace('"', "")
