"""What anybody may ask of the ledger: its newest checkpoint, and whether one fact stands in it.

A fact is asked for by the id of its history and its number in it. What is told is its fingerprint, never its words:
they name officers and other histories. Who holds its bytes, from an export or `onecity ledger prove`, compares them.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Reason, Refused
from onecity.ledger.checkpoint import CheckpointKey
from onecity.ledger.prove import Proof, Unproven, prove
from onecity.ledger.tree import leaf_hash
from onecity.machinery.postgres import Readers
from onecity.machinery.web import EVERYBODY, Operation, Route, Visit
from onecity.machinery.web.visit import read_id

_AT: Final = "ledger/web/templates/"
_PROOFS: Final = Rate(60, 60)
_SHOWN: Final = 16
"""Signs of a root that people compare by eye; the whole stands in the checkpoint."""


class Shown(msgspec.Struct, frozen=True):
    """That a leaf stands in the tree: its hash, its position, the hashes from it to the root, the signed root.

    Hashes are base64; `path` begins beside the leaf. Source: RFC 6962 §2.1.1.
    """

    position: int
    leaf: str
    path: tuple[str, ...]
    checkpoint: str
    key: str


class Why(Reason):
    """Why nothing is proven."""

    NO_SUCH_FACT = "ledger.no_such_fact"
    BEING_CHECKED = "ledger.being_checked"


class Proofs:
    """The pages, and the same for programs."""

    def __init__(self, readers: Readers, key: CheckpointKey, folder: Path) -> None:
        self._readers = readers
        self._key = key
        self._folder = folder

    def routes(self) -> Sequence[Route]:
        return (
            Route("GET", "/proof", EVERYBODY, self.front),
            Route("GET", "/proof/checkpoint", EVERYBODY, self.checkpoint),
            Route("GET", "/proof/{stream}/{version}", EVERYBODY, self.fact, _PROOFS, may_lag=True),
        )

    def operations(self) -> Sequence[Operation]:
        says = "The proof that a fact stands in the ledger, to be checked with RFC 6962 alone"
        path = "/api/proof/{stream}/{version}"
        return (Operation("GET", path, EVERYBODY, self.machine, says, Shown, rate=_PROOFS, may_lag=True),)

    async def front(self, visit: Visit) -> Response:
        """The newest checkpoint, and the question for one fact."""
        stream, version = (visit.request.query_params.get(name, "").strip() for name in ("stream", "version"))
        if stream:
            asked = read_id(stream)
            if asked is not None and _number(version):
                return visit.go(f"/proof/{asked}/{version}")
        point = self._key.published(self._folder)
        return visit.page(
            _AT + "proof.html",
            status=422 if stream else 200,
            title=visit.say("ledger.proof"),
            size=point.size if point else 0,
            root=point.root.hex()[:_SHOWN] if point else "",
            stream=stream,
            version=version or "1",
            wrong=visit.say("ledger.proof.no_number") if stream else "",
            back_url="/",
        )

    async def checkpoint(self, visit: Visit) -> Response:
        """The newest checkpoint as it was signed; whoever keeps it can show later that nothing before it changed."""
        del visit
        point = self._key.published(self._folder)
        if point is None:
            raise HTTPException(404)
        return Response(self._key.signed(point), media_type="text/plain; charset=utf-8")

    async def fact(self, visit: Visit) -> Response:
        """One fact: where it stands, under which root."""
        found = await self._proof(visit)
        if isinstance(found, Refused):
            return visit.refuse(found)
        stream, version = visit.path("stream"), visit.path("version")
        size = found.checkpoint.split("\n")[1]
        return visit.page(
            _AT + "fact.html",
            title=visit.say("ledger.proof.stands"),
            stream=stream,
            version=version,
            position=found.position + 1,
            size=int(size),
            leaf=found.leaf,
            steps=len(found.path),
            href=f"/api/proof/{stream}/{version}",
            back_url="/proof",
        )

    async def machine(self, visit: Visit, _: None) -> Shown | Refused:
        return await self._proof(visit)

    async def _proof(self, visit: Visit) -> Shown | Refused:
        stream, version = visit.id("stream"), _number(visit.path("version"))
        found = await self._proven(stream, version) if stream is not None and version else Unproven.ABSENT
        if isinstance(found, Unproven):
            return Refused(Why.NO_SUCH_FACT if found is Unproven.ABSENT else Why.BEING_CHECKED)
        leaf = b64encode(leaf_hash(b64decode(found.entry))).decode()
        return Shown(found.position, leaf, found.path, found.checkpoint, found.key)

    async def _proven(self, stream: UUID, version: int) -> Proof | Unproven:
        async with self._readers.acquire() as connection:
            return await prove(connection, self._key, stream, version, folder=self._folder)


def _number(text: str) -> int:
    """The number of a fact in its history; 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0
