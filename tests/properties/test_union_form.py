"""What is true of every bundle of the shipped pack's items: one form covers all of it, and nothing is asked twice."""

import operator
from collections import Counter
from itertools import chain
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import union as reference
from tests.shipped import shipped

from onecity.bootstrap.content import shipped_pack
from onecity.ledger import Declarations
from onecity.packs import Text
from onecity.services.answers import Field
from onecity.services.bundles import dependencies, in_order, materials_of, saved
from onecity.services.catalogue import Catalogue
from onecity.services.checking import FIELD, ITEM
from onecity.services.forms import MATERIAL
from onecity.services.life_events import LIFE_EVENT, LifeEvent, Part
from onecity.services.web.offers import Offer, Page


class NoPast(Declarations):
    """A city on its first day: no declaration is older than its pack."""

    def __init__(self) -> None:
        pass


PACK: Final = shipped()
CATALOGUE: Final = Catalogue(PACK, NoPast())
FORMS: Final = reference.forms_in(shipped_pack())
ITEMS: Final = sorted(PACK.all(ITEM))
EVENTS: Final = sorted(PACK.all(LIFE_EVENT))

unhurried = settings(deadline=None)
subsets = st.lists(st.sampled_from(ITEMS), min_size=1, unique=True)
questions = st.lists(st.sampled_from(sorted(PACK.all(FIELD))), max_size=5, unique=True)


def event_of(items: list[str], first: list[str]) -> LifeEvent:
    """A life event that nobody declared: these items, whatever the answers, after these questions."""
    word = Text("事", "event")
    return LifeEvent(word, word, "home", "tax_service", tuple(Part(item) for item in items), (), tuple(first))


def pages_of(event: LifeEvent) -> list[Page]:
    return Offer("event", event.name, "/life-events/event", event).pages(CATALOGUE, {})


def test_the_reference_reads_the_pack_that_ships() -> None:
    assert sorted(FORMS.items) == ITEMS
    assert FORMS.section_of.keys() == PACK.all(FIELD).keys()


@unhurried
@given(subsets, questions)
def test_one_form_asks_all_that_each_item_asks_and_nothing_twice(items: list[str], first: list[str]) -> None:
    fields = CATALOGUE.fields(items, event_of(items, first))
    assert list(fields) == reference.asked(FORMS, items, first)
    wanted = {*first, *chain.from_iterable(FORMS.items[item].asks for item in items)}
    assert fields.keys() <= wanted, "nothing is asked that nobody needs"
    assert {*fields, *CATALOGUE.answered_by(fields, wanted)} == wanted, "each need is answered"
    beside = [name for name, other in FORMS.same if name in fields and name not in first and other in fields]
    assert not beside, "no fact is asked under two names"


@unhurried
@given(subsets, questions)
def test_the_steps_of_the_form_hold_each_question_once(items: list[str], first: list[str]) -> None:
    event = event_of(items, first)
    pages = pages_of(event)
    assert [(page.id, list(page.fields)) for page in pages] == reference.steps(FORMS, items, first)
    shown = Counter(chain.from_iterable(page.fields for page in pages))
    assert shown == Counter(CATALOGUE.fields(items, event).keys())
    asks = Counter(field.ask for page in pages for field in page.fields.values())
    assert set(asks.values()) <= {1}, "no two questions of a form sound alike"


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_alone_asks_what_it_asks(item: str) -> None:
    declared = CATALOGUE.bundle([item])[item]
    pages = Offer(item, declared.name, f"/items/{item}", None).pages(CATALOGUE, {})
    asked = [name for page in pages for name in page.fields]
    assert sorted(asked) == sorted(one.field for one in declared.asks)


@unhurried
@given(subsets)
def test_each_thing_is_brought_once_unless_an_item_of_the_bundle_gives_it(items: list[str]) -> None:
    bundle = CATALOGUE.bundle(items)
    materials = materials_of(bundle)
    assert list(materials) == reference.brought(FORMS, items)
    assert len(set(materials)) == len(materials)
    given_here = {item.result.material for item in bundle.values()}
    for item in bundle.values():
        assert {needed.material for needed in item.needs} <= {*materials, *given_here}
    names = [material.name.zh for material in CATALOGUE.materials(materials).values()]
    assert len(set(names)) == len(names), "no two things have one name"


@unhurried
@given(subsets)
def test_items_wait_for_what_they_need_and_never_in_a_circle(items: list[str]) -> None:
    waits = dependencies(CATALOGUE.bundle(items))
    assert waits == {item: tuple(reference.waited_for(FORMS, items, item)) for item in items}
    order = in_order(waits)
    assert reference.all_come(FORMS, items)
    assert order is not None
    assert sorted(order) == sorted(items)
    for item, others in waits.items():
        assert all(order.index(other) < order.index(item) for other in others)


@unhurried
@given(subsets)
def test_what_a_bundle_spares_is_counted_from_what_it_asks(items: list[str]) -> None:
    asked = reference.asked(FORMS, items)
    found = saved(CATALOGUE.bundle(items), asked=len(asked))
    assert found.forms == (len(items), 1)
    assert found.questions == (sum(len(FORMS.items[item].asks) for item in items), len(asked))
    brought = len(reference.brought(FORMS, items))
    assert found.materials == (sum(len(FORMS.items[item].needs) for item in items), brought)


@unhurried
@given(subsets, st.data())
def test_the_order_of_the_items_changes_no_need(items: list[str], data: st.DataObject) -> None:
    other = data.draw(st.permutations(items))
    assert CATALOGUE.fields(other).keys() == CATALOGUE.fields(items).keys()
    assert set(materials_of(CATALOGUE.bundle(other))) == set(materials_of(CATALOGUE.bundle(items)))
    assert dependencies(CATALOGUE.bundle(other)) == dependencies(CATALOGUE.bundle(items))


def test_a_thing_is_the_result_of_one_item_only_or_of_several_that_no_event_takes_together() -> None:
    made = Counter(item.gives for item in FORMS.items.values() if item.gives is not None)
    assert [thing for thing, times in made.items() if times > 1] == ["business_licence"]
    for name in EVENTS:
        event = CATALOGUE.event(name)
        assert event is not None
        here = Counter(FORMS.items[part.item].gives for part in event.parts)
        assert here["business_licence"] <= 1, name


def test_no_fact_and_no_thing_of_the_pack_has_two_names() -> None:
    fields: list[Field] = [declared.value for declared in PACK.all(FIELD).values()]
    for said in ([field.ask.zh for field in fields], [field.ask.en for field in fields]):
        assert len(set(said)) == len(said)
    things = [declared.value.name for declared in PACK.all(MATERIAL).values()]
    for said in ([name.zh for name in things], [name.en for name in things]):
        assert len(set(said)) == len(said)


@pytest.mark.parametrize("name", EVENTS)
def test_every_life_event_asks_less_than_its_items_one_by_one(name: str) -> None:
    event = CATALOGUE.event(name)
    assert event is not None
    items = [part.item for part in event.parts]
    found = saved(CATALOGUE.bundle(items), asked=len(reference.asked(FORMS, items, event.questions)))
    # What this project composed of offered items may share nothing; nothing is asked twice all the same.
    fewer = operator.le if event.composed else operator.lt
    assert fewer(found.questions[1] - len(event.questions) * event.composed, found.questions[0])
    assert fewer(found.materials[1], found.materials[0])
