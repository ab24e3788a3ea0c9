"""What a person typed, as it came: text by field, trimmed, nothing interpreted yet."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import msgspec

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_FIELDS: Final = 400
MOST_BYTES: Final = 512 * 1024
"""Bytes of a form without files."""


class Form(msgspec.Struct, frozen=True):
    """The fields of a posted form; empty for a GET."""

    fields: Mapping[str, str] = {}

    def text(self, name: str) -> str:
        """A field's text without surrounding space; empty if it is missing."""
        return self.fields.get(name, "").strip()

    def key(self) -> UUID:
        """The idempotency key that the form carried; a form without one is a new command."""
        try:
            return UUID(self.fields.get("key", ""))
        except ValueError:
            return uuid4()


class TooLarge(Exception):
    """The body is larger than a form may be."""


async def read_form(request: "Request") -> Form:
    """The fields of a POST. Raises TooLarge."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise TooLarge
    # Starlette parses from the body that it finds here; what was announced counts for nothing.
    request._body = bytes(body)  # noqa: SLF001
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as found:
        return Form({name: value for name, value in found.items() if isinstance(value, str)})
