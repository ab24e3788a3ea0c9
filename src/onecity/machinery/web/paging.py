"""A long list in pages, asked for by address."""

from collections.abc import Mapping
from typing import Self
from urllib.parse import urlencode

import msgspec

from onecity.machinery.web.visit import Visit

_DEEPEST = 200
"""Whoever wants more than so many pages searches; a list whose end is not counted is read up to the page asked for."""


class Paging(msgspec.Struct, frozen=True):
    """One page of a list, and the ways to those before and after; the fields are those of the component `pager`.

    `pages` is 0 where nobody counted how many there are.
    """

    page: int
    pages: int
    offset: int
    previous_href: str
    next_href: str

    @classmethod
    def of(cls, visit: Visit, how_many: int, a_page: int) -> Self:
        """The page that the address asks for, or the nearest one that there is."""
        query, pages = visit.request.query_params, max(1, -(-how_many // a_page))
        page = min(_asked(query), pages)
        before, after = _href(query, page - 1), _href(query, page + 1) if page < pages else ""
        return cls(page, pages, (page - 1) * a_page, before, after)

    @classmethod
    def uncounted(cls, visit: Visit, a_page: int, *, at: str = "") -> Self:
        """The same for a list that nobody counted: it lies `at` a path, and is read with one more than `a_page`."""
        query = visit.request.query_params
        page = min(_asked(query), _DEEPEST)
        before, after = _href(query, page - 1), _href(query, page + 1)
        return cls(page, 0, (page - 1) * a_page, before and at + before, at + after)

    def last(self, *, goes_on: bool) -> Self:
        """The same page, without a way to the next one where the list does not go on."""
        return self if goes_on and self.page < _DEEPEST else msgspec.structs.replace(self, next_href="")


def _asked(query: Mapping[str, str]) -> int:
    typed = query.get("page", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 1


def _href(query: Mapping[str, str], page: int) -> str:
    return "?" + urlencode({**query, "page": str(page)}) if page >= 1 else ""
