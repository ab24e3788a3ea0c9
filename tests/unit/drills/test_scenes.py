"""What a rehearsal plays stands in the pack: each item with its first good example, an event with all of its items."""

from datetime import date

import msgspec
from tests.shipped import shipped

from onecity.drills.rehearsing.scenes import Of, Scene, asking, items_in, on_the_day, scene_of, scenes_of
from onecity.packs import Declared, Pack
from onecity.services import ITEM
from onecity.services.answers import faults
from onecity.services.checking import fields_in
from onecity.services.life_events import LIFE_EVENT
from onecity.services.same_questions import asked_once, same_in


def spoilt(item: str, example: int) -> Pack:
    """The shipped pack in which an item has only one of its examples."""
    declared, of = shipped().declared, shipped().all(ITEM)[item]
    value = msgspec.structs.replace(of.value, examples=of.value.examples[example : example + 1])
    items = {**declared["item"], item: Declared(of.kind, of.id, value, of.places)}
    return Pack({**declared, "item": items}, shipped().words)


def test_an_item_is_applied_for_with_answers_that_are_all_good() -> None:
    fields, names = fields_in(shipped()), asking(shipped())
    assert names == sorted(shipped().all(ITEM))
    for name in names:
        scene = scene_of(name, shipped())
        asked = [one.field for one in shipped().all(ITEM)[name].value.asks]
        assert faults({one: fields[one] for one in asked}, scene.answers) == []
        assert scene.command == {"items": (name,), "answers": scene.answers}


def test_an_event_is_played_until_each_of_its_items_was_on() -> None:
    fields = fields_in(shipped())
    for name, event in shipped().all(LIFE_EVENT).items():
        scenes = scenes_of(name, shipped())
        assert set(items_in(scenes)) == {part.item for part in event.value.parts}
        assert [scene.lacks for scene in scenes] == [""] * len(scenes)
        for scene in scenes:
            items = shipped().all(ITEM)
            wanted = {one.field for item in scene.items for one in items[item].value.asks} | set(event.value.questions)
            asked = asked_once(dict.fromkeys(wanted), same_in(shipped()), first=event.value.questions).keys()
            assert faults({one: fields[one] for one in asked}, scene.answers) == []
            assert scene.answers.keys() <= asked
            assert scene.of is Of.EVENT


def test_what_no_example_fills_in_is_said_and_not_played() -> None:
    broken = spoilt("food_business", 1)
    assert scene_of("food_business", broken).lacks == "No example of food_business gives `complete`."
    assert all(scene.lacks for scene in scenes_of("open_restaurant", broken))
    assert scene_of("food_business", spoilt("food_business", 0)).lacks == ""


def test_an_item_that_no_example_switches_on_is_said_to_be_left_out() -> None:
    declared, of = shipped().declared, shipped().all(LIFE_EVENT)["open_restaurant"]
    least = [one for one in of.value.examples if len(one.gives) == 2]
    value = msgspec.structs.replace(of.value, examples=tuple(least))
    events = {**declared["life_event"], "open_restaurant": Declared(of.kind, of.id, value, of.places)}
    scenes = scenes_of("open_restaurant", Pack({**declared, "life_event": events}, shipped().words))
    assert Scene(
        "open_restaurant", Of.EVENT, ("seal_filing",), lacks="No example of open_restaurant switches seal_filing on."
    ) in scenes  # fmt: skip


def test_a_day_of_long_ago_is_moved_to_where_its_question_takes_it_and_nothing_else_is() -> None:
    scene = scene_of("housing_fund_withdrawal_rent", shipped())
    day = date(2026, 11, 27)
    moved = on_the_day(scene, shipped(), day)
    assert moved.answers["rent_until"] == "2026-11-27"
    assert {**moved.answers, "rent_until": ""} == {**scene.answers, "rent_until": ""}
    assert on_the_day(moved, shipped(), day) == moved
