"""A key host: answers the machines of the city, and follows the other host so that each has what either got."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onecity.machinery.key_hosts.lines import Away, Line, Papers
from onecity.machinery.key_hosts.store import Shelf
from onecity.machinery.key_hosts.wire import Changes, Destroy, Find, Found, Keep, Listed, Rows, Service, Since, State

T = TypeVar("T")

_LOOK_S: Final = 0.5
_KEPT_S: Final = 75


class _NotYet(Exception):
    """This host cannot answer before it has heard its peers."""


class _Heard(msgspec.Struct, frozen=True):
    """How far a peer was heard: which life of its disk, which run of its process, how many destroyed keys of it."""

    store: str = ""
    run: str = ""
    told: int = 0


class KeyHost:
    """The shelf of this machine and the lines to its peers.

    After a start it does not know what the others got meanwhile: until it has heard each of them once, or was told
    that it is alone, it says of nobody that they have no key. On a new or restored disk it does not know either what
    was destroyed: until then it answers no machine at all, for a key of its may be one that somebody wanted gone.
    """

    def __init__(self, shelf: Shelf, peers: Sequence[Line], *, alone: bool) -> None:
        self._shelf = shelf
        self._unheard = set() if alone else {peer.url for peer in peers}
        self._peers = peers
        self._heard = {peer.url: _Heard() for peer in peers}
        self._proven = shelf.proven
        self._prove()

    @property
    def whole(self) -> bool:
        return not self._unheard

    def app(self) -> Starlette:
        """The questions that a key host answers."""
        routes: dict[str, Callable[[bytes], msgspec.Struct]] = {
            "/find": self._proved(self._find),
            "/keep": self._proved(self._keep),
            "/destroy": self._proved(self._destroy),
            "/service": self._proved(self._service),
            "/counts": self._proved(lambda _: self._shelf.counted()),
            "/destroyed": self._proved(lambda body: self._shelf.listed(_read(body, Listed).after)),
            "/changes": self._changes,
            "/state": lambda _: State(self._shelf.destroyed, self.whole),
        }
        return Starlette(routes=[Route(path, _answering(answer), methods=["POST"]) for path, answer in routes.items()])

    def _proved(self, answer: Callable[[bytes], msgspec.Struct]) -> Callable[[bytes], msgspec.Struct]:
        def proved(body: bytes) -> msgspec.Struct:
            if not self._proven:
                raise _NotYet
            return answer(body)

        return proved

    def _prove(self) -> None:
        if self.whole and not self._proven:
            self._shelf.prove()
            self._proven = True

    def _find(self, body: bytes) -> Rows:
        subjects = _read(body, Find).subjects
        # What is destroyed in between is named then, and not found: never the other way.
        rows = self._shelf.find(subjects)
        return Rows(rows, self.whole, self._shelf.gone(subjects))

    def _keep(self, body: bytes) -> Rows:
        asked = _read(body, Keep)
        rows = self._shelf.keep(asked.rows, fresh=asked.fresh)
        return Rows(rows, self.whole, self._shelf.gone({name: None for name, _ in asked.rows}))

    def _destroy(self, body: bytes) -> State:
        self._shelf.destroy(_read(body, Destroy).subject)
        return State(self._shelf.destroyed, self.whole)

    def _service(self, body: bytes) -> Found:
        asked = _read(body, Service)
        return Found(self._shelf.service(asked.name, asked.fresh))

    def _changes(self, body: bytes) -> Changes:
        asked = _read(body, Since)
        if asked.store != self._shelf.store:
            # Whoever asks knows another life of this disk: first they learn of which one it is.
            return Changes(self._shelf.store, 0, [], [], more=True)
        if self._shelf.is_behind(asked.after):
            # This disk was put back to an earlier day, and its next numbers would be passed over.
            self._shelf.begin_anew()
            return Changes(self._shelf.store, 0, [], [], more=True)
        told = asked.told if asked.run == self._shelf.run else 0
        return self._shelf.changes(asked.after, None if asked.run is None else told)

    async def follow(self) -> None:
        """Take what the peers got, for as long as the host runs."""
        while True:
            for peer in self._peers:
                try:
                    more = True
                    while more:
                        more = await asyncio.to_thread(self._follow, peer)
                    self._unheard.discard(peer.url)
                    await asyncio.to_thread(self._prove)
                except Away:
                    pass
            await asyncio.sleep(_LOOK_S)

    def _follow(self, peer: Line) -> bool:
        """One stretch of what a peer destroyed and got; whether there is more."""
        known = self._heard[peer.url]
        asked = Since(known.store, self._shelf.followed(known.store), known.run, known.told)
        found = peer.look("/changes", asked, Changes)
        if found.store != known.store:
            self._heard[peer.url] = _Heard(found.store)
            return True
        if found.rows or found.destroyed or peer.url in self._unheard:
            self._shelf.take(found)
        told = known.told if found.run == known.run else 0
        self._heard[peer.url] = _Heard(found.store, found.run, told + len(found.destroyed))
        return found.more


async def serve_keys(
    folder: Path, papers: Papers, peers: Sequence[str], *, host: str, port: int, alone: bool,
    welcome: Callable[[], None], stopping: asyncio.Event | None = None,
) -> None:  # fmt: skip
    """Run a key host until a signal tells it to stop, or `stopping` does. Raises CannotStart."""
    papers.client()
    shelf = Shelf(folder)
    lines = [Line(peer, papers) for peer in peers]
    house = KeyHost(shelf, lines, alone=alone)
    server = uvicorn.Server(
        uvicorn.Config(
            house.app(), host=host, port=port, log_config=None, access_log=False, server_header=False,
            proxy_headers=False, timeout_keep_alive=_KEPT_S, ssl_certfile=papers.machine, ssl_keyfile=papers.key,
            ssl_ca_certs=str(papers.authority), ssl_cert_reqs=ssl.CERT_REQUIRED,
        )
    )  # fmt: skip
    beside = [asyncio.create_task(house.follow()), asyncio.create_task((stopping or asyncio.Event()).wait())]
    for task in beside:
        task.add_done_callback(lambda _: setattr(server, "should_exit", True))
    welcome()
    try:
        await server.serve()
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        # A question to a peer goes on in its thread until it is answered, and opens lines and the file meanwhile.
        await asyncio.get_running_loop().shutdown_default_executor()
        for line in lines:
            line.close()
        shelf.close()


def _answering(answer: Callable[[bytes], msgspec.Struct]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            # The disk is waited for beside the loop.
            said = await asyncio.to_thread(answer, body)
        except _NotYet:
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        return Response(msgspec.msgpack.encode(said), media_type="application/vnd.msgpack")

    return endpoint


def _read(body: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(body, type=kind)
