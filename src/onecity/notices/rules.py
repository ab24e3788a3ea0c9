"""When a message about a letter is tried again, and what a good choice of channels is."""

import re
from collections.abc import Set
from datetime import timedelta
from typing import Final

import msgspec

from onecity.kernel.refusal import Reason
from onecity.notices.facts import PostChannel

PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""The city waits this long after each try that did not go through."""

MOST_TRIES: Final = len(PAUSES) + 1
LONGEST_EMAIL: Final = 254
"""Characters. Source: RFC 5321 §4.5.3.1.3, a path of 256 without its two brackets."""

_EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""What travels without quotes; it holds no comma, space or line end that would name a second reader."""


class Why(Reason):
    """Why a letter is not shown, or a choice is not taken."""

    NOT_FOUND = "notices.not_found"
    NO_CHANNEL = "notices.no_channel"
    NO_EMAIL = "notices.no_email"
    NOT_SAID = "notices.not_said"


class Choice(msgspec.Struct, frozen=True):
    """What somebody chose on the page: channels, an e-mail address, whether messages name the matter.

    What was not answered is None.
    """

    channels: tuple[PostChannel, ...] | None
    email: str
    tells_matter: bool | None


def is_email(text: str) -> bool:
    """Whether a text is one e-mail address to which the city can write.

    >>> is_email("lin@example.cn"), is_email("lin@example"), is_email("a@example.cn, b@example.cn")
    (True, False, False)
    """
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def faults_of(choice: Choice, *, offered: Set[PostChannel]) -> dict[str, Why]:
    """What is still to be said, by field. `offered` are the channels that the city has for this person."""
    faults: dict[str, Why] = {}
    if choice.channels is None or not set(choice.channels) <= offered:
        return {"channel": Why.NO_CHANNEL}
    if PostChannel.EMAIL in choice.channels and not is_email(choice.email):
        faults["email"] = Why.NO_EMAIL
    if choice.channels and choice.tells_matter is None:
        faults["tells"] = Why.NOT_SAID
    return faults
