"""What a person typed, as it came: text by field, trimmed, nothing interpreted yet."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import msgspec
from starlette.datastructures import UploadFile

from onecity.kernel.ids import SentKey

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_FIELDS: Final = 400
MOST_FILES: Final = 20
MEGABYTE: Final = 1024 * 1024
MOST_BYTES_WITH_FILES: Final = 64 * MEGABYTE
"""Bytes of a form with files, where the configuration says nothing else."""
MOST_BYTES: Final = 512 * 1024
"""Bytes of a form without files."""

_PATIENCE_S: Final = 300
"""Seconds in which a body must have come: the largest one at two megabits a second."""

_OF_THE_PAGE: Final = ("key", "csrf")
"""Fields that come with the page and not from whoever fills it in."""


class Form(msgspec.Struct, frozen=True):
    """The fields of a posted form, the contents of its files, and the address to which it went; empty for a GET."""

    fields: Mapping[str, str] = {}
    files: Mapping[str, bytes] = {}
    to: str = ""

    def text(self, name: str) -> str:
        """A field's text without surrounding space; empty if it is missing."""
        return self.fields.get(name, "").strip()

    def key(self) -> UUID:
        """The idempotency key that the form carried, with what was sent; a form without one is a new command."""
        said = sorted((name, value) for name, value in self.fields.items() if name not in _OF_THE_PAGE)
        try:
            return SentKey(UUID(self.fields.get("key", "")), msgspec.json.encode((self.to, said)))
        except ValueError:
            return uuid4()


class TooLarge(Exception):
    """The body is larger than it may be."""


class TooSlow(Exception):
    """The body did not come: whoever sends it drop by drop would hold memory from others."""


async def read_body(request: "Request", most: int, take: Callable[[int], None]) -> bytes:
    """The body of a request; `take` hears of each piece as it comes. Raises TooLarge and TooSlow."""
    body = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            async for chunk in request.stream():
                take(len(chunk))
                body += chunk
                if len(body) > most:
                    raise TooLarge
    except TimeoutError:
        raise TooSlow from None
    return bytes(body)


async def read_form(
    request: "Request", take: Callable[[int], None], *, files: bool = False, with_files: int = MOST_BYTES_WITH_FILES
) -> Form:
    """The fields of a POST, with its files where the route takes any: so many bytes at most.

    Raises TooLarge and TooSlow.
    """
    body = await read_body(request, with_files if files else MOST_BYTES, take)
    # Starlette parses from the body that it finds here; what was announced counts for nothing.
    request._body = body  # noqa: SLF001
    async with request.form(max_files=MOST_FILES if files else 0, max_fields=MOST_FIELDS) as found:
        # The sign zero is typed by nobody and kept by no database.
        texts = {name: value.replace("\0", "") for name, value in found.items() if isinstance(value, str)}
        # A file field that nobody touched comes as a file without a name.
        sent = {name: value for name, value in found.items() if isinstance(value, UploadFile) and value.filename}
        return Form(texts, {name: await file.read() for name, file in sent.items()}, request.url.path)
