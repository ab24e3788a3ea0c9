"""The items that can be applied for now, and those under whose versions cases still run."""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeVar

import msgspec

from onecity.casework import LAW, PROCESS, CaseOpened, Delivery, Laws, Matter, Process, Words, laws_of
from onecity.kernel.search import Found, Index, plain
from onecity.ledger import Declarations
from onecity.licences import LICENCE_TYPE
from onecity.packs import Kind, Pack, Text, version_of
from onecity.people import AGENCY, Agency
from onecity.places import CITY, COUNTY, STREET, VILLAGE
from onecity.registers import REGISTER, Register
from onecity.services import rules
from onecity.services.answers import Field, read_all, retold
from onecity.services.checking import FIELD, ITEM, fields_in, fields_of
from onecity.services.declared import Item
from onecity.services.everyday import NOTHING_SAID, Sayings, index_of
from onecity.services.forms import MATERIAL, SECTION, Material, Section
from onecity.services.life_events import LIFE_EVENT, LifeEvent
from onecity.services.listing import Listing, listing_of
from onecity.services.pledging.declared import PLEDGE, Pledge
from onecity.services.same_questions import SAME_QUESTION, answered_by, answered_too, asked_once, same_in

T = TypeVar("T", bound=msgspec.Struct)

ASKED: Final = (CITY, COUNTY, STREET, VILLAGE, SECTION, MATERIAL, FIELD, ITEM, LIFE_EVENT, SAME_QUESTION)
"""What an application was made of."""

NAMED: Final = (AGENCY, REGISTER, LAW, PROCESS, MATERIAL, FIELD, ITEM, LICENCE_TYPE)
"""What a case or a letter names when it is no longer declared."""


