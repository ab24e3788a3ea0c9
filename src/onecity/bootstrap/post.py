"""The simulated post office of the demonstration city: what a telephone network would deliver lies here as files."""

import os
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from onecity.bootstrap.moment import now

FOLDER: Final = "simulated_post"


class SimulatedPost:
    """Writes each message as a file that says it is simulated; readable for the owner of the data folder only."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    async def __call__(self, phone: str, code: str) -> None:
        """A code to a telephone, which is named by its last four digits only."""
        text = (
            "模拟短信 / simulated text message: nothing was sent to any telephone\n"
            f"to: *******{phone[-4:]}\n"
            f"一城验证码 {code}，10 分钟内有效，只能用一次。没有人会问您要这个码。\n"
            f"OneCity code {code}, for 10 minutes, once. Nobody will ever ask you for it.\n"
        )
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{_stamp(now())}-simulated-sms-{uuid4().hex[:8]}.txt"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%S")
