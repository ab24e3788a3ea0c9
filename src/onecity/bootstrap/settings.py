"""What the engineer who starts a city decides."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from onecity.kernel.errors import CannotStart
from onecity.machinery.postgres import Address
from onecity.notices.post.smtp import SmtpSettings

_SMTP: Final = "ONECITY_SMTP_"


class Settings(msgspec.Struct, frozen=True):
    """Where the city keeps its data, where it listens, which database it uses if not its own, and its mail house.

    `log` is the file of the log; without one it goes to stderr.
    """

    data: Path
    port: int = 8000
    host: str = "127.0.0.1"
    names: tuple[str, ...] = ("127.0.0.1", "localhost")
    database: Address | None = None
    secure: bool = False
    address: str | None = None
    """Where people reach the city from outside, as messages name it; None if that is where it listens."""
    smtp: SmtpSettings | None = None
    proxies: tuple[str, ...] = ()
    """Machines whose word on where a visitor comes from counts: proxies in front of the city."""
    log: Path | None = None


def default_data() -> Path:
    """The data folder if nobody names one: the system's for root, else the user's own."""
    if os.geteuid() == 0:
        return Path("/var/lib/onecity")
    home = os.environ.get("XDG_DATA_HOME")
    try:
        return (Path(home) if home else Path.home() / ".local" / "share") / "onecity"
    except RuntimeError as failure:
        raise CannotStart("Nobody knows your home folder here. Name a data folder with --data.") from failure


def smtp_of(environment: Mapping[str, str]) -> SmtpSettings | None:
    """The mail house that the environment names, as ONECITY_SMTP_HOST, _SENDER, _PORT, _SECURITY, _USER, _PASSWORD and
    _AUTHORITY; None if it names none. Raises CannotStart.
    """
    given = {name.removeprefix(_SMTP).lower(): text for name, text in environment.items() if name.startswith(_SMTP)}
    if not given:
        return None
    try:
        return msgspec.convert(given, SmtpSettings, strict=False)
    except msgspec.ValidationError as wrong:
        # msgspec names the setting and what it must be; it quotes no text, so never the password.
        raise CannotStart(f"The mail house cannot be reached as the variables {_SMTP}* say: {wrong}.") from wrong
