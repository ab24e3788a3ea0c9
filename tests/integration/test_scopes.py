"""What a scope reaches is said twice, in Python and in SQL; both say the same of any codes."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Final

from onecity.kernel.acting import Scope
from onecity.machinery.postgres import Address, columns_of, connect, covered, reaches

_AGENCIES: Final = ("market_supervision", "fire_rescue", "")
_ENDS: Final = ("", "00", "0000", "000000")


def codes(dice: random.Random) -> Iterator[str]:
    """Area codes of every length, near each other, many with trailing zeros."""
    while True:
        digits = "41" + "".join(dice.choice("01") for _ in range(dice.choice((0, 2, 4, 7, 10))))
        yield digits[: max(0, len(digits) - dice.choice((0, 2, 4)))] + dice.choice(_ENDS)


def named(dice: random.Random) -> Iterator[str]:
    """The codes of a province, a city, counties, streets and villages, those that end in zeros among them."""
    known = ("410000", "410100", "410105", "410110", "410105001", "410105000", "410100000", "410105001000")
    while True:
        yield dice.choice((*known, "410105010000", "4101", "41010500", "_10100", "%"))


async def test_a_scope_reaches_the_same_things_in_sql_as_in_python(owner: Address) -> None:
    dice = random.Random(7)
    held, things = [*islice(codes(dice), 2_000), *islice(named(dice), 2_000)], list(islice(codes(dice), 2_000))
    things += list(islice(named(dice), 2_000))
    pairs = [
        (Scope(dice.choice(_AGENCIES), above), dice.choice(_AGENCIES), below)
        for above, below in zip(held, dice.sample(things, len(things)), strict=True)
    ]
    connection = await connect(owner)
    try:
        rows = await connection.fetch(
            f"select held_agency = agency and {reaches('held_area', 'area')} as covered from"
            " unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality"
            " t(held_agency, held_area, agency, area, number) order by number",
            *columns_of(scope for scope, _, _ in pairs), [agency for _, agency, _ in pairs],
            [area for _, _, area in pairs],
        )  # fmt: skip
    finally:
        await connection.close()
    said = [scope.covers(agency, area) for scope, agency, area in pairs]
    assert [row["covered"] for row in rows] == said
    assert 100 < sum(said) < len(said) - 100


async def test_one_of_several_scopes_is_enough(owner: Address) -> None:
    dice = random.Random(8)
    held = [Scope(dice.choice(_AGENCIES), code) for code in islice(named(dice), 5)]
    things = [(dice.choice(_AGENCIES), code) for code in islice(named(dice), 500)]
    connection = await connect(owner)
    try:
        rows = await connection.fetch(
            f"select {covered('t.agency', 't.area', first=1)} as covered from unnest($3::text[], $4::text[])"
            " with ordinality t(agency, area, number) order by number",
            *columns_of(held), [agency for agency, _ in things], [area for _, area in things],
        )  # fmt: skip
    finally:
        await connection.close()
    said = [any(one.covers(agency, area) for one in held) for agency, area in things]
    assert [row["covered"] for row in rows] == said
    assert any(said)
    assert not all(said)
