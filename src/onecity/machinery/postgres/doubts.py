"""A commit that PostgreSQL calls a success although nobody waited for its standby to the end.

Whoever cancels a statement that waits for the standby gets it acknowledged, with a warning beside it: the transaction
is on this disk, and may be lost with it.
"""

from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from asyncpg import Connection

_WAITS: Final = "SyncRepWaitForLSN"
"""Where PostgreSQL warns. Its words depend on the language of its messages, this name does not."""


class Doubts:
    """Hears, while it is open, whether a wait for the standby was broken off on a connection."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self.any = False

    def __enter__(self) -> Self:
        self._connection.add_log_listener(self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.remove_log_listener(self._hear)

    def _hear(self, _connection: object, message: Any) -> None:
        if message.server_source_function == _WAITS:
            self.any = True
