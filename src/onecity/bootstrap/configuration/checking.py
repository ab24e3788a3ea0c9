"""What no single key shows: secrets that are not secret, and keys that do not go together."""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

from onecity.bootstrap.configuration.declaring import keys
from onecity.kernel.errors import CannotStart
from onecity.machinery.postgres import is_address
from onecity.machinery.secret_files import SecretFile, secret_of
from onecity.packs import Fault, Place

Given = Mapping[str, Any]
Found = Iterator[tuple[str, str, str]]
"""The key, what is wrong with it, and how to mend it."""


def check(given: Given, places: Mapping[str, Place], top: Place) -> Iterator[Fault]:
    """The faults of a configuration whose single keys are right."""
    for look in _LOOKS:
        for key, what, mend in look(given):
            yield Fault(places.get(key, top), what, mend)


def secrets_faults(given: Given, places: Mapping[str, Place]) -> Iterator[Fault]:
    """The faults of the files of secrets. Not every command needs every secret, so only who asks is told."""
    for name, path in given.items():
        if not keys()[name].secret:
            continue
        try:
            secret_of(SecretFile(path))
        except CannotStart as wrong:
            what, _, mend = wrong.sentence.partition(". ")
            yield Fault(places[name], f"{what}.", mend)


def _passwords(given: Given) -> Found:
    if "database_password_file" in given and "database" not in given:
        yield "database_password_file", "It is the password of no database.", "Name the `database`, or remove the key."
    for table in ("smtp", "nats"):
        if f"{table}.password_file" in given and not given.get(f"{table}.user"):
            yield f"{table}.password_file", "It is the password of nobody.", "Name the `user`, or remove the key."


def _names_of_secrets(given: Given) -> Found:
    seen: dict[str, Path] = {}
    for key, file in given.items():
        if keys()[key].secret and seen.setdefault(file.name, file) != file:
            # A service receives its secrets by the names of their files.
            yield key, f"Another secret has a file {file.name} too.", "Give each secret a file name of its own."


def _database(given: Given) -> Found:
    if "database" in given and not is_address(given["database"]):
        yield "database", "A host or a port of the URL is none.", "Write each host like db1:5432, commas between them."
    if "standbys" in given and not is_address(given["standbys"]):
        yield "standbys", "A host or a port of the URL is none.", "Write each host like db1:5432, commas between them."
    if "standbys" in given and "database" not in given:
        yield "standbys", "They are the standbys of no database.", "Name the `database`, or remove the key."


def _networks(given: Given) -> Found:
    for key in ("proxies", "watchers"):
        for one in given.get(key, ()):
            try:
                ip_network(one)
            except ValueError:
                yield key, f"`{one}` is no address and no network.", "Write it like 127.0.0.1 or 10.1.0.0/24."


def _tls(given: Given) -> Found:
    if given.get("address", "").startswith("https://") and not given.get("secure"):
        yield "address", "People come by https, and cookies would travel without it too.", "Add `secure = true`."


def _unnamed_proxy(given: Given) -> Found:
    # Only a proxy speaks TLS for the city. Unnamed it is one visitor, and on this machine one who may see everything.
    if given.get("secure") and not given.get("proxies"):
        yield "secure", "Everybody who comes through the proxy with TLS would be one visitor.", "Name it in `proxies`."


def _backups(given: Given) -> Found:
    folder, vault, data = (given.get(name) for name in ("backup.folder", "backup.keys", "data"))
    if (folder is None) != (vault is None):
        lacks = "backup.keys" if vault is None else "backup.folder"
        there = "backup.folder" if vault is None else "backup.keys"
        yield there, f"A backup needs `{lacks}` as well.", "Name another folder there, on another disk."
    if folder is not None and vault is not None and _within(folder, vault):
        yield (
            "backup.keys",
            "Keys and data lie together: whoever has the folder reads everything.",
            "Name another disk.",
        )
    for name, one in (("backup.folder", folder), ("backup.keys", vault)):
        if one is not None and data is not None and _within(one, data):
            yield name, "A copy within the data folder, or around it, is lost with it.", "Name another disk."


def _within(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


_LOOKS: Final[tuple[Callable[[Given], Found], ...]] = (
    _passwords,
    _names_of_secrets,
    _database,
    _networks,
    _tls,
    _unnamed_proxy,
    _backups,
)
