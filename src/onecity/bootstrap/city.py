"""The whole city, assembled: memory, people, registers, services, pages."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

import msgspec
from argon2 import PasswordHasher
from starlette.applications import Starlette

from onecity import __version__
from onecity.bootstrap.content import KINDS, runbooks, sayings_of, words_of
from onecity.bootstrap.gatehouse import gatehouse_of
from onecity.bootstrap.health import health_routes
from onecity.bootstrap.look_ups import LookUps
from onecity.bootstrap.maps import atlas_of
from onecity.bootstrap.memory import Memory
from onecity.bootstrap.moment import now
from onecity.bootstrap.post import codes_by, post_of
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.till import till_of
from onecity.bootstrap.trained import trained
from onecity.bootstrap.watched import UNITS
from onecity.casework import CaseOpened, Follow, Happening, Matter, Matters, Office, waiting_for
from onecity.casework import web as casework
from onecity.casework.ordering import ORDER, Orders
from onecity.governance import (
    STREET_RULES,
    Ground,
    Street,
    StreetMatters,
    catalogue_of,
    filing_of,
    hears_too,
    is_street,
)
from onecity.governance import web as street
from onecity.governance.detecting import Cascades, Proposer
from onecity.governance.knowledge import Knowledge
from onecity.governance.photos import Photos
from onecity.governance.usecases.appraising import Appraiser
from onecity.governance.usecases.callers import Callers
from onecity.governance.usecases.mapping import OpenCounts
from onecity.governance.usecases.spotting import DailySpots
from onecity.kernel.acting import the_city
from onecity.kernel.errors import CannotStart
from onecity.kernel.instants import day_in
from onecity.kernel.lists import listed
from onecity.kernel.refusal import Refused
from onecity.ledger import Change, Ledger
from onecity.ledger.web import Proofs
from onecity.licences import Licences
from onecity.licences import web as licences
from onecity.licences.papers import Papers
from onecity.licences.publishing import Renewal, StatusLists
from onecity.licences.verifying import Verifier
from onecity.machinery import features
from onecity.machinery.sealed import Sealed
from onecity.machinery.watch import Watch
from onecity.machinery.web import Door, Pages, Site, build_app
from onecity.machinery.web.api import description_route
from onecity.machinery.web.forms import MEGABYTE
from onecity.machinery.web.reading import Reading
from onecity.notices import letter_to
from onecity.notices.facts import LetterSent
from onecity.notices.web import BoardPages, Leads, LetterPages, PostPages
from onecity.notices.writing import Scribe
from onecity.packs import Pack, Words
from onecity.payments import Till
from onecity.payments import web as payments
from onecity.people import AGENCY, DUTY, Keys, Locks, PasswordDoor, ReadLog
from onecity.people import web as people
from onecity.people.roll import Roll
from onecity.people.usecases import Mandates, Receptions
from onecity.places import CITY, HALL, calendar_of, hours_of, places_of
from onecity.portal import web as portal
from onecity.portal.runbooks import Runbooks
from onecity.registers import REGISTER, Registers
from onecity.services import web as services
from onecity.services.amending import Amendments
from onecity.services.catalogue import NAMED, Catalogue
from onecity.services.checking import ITEM
from onecity.services.drafts import Drafts
from onecity.services.feedback import FEEDBACK_RULE, Feedbacks
from onecity.services.frequent import items_in_order
from onecity.services.pledging.usecases import checks_pledges
from onecity.services.projects import Projects
from onecity.services.queueing import halls_of
from onecity.services.riddles import Riddles
from onecity.services.uploads import Uploads
from onecity.services.usecases import Intake
from onecity.services.usecases.charging import charges_fees
from onecity.services.usecases.complaints import kept_from_own_work
from onecity.services.usecases.giving import gives_licences
from onecity.services.usecases.knowing import Archive

TITLE: Final = "OneCity"


class EachMatter(msgspec.Struct, frozen=True):
    """The matters of all pillars: each is asked for its own cases."""

    items: Matters
    street: Matters

    async def matter(self, opened: CaseOpened) -> Matter:
        return await (self.street if is_street(opened) else self.items).matter(opened)


class City(msgspec.Struct, frozen=True):
    """What the pages, the founding and the command line work with."""

    pack: Pack
    memory: Memory
    words: Words
    registers: Registers
    look_ups: LookUps
    door: PasswordDoor
    mandates: Mandates
    counter: services.Counter
    cabinet: licences.Cabinet
    renewal: Renewal
    pages: Pages
    centre: street.Centre | None
    orders: casework.OrderRoom

    def purpose(self, name: str, lang: str) -> str:
        """What a consent is for: an item or a life event, as people call it."""
        kind, _, paths = name.partition("/")
        event = self.counter.catalogue.event(paths) if kind == "life_events" else None
        if event is not None:
            return event.name.said(lang)
        return listed((self.matters(lang).get(path, path) for path in paths.split()), lang)

    def register(self, name: str, lang: str) -> str:
        """What a register is called: one of the house's own, one that the pack declares, or one of the past."""
        key, declared = f"people.register.{name}", self.pack.all(REGISTER).get(name)
        if self.words.knows(key):
            return self.words.say(lang, key)
        return declared.value.name.said(lang) if declared else name

    def matters(self, lang: str) -> dict[str, str]:
        """The matters that somebody can be entrusted with, those that people often need first."""
        items = self.pack.all(ITEM)
        return {name: items[name].value.called.said(lang) for name in items_in_order(self.pack)}


