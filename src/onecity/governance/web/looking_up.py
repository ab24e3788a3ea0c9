"""How far a report came, for whoever has its number and nothing else: what everybody may see, and no word of it."""

import re
from typing import Final
from unicodedata import normalize

from starlette.responses import Response

from onecity.governance import store
from onecity.governance.web.centre import Centre
from onecity.governance.web.reporting import AT
from onecity.machinery.web import Visit

ROOT: Final = "/reports"
_LONGEST: Final = 500
_DAY: Final = 9
"""Signs of a number before its hyphen: a letter and the day."""
_LINK: Final = re.compile(r"/follow/[\w-]{1,200}", re.ASCII)


def number_of(typed: str) -> str:
    """The number that somebody means: typed in wide signs, in small letters, with spaces, without its hyphen.

    >>> number_of(" ｗ20261127 e2yke5u "), number_of("W20261127-E2YKE5U")
    ('W20261127-E2YKE5U', 'W20261127-E2YKE5U')
    >>> number_of("101"), number_of("")
    ('101', '')
    """
    plain = "".join(re.findall(r"[0-9A-Z]", normalize("NFKC", typed).upper()))
    return f"{plain[:_DAY]}-{plain[_DAY:]}" if len(plain) > _DAY else plain


class LookingUp:
    """The page that takes a number. Programs ask the same of Open311."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def page(self, visit: Visit) -> Response:
        """The field for the number, and what belongs to it. Whoever pastes the link of a report wants its page."""
        typed = visit.request.query_params.get("q", "")[:_LONGEST]
        if link := _LINK.search(typed):
            return visit.go(link[0])
        number = number_of(typed)
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
