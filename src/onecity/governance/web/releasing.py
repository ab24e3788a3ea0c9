"""The page on which a person decides whether everybody may see a photograph, and with masks over what."""

from asyncio import to_thread
from typing import Any, Final
from uuid import uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import Moved
from onecity.casework import Why as CaseWhy
from onecity.governance import store
from onecity.governance.detecting import MEASURED, Proposal, proposal_behind, proposal_sealed
from onecity.governance.facts import PhotoKeptBack, PhotoReleased, PhotoWithdrawn
from onecity.governance.masking import MOST_BOXES, Mask, MaskKind, between, read, size_of, written
from onecity.governance.rules.releasing import RELEASING, WhyNot
from onecity.governance.usecases.releasing import Picture, keep_back, release, withdraw
from onecity.governance.web.centre import Centre, Looked
from onecity.kernel.acting import Acting
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit

_WIDTHS: Final = (("small", 320), ("large", 680))
"""The picture twice, for narrow and for wide windows. Where a tap lands is told in pixels as it is shown."""
_ENDS: Final = ("release", "keep_back", "withdraw")
"""What the form may decide; everything else redraws it."""
_NAME: Final = 64
"""Signs of the name of a copy."""
_FOR_A_WHILE: Final = {"cache-control": "public, max-age=60"}
"""A release that is withdrawn is gone from everywhere within a minute."""


class Drawn(msgspec.Struct, frozen=True):
    """What stands on the page: the masks so far, the first corner of the next, and what the detector had proposed.

    Without a `proposal` of the city for this photograph nothing is released.
    """

    masks: tuple[Mask, ...]
    proposal: Proposal | None = None
    corner: tuple[int, int] | None = None


class Releasing:
    """Propose, mark, release, keep back, withdraw; and the copies for everybody."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def page(self, visit: Visit) -> Response:
        """The photograph with what the detector proposes, or with the masks of its release."""
        asked = await self._asked(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        looked, content = asked
        shown = looked.problem.shown(visit.path("photo"))
        if shown is not None:
            return await self._page(visit, looked, content, Drawn(shown.masks))
        proposal = await self._proposed(visit, content)
        return await self._page(visit, looked, content, Drawn(proposal.masks or (), proposal))

    async def decide(self, visit: Visit) -> Response:
        """Add or remove a mask and show the page again, or decide."""
        asked = await self._asked(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        looked, content = asked
        drawn, do = _drawn(visit, self._centre.secret), visit.form.text("do")
        if drawn is None:
            return visit.refuse(Refused(WhyNot.WRONG_MASKS, {"most": MOST_BOXES}))
        forged = Refused(WhyNot.WRONG_PROPOSAL) if drawn.proposal is None else None
        if do not in _ENDS:
            return await self._page(visit, looked, content, _redrawn(visit, drawn, size_of(content)), forged)
        done = await self._done(visit, looked, drawn)
        if isinstance(done, Refused):
            return await self._page(visit, looked, content, drawn, done)
        return visit.go(f"/street/{looked.case.id}")

    async def shown(self, visit: Visit) -> Response:
        """A released copy, for everybody."""
        name = visit.path("copy")
        if len(name) != _NAME or not name.isascii() or not name.isalnum():
            return visit.refuse(Refused(CaseWhy.NOT_FOUND))
        async with self._centre.office.ledger.readers.acquire() as connection:
            row = await store.released(connection, name)
        content = await to_thread(self._centre.photos.open_copy, row.subject, name) if row else None
        if content is None:
            return visit.refuse(Refused(CaseWhy.NOT_FOUND))
        return Response(content, media_type="image/jpeg", headers=_FOR_A_WHILE | {"etag": f'"{name}"'})

    async def _done(self, visit: Visit, looked: Looked, drawn: Drawn) -> Moved | Refused:
        picture = Picture(CaseId(looked.case.id), looked.report.told.subject, visit.path("photo"))
        centre, reason, do = self._centre, visit.form.text("reason"), visit.form.text("do")
        how: dict[str, Any] = {
            "street": centre.street, "key": visit.form.key(), "by": _author(visit, looked), "now": visit.now
        }  # fmt: skip
        if do == "keep_back":
            return await keep_back(picture, reason, **how)
        if do == "withdraw":
            return await withdraw(picture, reason, photos=centre.photos, **how)
        if drawn.proposal is None:
            return Refused(WhyNot.WRONG_PROPOSAL)
        return await release(picture, drawn.masks, drawn.proposal, photos=centre.photos, **how)

    async def _proposed(self, visit: Visit, content: bytes) -> Proposal:
        """What the detector proposes for the photograph of the path."""
        proposer = self._centre.proposer
        found = await proposer.propose(content)
        masks = None if found is None else tuple(one.mask for one in found)
        return Proposal(visit.path("photo"), proposer.detector.name, proposer.detector.version, masks)

    async def _asked(self, visit: Visit) -> tuple[Looked, bytes] | Refused:
        """The case, whose look is recorded, and the photograph."""
        looked = await self._centre.look(visit)
        if isinstance(looked, Refused):
            return looked
        if _author(visit, looked).duty is None:
            return Refused(CaseWhy.NOT_YOUR_DUTY)
        name = visit.path("photo")
        content = self._centre.photos.open(looked.report.told.subject, name) if name in looked.photos else None
        return Refused(CaseWhy.NOT_FOUND) if content is None else (looked, content)

    async def _page(
        self, visit: Visit, looked: Looked, content: bytes, drawn: Drawn, no: Refused | None = None
    ) -> Response:
        """The page; where there is something to release, its form carries what the detector proposes."""
        width, height = size_of(content)
        shown = looked.problem.shown(visit.path("photo"))
        path = f"/street/{looked.case.id}/photos/{visit.path('photo')}"
        proposal = drawn.proposal or (None if shown else await self._proposed(visit, content))
        return visit.page(
            "governance/web/templates/release.html",
            status=422 if no else 200,
            title=visit.say("governance.release"),
            row=looked.row,
            matter=self._centre.scribe.matter(visit.lang, looked.row.matter),
            image=path,
            url=f"{path}/release",
            sizes=[{"name": name, "width": wide, "height": round(wide * height / width)} for name, wide in _WIDTHS],
            width=width,
            height=height,
            corner=drawn.corner,
            masks=_boxes(visit, drawn),
            written=written(drawn.masks),
            wrong=visit.say(no.reason, **no.details) if no else "",
            field="reason" if no and no.reason is WhyNot.NO_REASON else "",
            reason=visit.form.text("reason"),
            box=visit.form.text("box") if no and visit.form.text("do") in _ENDS else "",
            shown=shown,
            sealed=proposal_sealed(proposal, self._centre.secret) if proposal else "",
            proposal=_says(visit, proposal) if proposal else "",
            misses=visit.say("governance.release.misses", **msgspec.structs.asdict(MEASURED)),
            key=uuid4(),
            back_url=f"/street/{looked.case.id}",
        )


def _author(visit: Visit, looked: Looked) -> Acting:
    """The visitor in the first duty that may release there; without one, the visitor alone."""
    opened = looked.case.opened
    acting = [visit.acting_as(duty, opened.agency, opened.area) for duty in RELEASING]
    return next((one for one in acting if one.duty is not None), acting[0])


def _says(visit: Visit, proposal: Proposal) -> str:
    """Who proposed how many masks."""
    return visit.say(
        "governance.release.none_proposed" if proposal.masks is None else "governance.release.proposed",
        detector=f"{proposal.detector} {proposal.version}",
        number=len(proposal.masks or ()),
    )


def _drawn(visit: Visit, secret: bytes) -> Drawn | None:
    """What the form carries from page to page; None if nobody's page wrote it."""
    masks, corner = read(visit.form.text("masks")), read(visit.form.text("corner"))
    if masks is None or corner is None:
        return None
    first = (corner[0].left, corner[0].top) if corner else None
    return Drawn(masks, proposal_behind(visit.form.text("proposal"), visit.path("photo"), secret), first)


