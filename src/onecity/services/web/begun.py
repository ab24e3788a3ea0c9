"""What an officer has begun to write on a page: kept whenever they press a button, found again by whoever comes back.

A page answers each button with a way back to itself, so what a browser remembers are pages and no forms on their way:
going back or loading one again sends nothing anew, and shows what was kept last.
"""

from typing import Final

import msgspec
from starlette.responses import Response

from onecity.machinery.web import Visit
from onecity.machinery.web.forms import Form
from onecity.services.drafts import Drafts

DISCARD: Final = "discard"
"""What the button says that throws away what was begun."""
LOOK: Final = "look"
SEND: Final = "send"
_LOOKS: Final = (LOOK, SEND)
_OF_THE_PAGE: Final = ("csrf", "key")
"""What comes with a page and not from whoever writes."""


class Begun:
    """What officers have begun, each by the path of its page, sealed under the key of whoever writes."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    async def found(self, visit: Visit) -> Visit | None:
        """The visit as if the form stood in it as it was sent last; None if nothing was begun.

        Whether to look at what is wrong, the address says: whoever comes from elsewhere only goes on writing.
        """
        kept = await self._drafts.resume(visit.someone.person, visit.request.url.path)
        if kept is None:
            return None
        asked, fields = visit.request.query_params.get(LOOK, ""), dict(kept.typed)
        if asked in _LOOKS:
            fields["do"] = asked
        elif fields.get("do") in _LOOKS:
            del fields["do"]
        return msgspec.structs.replace(visit, form=Form(fields))

    async def _keep(self, visit: Visit) -> None:
        """Keep what stands in the form that was sent, right or wrong."""
        fields = {name: text for name, text in visit.form.fields.items() if name not in _OF_THE_PAGE}
        await self._drafts.keep(visit.someone.person, visit.request.url.path, fields, now=visit.now)

    async def taken(self, visit: Visit) -> Response | None:
        """Keep what was sent; where it is to be thrown away, the way to the page without it."""
        if visit.form.text("do") != DISCARD:
            await self._keep(visit)
            return None
        await self.drop(visit)
        return visit.go(visit.request.url.path)

    async def drop(self, visit: Visit) -> None:
        """It was handed over, or thrown away."""
        await self._drafts.drop(visit.someone.person, visit.request.url.path)


def again(visit: Visit, at: str = "") -> str:
    """The way back to the page of a form that was kept: to a part of it, or to a look at what was written."""
    path, do = visit.request.url.path, visit.form.text("do")
    if do == LOOK:
        return f"{path}?{LOOK}={LOOK}#preview"
    if do in ("", SEND):
        return f"{path}?{LOOK}={SEND}"
    return f"{path}#{at}" if at else path
