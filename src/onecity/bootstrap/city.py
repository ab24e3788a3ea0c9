"""The whole city, assembled: memory, people, registers, services, pages."""

from datetime import date, datetime
from typing import Final

import msgspec
from argon2 import PasswordHasher
from starlette.applications import Starlette

from onecity import __version__
from onecity.bootstrap.content import words_of
from onecity.bootstrap.gatehouse import gatehouse_of
from onecity.bootstrap.health import health_routes
from onecity.bootstrap.memory import Memory
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.casework import Office
from onecity.kernel.acting import the_city
from onecity.ledger import Declarations
from onecity.machinery.blobs import Blobs
from onecity.machinery.web import Pages, Site, build_app
from onecity.machinery.web.api import description_route
from onecity.notices.web import LetterPages
from onecity.notices.writing import Scribe
from onecity.packs import Pack, Words
from onecity.people import AGENCY, Keys, Locks, PasswordDoor, ReadLog
from onecity.people import web as people
from onecity.people.model import KnownFirm, KnownWard
from onecity.people.usecases import Known
from onecity.places import CITY, calendar_of
from onecity.portal import web as portal
from onecity.registers import Guardianship, Registers
from onecity.services import web as services
from onecity.services.catalogue import Catalogue
from onecity.services.drafts import Drafts
from onecity.services.uploads import Uploads

TITLE: Final = "OneCity"


class City(msgspec.Struct, frozen=True):
    """What the pages, the founding and the command line work with."""

    pack: Pack
    memory: Memory
    words: Words
    registers: Registers
    door: PasswordDoor
    counter: services.Counter
    pages: Pages

    async def look_up(self, number: str, day: date) -> Known | None:
        """What the register of residents says of a number."""
        row = await self.registers.person(number, day=day)
        return Known(row.name, self.registers.quoted(row)) if row else None

    async def look_up_firm(self, number: str, day: date) -> KnownFirm | None:
        """What the register of firms says of a code."""
        row = await self.registers.firm(number, day=day)
        return KnownFirm(row.name, row.representative, self.registers.quoted(row)) if row else None

    async def look_up_ward(self, number: str, day: date) -> KnownWard | None:
        """Who the registers name as guardians of a number."""
        row, person = await self.registers.guardianship(number, day=day), await self.registers.person(number, day=day)
        if row is None or person is None:
            return None
        child = row.kind is Guardianship.CHILD
        return KnownWard(person.name, row.guardians, child, self.registers.quoted(row))

    def matters(self, lang: str) -> dict[str, str]:
        """The matters that somebody can be entrusted with."""
        return {name: item.name.said(lang) for name, item in self.counter.catalogue.items()}


async def assemble(memory: Memory, pack: Pack, *, at: datetime) -> City:
    """The city that a pack describes, on an open memory; the pack in force is announced in the ledger."""
    city, words, ledger = pack.one(CITY), words_of(pack), memory.ledger
    declarations = Declarations(memory.pool)
    await declarations.announce(pack, ledger, by=the_city(), now=at)
    catalogue = Catalogue(pack, declarations)
    pages = Pages(words, city.clock_zone())
    keys = memory.keys
    counter = services.Counter(
        catalogue=catalogue,
        office=Office(ledger, catalogue, calendar_of(pack), city.clock_zone(), pack.version),
        drafts=Drafts(memory.pool, keys),
        uploads=Uploads(memory.pool, keys, Blobs(memory.blobs / "materials")),
        scribe=_scribe(catalogue, words, pages),
        reads=ReadLog(memory.pool),
        area=city.area,
    )
    door_keys = Keys(keys.service_key("login"), keys.service_key("pepper"), keys.service_key("totp"))
    return City(
        pack=pack,
        memory=memory,
        words=words,
        registers=Registers(memory.pool, keys.service_key("registers")),
        door=PasswordDoor(memory.pool, Locks(door_keys, PasswordHasher()), city.clock_zone()),
        counter=counter,
        pages=pages,
    )


def app_of(city: City, settings: Settings) -> Starlette:
    """The pages and the interface of a city."""
    declared = city.pack.one(CITY)
    gatehouse = gatehouse_of(city, settings)
    door = people.DoorPages(gatehouse)
    letters = LetterPages(city.memory.ledger, city.counter.scribe, people.LEADS, city.counter.reachable)
    site = Site(
        city={"zh": declared.name.zh, "en": declared.name.en},
        words=city.words,
        zone=declared.clock_zone(),
        pages=city.pages,
        now=now,
        guard=door.guard,
        brake=door.brake,
        hosts=settings.names,
        simulated=declared.simulated,
        secure=settings.secure,
        doors=(portal.DOORS[0], *services.DOORS, *people.DOORS, *portal.DOORS[1:]),
    )
    operations = (*people.operations(gatehouse), *services.operations(city.counter))
    routes = (
        *portal.Home(city.counter).routes(),
        *people.routes(gatehouse),
        *letters.routes(),
        *services.routes(city.counter),
        *health_routes(city.memory),
        *(operation.route() for operation in operations),
        description_route(operations, title=TITLE, version=__version__),
    )
    return build_app(site, routes)


def _scribe(catalogue: Catalogue, words: Words, pages: Pages) -> Scribe:
    pack = catalogue.pack
    agencies, declared = pack.all(AGENCY), pack.one(CITY)
    zone = declared.clock_zone()

    def matter(lang: str, name: str) -> str:
        found = catalogue.called(name)
        return found.said(lang) if found else name

    def thing(lang: str, name: str) -> str:
        found = catalogue.thing(name)
        return found.said(lang) if found else name

    def agency(lang: str, name: str) -> str:
        # A letter without a department comes from the city itself.
        known = agencies[name].value.name if name in agencies else None if name else declared.name
        return known.said(lang) if known else name

    def day(lang: str, day: date) -> str:
        return pages.formats[lang].day(day, today=now().astimezone(zone).date())

    return Scribe(words, matter, thing, agency, day)
