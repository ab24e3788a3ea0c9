"""A pack in several versions: the shipped one with an item that only tests have, and edits of it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import uuid4

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.packs import Pack, load_pack

Edit = Callable[[Path], None]

ANSWERS: Final = {"stall_name": "老周茶摊"}
"""A good application for the tea stall."""

_AGENCY: Final = """
name: {zh: 茶摊管理处, en: Tea Stall Office}
kind: department
does: {zh: 茶摊, en: Tea stalls}
area: "410100"
phone: 0371-9999-0001
complaints: 0371-9999-0002
"""
_FIELD: Final = """
ask: {zh: 茶摊的招牌写什么？, en: What does the sign of the stall say?}
type: text
examples:
  - {given: 老周茶摊, gives: good, because: a name}
"""
_MATERIAL: Final = """
name: {zh: 茶具照片, en: Photograph of the tea set}
hint: {zh: 拍清楚, en: In focus}
accept: [pdf]
"""
_BECAUSE: Final = '{law: 行政许可法, article: "32", version: 2019-04-23}'
_PROCESS: Final = f"""
name: {{zh: 摆茶摊, en: Setting up a tea stall}}
begins: [tasting]
steps:
  tasting:
    name: {{zh: 品茶, en: Tasting}}
    duty: services.accept
    because: {_BECAUSE}
    outcomes:
      nod:
        name: {{zh: 点头, en: Nod}}
        opens: [pouring]
        clock: starts
        letter: services.accepted
      frown:
        name: {{zh: 皱眉, en: Frown}}
        ends: declined
        letter: services.declined
  pouring:
    name: {{zh: 倒茶, en: Pouring}}
    duty: services.decide
    because: {_BECAUSE}
    outcomes:
      pour: {{name: {{zh: 倒满, en: Pour}}, ends: granted, letter: services.granted}}
results:
  granted: {{zh: 摆上了, en: Set up}}
  declined: {{zh: 没摆上, en: Not set up}}
examples:
  - {{given: [tasting/nod, pouring/pour], gives: granted, because: good tea}}
"""
_ITEM: Final = f"""
name: {{zh: 茶摊许可, en: Tea stall permit}}
plain: {{zh: 摆茶摊要先办, en: You need it before you pour tea}}
kind: permit
subject: person
agency: tea_office
process: tea
basis: {_BECAUSE}
limit: {{number: 20, unit: working_days, because: {_BECAUSE}}}
in_force: 2020-01-01
result: {{name: {{zh: 茶摊证, en: Tea stall paper}}, kind: document}}
handling: promised
visits: 0
online: [acceptance, handling]
conditions:
  - {{say: {{zh: 茶是热的, en: The tea is hot}}, origin: example}}
remedy: {{reconsideration_days: 60, suit_months: 6, because: {_BECAUSE}}}
asks:
  - {{field: stall_name, because: {{zh: 证上要写, en: It stands on the licence}}}}
needs:
  - {{material: tea_set, why: {{zh: 看茶具干净不干净, en: To see that it is clean}}, origin: example}}
faq:
  - {{ask: {{zh: 凉茶呢？, en: And cold tea?}}, answer: {{zh: 一样要办, en: The same}}}}
examples:
  - {{given: {{stall_name: 老周茶摊}}, gives: complete, because: every question is answered}}
"""
_HOURS: Final = """
fixed: {01-01: 元旦}
office_hours: [{opens: "09:00", closes: "17:00"}]
examples:
  - {from: 2020-09-22, working_days: 1, gives: 2020-09-23, because: the next day}
"""

FIELD_FILE: Final = "services/fields/stall_name.yaml"
ITEM_FILE: Final = "services/items/tea_stall.yaml"
PROCESS_FILE: Final = "casework/processes/tea.yaml"


def writing(file: str, text: str) -> Edit:
    def edit(folder: Path) -> None:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, "utf-8")

    return edit


def replacing(file: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), "utf-8")

    return edit


def tea(folder: Path) -> None:
    """A tea stall with everything that belongs to it."""
    for file, text in {
        "agencies/tea_office.yaml": _AGENCY,
        FIELD_FILE: _FIELD,
        "services/materials/tea_set.yaml": _MATERIAL,
        PROCESS_FILE: _PROCESS,
        ITEM_FILE: _ITEM,
    }.items():
        writing(file, text)(folder)


def known_until(year: int) -> Edit:
    """A calendar that was not published beyond a year."""

    def edit(folder: Path) -> None:
        writing("calendar/calendar.yaml", _HOURS)(folder)
        for notice in (folder / "calendar" / "notices").glob("*.yaml"):
            if int(notice.stem) > year:
                notice.unlink()

    return edit


def pack_folder(parent: Path, *edits: Edit) -> Path:
    """A copy of the shipped pack, edited."""
    folder = parent / f"pack_{uuid4().hex[:8]}"
    shutil.copytree(shipped_pack(), folder)
    for edit in edits:
        edit(folder)
    return folder


def pack_of(folder: Path) -> Pack:
    """The pack in a folder; it has no fault."""
    pack, faults = load_pack(folder, KINDS)
    assert [str(fault) for fault in faults] == []
    return pack


def in_2020(folder: Path) -> None:
    """Let every item be in force in the year in which tests play, also those whose law came later."""
    for item in (folder / "services" / "items").glob("*.yaml"):
        text = re.sub(r"(?m)^in_force: 20\S+$", "in_force: 2020-01-01", item.read_text("utf-8"))
        item.write_text(text, "utf-8")


def edited(parent: Path, *edits: Edit) -> Pack:
    """The shipped pack as of 2020, edited; without edits it is read once, whoever asks, for nobody changes a pack."""
    if edits:
        return pack_of(pack_folder(parent, in_2020, *edits))
    if not _PLAIN:
        _PLAIN.append(pack_of(pack_folder(parent, in_2020)))
    return _PLAIN[0]


_PLAIN: Final[list[Pack]] = []


TWELVE_DAYS: Final = replacing(ITEM_FILE, "number: 20", "number: 12")
