"""What somebody can apply for – an item or a life event – as a row of steps, each a page of questions."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.packs import Text
from onecity.people import Why as PeopleWhy
from onecity.services.answers import Field, faults, read_all
from onecity.services.bundles import materials_of
from onecity.services.catalogue import Catalogue
from onecity.services.everyday import EVENTS, ITEMS
from onecity.services.forms import Material
from onecity.services.life_events import LifeEvent
from onecity.services.pledging import Pledge
from onecity.services.rules import Why

QUESTIONS: Final = "questions"
REST: Final = "rest"
MOST_ON_ONE_PAGE: Final = 8
"""Questions of an item that nobody needs to see in steps."""


class Page(msgspec.Struct, frozen=True):
    """One step of the form. `name` is that of its section; the first and the unsorted one have words of the house."""

    id: str
    name: Text | None
    fields: Mapping[str, Field]


class Stage(msgspec.Struct, frozen=True):
    """A stage of a construction project, whose items its plan says; `code` is the question that its code answers."""

    project: UUID
    number: int
    items: tuple[str, ...]
    code: str


class Offer(msgspec.Struct, frozen=True):
    """An item, a life event whose items follow from the answers, or a stage of a project. `path` is where its pages
    live.
    """

    id: str
    name: Text
    path: str
    event: LifeEvent | None
    stage: Stage | None = None

    @property
    def draft(self) -> str:
        """Under which name its drafts and files are kept: the path says what they are for, see `purposes`."""
        return self.path

    def possible(self) -> tuple[str, ...]:
        """Every item that it could be about, whatever the answers."""
        if self.stage is not None:
            return self.stage.items
        return tuple(part.item for part in self.event.parts) if self.event else (self.id,)

    def items(self, catalogue: Catalogue, typed: Mapping[str, str]) -> tuple[str, ...]:
        """The items that it is about, as far as the answers tell."""
        if self.event is None:
            return self.possible()
        questions = catalogue.questions(self.event)
        return self.event.items_for(read_all(questions, typed)[0], questions)

    def fields(self, catalogue: Catalogue, typed: Mapping[str, str]) -> dict[str, Field]:
        """Every question that it asks, each once; a stage never asks for the code of its own project."""
        found = catalogue.fields(self.items(catalogue, typed), self.event, whole=self.stage is not None)
        return {name: field for name, field in found.items() if self.stage is None or name != self.stage.code}

    def stood_for(self, catalogue: Catalogue, typed: Mapping[str, str], names: Iterable[str]) -> frozenset[str]:
        """Some of its questions, with those that are not asked because these answer them as well."""
        asked, these = self.fields(catalogue, typed), frozenset(names)
        wanted = catalogue.all_fields(self.items(catalogue, typed), self.event)
        return these | {name for name, by in catalogue.answered_by(asked, wanted).items() if by in these}

    def pages(self, catalogue: Catalogue, typed: Mapping[str, str]) -> list[Page]:
        """The steps: the questions that decide, then the sections in their order, then what has no section."""
        fields = self.fields(catalogue, typed)
        first = list(self.event.questions) if self.event else []
        pages = [Page(QUESTIONS, None, {name: fields[name] for name in first})]
        left = {name: field for name, field in fields.items() if name not in first}
        if len(left) <= MOST_ON_ONE_PAGE and not self.event and not self.stage:
            return [Page(REST, None, left)]
        for section_id, section in catalogue.sections():
            inside = {name: field for name, field in left.items() if field.section == section_id}
            pages.append(Page(section_id, section.name, inside))
        pages.append(Page(REST, None, {name: field for name, field in left.items() if field.section is None}))
        return [page for page in pages if page.fields]

    def length(self, catalogue: Catalogue, typed: Mapping[str, str], pledged: Mapping[str, str] = {}) -> int | None:
        """How many steps there are, with all up to the last look; None while answers have yet to decide it."""
        if self.event is not None and faults(catalogue.questions(self.event), typed):
            return None
        between = bool(self.pledges(catalogue, typed)) + bool(self.materials(catalogue, typed, pledged))
        return len(self.pages(catalogue, typed)) + between + 1

    def pledges(self, catalogue: Catalogue, typed: Mapping[str, str]) -> dict[str, Pledge]:
        """Which of its items can be decided on a pledge with these answers, and how."""
        return catalogue.pledges_with(self.items(catalogue, typed), typed)

    def agreed(self, catalogue: Catalogue, typed: Mapping[str, str], pledged: Mapping[str, str]) -> dict[str, str]:
        """The pledges that somebody agreed to in the words of today, by item, with the version of the text."""
        texts = {name: catalogue.pledge_version(name) for name in self.pledges(catalogue, typed)}
        return {name: text for name, text in texts.items() if pledged.get(name) == text}

    def materials(
        self, catalogue: Catalogue, typed: Mapping[str, str], pledged: Mapping[str, str] = {}
    ) -> dict[str, Material]:
        """What somebody is asked to bring, each once; `pledged` are the pledges as their draft keeps them."""
        items = self.items(catalogue, typed)
        return catalogue.materials(materials_of(catalogue.needed(items, self.agreed(catalogue, typed, pledged))))


Offers: TypeAlias = Callable[[Visit], Awaitable[Offer | Refused]]
"""Finds what the path of a visit names, if it can be applied for now."""


def offer_of(visit: Visit, catalogue: Catalogue) -> Offer | None:
    """What the path names, if it can be applied for now."""
    parts: Mapping[str, str] = visit.request.path_params
    return offer_at(f"{ITEMS}{parts['item']}" if "item" in parts else f"{EVENTS}{parts['event']}", catalogue)


def offer_for(visit: Visit, catalogue: Catalogue) -> Offer | Refused:
    """What the path names, if it can be applied for now, and by whoever acts for another."""
    offer = offer_of(visit, catalogue)
    if offer is None:
        return Refused(Why.NO_SUCH_ITEM)
    covered = all(visit.covers(item) for item in offer.possible())
    return offer if covered else Refused(PeopleWhy.NOT_IN_MANDATE)


def offer_at(path: str, catalogue: Catalogue) -> Offer | None:
    """The offer whose pages live at a path; None for what is not decided here, whatever it is called."""
    kind, _, name = path.lstrip("/").partition("/")
    if kind == "items":
        item = catalogue.item(name)
        return Offer(name, item.name, path, None) if item else None
    event = catalogue.event(name) if path.startswith(EVENTS) else None
    return Offer(name, event.name, path, event) if event else None


def first_unfinished(pages: Sequence[Page], typed: Mapping[str, str], *, on: date) -> Page | None:
    """The first step whose answers are not all good yet, or not any more `on` this day."""
    return next((page for page in pages if faults(page.fields, typed, on=on)), None)
