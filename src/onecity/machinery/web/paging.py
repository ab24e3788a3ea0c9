"""A long list in pages, asked for by address."""

from collections.abc import Mapping, Sequence
from typing import Self, TypeVar
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from onecity.machinery.web.visit import Visit

_Row = TypeVar("_Row")
_DEEPEST = 200
"""A list whose end is not counted is read up to the page asked for: behind this one the city says to search instead."""


class Paging(msgspec.Struct, frozen=True):
    """One page of a list, and the ways to those before and after; the first fields are those of the component `pager`.

    `pages` is 0 where nobody counted how many there are. `a_page` is how many rows a page has.
    """

    page: int
    pages: int
    previous_href: str
    next_href: str
    offset: int
    a_page: int

    @classmethod
    def of(cls, visit: Visit, how_many: int, a_page: int) -> Self:
        """The page that the address asks for, or the nearest one that there is."""
        query, pages = visit.request.query_params, max(1, -(-how_many // a_page))
        page = min(asked_page(query, "page"), pages)
        before, after = _href(query, "page", page - 1), _href(query, "page", page + 1) if page < pages else ""
        return cls(page, pages, before, after, (page - 1) * a_page, a_page)

    @classmethod
    def uncounted(cls, visit: Visit, a_page: int, *, at: str = "", named: str = "page") -> Self:
        """The same for a list that nobody counted: it lies `at` a path, and is read with `one_more` row than a page.

        `named` is the parameter that counts its pages: a second list on the same page has another one.
        """
        query = visit.request.query_params
        page = asked_page(query, named)
        if page > _DEEPEST:
            raise HTTPException(422, detail="page")
        before, after = _href(query, named, page - 1), _href(query, named, page + 1)
        return cls(page, 0, before and at + before, at + after, (page - 1) * a_page, a_page)

    @property
    def one_more(self) -> int:
        """How many rows are read: the one too many says that the list goes on."""
        return self.a_page + 1

    @property
    def goes_on(self) -> bool:
        """Whether there is a page after this one."""
        return bool(self.next_href)

    def cut(self, rows: Sequence[_Row]) -> tuple[Sequence[_Row], Self]:
        """The rows of this page out of those read, and the page without a way on where the list ends with it."""
        last = self if len(rows) > self.a_page else msgspec.structs.replace(self, next_href="")
        return rows[: self.a_page], last


def asked_page(query: Mapping[str, str], named: str) -> int:
    """The page that an address asks for; whatever is no number asks for the first."""
    typed = query.get(named, "")
    return max(1, int(typed[:10])) if typed.isascii() and typed.isdecimal() else 1


def _href(query: Mapping[str, str], named: str, page: int) -> str:
    return "?" + urlencode({**query, named: str(page)}) if page >= 1 else ""
