"""How far a report came, for whoever has its number and nothing else: what everybody may see, and no word of it."""

from typing import Final

from starlette.responses import Response

from onecity.governance import store
from onecity.governance.web.centre import Centre
from onecity.governance.web.reporting import AT
from onecity.machinery.web import Visit

ROOT: Final = "/reports"
_LONGEST: Final = 40


class LookingUp:
    """The page that takes a number. Programs ask the same of Open311."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def page(self, visit: Visit) -> Response:
        """The field for the number, and what belongs to it."""
        number = visit.request.query_params.get("q", "").replace("\0", "").strip()[:_LONGEST].upper()
        rows: list[store.RequestRow] = []
        if number:
            async with self._centre.office.ledger.readers.acquire() as connection:
                rows = await store.requests(connection, numbers=[number], limit=1)
        places, scribe = self._centre.street.ground.places, self._centre.scribe
        found = [
            {
                "row": row,
                "title": scribe.matter(visit.lang, row.matter),
                "stage": visit.say(f"governance.stage.{row.result or row.stage}"),
                "says": visit.say(f"governance.says.{row.result or row.stage}"),
                "place": " ".join(places.chain(row.area)),
            }
            for row in rows
        ]
        title = visit.say("governance.look_up")
        return visit.page(AT + "looking_up.html", title=title, number=number, found=found, back_url="/report")
