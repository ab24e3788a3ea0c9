"""The rehearsal plays everything that the shipped pack offers, and tells where an item does not keep its promise."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.shipped import shipped

from onecity.casework import PROCESS
from onecity.drills.cities import Pattern, RunningCity
from onecity.drills.rehearsing.door import Failed
from onecity.drills.rehearsing.playing import Played
from onecity.drills.rehearsing.scenes import Of, Scene, asking, items_in, scene_of, scenes_of
from onecity.drills.rehearsing.stage import rehearsed
from onecity.packs import Declared, Pack
from onecity.services import ITEM
from onecity.services.declared import ResultKind
from onecity.services.life_events import LIFE_EVENT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city(pattern: Pattern, open_folder: Path) -> Iterator[RunningCity]:
    found = RunningCity(pattern.copied(open_folder / "city"))
    found.start()
    yield found
    found.clean()


def played(city: RunningCity, scenes: list[Scene], pack: Pack) -> list[Played]:
    """What became of scenes; each is told once, in whatever order they end."""
    told: list[Played] = []
    found = rehearsed(city, scenes, pack, told.append)
    assert sorted(map(str, told)) == sorted(map(str, found))
    assert [(one.scene.name, one.scene.items) for one in found] == [(scene.name, scene.items) for scene in scenes]
    return found


def test_every_item_and_many_events_come_from_the_application_to_what_they_promise(city: RunningCity) -> None:
    pack = shipped()
    scenes = [scene_of(name, pack) for name in asking(pack)]
    events = pack.all(LIFE_EVENT)
    # Those that are drawn are drawn alike: every fifth of them stands for the others.
    chosen = [name for name in sorted(events) if not events[name].drawn]
    chosen += [name for name in sorted(events) if events[name].drawn][::5]
    scenes += [one for event in chosen for one in scenes_of(event, pack)]
    found = played(city, scenes, pack)
    assert [(one.scene.name, one.failed) for one in found if one.failed] == []
    assert {item for one in found for item in one.proven} == set(items_in(scenes)) == set(asking(pack))
    paid = {one.scene.name for one in found if any(step.endswith(": pay") for step in one.steps)}
    assert {name for name, item in pack.all(ITEM).items() if item.value.fee} <= paid
    licences = [one for one in found if pack.all(ITEM)[one.scene.items[-1]].value.result.kind is ResultKind.LICENCE]
    assert all("1.2.156." in one.steps[-1] for one in licences if one.scene.of is Of.ITEM)


def promising(item: str, **result: object) -> Pack:
    """The shipped pack as it would be if an item promised something else; the city does not know of it."""
    declared, of = shipped().declared, shipped().all(ITEM)[item]
    value = msgspec.structs.replace(of.value, result=msgspec.structs.replace(of.value.result, **result))
    return Pack({**declared, "item": {**declared["item"], item: Declared(of.kind, of.id, value, of.places)}})


def letting(process: str, move: str) -> Pack:
    """The shipped pack as it would be if a process ended well with one move."""
    declared, of = shipped().declared, shipped().all(PROCESS)[process]
    example = msgspec.structs.replace(of.value.examples[0], given=(move,), gives=of.value.succeeds[0])
    value = msgspec.structs.replace(of.value, examples=(example,))
    return Pack({**declared, "process": {**declared["process"], process: Declared(of.kind, of.id, value, of.places)}})


def broke_off(city: RunningCity, scene: Scene, pack: Pack) -> Failed:
    """Where a scene broke off; the next one goes on all the same."""
    first, second = played(city, [scene, scene_of("shop_sign_filing", shipped())], pack)
    assert first.failed is not None
    assert (first.proven, second.failed) == ((), None)
    return first.failed


def test_whatever_fails_is_told_with_its_step_and_the_answer_of_the_city(city: RunningCity) -> None:
    good = scene_of("food_business", shipped())
    wrong = msgspec.structs.replace(good, answers={**good.answers, "premises_area": "3"})
    failed = broke_off(city, wrong, shipped())
    assert (failed.step, failed.status, failed.reason) == ("apply", 409, "services.answers")
    assert failed.says

    no_such = broke_off(city, good, letting("paper_permit", "decision/grant"))
    assert (no_such.step, no_such.status, no_such.reason) == ("decision/grant", 409, "casework.no_such_step")

    half = broke_off(city, good, letting("paper_permit", "acceptance/accept"))
    assert half.status == 0
    assert half.step == "food_business"

    other = broke_off(city, good, promising("food_business", licence="social_security_card"))
    assert (other.step, other.status, other.says) == ("food_business", 0, "social_security_card")

    lacking = broke_off(city, msgspec.structs.replace(good, lacks="No example of it."), shipped())
    assert (lacking.step, lacking.says) == ("answers", "No example of it.")