async def assemble(memory: Memory, pack: Pack, *, at: datetime) -> City:
    """The city as it starts with a pack: under that pack if it is news, else under the one in force.

    Raises CannotStart if the pack is another city's.
    """
    origin = pack.one(CITY).ledger_origin
    held = await memory.declarations.start(pack, origin, ledger=memory.ledger, by=the_city(), now=at)
    if isinstance(held, Refused):
        raise CannotStart(words_of(pack).say("en", held.reason, **held.details))
    return await city_of(memory, pack) if held.version == pack.version else await city_under(memory, held.version)


async def city_under(memory: Memory, version: str) -> City:
    """The city under a version of its pack. Raises Unavailable if this program does not know all of it."""
    return await city_of(memory, await memory.declarations.whole(version, KINDS))


async def city_of(memory: Memory, pack: Pack) -> City:
    """The city that a pack describes, on an open memory."""
    city, words, ledger, keys = pack.one(CITY), words_of(pack), memory.ledger, memory.keys
    known = pack.remembering(await memory.declarations.withdrawn(pack, NAMED))
    version, declarations = pack.version, memory.declarations
    catalogue = Catalogue(pack, declarations, known=known, version=version, sayings=sayings_of(pack))
    pages = Pages(words, city.clock_zone(), catalogue.laws.cited)
    held = Licences(ledger, known, declarations, city.clock_zone())
    till = till_of(city, memory)
    follows = _follows(catalogue, held, till, words)
    office = _office(pack, ledger, EachMatter(catalogue, StreetMatters(pack, declarations)), follows)
    uploads = Uploads(memory.pool, Sealed(keys, memory.shelf("materials")))
    registers = Registers(memory.pool, keys.service_key("registers"))
    door_keys = Keys(keys.service_key("login"), keys.service_key("pepper"), keys.service_key("totp"))
    door = PasswordDoor(memory.pool, Locks(door_keys, PasswordHasher()), city.clock_zone())
    roll, look_ups = Roll(memory.pool, door.locks, ledger), LookUps(registers)
    mandates = Mandates(ledger, roll, letter_to, look_ups.person, look_ups.firm, look_ups.ward)
    intake = Intake(catalogue, office, uploads, held, city.area, Archive(registers, roll))
    counter = services.Counter(
        intake=intake,
        drafts=Drafts(memory.pool, keys),
        scribe=_scribe(catalogue, known, words, pages),
        reads=ReadLog(memory.pool),
        receptions=Receptions(ledger, roll, look_ups.person, pack.all(DUTY), mandates.may_act, city.area),
        till=till,
        roll=roll,
        amendments=Amendments(ledger, declarations, pack, KINDS, city.ledger_origin, city.clock_zone()),
        feedbacks=Feedbacks(office, {name: one.value for name, one in pack.all(FEEDBACK_RULE).items()}),
        riddles=Riddles(memory.pool, keys.service_key("riddles"), catalogue, city.clock_zone()),
        halls=halls_of(ledger, pack),
        projects=Projects(intake),
    )
    orders = _orders(memory, pack)
    lists = StatusLists(memory.status, memory.signer, city.clock_zone())
    return City(
        pack=pack,
        memory=memory,
        words=words,
        registers=registers,
        look_ups=look_ups,
        door=door,
        mandates=mandates,
        counter=counter,
        cabinet=_cabinet(memory, held, lists, counter),
        renewal=Renewal(lists, ledger, memory.signer, memory.folder, city.clock_zone()),
        pages=pages,
        centre=_centre(memory, pack, office, orders, counter),
        orders=casework.OrderRoom(orders, counter.scribe),
    )