class Catalogue:
    """Reads one version of the pack, mostly the one in force, and others from the ledger's store of declarations.

    `known` also holds what is declared no more, as it was last: running cases and old letters still name it. `sayings`
    are what people say of things in tables that services do not know.
    """

    def __init__(
        self, pack: Pack, declarations: Declarations, *, known: Pack | None = None, version: str | None = None,
        sayings: Sayings = NOTHING_SAID,
    ) -> None:  # fmt: skip
        self.pack = pack
        self._version = version or pack.version
        self._known = known or pack
        self._sayings = sayings
        self._declarations = declarations
        self.laws: Laws = laws_of(self._known)
        self._fields = fields_in(pack)
        self._names = {name: _names_of(one.value) for name, one in self._known.all(ITEM).items()}
        self.listing: Listing = listing_of(pack)

    @cached_property
    def _index(self) -> Index:
        # Of a former version nobody searches, and it is read for a case in passing.
        return index_of(self.pack, self._sayings)

    def item(self, name: str) -> Item | None:
        """An item that can be applied for now."""
        found = self.pack.all(ITEM).get(name)
        return found.value if found else None

    def find(self, question: str) -> list[str]:
        """The paths of the events and items that fit a question, the best first."""
        return [found.path for found in self.search(question)]

    def prepare_search(self) -> None:
        """Make ready what searches need; it takes a moment, which nobody who searches should wait."""
        self._index.prepare()

    def search(self, question: str) -> Sequence[Found]:
        """The events and items that fit a question, the best first, each with its reason."""
        return self._index.find(question)

    def wanted(self, question: str) -> str:
        """What a question asks for, without the words that say nothing about it."""
        return self._index.wanted(question)

    def meant(self, word: str) -> Words:
        """The matters that a word names, whole or in part, and the agencies, with those that are declared no more."""
        asked = plain(word)
        agencies = [name for name, one in self._known.all(AGENCY).items() if asked in plain(one.value.name.both)]
        matters = [name for name, texts in self._names.items() if any(asked in text for text in texts)]
        return Words(tuple(sorted(matters)), tuple(sorted(agencies)))

    def items(self) -> Sequence[tuple[str, Item]]:
        """All items that can be applied for now."""
        return self._items

    @cached_property
    def _items(self) -> Sequence[tuple[str, Item]]:
        return tuple((name, declared.value) for name, declared in sorted(self.pack.all(ITEM).items()))

    def event(self, name: str) -> LifeEvent | None:
        """A life event that can be applied for now."""
        found = self.pack.all(LIFE_EVENT).get(name)
        return found.value if found else None

    def events(self) -> Sequence[tuple[str, LifeEvent]]:
        """All life events that can be applied for now."""
        return [(name, declared.value) for name, declared in sorted(self.pack.all(LIFE_EVENT).items())]

    def asked(self, name: str) -> Field | None:
        """A question of the pack in force, ready to read answers; None if it is not asked now."""
        return self._fields.get(name)

    def event_version(self, name: str) -> str:
        """The version of a life event in force."""
        return version_of(self.pack.all(LIFE_EVENT)[name])

    def questions(self, event: LifeEvent) -> dict[str, Field]:
        """The fields whose answers decide which items of an event are on."""
        return {name: self._fields[name] for name in event.questions}

    def bundle(self, names: Sequence[str]) -> dict[str, Item]:
        """The named items, in that order."""
        items = self.pack.all(ITEM)
        return {name: items[name].value for name in names}

    def sections(self) -> Sequence[tuple[str, Section]]:
        """The sections of forms in their order."""
        found = [(name, declared.value) for name, declared in self.pack.all(SECTION).items()]
        return sorted(found, key=lambda one: one[1].order)

    def called(self, name: str) -> Text | None:
        """How an item is called now, or was called last."""
        found = self._named(ITEM, name)
        return found.called if found else None

    def shown_by(self, material: str) -> str | None:
        """The type of licence that shows what a material would show, if there is one."""
        return self._shown.get(material)

    @cached_property
    def _shown(self) -> Mapping[str, str]:
        """The type of licence that shows each material; of several items that give one the first."""
        results = [item.result for _, item in reversed(self.items())]
        return {one.material: one.licence for one in results if one.material and one.licence}

    def find_material(self, name: str) -> Material | None:
        """A material as it is now, or as it was last; None if there never was one of this name."""
        return self._named(MATERIAL, name)

    def material(self, name: str) -> Material:
        """A material as it is now, or as it was last."""
        found = self.find_material(name)
        assert found is not None, "what a case or an item needs was declared once"
        return found

    def materials(self, names: Sequence[str]) -> dict[str, Material]:
        """The named materials, in that order."""
        return {name: self.material(name) for name in names}

    def field(self, name: str) -> Field | None:
        """A question as it is now, or as it was last."""
        return self._named(FIELD, name)

    def near(self, name: str) -> dict[str, Field]:
        """A question with the one after whose day its own comes, as they are now, or as they were last."""
        field = self.field(name)
        assert field is not None, "what was asked is declared"
        other = self.field(field.after)
        return {name: field} if other is None else {name: field, field.after: other}

    def thing(self, name: str) -> Text | None:
        """What a material or a question is called now, or was called last."""
        material, field = self._named(MATERIAL, name), self._named(FIELD, name)
        if material is not None:
            return material.name
        return field.ask if field is not None else None

    def retold(self, name: str, text: str, lang: str, *, say: Callable[[str, str], str]) -> str:
        """The answer to a question as it stands on a licence, in a language."""
        field = self.field(name)
        return retold(field, text, lang, say) if field else text

    def agency(self, name: str) -> Agency:
        """A department as it is now, or as it was last."""
        found = self._named(AGENCY, name)
        assert found is not None, "the agency of a case was declared once"
        return found

    def named_process(self, name: str) -> Process | None:
        """A process as it is now, or as it was last."""
        return self._named(PROCESS, name)

    def _named(self, kind: Kind[T], name: str) -> T | None:
        found = self._known.all(kind).get(name)
        return found.value if found else None

    async def under(self, version: str | None) -> "Catalogue":
        """The catalogue of the version of the pack under which something began: what was asked then, and how."""
        if version is None or version == self._version:
            return self
        pack = await self._declarations.pack(version, ASKED)
        return Catalogue(pack, self._declarations, version=version)

    def fields(self, names: Sequence[str], event: LifeEvent | None = None, *, whole: bool = False) -> dict[str, Field]:
        """What one form asks for the named items, each fact once, after the questions of their life event.

        Items of one event, or of one `whole`, are about one shop, one firm, one child: there two questions may be one.
        """
        return self.asked_once(self.all_fields(names, event), event, whole=whole)

    def asked_once(self, wanted: dict[str, Field], event: LifeEvent | None, *, whole: bool = False) -> dict[str, Field]:
        """The same, of all that the items ask."""
        if event is None:
            return asked_once(wanted, same_in(self.pack)) if whole else wanted
        return asked_once(wanted, same_in(self.pack), first=event.questions)

    def answered_too(self, answers: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
        """The answers, and with them those questions of `names` that one of them answers."""
        return answered_too(answers, names, same_in(self.pack))

    def answered_by(self, answers: Container[str], names: Iterable[str]) -> dict[str, str]:
        """Those of `names` that are not answered themselves, each with the answered question that stands for it."""
        return answered_by(answers, names, same_in(self.pack))

    def all_fields(self, names: Sequence[str], event: LifeEvent | None = None) -> dict[str, Field]:
        """What the named items ask, with what another question of them answers already."""
        items = self.pack.all(ITEM)
        first = [self.questions(event)] if event else []
        return rules.together(
            [*first, *(fields_of(self._fields, items[name].value) for name in names if name in items)]
        )

    def current(self, name: str) -> rules.Current:
        """An item of the pack in force, ready to open a case."""
        item = self.pack.all(ITEM)[name]
        process = self.pack.all(PROCESS)[item.value.process]
        return rules.Current(
            name, version_of(item), item.value.process, version_of(process), item.value.agency,
            _matter(item.value, process.value),
        )  # fmt: skip

    def pledges(self, names: Iterable[str]) -> dict[str, Pledge]:
        """How some items are decided on a pledge now, by item; nothing of those that are not."""
        known = self.pack.all(PLEDGE)
        return {name: known[name].value for name in names if name in known}

    def pledges_with(self, names: Sequence[str], typed: Mapping[str, str]) -> dict[str, Pledge]:
        """The same, without those that nobody can give truthfully with these answers."""
        offered = self.pledges(names)
        if all(pledge.when is None for pledge in offered.values()):
            return offered
        fields = self.all_fields(names)
        answers, _ = read_all(fields, self.answered_too(typed, fields))
        return {name: pledge for name, pledge in offered.items() if pledge.fits(answers, fields)}

    def needed(self, names: Sequence[str], pledged: Collection[str] = ()) -> dict[str, Item]:
        """The named items, in that order; those decided on a pledge without the materials that it spares."""
        spares = {name: pledge.spares for name, pledge in self.pledges(pledged).items()}
        return {name: item.sparing(spares.get(name, ())) for name, item in self.bundle(names).items()}

    def pledge_version(self, name: str) -> str:
        """The version of the text of the pledge of an item, as it is now."""
        return version_of(self.pack.all(PLEDGE)[name])

    async def pledge_in(self, name: str, version: str) -> Pledge:
        """The pledge of an item in the version that somebody read."""
        return await self._declarations.value(self.pack, PLEDGE, name, version)

    def on_pledge(self, name: str) -> rules.Current:
        """An item of the pack in force, ready to open a case that is decided on a pledge."""
        pledge, current = self.pack.all(PLEDGE)[name].value, self.current(name)
        process, version = self.named_process_version(pledge.process)
        matter = Matter(process, pledge.within.limit, 0, current.matter.lackable.difference(pledge.spares))
        return msgspec.structs.replace(
            current, process=pledge.process, process_version=version, matter=matter, limit=pledge.within.limit,
            spares=pledge.spares,
        )  # fmt: skip

    def named_process_version(self, name: str) -> tuple[Process, str]:
        """A process that a pledge names, and its version, as it is now or was last."""
        found = self._known.all(PROCESS)[name]
        return found.value, version_of(found)

    def register(self, name: str) -> Register | None:
        """A register as it is now, or as it was last."""
        return self._named(REGISTER, name)

    def ways(self, name: str) -> tuple[Delivery, ...]:
        """How the result of an item in force can reach a person."""
        item = self.pack.all(ITEM)[name].value
        return item.ways(self.pack.all(AGENCY)[item.agency].value, self.process(item))

    def process(self, item: Item) -> Process:
        """The process that an item of the pack in force follows."""
        return self.pack.all(PROCESS)[item.process].value

    async def matter(self, opened: CaseOpened) -> Matter:
        """The process and limit of a case, in the versions under which it was opened."""
        return _matter(await self.item_of(opened), await self.process_of(opened))

    async def item_of(self, opened: CaseOpened) -> Item:
        """The item of a case, as it was when the case was opened."""
        return await self.item_in(opened.matter, opened.matter_version)

    async def item_in(self, name: str, version: str) -> Item:
        """An item in one of its versions."""
        return await self._declarations.value(self.pack, ITEM, name, version)

    async def process_of(self, opened: CaseOpened) -> Process:
        """The process of a case, as it was when the case was opened."""
        return await self._declarations.value(self.pack, PROCESS, opened.process, opened.process_version)


def _matter(item: Item, process: Process) -> Matter:
    extension = item.limit.extension
    return Matter(process, item.limit.limit, extension.days if extension else 0, frozenset(item.lackable))


def _names_of(item: Item) -> tuple[str, ...]:
    """What people call an item."""
    return tuple(plain(text) for text in (item.called.both, item.name.both, *item.also))
