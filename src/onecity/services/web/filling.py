"""A form as programs fill it in: what follows from the answers so far, and what is wrong with them, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from onecity.casework import Why as CaseWhy
from onecity.kernel.lists import listed
from onecity.kernel.refusal import Detail, Refused
from onecity.services.answers import AnswerFault, Field, Wrong, faults
from onecity.services.bundles import materials_of
from onecity.services.catalogue import Catalogue
from onecity.services.life_events import LifeEvent
from onecity.services.rules import Why, not_asked
from onecity.services.usecases.applying import Apply, asked_by
from onecity.services.web.shown import sentence_of


class Question(msgspec.Struct, frozen=True):
    """A fact that is asked for. `unit` is that of a number, `choices` are the values of a choice."""

    field: str
    ask: str
    type: str
    unit: str | None
    choices: tuple[str, ...]


class Bundled(msgspec.Struct, frozen=True):
    """An item of a life event; `when` are the questions that decide about it, none if it is always on."""

    item: str
    name: str
    agency: str
    when: tuple[str, ...]
    because: str


class EventGuide(msgspec.Struct, frozen=True):
    """A life event: the questions that decide, and every item that may belong to it."""

    event: str
    name: str
    plain: str
    asks: tuple[Question, ...]
    items: tuple[Bundled, ...]


class EventList(msgspec.Struct, frozen=True):
    """The life events that can be applied for now."""

    events: tuple[EventGuide, ...]


class Needed(msgspec.Struct, frozen=True):
    """A document that is asked for once, by whichever of the items."""

    material: str
    name: str
    hint: str


class WrongAnswer(msgspec.Struct, frozen=True):
    """A field whose answer cannot be taken, and why."""

    field: str
    says: str


class Form(msgspec.Struct, frozen=True):
    """One form as the answers stand: the items that they switch on, every question once, every document once, and
    what is still wrong. Nothing was kept, nothing was applied for.
    """

    items: tuple[str, ...]
    asks: tuple[Question, ...]
    materials: tuple[Needed, ...]
    wrong: tuple[WrongAnswer, ...]


Say = Callable[..., str]


def question(name: str, field: Field, lang: str) -> Question:
    """A question as a program reads it."""
    unit = field.unit.said(lang) if field.unit else None
    return Question(name, field.ask.said(lang), field.type, unit, tuple(choice.value for choice in field.choices))


def event_guide(name: str, event: LifeEvent, catalogue: Catalogue, lang: str) -> EventGuide:
    """A life event as a program reads it."""
    items = catalogue.bundle([part.item for part in event.parts])
    parts = tuple(
        Bundled(
            part.item, items[part.item].called.said(lang), items[part.item].agency, part.decided_by(),
            part.because.said(lang) if part.because else "",
        )
        for part in event.parts
    )  # fmt: skip
    asks = tuple(question(field, declared, lang) for field, declared in catalogue.questions(event).items())
    return EventGuide(name, event.name.said(lang), event.plain.said(lang), asks, parts)


def form_of(command: Apply, catalogue: Catalogue, *, on: date, lang: str, say: Say) -> Form | Refused:
    """The form of a command as its answers stand `on` a day."""
    asked = asked_by(command, catalogue)
    if isinstance(asked, Refused):
        return asked
    strange = not_asked(asked.possible, command.answers)
    wrong = [*_strange(strange, say)] if strange else []
    fields = asked.answered(command.answers)
    wrong += [
        WrongAnswer(fault.field, _sentence(fields, fault, lang, say))
        for fault in faults(fields, command.answers, on=on)
    ]
    return Form(
        asked.items,
        tuple(question(name, field, lang) for name, field in asked.fields.items()),
        needed_of(materials_of(catalogue.needed(asked.items, command.pledges)), catalogue, lang),
        tuple(wrong),
    )


def needed_of(names: Sequence[str], catalogue: Catalogue, lang: str) -> tuple[Needed, ...]:
    """Documents as a program reads them."""
    materials = catalogue.materials(names)
    return tuple(Needed(name, one.name.said(lang), one.hint.said(lang)) for name, one in materials.items())


def in_words(refused: Refused, catalogue: Catalogue, lang: str, say: Say) -> Refused:
    """A refusal with a sentence for each thing that it names; as it was, if it names none."""
    says = tuple(_says(refused, catalogue, lang, say))
    details: dict[str, Detail] = {**refused.details, "says": says}
    return Refused(refused.reason, details) if says else refused


def _says(refused: Refused, catalogue: Catalogue, lang: str, say: Say) -> Iterator[str]:
    match refused.reason:
        case Why.ANSWERS:
            for name, wrong in zip(_names(refused, "fields"), _names(refused, "faults"), strict=True):
                yield _sentence(catalogue.near(name), AnswerFault(name, Wrong(wrong)), lang, say)
        case Why.NOT_ASKED:
            yield from (one.says for one in _strange(refused, say))
        case Why.STILL_LACKING | Why.NOT_BROUGHT:
            for name in _names(refused, "names"):
                thing = catalogue.thing(name)
                yield thing.said(lang) if thing else name
        case CaseWhy.NOT_ASKED:
            yield from _not_known(refused, "fields", lang, say)
        case CaseWhy.NOT_NEEDED:
            yield from _not_known(refused, "names", lang, say)
        case _:
            pass


def _not_known(refused: Refused, what: str, lang: str, say: Say) -> Iterator[str]:
    """For each part of a move that its outcome does not know, what was meant; at the end all that could be meant."""
    for name, meant in zip(_names(refused, what), _names(refused, "meant"), strict=True):
        yield say(f"casework.not_asked.{'meant' if meant else 'alone'}", name=name, meant=meant)
    known = _names(refused, "known")
    key = "known" if known else "nothing"
    yield say(f"casework.not_asked.{key}", known=listed(known, lang))


def _names(refused: Refused, what: str) -> tuple[str, ...]:
    found = refused.details[what]
    assert isinstance(found, tuple), "a refusal names several things"
    return found


def _sentence(fields: Mapping[str, Field], fault: AnswerFault, lang: str, say: Say) -> str:
    return f"{fields[fault.field].ask.said(lang)} {sentence_of(fields, fault, lang=lang, say=say)}"


def _strange(refused: Refused, say: Say) -> Iterator[WrongAnswer]:
    for name, meant in zip(_names(refused, "fields"), _names(refused, "meant"), strict=True):
        kind = "meant" if meant else "alone"
        yield WrongAnswer(name, say(f"services.not_asked.{kind}", name=name, meant=meant))