def _follows(catalogue: Catalogue, held: Licences, till: Till, words: Words) -> tuple[Follow, ...]:
    """What else happens when something happens to a case."""
    gives = gives_licences(held, catalogue, partial(words.say, "zh"))
    of_items = (kept_from_own_work(held.ledger), gives, checks_pledges(held, catalogue), charges_fees(till, catalogue))
    return (*map(_of_items, of_items), hears_too(held.ledger))


def _of_items(follow: Follow) -> Follow:
    """What services do with what happens to a case, for their own cases only: nobody pays for a hole in the road."""

    async def followed(happening: Happening) -> Sequence[Change] | Refused:
        return () if is_street(happening.case.opened) else await follow(happening)

    return followed


def _centre(
    memory: Memory, pack: Pack, office: Office, orders: Orders, counter: services.Counter
) -> street.Centre | None:
    """Governance of the street; None where the pack declares none."""
    filing, found = filing_of(pack), catalogue_of(pack)
    if filing is None or found is None or not pack.all(STREET_RULES):
        return None
    photos = Photos(Sealed(memory.keys, memory.shelf("photos")))
    callers = Callers(memory.pool, memory.keys.service_key("callers"))
    of = Street(
        office, Ground(pack), pack, memory.declarations, pack.one(STREET_RULES), filing, found, photos, callers,
        trained(memory.trained, found),
    )  # fmt: skip
    secret = memory.keys.service_key("reports")
    spots, proposer = DailySpots(of), Proposer(Cascades())
    return street.Centre(
        of, orders, counter.scribe, counter.reads, secret, spots, proposer, memory.live, Knowledge(of.rules),
        Appraiser(of), OpenCounts(of),
    )  # fmt: skip


def _orders(memory: Memory, pack: Pack) -> Orders:
    """The orders of the city; of no kind where the pack declares none."""
    zone = pack.one(CITY).clock_zone()
    return Orders(memory.ledger, pack.all(ORDER), places_of(pack), frozenset(pack.all(AGENCY)), zone)


def _office(pack: Pack, ledger: Ledger, matters: Matters, follows: tuple[Follow, ...]) -> Office:
    return Office(
        ledger=ledger,
        matters=matters,
        calendar=calendar_of(pack),
        zone=pack.one(CITY).clock_zone(),
        pack=pack.version,
        waiting=waiting_for(ledger),
        hours=hours_of(pack),
        halls=frozenset(pack.all(HALL)),
        follows=follows,
    )


def _cabinet(memory: Memory, of: Licences, lists: StatusLists, counter: services.Counter) -> licences.Cabinet:
    return licences.Cabinet(
        licences=of,
        verifier=Verifier(of, lists, memory.signer, memory.folder),
        lists=lists,
        papers=Papers(memory.pool, Sealed(memory.keys, memory.shelf("papers"))),
        scribe=counter.scribe,
        reads=counter.reads,
        words=counter.scribe.words,
        retold=partial(counter.catalogue.retold, say=counter.scribe.words.say),
        simulated=of.pack.one(CITY).simulated,
    )


