"""The whole catalogue, open to everybody: how much of it there is, counted from the pack in force, and every line."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any, Final, NamedTuple

import msgspec
from starlette.responses import Response

from onecity.machinery.web import Paging, Visit
from onecity.packs import Pack, Text
from onecity.services.counting import EventLevel, Tally, tally
from onecity.services.declared import Quality
from onecity.services.everyday import EVENTS, ITEMS
from onecity.services.linked import linked
from onecity.services.listing import every_event, every_item
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT

_HOME: Final = "/open/catalogue"
_A_PAGE: Final = 50
_ITEM: Final = "item"
_EVENT: Final = "life_event"
_COLUMNS: Final = ("id", "what", "level", "name", "name_en", "agency", "law", "article", "version", "sha256")


class CatalogueLine(msgspec.Struct, frozen=True):
    """An item or a life event: `what` says which, `level` how complete it is, `law` and `article` what sets it up."""

    id: str
    what: str
    level: str
    name: str
    name_en: str
    agency: str
    law: str = ""
    article: str = ""
    version: str = ""
    sha256: str = ""


class CataloguePage(msgspec.Struct, frozen=True):
    """How many there are of each level under a version of the pack, and a page of them."""

    pack: str
    items: dict[str, int]
    events: dict[str, int]
    online: int
    mobile: int
    lines: tuple[CatalogueLine, ...]
    page: int
    goes_on: bool


class _Counted(NamedTuple):
    """The counted pack, and every line of it: what can be done most completely comes first."""

    pack: str
    tally: Tally
    lines: Sequence[CatalogueLine]

    def of(self, name: str) -> Sequence[CatalogueLine]:
        """The lines behind one of the figures; every line where the name is none of theirs."""
        lists = {
            "online": (_ITEM, self.tally.online), "mobile": (_ITEM, self.tally.mobile),
            "days_made_up": (_ITEM, self.tally.days_made_up), "one_agency": (_EVENT, self.tally.one_agency),
        }  # fmt: skip
        if name in lists:
            kind, ids = lists[name][0], set(lists[name][1])
            return [line for line in self.lines if line.what == kind and line.id in ids]
        what = {"items": _ITEM, "events": _EVENT}.get(name)
        return [line for line in self.lines if what in (None, line.what)]


class OpenCatalogue:
    """The page, the table and the operation. A version of the pack is counted once."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def page(self, visit: Visit) -> Response:
        """The figures, each of which leads to its list."""
        found, query = self._now(), visit.request.query_params
        level = query.get("level", "")
        wanted = [line for line in found.of(query.get("list", "")) if level in ("", line.level)]
        paging = Paging.of(visit, len(wanted), _A_PAGE)
        shown = wanted[paging.offset : paging.offset + paging.a_page]
        return visit.page(
            AT + "open_catalogue.html",
            title=visit.say("services.catalogue"),
            version=found.pack[:12],
            figures=self._figures(visit, found.tally),
            tabs=self._tabs(visit, found, level),
            rows=[self._row(visit, line) for line in shown],
            paging=paging,
            back_url="/items",
        )

    async def table(self, _visit: Visit) -> Response:
        """Every line, as a table that spreadsheets read."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(msgspec.structs.astuple(line) for line in self._now().lines)
        headers = {"content-disposition": 'attachment; filename="catalogue.csv"'}
        # The mark in front tells spreadsheets that this is UTF-8.
        return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)

    async def linked(self, _visit: Visit) -> Response:
        """Every item and life event that can be applied for, as linked data in the terms of CPSV-AP."""
        headers = {"content-disposition": 'attachment; filename="catalogue.jsonld"'}
        body = self._counter.catalogue.pack.once(_linked)
        return Response(body, media_type="application/ld+json", headers=headers)

    async def machine(self, visit: Visit, _: None) -> CataloguePage:
        """The same for programs, page by page."""
        found, paging = self._now(), Paging.uncounted(visit, _A_PAGE)
        rest = found.lines[paging.offset : paging.offset + paging.one_more]
        shown, page = paging.cut(rest)
        items = {str(level): len(ids) for level, ids in found.tally.items.items()}
        events = {str(level): len(ids) for level, ids in found.tally.events.items()}
        online, mobile = len(found.tally.online), len(found.tally.mobile)
        return CataloguePage(found.pack, items, events, online, mobile, tuple(shown), page.page, page.goes_on)

    def _now(self) -> _Counted:
        return self._counter.catalogue.pack.once(_counted)

    def _figures(self, visit: Visit, found: Tally) -> list[dict[str, Any]]:
        """What is published: how much is online, on a phone, how many life events, and what lessens these figures."""
        events = sum(len(ids) for ids in found.events.values())
        items = sum(len(ids) for ids in found.items.values())
        figures = {
            "items": items, "online": len(found.online), "mobile": len(found.mobile), "events": events,
            "days_made_up": len(found.days_made_up), "one_agency": len(found.one_agency),
        }  # fmt: skip
        return [
            {
                "href": f"{_HOME}?list={name}",
                "label": visit.say(f"services.catalogue.{name}"),
                "figure": number,
                "unit": visit.say("services.catalogue.unit"),
                "note": visit.say(f"services.catalogue.{name}.means"),
            }
            for name, number in figures.items()
        ]

    def _tabs(self, visit: Visit, found: _Counted, level: str) -> list[dict[str, Any]]:
        """A list for each level, with how many are on it."""
        counts = [*found.tally.events.items(), *found.tally.items.items()]
        every = {"href": _HOME, "label": visit.say("services.catalogue.all"), "count": len(found.lines)}
        return [every | {"current": not level}] + [
            {
                "href": f"{_HOME}?level={one}",
                "label": _level(visit, one),
                "count": len(ids),
                "current": level == one,
            }
            for one, ids in counts
        ]

    def _row(self, visit: Visit, line: CatalogueLine) -> dict[str, str]:
        base = ITEMS if line.what == _ITEM else EVENTS
        return {
            "href": f"{base}{line.id}",
            "title": Text(line.name, line.name_en).said(visit.lang),
            "subtitle": self._counter.agency(line.agency).name.said(visit.lang),
            "meta": _level(visit, line.level),
        }


def _level(visit: Visit, level: str) -> str:
    """A level by its code, which the tables for programs hold, and in words."""
    return f"{level} {visit.say(f'services.level.{level.lower()}')}"


def _counted(pack: Pack) -> _Counted:
    found = tally(pack)
    items = [_item(pack, name, level) for level in reversed(Quality) for name in found.items[level]]
    events = [_event(pack, name, level) for level in reversed(EventLevel) for name in found.events[level]]
    return _Counted(pack.version, found, (*events, *items))


def _item(pack: Pack, name: str, level: Quality) -> CatalogueLine:
    item = every_item(pack)[name]
    basis = item.basis
    law = (basis.law, basis.article, basis.version.isoformat(), basis.sha256 or "") if basis else ()
    return CatalogueLine(name, _ITEM, level, item.name.zh, item.name.en, item.agency, *law)


def _linked(pack: Pack) -> bytes:
    return msgspec.json.encode(linked(pack, ""))


def _event(pack: Pack, name: str, level: EventLevel) -> CatalogueLine:
    event = every_event(pack)[name]
    return CatalogueLine(name, _EVENT, level, event.name.zh, event.name.en, event.lead)
