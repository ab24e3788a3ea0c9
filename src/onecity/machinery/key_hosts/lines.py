"""A line to a key host: asked and answered within moments, or the host is away."""

import ssl
import threading
from pathlib import Path
from typing import Final, TypeVar

import httpcore
import msgspec

from onecity.kernel.errors import CannotStart

T = TypeVar("T")

CONNECT_S: Final = 0.5
ANSWER_S: Final = 3.0
"""How long a host may take to answer: it waits for its disk."""
_TIMES: Final = {"connect": CONNECT_S, "read": ANSWER_S, "write": ANSWER_S, "pool": ANSWER_S}
_LINES: Final = 4
_OK: Final = 200


class Papers(msgspec.Struct, frozen=True):
    """With what a machine shows who it is to key hosts, and by what it knows them: files in a folder.

    The authority is one of its own: whoever bears its signature may ask for every wrapped key.
    """

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def machine(self) -> Path:
        return self.folder / "machine.pem"

    @property
    def key(self) -> Path:
        return self.folder / "machine.key"

    def client(self) -> ssl.SSLContext:
        """What a machine needs to ask. Raises CannotStart."""
        try:
            found = ssl.create_default_context(cafile=self.authority)
            found.load_cert_chain(self.machine, self.key)
        except (OSError, ssl.SSLError) as failure:
            raise CannotStart(
                f"The papers for the key hosts in {self.folder} cannot be used: {failure}. They are authority.pem, "
                "machine.pem and machine.key."
            ) from failure
        return found


class Away(Exception):
    """A key host that cannot be asked at the moment."""


class Line:
    """Asks one host, from any thread. Who is found to be away is left alone until `look` finds it again."""

    def __init__(self, url: str, papers: Papers) -> None:
        self.url = url
        self._pool = httpcore.ConnectionPool(ssl_context=papers.client(), max_connections=_LINES)
        self._away = threading.Event()

    @property
    def away(self) -> bool:
        return self._away.is_set()

    def ask(self, path: str, question: msgspec.Struct, answer: type[T]) -> T:
        """What the host answers. Raises Away."""
        if self.away:
            raise Away(self.url)
        return self._asked(path, question, answer)

    def look(self, path: str, question: msgspec.Struct, answer: type[T]) -> T:
        """The same, also of a host that was away: if it answers, it is back. Raises Away."""
        found = self._asked(path, question, answer)
        self._away.clear()
        return found

    def close(self) -> None:
        self._pool.close()

    def _asked(self, path: str, question: msgspec.Struct, answer: type[T]) -> T:
        body = msgspec.msgpack.encode(question)
        try:
            try:
                said = self._sent(path, body)
            except (httpcore.ReadError, httpcore.WriteError, httpcore.ProtocolError):
                # A line that was kept may have been hung up meanwhile; every question may be asked twice.
                said = self._sent(path, body)
            if said.status == _OK:
                return msgspec.msgpack.decode(said.content, type=answer)
        except (OSError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as failure:
            self._away.set()
            raise Away(self.url) from failure
        self._away.set()
        raise Away(f"{self.url}: {said.status}")

    def _sent(self, path: str, body: bytes) -> httpcore.Response:
        return self._pool.request("POST", f"{self.url}{path}", content=body, extensions={"timeout": _TIMES})
