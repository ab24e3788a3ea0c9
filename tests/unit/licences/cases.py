"""A licence for tests, its officers, and every history that may have come before."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from onecity.casework import Because
from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.ids import PersonId
from onecity.ledger import Fact, Proven, Recorded, leaf_hash
from onecity.licences import (
    Ending,
    Licence,
    LicenceIssued,
    LicenceType,
    RevocationProposed,
    folded,
)
from onecity.licences.declared import LicenceExample, Origin, Stands, Validity
from onecity.packs import Text

LICENCE: Final = UUID(int=1)
HOLDER, FIRST, SECOND = PersonId(UUID(int=2)), PersonId(UUID(int=3)), PersonId(UUID(int=4))
NOON: Final = datetime(2020, 9, 23, 4, tzinfo=UTC)
TODAY: Final = date(2020, 9, 23)
UNTIL: Final = date(2025, 9, 22)
LAW: Final = Because("行政许可法", "50", date(2019, 4, 23))
WORDS: Final = {"facts": "没有厨房", "rule": "第 33 条", "remedy": "加一间"}
FOREIGN: Final = UUID(int=9)

KIND: Final = LicenceType(
    Text("食品经营许可证", "Food business licence"),
    "11100000000013338W902",
    LAW,
    Validity(Origin.EXAMPLE, 5),
    {"shop_name": Stands(Text("名称", "Name"), public=True)},
    (LicenceExample(TODAY, UNTIL.isoformat(), ""),),
    renewable=True,
    example=True,
)


def issued(until: date | None = UNTIL) -> LicenceIssued:
    return LicenceIssued(
        HOLDER, "food", "0" * 64, KIND.type_code, "market", "410100", "410105", UUID(int=5), UUID(int=6), "food_business",
        TODAY, TODAY, until, "林晓梅", {"shop_name": "拾味小馆"},
    )  # fmt: skip


def officer(person: PersonId = FIRST, duty: str = "licences.revoke", department: str = "market", area: str = "410100") -> Acting:  # fmt: skip
    return Acting(person, Channel.PHONE, duty, Scope(department, area))


def holder() -> Acting:
    return Acting(HOLDER, Channel.PHONE)


def history(*facts: Fact, start: LicenceIssued | None = None, every: timedelta = timedelta(days=1)) -> list[Recorded]:
    """The facts after that of issue; a proposal is by the first officer, all else by the second."""
    rows: list[Recorded] = []
    for number, fact in enumerate((start or issued(), *facts), 1):
        by = officer(FIRST if isinstance(fact, RevocationProposed) else SECOND)
        rows.append(Recorded(LICENCE, number, NOON + every * (number - 1), by, fact))
    return rows


def licence(*facts: Fact, start: LicenceIssued | None = None) -> Licence:
    found = folded(history(*facts, start=start))
    assert found is not None
    return found


def sealed(rows: Sequence[Recorded], first: int = 0, unsealed: int = 0) -> tuple[Proven, ...]:
    """A history whose facts stand in the tree from a position on, the last `unsealed` not yet."""
    done = len(rows) - unsealed
    return tuple(
        Proven(
            one, leaf_hash(repr(one.fact).encode() + bytes([one.version])), first + number if number < done else None
        )
        for number, one in enumerate(rows)
    )


def proposed(ending: Ending = Ending.REVOKED) -> RevocationProposed:
    return RevocationProposed(HOLDER, ending, {"facts": "没有厨房", "rule": "第 33 条"})
