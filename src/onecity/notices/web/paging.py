"""A long list in pages, asked for by address."""

from urllib.parse import urlencode

import msgspec

from onecity.machinery.web import Visit


class Paging(msgspec.Struct, frozen=True):
    """One page of a list, and the ways to those before and after; the fields are those of the component `pager`."""

    page: int
    pages: int
    offset: int
    previous_href: str
    next_href: str

    @classmethod
    def of(cls, visit: Visit, how_many: int, a_page: int) -> "Paging":
        """The page that the address asks for, or the nearest one that there is."""
        asked = dict(visit.request.query_params)
        typed = asked.pop("page", "")
        pages = max(1, -(-how_many // a_page))
        page = min(max(1, int(typed)), pages) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 1

        def href(other: int) -> str:
            return "?" + urlencode(asked | {"page": str(other)}) if 1 <= other <= pages else ""

        return cls(page, pages, (page - 1) * a_page, href(page - 1), href(page + 1))
