"""A key host: answers the machines of the city, and follows the other host so that each has what either got."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
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
from onecity.machinery.key_hosts.wire import Changes, Destroy, Find, Found, Keep, Rows, Service, State

T = TypeVar("T")

_LOOK_S: Final = 0.5
_KEPT_S: Final = 75


class Since(msgspec.Struct, frozen=True):
    """What is asked of the other host: what it got after a number of that life of its disk."""

    store: str
    after: int


class KeyHost:
    """The shelf of this machine and the lines to its peers.

    After a start it does not know what the others got meanwhile: until it has heard each of them once, or was told
    that it is alone, it says of nobody that they have no key.
    """

    def __init__(self, shelf: Shelf, peers: Sequence[Line], *, alone: bool) -> None:
        self._shelf = shelf
        self._unheard = set() if alone else {peer.url for peer in peers}
        self._peers = peers

    @property
    def whole(self) -> bool:
        return not self._unheard

    def app(self) -> Starlette:
        """The questions that a key host answers."""
        routes: dict[str, Callable[[bytes], msgspec.Struct]] = {
            "/find": lambda body: Rows(self._shelf.find(_read(body, Find).subjects), self.whole),
            "/keep": self._keep,
            "/destroy": self._destroy,
            "/service": self._service,
            "/changes": self._changes,
            "/state": lambda _: State(self._shelf.destroyed, self.whole),
        }
        return Starlette(routes=[Route(path, _answering(answer), methods=["POST"]) for path, answer in routes.items()])

    def _keep(self, body: bytes) -> Rows:
        asked = _read(body, Keep)
        return Rows(self._shelf.keep(asked.rows, fresh=asked.fresh), self.whole)

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
        return self._shelf.changes(asked.after)

    async def follow(self) -> None:
        """Take what the peers got, for as long as the host runs."""
        stores = {peer.url: "" for peer in self._peers}
        while True:
            for peer in self._peers:
                try:
                    more = True
                    while more:
                        more = await asyncio.to_thread(self._follow, peer, stores)
                    self._unheard.discard(peer.url)
                except Away:
                    pass
            await asyncio.sleep(_LOOK_S)

    def _follow(self, peer: Line, stores: dict[str, str]) -> bool:
        """One stretch of what a peer got; whether there is more."""
        store = stores[peer.url]
        found = peer.look("/changes", Since(store, self._shelf.followed(store)), Changes)
        stores[peer.url] = found.store
        if found.store == store and (found.rows or peer.url in self._unheard):
            self._shelf.take(found)
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
        for line in lines:
            line.close()
        shelf.close()


def _answering(answer: Callable[[bytes], msgspec.Struct]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        # The disk is waited for beside the loop.
        said = await asyncio.to_thread(answer, body)
        return Response(msgspec.msgpack.encode(said), media_type="application/vnd.msgpack")

    return endpoint


def _read(body: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(body, type=kind)
