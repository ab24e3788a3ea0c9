"""Pages of the register of parts: a search by number, kind and place, and one part with its history of problems."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from onecity.governance.parts import PartRow, is_part_number
from onecity.governance.parts.store import Box, PartProblem
from onecity.governance.rules import Why
from onecity.governance.usecases.parts import part_of, problems_of, searched
from onecity.governance.web.centre import Centre
from onecity.governance.web.reporting import AT
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Paging, Visit

ROOT: Final = "/street/parts"
_A_PAGE: Final = 50
_MOST_PROBLEMS: Final = 100
_WIDEST: Final = 0.2
"""Degrees of a box, each way: some twenty kilometres, more than anybody looks over."""
_LONGEST: Final = 80


class PartPages:
    """What stands on the street, for officers. Nothing here is about a person."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def search(self, visit: Visit) -> Response:
        """The parts that a number, a kind and a box have in common."""
        typed = {name: visit.request.query_params.get(name, "")[:_LONGEST].strip() for name in ("q", "kind", "box")}
        box = _box(typed["box"])
        wrong = {
            "q": visit.say("governance.parts.no_number") if typed["q"] and not is_part_number(typed["q"]) else "",
            "box": visit.say("governance.parts.no_box") if typed["box"] and box is None else "",
        }
        paging = Paging.uncounted(visit, _A_PAGE)
        rows: Sequence[PartRow] = ()
        asked = any(typed.values())
        if asked and not any(wrong.values()):
            rows = await searched(
                ledger=self._centre.office.ledger, number=typed["q"] or None, kind=typed["kind"] or None, box=box,
                limit=paging.one_more, offset=paging.offset,
            )  # fmt: skip
        page, paging = paging.cut(rows)
        return visit.page(
            AT + "parts.html",
            status=422 if any(wrong.values()) else 200,
            title=visit.say("governance.parts"),
            typed=typed,
            wrong=wrong,
            asked=asked,
            kinds=self._kinds(visit),
            rows=[self._row(visit, one) for one in page],
            paging=paging,
        )  # fmt: skip

    async def part(self, visit: Visit) -> Response:
        """One part: what the register tells of it, and the cases that were about it."""
        ledger = self._centre.office.ledger
        part = await part_of(visit.path("part"), ledger=ledger)
        if part is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        problems = await problems_of(part.number, ledger=ledger, limit=_MOST_PROBLEMS)
        return visit.page(
            AT + "part.html",
            title=self._kind(visit, part.kind),
            part=part,
            facts=self._facts(visit, part),
            state=visit.say("governance.part.withdrawn" if part.withdrawn else f"governance.part.state.{part.state}"),
            problems=[self._problem(visit, one) for one in problems],
            back_url=ROOT,
        )

    def _problem(self, visit: Visit, one: PartProblem) -> dict[str, Any]:
        return {
            "href": f"/street/{one.case}",
            "title": self._centre.scribe.matter(visit.lang, one.matter),
            "subtitle": one.number,
            "side": visit.say(f"governance.stage.{one.stage if one.result is None else one.result}"),
            "meta": self._centre.scribe.instant(visit.lang, one.reported),
        }

    def _facts(self, visit: Visit, part: PartRow) -> list[dict[str, Any]]:
        places = self._centre.street.ground.places
        found = [
            ("number", part.number),
            ("kind", f"{part.kind} {self._kind(visit, part.kind)}"),
            ("place", places.full_name(part.area)),
            ("cell", part.cell),
            ("point", f"{part.longitude:.6f} {part.latitude:.6f}"),
            ("agency", self._centre.scribe.agency(visit.lang, part.agency)),
            ("owner", part.owner),
            ("source", part.source),
        ]
        return [{"term": visit.say(f"governance.part.{name}"), "value": value} for name, value in found if value]

    def _row(self, visit: Visit, part: PartRow) -> dict[str, Any]:
        place = self._centre.street.ground.places.full_name(part.area) or part.area
        return {
            "href": f"{ROOT}/{part.number}",
            "title": f"{self._kind(visit, part.kind)} {part.number}",
            "subtitle": f"{place} · {self._centre.scribe.agency(visit.lang, part.agency)}",
            "side": visit.say(f"governance.part.state.{part.state}"),
        }

    def _kind(self, visit: Visit, code: str) -> str:
        kind = self._centre.street.catalogue.parts.get(code)
        return kind.called.said(visit.lang) if kind else code

    def _kinds(self, visit: Visit) -> list[dict[str, Any]]:
        """The kinds of the catalogue as options, class by class."""
        catalogue = self._centre.street.catalogue
        named = {group: text for one in catalogue.standards for group, text in one.parts.items()}
        groups: dict[str, list[dict[str, str]]] = {}
        for code, kind in catalogue.parts.items():
            groups.setdefault(kind.group, []).append({"value": code, "label": kind.called.said(visit.lang)})
        return [
            {"label": named[group].said(visit.lang) if group in named else group, "options": options}
            for group, options in groups.items()
        ]


def _box(text: str) -> Box | None:
    """West, south, east and north as somebody types them; None if it is no box, or a very wide one."""
    try:
        west, south, east, north = (float(edge) for edge in text.replace("，", ",").split(","))
    except ValueError:
        return None
    fits = 0 <= east - west <= _WIDEST and 0 <= north - south <= _WIDEST
    return (west, south, east, north) if fits and abs(west) <= 180 and abs(south) <= 90 else None