def _redrawn(visit: Visit, drawn: Drawn, size: tuple[int, int]) -> Drawn:
    """The page after a button of a mask, four numbers, or a tap: first a corner, then the corner across."""
    gone = visit.form.text("remove")
    if gone.isdecimal() and gone.isascii() and len(gone) <= 2:
        return msgspec.structs.replace(
            drawn, masks=tuple(one for at, one in enumerate(drawn.masks, 1) if at != int(gone))
        )
    typed = read(f"{visit.form.text('box').replace(' ', '').replace('，', ',')},{MaskKind.OTHER}")
    if typed:
        return msgspec.structs.replace(drawn, masks=(*drawn.masks, *typed)[:MOST_BOXES], corner=None)
    tapped = _tapped(visit, size)
    if tapped is None or drawn.corner is None:
        return msgspec.structs.replace(drawn, corner=tapped)
    masks = (*drawn.masks, between(drawn.corner, tapped))
    return msgspec.structs.replace(drawn, masks=masks[:MOST_BOXES], corner=None)


def _tapped(visit: Visit, size: tuple[int, int]) -> tuple[int, int] | None:
    """Where the picture was tapped. Units: pixels of the photograph, from those of the picture as it was shown."""
    width, height = size
    for name, wide in _WIDTHS:
        x, y = (visit.form.text(f"{name}.{axis}") for axis in "xy")
        if x.isascii() and y.isascii() and x.isdecimal() and y.isdecimal() and len(x) <= 5 and len(y) <= 5:
            return min(int(x) * width // wide, width - 1), min(int(y) * width // wide, height - 1)
    return None


def _boxes(visit: Visit, drawn: Drawn) -> list[dict[str, Any]]:
    return [
        {
            "x": one.left, "y": one.top, "width": one.right - one.left, "height": one.bottom - one.top,
            "says": visit.say(f"governance.mask.{one.kind}"),
        }
        for one in drawn.masks
    ]  # fmt: skip


def pictures(visit: Visit, looked: Looked) -> list[dict[str, Any]]:
    """The photographs of a case, each with who may see it, and where whoever may decide that does so."""
    may = _author(visit, looked).duty is not None
    found: list[dict[str, Any]] = []
    after = {name for one in looked.problem.evidence for name in one.photos}
    for name in looked.photos:
        href = f"/street/{looked.case.id}/photos/{name}"
        kind = "reported" if name in looked.report.told.photos else "after" if name in after else "seen"
        match looked.problem.decided.get(name):
            case PhotoReleased():
                stands = "released"
            case PhotoKeptBack():
                stands = "kept_back"
            case PhotoWithdrawn():
                stands = "withdrawn"
            case _:
                stands = "undecided"
        found.append({
            "href": href,
            "says": visit.say(f"governance.photo.{kind}"),
            "stands": visit.say(f"governance.release.stands.{stands}"),
            "release": f"{href}/release" if may else "",
        })  # fmt: skip
    return found
