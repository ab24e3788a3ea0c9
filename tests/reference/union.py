"""One form for many items, slow and obvious: lists, loops, and the pack's files as a plain YAML reader reads them.

What it says: a fact is asked where it is first needed, and not at all where another question asks for it; a thing is brought unless one of the items gives it; an item
waits for those that give what it needs; questions are asked in steps, each section of the pack a step of its own.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Need:
    """What an item asks and needs, in the order of its file, and what it gives."""

    asks: tuple[str, ...]
    needs: tuple[str, ...]
    gives: str | None


@dataclass(frozen=True)
class Forms:
    """What a pack says about forms: its items, the section of each field, the number of each section, and which
    question is answered by which other one.
    """

    items: Mapping[str, Need]
    section_of: Mapping[str, str | None]
    order_of: Mapping[str, int]
    same: Sequence[tuple[str, str]]


def forms_in(folder: Path) -> Forms:
    """What stands in a pack's files."""
    services = folder / "services"
    written = _written(services)
    items = written | _offered(services)
    sections = {name: field.get("section") for name, field in plain_yaml(services / "fields").items()}
    sections |= {row["id"]: row["section"] for row in plain_csv(services / "short_fields.csv")}
    sections |= dict.fromkeys(_questions(services, set(items)))
    return Forms(
        items=items,
        section_of=sections,
        order_of={name: int(section["order"]) for name, section in plain_yaml(services / "sections").items()},
        same=[(row["id"], row["by"]) for row in plain_csv(services / "same_questions.csv")],
    )


def _written(services: Path) -> dict[str, Need]:
    """The items that have a file each."""
    return {
        name: Need(
            asks=tuple(one["field"] for one in item["asks"]),
            needs=tuple(one["material"] for one in item.get("needs", ())),
            gives=item["result"].get("material"),
        )
        for name, item in plain_yaml(services / "items").items()
    }


def _offered(services: Path) -> dict[str, Need]:
    """The items that have a line each: what their papers are called stands in the lines of their demands."""
    papers: dict[str, list[str]] = {}
    for row in plain_csv(services / "listed_demands.csv"):
        item, paper = row["id"].split(".")[0], (row["material"] or row["id"]).replace(".", "_")
        if row["what"] == "material" and row["met_by"] not in ("form", "sign_in"):
            mine = papers.setdefault(item, [])
            if paper not in mine:
                mine.append(paper)
    return {
        row["id"]: Need(tuple(row["asks"].split()), tuple(papers.get(row["id"], ())), None)
        for row in plain_csv(services / "offered_items.csv")
    }


def _questions(services: Path, known: set[str]) -> list[str]:
    """The questions of those listed events that are one form."""
    found = []
    for row in plain_csv(services / "listed_events.csv"):
        sure, maybe = row["items"].split(), [one.split("?") for one in row["maybe"].split()]
        whole = sure and len(sure) + len(maybe) > 1 and all(len(one) == 2 for one in maybe)
        if whole and known >= {*sure, *(one[0] for one in maybe)}:
            found += [one[1] for one in maybe]
    return found


def plain_csv(file: Path) -> list[dict[str, str]]:
    """The rows of a table, all of it text."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def plain_yaml(folder: Path) -> dict[str, Any]:
    """Every file of a folder by the name of the file, all of it text."""
    files = sorted(folder.glob("*.yaml"))
    return {file.stem: yaml.load(file.read_text("utf-8"), Loader=yaml.CBaseLoader) for file in files}


def asked(forms: Forms, chosen: Sequence[str], first: Sequence[str] = ()) -> list[str]:
    """The facts that are asked, those that decide before the others."""
    found = list(first)
    for item in chosen:
        for field in forms.items[item].asks:
            if field not in found:
                found.append(field)
    spared = [field for field, other in forms.same if field in found and other in found and field not in first]
    return [field for field in found if field not in spared]


def brought(forms: Forms, chosen: Sequence[str]) -> list[str]:
    """The things that somebody must bring."""
    found: list[str] = []
    for item in chosen:
        for thing in forms.items[item].needs:
            if thing not in found and not any(forms.items[other].gives == thing for other in chosen):
                found.append(thing)
    return found


def waited_for(forms: Forms, chosen: Sequence[str], item: str) -> list[str]:
    """The chosen items that give what an item needs."""
    return sorted(other for other in chosen if forms.items[other].gives in forms.items[item].needs)


def all_come(forms: Forms, chosen: Sequence[str]) -> bool:
    """Whether every item gets its turn: round by round those begin that wait for nobody any more."""
    left = list(chosen)
    while left:
        ready = [item for item in left if not any(other in left for other in waited_for(forms, chosen, item))]
        if not ready:
            return False
        left = [item for item in left if item not in ready]
    return True


def steps(forms: Forms, chosen: Sequence[str], first: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The steps of the form: its questions, the sections by number and name, what belongs to no section."""
    left = [field for field in asked(forms, chosen, first) if field not in first]
    sections = sorted(forms.order_of, key=lambda name: (forms.order_of[name], name))
    found = [("questions", list(first))]
    found += [(section, [field for field in left if forms.section_of[field] == section]) for section in sections]
    found += [("rest", [field for field in left if forms.section_of[field] is None])]
    return [(name, fields) for name, fields in found if fields]
