"""What the engineer who starts a city decides."""

import os
from pathlib import Path

import msgspec

from onecity.machinery.postgres import Address


class Settings(msgspec.Struct, frozen=True):
    """Where the city keeps its data, where it listens, and which database it uses if not its own."""

    data: Path
    port: int = 8000
    host: str = "127.0.0.1"
    names: tuple[str, ...] = ("127.0.0.1", "localhost")
    database: Address | None = None
    secure: bool = False


def default_data() -> Path:
    """The data folder if nobody names one: the system's for root, else the user's own."""
    if os.geteuid() == 0:
        return Path("/var/lib/onecity")
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "onecity"
