"""Who answers for the data on people, package by package; a package that holds any is entered here."""

from typing import TYPE_CHECKING

from onecity.casework.keeping import CaseKeeper
from onecity.governance.keeping import ReportKeeper
from onecity.licences.keeping import LicenceKeeper
from onecity.notices.keeping import LetterKeeper
from onecity.payments.keeping import PaymentKeeper
from onecity.people.forgetting import Forgetting
from onecity.people.holdings import Keeper
from onecity.people.keeping import AccountKeeper
from onecity.people.roll import Roll
from onecity.places import CITY
from onecity.registers import REGISTER
from onecity.registers.keeping import RegisterKeeper
from onecity.services.keeping import ServiceKeeper

if TYPE_CHECKING:
    from onecity.bootstrap.city import City


def keepers_of(city: "City") -> tuple[Keeper, ...]:
    """The keepers of a city, lowest package first: what tells whose a file is goes last."""
    memory, counter, zone = city.memory, city.counter, city.pack.one(CITY).clock_zone()
    roll = Roll(memory.pool, city.door.locks, memory.ledger)
    return (
        RegisterKeeper(city.registers, roll, sorted(city.pack.all(REGISTER))),
        LetterKeeper(memory.ledger),
        PaymentKeeper(counter.till),
        CaseKeeper(memory.ledger, zone),
        LicenceKeeper(city.cabinet.licences, city.cabinet.papers),
        ServiceKeeper(memory.ledger, counter.drafts, counter.uploads),
        *((ReportKeeper(memory.ledger, city.centre.photos, city.centre.callers),) if city.centre else ()),
        AccountKeeper(memory.pool, memory.ledger, zone),
    )


def forgetting_of(city: "City") -> Forgetting:
    """What tells people everything and forgets them."""
    memory = city.memory
    return Forgetting(memory.pool, memory.ledger, memory.keys, memory.deletions, keepers_of(city))
