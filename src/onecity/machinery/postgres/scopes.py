"""What a scope reaches, said once in SQL: every list and every look of the house asks with this sentence.

`Scope.covers` says the same in Python; `tests/integration/test_scopes.py` keeps the two equal.
"""

from collections.abc import Iterable

from onecity.kernel.acting import Scope


def reaches(held: str, area: str) -> str:
    """The condition that an area lies within another; both are expressions of SQL.

    The codes of counties, cities and provinces have six digits, and trailing zeros stand for everything below; longer
    codes are taken as they are. Source: GB/T 2260-2007, GB/T 10114-2003.
    """
    return (
        f"starts_with({area}, case when {held} like '__0000' then left({held}, 2)"
        f" when {held} like '____00' then left({held}, 4) else {held} end)"
    )


def scopes(first: int) -> str:
    """A table `h` of scopes with the columns `agency` and `area`, made of two parameters, the first of this number."""
    return f"unnest(${first}::text[], ${first + 1}::text[]) h(agency, area)"


def covers(agency: str, area: str) -> str:
    """The condition that a thing of an agency and an area lies within the scope of the row `h`."""
    return f"h.agency = {agency} and {reaches('h.area', area)}"


def covered(agency: str, area: str, *, first: int) -> str:
    """The condition that a thing lies within one of the scopes of two parameters."""
    return f"exists (select from {scopes(first)} where {covers(agency, area)})"


def columns_of(held: Iterable[Scope]) -> tuple[list[str], list[str]]:
    """Scopes as two parameters."""
    found = list(held)
    return [one.department for one in found], [one.area for one in found]
