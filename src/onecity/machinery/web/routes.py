"""A route declares its path, who may take it, and what answers; nothing is reachable that is not declared here."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from starlette.responses import Response

    from onecity.machinery.web.visit import Visit


class Who(msgspec.Struct, frozen=True):
    """Who may take a route: everybody, whoever is signed in, an officer with any duty, or one with a certain duty."""

    everybody: bool = False
    officer: bool = False
    duty: str | None = None

    def __str__(self) -> str:
        if self.everybody:
            return "everybody"
        return self.duty or ("officer" if self.officer else "signed in")


EVERYBODY = Who(everybody=True)
SIGNED_IN = Who()
OFFICER = Who(officer=True)


def holding(duty: str) -> Who:
    """Only a person who holds this duty; in which scope is asked of each object by itself."""
    return Who(duty=duty)


class Rate(msgspec.Struct, frozen=True):
    """At most `times` in `seconds` for one visitor."""

    times: int
    seconds: int


class Route(msgspec.Struct, frozen=True):
    """One method of one path; `files` lets a form bring files."""

    method: Literal["GET", "POST"]
    path: str
    who: Who
    answer: "Callable[[Visit], Awaitable[Response]]"
    rate: Rate | None = None
    files: bool = False
