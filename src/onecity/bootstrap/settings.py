"""What the engineer who runs a city decides. Every key of the configuration is declared here, and only here: its type,
its default, what it is for, an example, and the option of the command line that goes before it.

`docs/operate/configuration.md` and the example file are written from this module by `tools/write_configuration.py`.
"""

import os
import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Final, NewType
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Meta

from onecity.kernel.errors import CannotStart
from onecity.ledger.outbox.settings import NatsSettings
from onecity.machinery.postgres import Address
from onecity.machinery.secret_files import SecretFile, secret_of
from onecity.notices.post.smtp import SmtpSettings

HERE: Final = ("127.0.0.1", "localhost")
"""The names under which the machine itself reaches the city."""

_OURSELVES: Final = ("127.0.0.1", "::1")
_NUMERIC: Final = re.compile(r"[0-9A-Fa-f:.]+(/[0-9]+)?")
STDERR: Final = "-"

LogFile = NewType("LogFile", str)
"""The file of the log, or `-`."""

_URL: Final = r"^postgres(ql)?://([^:@/?]+@)?[^@/?]*(/[^?@]*)?(\?(?!(.*&)?password=).*)?$"
_SITE: Final = r"^https?://[^\s/]+(/\S*[^\s/])?$"
_HOST: Final = r"^[A-Za-z0-9._:\[\]-]+$"
_CLOCK: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class BackupSettings(msgspec.Struct, frozen=True):
    """Where the city is copied to every night. Two folders, on two disks, with two groups of people."""

    folder: (
        Annotated[
            Path,
            Meta(description="The folder of the copies: database, log, files by hash.", examples=["/mnt/backup"]),
        ]
        | None
    ) = None
    keys: (
        Annotated[
            Path,
            Meta(
                description="The folder of the keys: on another disk, with other people. Whoever has both folders can "
                "read everything.",
                examples=["/mnt/vault"],
                extra={"option": "--keys"},
            ),
        ]
        | None
    ) = None
    deleted: (
        Annotated[
            Path,
            Meta(
                description="The file of a third list of destroyed keys, on neither disk: whoever loses both, and has "
                "older copies of them, brings nobody back.",
                examples=["/mnt/third/keys-deleted"],
                extra={"option": "--deleted", "file": True},
            ),
        ]
        | None
    ) = None
    keep: Annotated[
        int,
        Meta(ge=1, description="So many copies are kept.", examples=[7], extra={"option": "--keep"}),
    ] = 7
    at: Annotated[
        str,
        Meta(
            pattern=_CLOCK,
            description="When the nightly backup begins, by the clock of the machine; `config units` writes its timer.",
            examples=["02:30"],
        ),
    ] = "02:30"


