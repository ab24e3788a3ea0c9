"""The post of a simulated city: each message becomes a file that says so, and nothing leaves the house."""

import os
from asyncio import to_thread
from pathlib import Path
from typing import Final
from uuid import uuid4

from onecity.notices.facts import PostChannel
from onecity.notices.model import masked_address
from onecity.notices.post import Sent

_MARK: Final = "模拟：没有真的发出 / simulated: nothing left the house"


class SimulatedPost:
    """Writes into a folder that only its owner reads.

    Addresses are masked: these files stay when a person is forgotten.
    """

    channels: Final = frozenset(PostChannel)
    simulated: Final = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, channel: PostChannel, to: str, text: str) -> Sent:
        """Write a message down."""
        await to_thread(self._write, channel, f"{_MARK}\n{channel}: {masked_address(channel, to)}\n\n{text}\n")
        return Sent()

    def _write(self, channel: PostChannel, text: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{channel}-{uuid4().hex}.txt"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
