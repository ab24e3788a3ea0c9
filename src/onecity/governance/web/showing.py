"""How the street looks from outside, and how what comes from there is taken: matters as services, cases as requests."""

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from onecity.governance.addresses import street_named
from onecity.governance.declared import Matter
from onecity.governance.facts import Point
from onecity.governance.open311 import Attribute, Definition, Extended, Posted, Request, Service, Value, Why
from onecity.governance.rules import Tell
from onecity.governance.store import RequestRow
from onecity.governance.usecases import Street
from onecity.kernel.refusal import Refused
from onecity.notices.writing import Scribe
from onecity.places import Places

CONDITION: Final = "condition"
"""The attribute by which whoever reports says what they see, out of the conditions of the matter."""
_STREET_DIGITS: Final = 9
_LAST: Final = time(23, 59, 59)


class Shown(msgspec.Struct, frozen=True):
    """The street in one language, as of a day."""

    street: Street
    scribe: Scribe
    lang: str
    zone: ZoneInfo
    today: date

    def say(self, key: str, **params: object) -> str:
        """A sentence of this interface."""
        return self.scribe.words.say(self.lang, f"governance.open311.{key}", **params)

    def service(self, matter: Matter) -> Service:
        """A matter as a service."""
        named = self.street.catalogue.group(matter)
        group = named.said(self.lang) if named else self.say("own_group")
        name = matter.called.said(self.lang)
        part = self.street.catalogue.parts.get(matter.part)
        return Service(
            service_code=matter.code,
            service_name=name,
            description=self.say("service", name=name, group=group),
            metadata=bool(self.street.filing.of(matter.code, self.today)),
            keywords=",".join(dict.fromkeys((group, part.name) if part else (group,))),
            group=group,
        )

    def definition(self, matter: Matter) -> Definition:
        """What can be said about a matter: which of its conditions one sees. Nobody has to."""
        found = self.street.filing.of(matter.code, self.today)
        values = tuple(Value(one.id, one.files.said(self.lang)) for one in found)
        attributes = (Attribute(CONDITION, self.say("condition"), values),) if values else ()
        return Definition(matter.code, attributes)

    def request(self, row: RequestRow, *, extended: bool, media: str | None) -> Request:
        """A report as everybody may see it, with the address of a released photograph if it has one."""
        matter, agency = self.street.catalogue.matter(row.matter), row.lead or self.street.rules.centre
        longitude, latitude = self._middle(row.cell)
        return Request(
            service_request_id=row.number,
            status="open" if row.result is None else "closed",
            status_notes=self.say(f"stage.{row.stage}"),
            service_name=matter.called.said(self.lang) if matter else row.matter,
            service_code=row.matter,
            agency_responsible=self.scribe.agency(self.lang, agency),
            service_notice=self.say("notice", day=row.answer_by.isoformat()),
            requested_datetime=self._instant(row.reported),
            updated_datetime=self._instant(row.changed),
            expected_datetime=self._expected(row),
            address=self.street.ground.places.full_name(row.area),
            address_id=row.cell or row.area,
            lat=latitude,
            long=longitude,
            media_url=media,
            extended_attributes=self._extended(row, agency) if extended else msgspec.UNSET,
        )

    def _extended(self, row: RequestRow, agency: str) -> Extended:
        answer_by = row.answer_by.isoformat()
        return Extended(row.stage, row.result, answer_by, row.area, agency, row.reports)

    def _expected(self, row: RequestRow) -> str | None:
        if row.result is not None:
            return None
        if row.due_at is not None:
            return self._instant(row.due_at)
        return self._instant(datetime.combine(row.due or row.answer_by, _LAST, self.zone))

    def _instant(self, at: datetime) -> str:
        # A program asks again for what changed after the last change it saw, so parts of a second stay.
        return at.astimezone(self.zone).isoformat()

    def _middle(self, cell: str | None) -> tuple[float, float] | tuple[None, None]:
        """The middle of a cell: where exactly something was reported is nobody's to see."""
        return (self.street.ground.cells.middle(cell) if cell else None) or (None, None)


def tell_of(posted: Posted, definition: Definition, places: Places, shown: Shown, today: date) -> Tell | Refused:
    """What a program posted, as a report: attributes and the address of a medium become a part of its words."""
    said = _said(posted, definition, shown)
    if isinstance(said, Refused):
        return said
    point = Point(*posted.position) if posted.position else None
    area = "" if point else _area(posted, places, today)
    if point is None and not area:
        return Refused(Why.NO_PLACE)
    return Tell(
        words=said, matter=posted.service, point=point, area=area, address=posted.address, contact=posted.contact
    )


def _said(posted: Posted, definition: Definition, shown: Shown) -> str | Refused:
    known = {one.code: {value.key: value.name for value in one.values} for one in definition.attributes}
    lines = [posted.words]
    for code, values in posted.attributes.items():
        if code not in known:
            return Refused(Why.NO_ATTRIBUTE)
        if not known[code].keys() >= set(values):
            return Refused(Why.NO_VALUE, {"field": code})
        lines += [shown.say("seen", value=known[code][value]) for value in dict.fromkeys(values)]
    if posted.media:
        lines.append(shown.say("medium", address=posted.media))
    return "\n".join(line for line in lines if line)


def _area(posted: Posted, places: Places, today: date) -> str:
    """The street of an address: by the code of a street, community or cell, else by the one name that stands in it."""
    code = posted.place[:_STREET_DIGITS]
    if places.holds(code, today) and len(code) == _STREET_DIGITS:
        return code
    return street_named(posted.address, places, today)
