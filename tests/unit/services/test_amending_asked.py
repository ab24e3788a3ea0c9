"""What an officer may change in the questions of an item and in a life event, and what stays as it is."""

from typing import Any, Final

import msgspec
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS
from onecity.kernel.refusal import Refused
from onecity.packs import Declared, Pack, Text, checked
from onecity.services.amending import ComposedPart, NewQuestion
from onecity.services.amending.asking import amended_item, asked_by, item_after
from onecity.services.amending.composing import amended_event, as_composed, event_otherwise
from onecity.services.amending.rules import Why, as_it_is, otherwise, said_of_item
from onecity.services.checking import FIELD, ITEM
from onecity.services.declared import Item
from onecity.services.life_events import LIFE_EVENT, LifeEvent

PACK: Final = shipped()
NAME: Final = "abnormal_list_removal"
DRAWN: Final[Item] = PACK.all(ITEM)[NAME].value
NEW: Final = NewQuestion(
    f"{NAME}_1", Text("补报了吗？", "Was it handed in?"), "yes_no", "organisation", Text("先补报", "That comes first"),
    Text("", ""), Text("", ""),
)  # fmt: skip


def changed(kind: Any, name: str, value: Any) -> Pack:
    """The pack with one declaration in the place of another."""
    one = Declared(kind.name, name, value, {}, drawn=PACK.declared[kind.name][name].drawn)
    return Pack({**PACK.declared, kind.name: {**PACK.declared[kind.name], name: one}}, PACK.words)


def test_every_item_asks_as_before_where_nothing_was_changed() -> None:
    for one in PACK.all(ITEM).values():
        found = amended_item(PACK, one.value, as_it_is(one.value))
        assert isinstance(found, Refused)
        assert found.reason is Why.NOTHING_NEW
        assert item_after(PACK, one.value, as_it_is(one.value)) == one.value


def test_questions_are_moved_taken_out_and_taken_in_with_their_reasons() -> None:
    first, second, *rest = asked_by(DRAWN)
    typed = msgspec.structs.replace(as_it_is(DRAWN), asks=(second, first, *rest[1:], "applicant_phone"))
    found = amended_item(PACK, DRAWN, typed)
    assert isinstance(found, Item)
    assert asked_by(found) == typed.asks
    kept = {one.field: one.because for one in DRAWN.asks}
    assert [one.because for one in found.asks[:2]] == [kept[second], kept[first]]
    assert set(found.examples[0].given) == set(asked_by(found))
    assert checked(changed(ITEM, NAME, found), KINDS) == ()
    assert [one.part for one in otherwise(DRAWN, found)] == ["asks"]
    assert said_of_item(DRAWN, typed) == {"asks": asked_by(found)}


def test_a_new_question_says_why_it_is_asked() -> None:
    typed = msgspec.structs.replace(as_it_is(DRAWN), asks=(NEW.id, *asked_by(DRAWN)), questions=(NEW,))
    found = amended_item(PACK, DRAWN, typed)
    assert isinstance(found, Item)
    assert (found.asks[0].because, found.examples[0].given[NEW.id]) == (NEW.why, "yes")
    unknown = amended_item(PACK, DRAWN, msgspec.structs.replace(typed, questions=()))
    assert isinstance(unknown, Refused)
    assert unknown.reason is Why.NO_SUCH_FIELD


def test_an_item_that_is_written_out_asks_as_its_file_says() -> None:
    item = PACK.all(ITEM)["food_business"].value
    found = amended_item(PACK, item, msgspec.structs.replace(as_it_is(item), asks=("firm_name",)))
    assert isinstance(found, Refused)
    assert found.reason is Why.WRITTEN_OUT


def test_every_event_is_as_before_where_nothing_was_changed() -> None:
    for name, one in PACK.all(LIFE_EVENT).items():
        found = amended_event(PACK, name, as_composed(one.value))
        assert isinstance(found, Refused)
        assert found.reason is Why.NOTHING_NEW


def test_every_event_holds_its_examples_with_an_item_less() -> None:
    fields, tried = PACK.all(FIELD), 0
    for name, one in PACK.all(LIFE_EVENT).items():
        typed = as_composed(one.value)
        less = next((part for part in typed.parts if part.question is not None), typed.parts[-1])
        after = msgspec.structs.replace(typed, parts=tuple(part for part in typed.parts if part is not less))
        found = amended_event(PACK, name, after)
        if isinstance(found, Refused):
            assert found.reason in (Why.TOO_FEW, Why.NO_PART)
            continue
        tried += 1
        questions = {asked: fields[asked].value for asked in found.questions}
        assert all(found.items_for(example.given, questions) == example.gives for example in found.examples)
        assert (found.lead, found.icon, found.composed) == (one.value.lead, one.value.icon, False)
        assert [line.part for line in event_otherwise(typed, as_composed(found))] == ["items"]
    assert tried > 150


def test_a_bound_stays_or_goes_and_no_other_one_comes() -> None:
    event: LifeEvent = PACK.all(LIFE_EVENT)["open_restaurant"].value
    typed = as_composed(event)
    moved = msgspec.structs.replace(typed, parts=(*typed.parts[1:], typed.parts[0]))
    found = amended_event(PACK, "open_restaurant", moved)
    assert isinstance(found, LifeEvent)
    assert checked(changed(LIFE_EVENT, "open_restaurant", found), KINDS) == ()
    assert [one.given for one in found.examples] == [one.given for one in event.examples]
    forged = [ComposedPart(one.item, "premises_area >= 1", one.because) if one.question else one for one in typed.parts]
    refused = amended_event(PACK, "open_restaurant", msgspec.structs.replace(typed, parts=tuple(forged)))
    assert isinstance(refused, Refused)
    assert refused.reason is Why.NO_SUCH_QUESTION