class Settings(msgspec.Struct, frozen=True):
    """Where the city keeps its data, where it listens and is reached, its database, mail house, sink and backups."""

    data: Annotated[
        Path,
        Meta(
            description="The city's data folder: everything that it keeps.",
            examples=["/var/lib/onecity"],
            extra={"default": "/var/lib/onecity for root, else a folder of the user"},
        ),
    ]
    port: Annotated[
        int, Meta(ge=0, le=65535, description="The port to listen on; 0 takes a free one.", examples=[8000])
    ] = 8000
    host: Annotated[
        str,
        Meta(pattern=_HOST, description="The address of this machine to listen on.", examples=["127.0.0.1"]),
    ] = "127.0.0.1"
    names: Annotated[
        tuple[Annotated[str, Meta(pattern=_HOST)], ...],
        Meta(
            description="A host name under which people reach the city; may be repeated. That of `address` counts "
            "without being named.",
            examples=[["city.example", "www.city.example"]],
            extra={"option": "--name"},
        ),
    ] = ()
    database: (
        Annotated[
            Address,
            Meta(
                pattern=_URL,
                description="The URL of a PostgreSQL 15 or newer, if not the city's own; several hosts with commas "
                "between them. A password stands in a file, never here.",
                examples=["postgresql://onecity@db1:5432,db2:5432/onecity?target_session_attrs=primary"],
            ),
        ]
        | None
    ) = None
    secure: Annotated[bool, Meta(description="Behind TLS: cookies travel over https only.", examples=[True])] = False
    address: (
        Annotated[
            str,
            Meta(
                pattern=_SITE,
                description="Where people reach the city, for messages and papers, without a slash at its end.",
                examples=["https://city.example"],
            ),
        ]
        | None
    ) = None
    smtp: SmtpSettings | None = None
    nats: NatsSettings | None = None
    log: (
        Annotated[
            LogFile,
            Meta(
                pattern=r"^(-|/.*)$",
                description="The file of the log, one JSON object a line; `-` is stderr.",
                examples=["-"],
                extra={"default": "`onecity.log` in the data folder"},
            ),
        ]
        | None
    ) = None
    pack: (
        Annotated[
            Path,
            Meta(
                description="The folder of the city's pack.",
                examples=["/etc/onecity/pack"],
                extra={"default": "the shipped pack"},
            ),
        ]
        | None
    ) = None
    traces: (
        Annotated[
            str,
            Meta(
                pattern=_SITE,
                description="Where a collector takes traces by OTLP over HTTP; nobody hears of them without it.",
                examples=["http://127.0.0.1:4318"],
            ),
        ]
        | None
    ) = None
    database_password_file: (
        Annotated[
            SecretFile,
            Meta(
                description="The file with the password of `database`.",
                examples=["/etc/onecity/secrets/database-password"],
            ),
        ]
        | None
    ) = None
    proxies: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses or networks of the proxies before the city. Only they are believed whom they speak "
            "for (`X-Forwarded-For`, `X-Forwarded-Proto`); without them a proxy is one visitor who comes too often.",
            examples=[["127.0.0.1"]],
            extra={"option": "--proxy"},
        ),
    ] = ()
    watchers: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses or networks of the programs that may read `/metrics`: Prometheus, or its agent. "
            "Whoever is named here is asked for instead of this machine.",
            examples=[["10.77.0.61"]],
            extra={"option": "--watcher", "default": "this machine itself, also under `host`"},
        ),
    ] = ()
    upload_mb: Annotated[
        int,
        Meta(
            ge=1,
            le=1024,
            description="The largest form with files, in MB. A proxy must let through as much.",
            examples=[64],
        ),
    ] = 64
    standbys: (
        Annotated[
            Address,
            Meta(
                pattern=_URL,
                description="The same database for reading: the hosts of its standbys, each by its own name. Lists and "
                "figures that may be some seconds old are read there, but never by whoever wrote what a standby lacks. "
                "A host that takes writes is passed over; the password is that of `database`.",
                examples=["postgresql://onecity@db1:5432,db2:5432/onecity?target_session_attrs=prefer-standby"],
            ),
        ]
        | None
    ) = None
    standby_lag_s: Annotated[
        int,
        Meta(
            ge=2,
            le=60,
            description="A standby that is further behind than so many seconds is not asked.",
            examples=[5],
            extra={"option": "--standby-lag"},
        ),
    ] = 5
    backup: BackupSettings = BackupSettings()

    def known_names(self) -> tuple[str, ...]:
        """Every host name under which the city answers."""
        outside = urlsplit(self.address).hostname if self.address else None
        return (*HERE, *self.names, *((outside,) if outside else ()))

    def may_watch(self, address: str) -> bool:
        """Whether a program that comes from an address may read the metrics."""
        named = self.watchers or (*_OURSELVES, self.host)
        try:
            found = ip_address(address)
        except ValueError:
            return False
        # A socket for both kinds of address shows the older kind in the newer one.
        plain = getattr(found, "ipv4_mapped", None) or found
        return any(plain in ip_network(one) for one in named if _NUMERIC.fullmatch(one))

    def database_at(self) -> Address | None:
        """The URL of the named database with its password, which is read from its file now. Raises CannotStart."""
        return self._with_password(self.database)

    def standbys_at(self) -> Address | None:
        """The URL of the standbys with the same password. Raises CannotStart."""
        return self._with_password(self.standbys)

    def _with_password(self, address: Address | None) -> Address | None:
        if address is None or self.database_password_file is None:
            return address
        password = quote(secret_of(self.database_password_file), safe="")
        return Address(f"{address}{'&' if '?' in address else '?'}password={password}")

    def secrets(self) -> tuple[SecretFile, ...]:
        """The files of all secrets that the city uses."""
        reached = (self.smtp, self.nats)
        named = (self.database_password_file, *(one.password_file for one in reached if one))
        return tuple(one for one in named if one is not None)

    def log_file(self) -> Path | None:
        """The file of the log; None for stderr."""
        return None if self.log == STDERR else Path(self.log) if self.log else self.data / "onecity.log"


def default_data() -> Path:
    """The data folder if nobody names one: the system's for root, else the user's own."""
    if os.geteuid() == 0:
        return Path("/var/lib/onecity")
    home = os.environ.get("XDG_DATA_HOME")
    try:
        return (Path(home) if home else Path.home() / ".local" / "share") / "onecity"
    except RuntimeError as failure:
        raise CannotStart("Nobody knows your home folder here. Name a data folder with --data.") from failure