def app_of(city: City, settings: Settings, watch: Watch | None = None) -> Starlette:
    """The pages and the interface of a city; `watch` remembers how it did under the version before."""
    watch = watch or Watch(city.memory.pool, settings.data, UNITS)
    declared = city.pack.one(CITY)
    ledger, scribe, post = city.memory.ledger, city.counter.scribe, post_of(declared, settings)
    gatehouse = gatehouse_of(city, codes_by(post, city.words, declared.name))
    door = people.DoorPages(gatehouse)
    board = BoardPages(ledger, scribe)
    desk = city.counter.cash_desk
    proofs = Proofs(ledger.readers, city.memory.signer, city.memory.folder)
    operations = (
        *proofs.operations(),
        *people.operations(gatehouse),
        *board.operations(),
        *payments.operations(desk),
        *casework.operations(city.orders),
        *licences.operations(city.cabinet),
        *services.operations(city.counter),
        *(street.operations(city.centre) if city.centre else ()),
    )
    routes = (
        *portal.Home(city.counter).routes(),
        *people.routes(gatehouse),
        *LetterPages(ledger, scribe, _leads(city), city.counter.reachable).routes(),
        *PostPages(ledger, post).routes(),
        *board.routes(),
        *proofs.routes(),
        *payments.routes(desk),
        *casework.routes(city.orders),
        *licences.routes(city.cabinet),
        *services.routes(city.counter, city.cabinet),
        *(street.routes(city.centre) if city.centre else ()),
        *atlas_of(city.pack, city.centre).routes(),
        *health_routes(city.memory, watch, settings),
        *portal.Operations(watch, Runbooks(runbooks())).routes(),
        *(operation.route() for operation in operations),
        description_route(operations, title=TITLE, version=__version__),
    )
    return build_app(_site(city, settings, door), routes)


def _site(city: City, settings: Settings, door: people.DoorPages) -> Site:
    declared = city.pack.one(CITY)
    return Site(
        city={"zh": declared.name.zh, "en": declared.name.en},
        words=city.words,
        zone=declared.clock_zone(),
        pages=city.pages,
        now=now,
        guard=door.guard,
        brake=door.brake,
        hosts=settings.known_names(),
        simulated=declared.simulated,
        secure=settings.secure,
        upload_bytes=settings.upload_mb * MEGABYTE,
        doors=_doors(city),
        reading=Reading(city.memory.ledger.readers, secure=settings.secure),
        protocols=features.PROTOCOLS | (street.PROTOCOLS if city.centre else {}),
    )


def _leads(city: City) -> Leads:
    known = {**people.LEADS, **casework.LEADS, **services.LEADS}

    def lead(letter: LetterSent) -> tuple[str, str] | None:
        on_street = street.lead(letter, city.centre) if city.centre else None
        return on_street or known.get(letter.kind)

    return lead


def _doors(city: City) -> tuple[Door, ...]:
    """The doors of the house in their order: the portal's first one leads, its others close the row."""
    first, *last = portal.DOORS
    own = (
        *services.doors(city.counter, city.pack),
        *(street.doors() if city.centre else ()),
        *casework.doors(city.orders),
    )
    return (first, *own, *licences.DOORS, *payments.DOORS, *people.DOORS, portal.DOOR, *last)


def _scribe(catalogue: Catalogue, known: Pack, words: Words, pages: Pages) -> Scribe:
    agencies, declared = known.all(AGENCY), known.one(CITY)
    zone, street_catalogue = declared.clock_zone(), catalogue_of(known)

    def matter(lang: str, name: str) -> str:
        on_street = street_catalogue.matter(name) if street_catalogue else None
        found = on_street.called if on_street else catalogue.called(name)
        return found.said(lang) if found else name

    def thing(lang: str, name: str) -> str:
        found = catalogue.thing(name)
        return found.said(lang) if found else name

    def agency(lang: str, name: str) -> str:
        # A letter without a department comes from the city itself.
        known = agencies[name].value.name if name in agencies else None if name else declared.name
        return known.said(lang) if known else name

    def day(lang: str, day: date) -> str:
        return pages.formats[lang].day(day, today=day_in(zone, now()))

    def instant(lang: str, at: datetime) -> str:
        return f"{day(lang, day_in(zone, at))} {at.astimezone(zone):%H:%M}"

    def hall(lang: str, name: str) -> str:
        found = known.all(HALL).get(name)
        if found is None:
            return name
        return words.say(lang, "places.hall", name=found.value.name.said(lang), address=found.value.address.said(lang))

    return Scribe(words, matter, thing, agency, day, instant, hall)
