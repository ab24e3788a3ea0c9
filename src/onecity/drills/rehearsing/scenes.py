"""What is to be played: for each item the answers of its first good example, for each life event those of all of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from onecity.packs import Pack
from onecity.services import ITEM, Item
from onecity.services.answers import Field, FieldType, Wrong, faults, read_all
from onecity.services.bounds import bound_day
from onecity.services.checking import fields_in
from onecity.services.life_events import LIFE_EVENT, EventExample, LifeEvent
from onecity.services.purposes import of_event, of_item
from onecity.services.quality import COMPLETE
from onecity.services.same_questions import asked_once, same_in


class Of(StrEnum):
    """What a scene plays."""

    ITEM = "item"
    EVENT = "event"


class Scene(msgspec.Struct, frozen=True):
    """One application with its answers, and the items that must come of it; `lacks` says why it cannot be played."""

    name: str
    of: Of
    items: tuple[str, ...]
    answers: Mapping[str, str] = {}
    lacks: str = ""

    @property
    def purpose(self) -> str:
        """What somebody brings files for who applies."""
        return of_event(self.name) if self.of is Of.EVENT else of_item(self.items[0])

    @property
    def command(self) -> dict[str, object]:
        """What somebody sends who applies."""
        what = {"event": self.name} if self.of is Of.EVENT else {"items": self.items}
        return {**what, "answers": self.answers}


def on_the_day(scene: Scene, pack: Pack, day: date) -> Scene:
    """The scene as somebody would play it on a day: an example of long ago names days that are too late now."""
    fields = fields_in(pack)
    moved = {name: _moved(fields[name], typed, day) for name, typed in scene.answers.items() if name in fields}
    for fault in faults({name: fields[name] for name in moved}, moved, on=day):
        if fault.wrong is Wrong.BEFORE_OTHER:
            # The two were moved apart.
            moved[fault.field] = moved[fields[fault.field].after]
    return msgspec.structs.replace(scene, answers={**scene.answers, **moved})


def _moved(field: Field, typed: str, day: date) -> str:
    """A day that lies outside what its question takes, moved to the nearest one that it does take."""
    if field.type is not FieldType.DATE or not isinstance(field.read(typed, on=day), Wrong):
        return typed
    first = bound_day(field.not_before, on=day) if field.not_before else date.min
    last = bound_day(field.not_after, on=day) if field.not_after else date.max
    return max(first, min(day, last)).isoformat()


def asking(pack: Pack) -> list[str]:
    """The items that can be applied for: a mere guide asks nothing."""
    return [name for name, item in sorted(pack.all(ITEM).items()) if item.value.asks]


def scene_of(name: str, pack: Pack) -> Scene:
    """An item alone, as its first example fills it in."""
    answers = _filled_in(pack.all(ITEM)[name].value)
    if answers is None:
        return Scene(name, Of.ITEM, (name,), lacks=f"No example of {name} gives `{COMPLETE}`.")
    return Scene(name, Of.ITEM, (name,), answers)


def scenes_of(event: str, pack: Pack) -> list[Scene]:
    """A life event in its one form, as often as it takes until each of its items was on; mostly once."""
    declared = pack.all(LIFE_EVENT)[event].value
    left, found = [part.item for part in declared.parts], list[Scene]()
    for example in sorted(declared.examples, key=lambda one: -len(one.gives)):
        scene = _scene(event, declared, example, pack)
        if set(left) & set(scene.items):
            found.append(scene)
            left = [item for item in left if item not in scene.items]
    lost = [Scene(event, Of.EVENT, (item,), lacks=f"No example of {event} switches {item} on.") for item in left]
    return [*found, *lost]


def _scene(event: str, declared: LifeEvent, example: EventExample, pack: Pack) -> Scene:
    """The one form: what the example answers to the questions, and the rest as each item's own example does."""
    fields, answers = fields_in(pack), dict(example.given)
    for name in example.gives:
        item = pack.all(ITEM)[name].value
        filled = _filled_in(item)
        if filled is None:
            return Scene(event, Of.EVENT, example.gives, lacks=f"No example of {name} gives `{COMPLETE}`.")
        answers = {asked.field: filled[asked.field] for asked in item.asks} | answers
    questions = {name: fields[name] for name in declared.questions}
    answers = asked_once(answers, same_in(pack), first=questions)
    # An item may ask a question of the event that its example left open: then its answer decides.
    items = declared.items_for(read_all(questions, answers)[0], questions)
    return Scene(event, Of.EVENT, items, answers)


def _filled_in(item: Item) -> Mapping[str, str] | None:
    return next((one.given for one in item.examples if one.gives == COMPLETE), None)


def items_in(scenes: Sequence[Scene]) -> list[str]:
    """Every item of some scenes, once."""
    return list(dict.fromkeys(item for scene in scenes for item in scene.items))
