"""Checking a licence: for everybody, without signing in, and without a word that is not proven."""

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from onecity.licences.identifier import Identifier, read_identifier
from onecity.licences.verdict import Verdict
from onecity.licences.web.cabinet import AT, TAG, Cabinet
from onecity.machinery.web import Visit

LIST_LIFE_S = 30


class Check:
    """The page that checks an identifier, and the lists that let others check without asking the city."""

    def __init__(self, cabinet: Cabinet) -> None:
        self._cabinet = cabinet

    async def form(self, visit: Visit) -> Response:
        """Type or paste an identifier."""
        given = visit.request.query_params.get("identifier", "").strip()
        if given:
            return visit.go(f"/verify/{quote(given, safe='')}")
        return visit.page(AT + "verify.html", title=visit.say("licences.verify"), back_url="/")

    async def answer(self, visit: Visit) -> Response:
        """What the city says of an identifier now."""
        asked = visit.path("identifier")
        read = read_identifier(asked)
        found = await self._cabinet.checked(asked, lang=visit.lang, now=visit.now)
        return visit.page(
            AT + "verified.html",
            status=404 if found.verdict is Verdict.UNKNOWN else 200,
            title=found.name or visit.say(f"licences.verdict.{found.verdict}"),
            found=found,
            tag_kind=TAG[found.verdict],
            asked=str(read) if isinstance(read, Identifier) else asked[:200],
            back_url="/verify",
        )

    async def status(self, visit: Visit) -> Response:
        """One of the signed lists, as it was published."""
        note = self._cabinet.lists.note(visit.path("shard"))
        if note is None:
            raise HTTPException(404)
        headers = {"cache-control": f"public, max-age={LIST_LIFE_S}"}
        return Response(note, media_type="text/plain; charset=utf-8", headers=headers)
