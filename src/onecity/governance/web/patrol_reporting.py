"""What an inspector finds on the way: reported in two taps, also when they put it right at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import Why as CaseWhy
from onecity.governance.dangers import dangers_in
from onecity.governance.photos import WrongPhoto
from onecity.governance.rules import Found
from onecity.governance.rules.patrolling import LOOKS
from onecity.governance.store import latest_problems
from onecity.governance.usecases.filing import may_file_at_once
from onecity.governance.usecases.patrolling import tell_on_patrol
from onecity.governance.usecases.reporting import Placed, place_of, subject_of
from onecity.governance.web.centre import Centre
from onecity.governance.web.choosing import matters, streets
from onecity.governance.web.patrol import ROOT, owner_of, point_of
from onecity.governance.web.reporting import AT, field_of
from onecity.governance.web.telling import danger_card
from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit

_FIELDS: Final = ("words", "matter", "area", "address")
_OFTEN: Final = 6
"""Matters that stand on the page as buttons."""
_LATELY: Final = timedelta(days=30)
_COUNTED: Final = 200
"""Newest reports of the city among which the frequent matters are looked for."""


class PatrolReporting:
    """The form of those who walk the street; what it takes goes the way of every report."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def form(self, visit: Visit) -> Response:
        """The form, empty."""
        return await self._form(visit, {}, "")

    async def send(self, visit: Visit) -> Response:
        """Take the report; words of danger come back first, with the numbers to call."""
        typed = {name: visit.form.text(name) for name in _FIELDS}
        found = dangers_in(typed["words"], self._centre.street.rules)
        if found and visit.form.text("sure") != "yes":
            return await self._form(visit, visit.form.fields, "", dangers=found)
        # A button names a kind, or a condition with its kind.
        kind, _, condition = visit.form.text("kind").partition("/")
        command = Found(
            typed["words"], kind or typed["matter"], point_of(visit), typed["area"], typed["address"],
            condition=condition,
        )  # fmt: skip
        placed = place_of(command, self._centre.street, now=visit.now)
        if isinstance(placed, Refused):
            return await self._form(visit, visit.form.fields, visit.say(placed.reason), field=field_of(placed))
        by = self._centre.acting_in(visit, LOOKS, placed.area)
        if by is None:
            return visit.refuse(Refused(CaseWhy.NOT_YOUR_DUTY))
        return await self._taken(visit, command, placed, by)

    async def _taken(self, visit: Visit, command: Found, placed: Placed, by: Acting) -> Response:
        centre, key = self._centre, visit.form.key()
        subject = subject_of(by, key, now=visit.now)
        photos, after = [await centre.photo_of(visit, name, subject) for name in ("photo", "after")]
        if isinstance(photos, WrongPhoto) or isinstance(after, WrongPhoto):
            wrong, field = (photos, "photo") if isinstance(photos, WrongPhoto) else (after, "after")
            return await self._form(visit, visit.form.fields, visit.say(str(wrong)), field=field)
        done = await tell_on_patrol(
            msgspec.structs.replace(command, photos=photos), placed,
            after if visit.form.text("put_right") == "yes" else None,
            street=centre.street, key=key, by=by, now=visit.now,
        )  # fmt: skip
        if isinstance(done, Refused):
            field = "after" if done.reason == "governance.no_evidence" else field_of(done)
            return await self._form(visit, visit.form.fields, visit.say(done.reason, **done.details), field=field)
        return visit.go(f"{ROOT}?told={done.number}")

    async def _form(
        self, visit: Visit, typed: Mapping[str, str], wrong: str, *, field: str = "words", dangers: Sequence[Any] = ()
    ) -> Response:
        known = matters(visit, self._centre)
        return visit.page(
            AT + "patrol_report.html",
            status=422 if wrong else 200,
            title=visit.say("governance.patrol.report"),
            typed=typed,
            wrong=wrong,
            field=field,
            dangers=[danger_card(visit, one) for one in dangers],
            frequent=await self._frequent(visit, known),
            matters=known,
            streets=streets(self._centre),
            key=visit.form.text("key") or uuid4(),
            owner=owner_of(visit, self._centre),
            back_url=ROOT,
        )

    async def _frequent(self, visit: Visit, groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The matters that came most often of late, then the first of the catalogue, with their conditions if somebody
        who names one need not wait for a person at the centre.
        """
        street = self._centre.street
        known = {option["value"]: option for group in groups for option in group["options"]}
        async with self._centre.office.ledger.readers.acquire() as connection:
            rows = await latest_problems(connection, since=visit.now - _LATELY, until=visit.now, limit=_COUNTED)
        came = Counter(row.matter for row in rows if row.matter in known)
        codes = dict.fromkeys([*(code for code, _ in came.most_common(_OFTEN)), *known])
        named = street.filing if may_file_at_once(street.process) else None
        return [
            {
                **known[code],
                "conditions": [
                    {"value": one.id, "label": one.files.said(visit.lang)}
                    for one in (named.of(code, visit.today) if named else ())
                ],
            }
            for code in list(codes)[:_OFTEN]
        ]
