"""What is done with reports and cases of the street: load, decide, record."""

import gzip
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

import msgspec

from onecity.casework import PROCESS, CaseOpened, Follow, Happening, Matter, Office, Process, letters
from onecity.governance import store
from onecity.governance.catalogue import Catalogue
from onecity.governance.declared import OWN
from onecity.governance.facts import Filed
from onecity.governance.filing import CONDITION, Condition, Filing, StreetRules
from onecity.governance.photos import Photos
from onecity.governance.routing import Model
from onecity.governance.usecases.callers import Callers
from onecity.kernel.clock import Limit
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Declarations, Ledger
from onecity.packs import Pack
from onecity.people import AGENCY
from onecity.places import GRID, OUTLINE, SocialGrids, Zone, outlined, places_of, social_grids_of
from onecity.places.cells import Cells, cells_of

_UNSET: Final = Limit(0)
"""A case of the street finds its limit when it is filed."""


class Ground:
    """The places of the city, and its cells, which are made when somebody first asks for one."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self.places = places_of(pack)

    @cached_property
    def cells(self) -> Cells:
        """All cells. Units: a second of work at the first call."""
        found = cells_of(self._pack)
        assert found is not None, "a city of the street has a ground"
        return found

    @cached_property
    def outlines(self) -> bytes | None:
        """The outlines of streets and townships as GeoJSON; None if the pack declares no ground."""
        if not self._pack.all(OUTLINE):
            return None
        return msgspec.json.encode(outlined(self._pack, self.places))

    @cached_property
    def small_outlines(self) -> bytes | None:
        """The same, packed."""
        return None if self.outlines is None else gzip.compress(self.outlines, mtime=0)

    @cached_property
    def social(self) -> SocialGrids | None:
        """The social grids over the cells; None if the pack declares none."""
        return social_grids_of(self._pack, self.cells)

    def zone(self, street: str) -> Zone:
        """The zone of a street, by its code of nine digits."""
        return self._pack.one(GRID).zone(street)


class Street(msgspec.Struct, frozen=True):
    """What governance works with: the office of cases, the ground, what the pack says, and what is kept beside facts:
    the photographs, and from which numbers reports came. `trained` is what the city learnt from messages of its own;
    None if it did not, Refused if it cannot use that.
    """

    office: Office
    ground: Ground
    pack: Pack
    declarations: Declarations
    rules: StreetRules
    filing: Filing
    catalogue: Catalogue
    photos: Photos
    callers: Callers
    trained: Model | Refused | None = None

    @property
    def process(self) -> Process:
        """The process of new cases."""
        return self.pack.all(PROCESS)[self.rules.process].value


class StreetMatters(msgspec.Struct, frozen=True):
    """The matters of the street as casework asks for them: one process, in the version under which the case began."""

    pack: Pack
    declarations: Declarations

    async def matter(self, opened: CaseOpened) -> Matter:
        process: Process = await self.declarations.value(self.pack, PROCESS, opened.process, opened.process_version)
        return Matter(process, _UNSET, receivers=frozenset(self.pack.all(AGENCY)))


async def condition_of_case(filed: Filed, street: Street) -> Condition:
    """The condition of a case as it read when the case was filed under it, whatever the table of today says."""
    [table] = street.pack.all(CONDITION)
    known = await street.declarations.value(street.pack, CONDITION, table, filed.condition_version)
    return next(one for one in known.rows if one.id == filed.condition)


class Told(msgspec.Struct, frozen=True):
    """The answer to a report: its number, its case, and by which day whoever reported hears."""

    report: UUID
    number: str
    case: UUID
    answer_by: date


def hears_too(ledger: Ledger) -> Follow:
    """Everybody whose report follows a case hears what whoever opened it hears."""

    async def follow(happening: Happening) -> Sequence[Change]:
        opened = happening.case.opened
        if not is_street(opened) or not any(True for _ in letters(happening)):
            return ()
        async with ledger.readers.acquire() as connection:
            rows = await store.reports_of_case(connection, happening.case.id)
        others = [row for row in rows if row.report != opened.affair]
        return [one for row in others for one in letters(happening, to=row.subject, about=row.report)]

    return follow


def is_street(opened: CaseOpened) -> bool:
    """Whether a case is one of the street: its matter has the code of a matter of the street."""
    return is_street_matter(opened.matter)


def is_street_matter(code: str) -> bool:
    """Whether a code is that of a matter of the street."""
    return code.isdigit() or code.startswith(OWN)
