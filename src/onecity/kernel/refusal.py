"""When the city says no, it says so as a value, with a reason that can be translated and contested."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

import msgspec

Detail: TypeAlias = str | int | bool | tuple[str, ...] | None


class Reason(StrEnum):
    """Base of every package's own reasons; each member is a key of that package's words."""


class Refused(msgspec.Struct, frozen=True):
    """The city says no. `details` fill the sentence that the person reads; they hold no personal data."""

    reason: Reason
    details: Mapping[str, Detail] = msgspec.field(default_factory=dict)
