"""Any items can be tried together: what is computed of them never costs people more, and the event holds its examples."""

import re
from random import Random
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.kernel.refusal import Refused
from onecity.packs import Text
from onecity.places.declared import ID_FORM
from onecity.services.amending import ComposedPart, Composing
from onecity.services.amending.composing import composed, event_of, id_of, questions_for, simulated
from onecity.services.bundles import dependencies, in_order
from onecity.services.checking import FIELD, ITEM

PACK: Final = shipped()
ITEMS: Final = sorted(PACK.all(ITEM))
SOME: Final = st.lists(st.sampled_from(ITEMS), min_size=2, max_size=9, unique=True)


@given(SOME)
@settings(max_examples=120, deadline=None)
def test_a_bundle_never_asks_more_than_its_items_one_by_one(names: list[str]) -> None:
    found, items = simulated(PACK, names), {name: PACK.all(ITEM)[name].value for name in names}
    for apart, once in (found.saved.forms, found.saved.questions, found.saved.materials, found.saved.days):
        assert 0 <= once <= apart
    assert found.repeats == found.saved.questions[0] - found.saved.questions[1]
    assert set(found.agencies) == {item.agency for item in items.values()}
    waits = dependencies(items)
    assert found.waits == {name: others for name, others in waits.items() if others}
    order = in_order(waits)
    if order is not None:
        assert all(order.index(other) < order.index(name) for name, others in found.waits.items() for other in others)


@given(SOME, st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_whatever_may_be_composed_holds_its_own_examples(names: list[str], dice: Random) -> None:
    parts = []
    for name in names:
        asked = questions_for(PACK, name)
        chosen = dice.choice((None, *asked))
        parts.append(ComposedPart(name, chosen.question, chosen.because) if chosen else ComposedPart(name))
    typed = Composing(
        Text("试一件没有的事", "Something that is not there"), Text("一句话", "One sentence"), (), tuple(parts)
    )
    agency = PACK.all(ITEM)[names[0]].value.agency
    found = composed(PACK, id_of(typed.name), typed, agency)
    if isinstance(found, Refused):
        assert all(one.question for one in parts) or "circle" in found.reason
        return
    assert found == event_of(PACK, typed, agency)
    questions = {name: PACK.all(FIELD)[name].value for name in found.questions}
    assert [found.items_for(example.given, questions) for example in found.examples] == [
        example.gives for example in found.examples
    ]


@given(st.text(max_size=80))
def test_a_name_gives_an_id_or_nothing(name: str) -> None:
    found = id_of(Text("名", name))
    assert found == "" or re.fullmatch(r"[a-z0-9][a-z0-9_]*", found)
    assert len(found) <= 48
    if found and found[0].isalpha():
        assert re.fullmatch(ID_FORM, found)
