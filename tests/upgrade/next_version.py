"""A next version of the program: a renamed column, a changed projection and a new version of a fact.

It is this checkout with a few places written otherwise, so that it follows every change of the house.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HOUSE: Final = Path(__file__).parents[2]

WIDEN: Final = """
alter table projections.problems add answer_day date, add weekday int;
update projections.problems set answer_day = answer_by;
create function projections.answer_by_both_names() returns trigger language plpgsql as $$
begin
    new.answer_day := coalesce(new.answer_day, new.answer_by);
    new.answer_by := coalesce(new.answer_by, new.answer_day);
    return new;
end $$;
create trigger answer_by_both_names before insert or update on projections.problems
    for each row execute function projections.answer_by_both_names();
"""
"""What both programs can work with: the older one writes `answer_by`, the newer one `answer_day`."""

NARROW: Final = """
drop trigger answer_by_both_names on projections.problems;
drop function projections.answer_by_both_names;
alter table projections.problems drop answer_by, alter answer_day set not null;
"""

STEPS: Final = {"0901_answer_day.sql": WIDEN, "0902_answer_by_goes.contract.sql": NARROW}

OTHERWISE: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "governance/projections.py": (
        ("(case_id, number, source, matter, area, cell, answer_by, reported, stage, changed)",
         "(case_id, number, source, matter, area, cell, answer_day, reported, stage, changed, weekday)"),
        ('" select t.*, t.reported from"', '" select t.*, t.reported, extract(isodow from t.answer_by)::int from"'),
    ),
    "governance/store/problems.py": ((" p.lead, p.answer_by, ", " p.lead, p.answer_day, "),),
    "governance/store/requests.py": ((" o.answer_by, ", " o.answer_day, "),),
    "governance/facts.py": (
        ("    contact: Annotated[str | None, Personal(subject=\"subject\", kept=_KEPT)]\n    photos: tuple",
         "    contact: Annotated[str | None, Personal(subject=\"subject\", kept=_KEPT)]\n    asked: bool\n    photos: tuple"),
        ('FactType("governance.reported", Reported)',
         'FactType("governance.reported", Reported, version=2, upcasts={1: lambda data: {**data, "asked": False}})'),
    ),
    "governance/usecases/reporting.py": (("        answer_by=answer_by(street, today),", "        answer_by=answer_by(street, today), asked=True,"),),
}  # fmt: skip
"""By file: what stands there, once, and what the next version says instead."""


def next_version(folder: Path) -> Path:
    """The sources of the next version, in a folder of their own."""
    made = folder / "next" / "src"
    shutil.copytree(HOUSE / "src", made, ignore=shutil.ignore_patterns("__pycache__"))
    (made.parent / "packs").symlink_to(HOUSE / "packs")
    for file, changes in OTHERWISE.items():
        path = made / "onecity" / file
        text = path.read_text("utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{file} says {text.count(old)} times: {old}"
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
    for name, sql in STEPS.items():
        (made / "onecity" / "governance" / "schema" / name).write_text(sql, "utf-8")
    return made
