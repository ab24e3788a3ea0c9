"""Large things by the hash of their bytes, in a bucket that several machines reach by the S3 protocol.

Whoever keeps the bucket keeps copies of it. What lies there is sealed before it comes, as in a folder.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from onecity.kernel.errors import CannotStart, Unavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig

BUCKET: Final = "bucket.yaml"
"""The file in the folder of blobs that names a bucket. Where it is, no blob lies in the folder."""

_MOST_TRIES: Final = 3
_AWAY: Final = "The store of large things does not answer. Try again in a moment; nothing is lost."


class Bucket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the bucket is. `identity` is a file with two lines, the name of a key and its secret; `authority` a file
    with the certificate of whoever signs for the endpoint, if the system does not know them.
    """

    endpoint: str
    bucket: str
    identity: str
    region: str = "us-east-1"
    authority: str | None = None


def bucket_of(folder: Path) -> Bucket | None:
    """The bucket that a folder of blobs names; None if blobs lie in the folder itself. Raises CannotStart."""
    file = folder / BUCKET
    if not file.is_file():
        return None
    try:
        found = msgspec.yaml.decode(file.read_bytes(), type=Bucket)
    except (msgspec.ValidationError, msgspec.DecodeError) as wrong:
        raise CannotStart(f"{file} does not say where the bucket is: {wrong}.") from wrong
    return found


class BlobBucket:
    """One kind of blobs in a bucket, under a name."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._name = name
        self._store = _opened(bucket)

    def put(self, content: bytes) -> str:
        """Keep bytes; their name is their SHA-256 in hex. Where the bucket keeps things when this returns."""
        name = sha256(content).hexdigest()
        with _asking():
            obstore.put(self._store, self._path(name), content)
        return name

    def get(self, name: str) -> bytes | None:
        """The bytes of a name; None if they are gone or are not what the name says."""
        try:
            with _asking():
                content = bytes(obstore.get(self._store, self._path(name)).bytes())
        except FileNotFoundError:
            return None
        return content if sha256(content).hexdigest() == name else None

    def holds(self, name: str) -> bool:
        """Whether there are bytes of a name."""
        try:
            with _asking():
                obstore.head(self._store, self._path(name))
        except FileNotFoundError:
            return False
        return True

    def remove(self, name: str) -> None:
        """Forget bytes."""
        try:
            with _asking():
                obstore.delete(self._store, self._path(name))
        except FileNotFoundError:
            pass

    def shelves(self) -> list[str]:
        """The parts of the store that can be looked through one by one."""
        with _asking():
            found = obstore.list_with_delimiter(self._store, f"{self._name}/")
        return sorted(path.rstrip("/").rsplit("/", 1)[-1] for path in found["common_prefixes"])

    def older(self, shelf: str, before: datetime) -> list[str]:
        """The names on a shelf that lie there since before an instant."""
        with _asking():
            stretches = list(obstore.list(self._store, f"{self._name}/{shelf}/"))
        found = [one for stretch in stretches for one in stretch]
        return [one["path"].rsplit("/", 1)[-1] for one in found if one["last_modified"] < before]

    def _path(self, name: str) -> str:
        assert len(name) == 64 and name.isalnum(), "a name is a hash"
        return f"{self._name}/{name[:2]}/{name}"


def _opened(bucket: Bucket) -> S3Store:
    """The store behind a bucket. Raises CannotStart."""
    try:
        key, secret = Path(bucket.identity).read_text("ascii").split()
        authority = Path(bucket.authority).read_bytes() if bucket.authority else None
    except (OSError, ValueError) as failure:
        raise CannotStart(
            f"The identity for the bucket in {bucket.identity} cannot be used. It is a file of two lines: the "
            "name of a key, and its secret."
        ) from failure
    client: ClientConfig = {
        "connect_timeout": "2s", "timeout": "30s", "allow_http": bucket.endpoint.startswith("http://"),
    }  # fmt: skip
    if authority is not None:
        client["root_certificate"] = authority
    return S3Store(
        bucket.bucket, endpoint=bucket.endpoint, region=bucket.region, access_key_id=key, secret_access_key=secret,
        client_options=client, retry_config={"max_retries": _MOST_TRIES},
    )  # fmt: skip


@contextmanager
def _asking() -> Iterator[None]:
    """Raises FileNotFoundError for what is not there, and Unavailable for everything else that a bucket says."""
    try:
        yield
    except NotFoundError as failure:
        raise FileNotFoundError from failure
    except BaseError as failure:
        raise Unavailable(_AWAY) from failure
