"""A route declares its path, who may take it, and what answers; nothing is reachable that is not declared here."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

import msgspec

from onecity.kernel.rates import Rate

if TYPE_CHECKING:
    from starlette.responses import Response

    from onecity.machinery.web.visit import Visit


class Who(msgspec.Struct, frozen=True):
    """Who may take a route: everybody, whoever is signed in, an officer with any duty, or one with one of some duties.

    Of no `duties` at all nobody is let in; None asks for none.
    """

    everybody: bool = False
    officer: bool = False
    duties: tuple[str, ...] | None = None

    def __str__(self) -> str:
        if self.everybody:
            return "everybody"
        if self.duties is not None:
            return " or ".join(self.duties) or "nobody"
        return "officer" if self.officer else "signed in"


EVERYBODY = Who(everybody=True)
SIGNED_IN = Who()
OFFICER = Who(officer=True)


def holding(*duties: str) -> Who:
    """Only a person who holds one of these duties; in which scope is asked of each object by itself."""
    return Who(duties=duties)


class Route(msgspec.Struct, frozen=True):
    """One method of one path; `files` lets a form bring files.

    `may_lag` says that the answer may be some seconds old for whoever wrote nothing meanwhile, so that it may be read
    from a standby. Such a route decides nothing and notes nothing.
    """

    method: Literal["GET", "POST"]
    path: str
    who: Who
    answer: "Callable[[Visit], Awaitable[Response]]"
    rate: Rate | None = None
    files: bool = False
    may_lag: bool = False
