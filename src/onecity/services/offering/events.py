"""Listed life events whose items can all be applied for: one form, with a question for each conditional item."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onecity.packs import Declared, Pack, Text
from onecity.services.answers import Field, FieldExample, FieldType
from onecity.services.checking import FIELD, ITEM
from onecity.services.declared import ForWhom
from onecity.services.life_events import LIFE_EVENT, EventExample, LifeEvent, Part
from onecity.services.listing import LISTED_EVENT, LISTED_QUESTION, ListedEvent, ListedQuestion, listed_questions
from onecity.services.offering.drawing import drawn, line_of

_FEWEST: Final = 2
"""One item alone is no event."""
_YES, _NO = "yes", "no"


def drawn_events(pack: Pack) -> Iterator[Declared[Any]]:
    """A life event for each line that can be one form, and before it the questions of all of them."""
    known, questions = pack.all(ITEM).keys(), listed_questions(pack)
    ready = [
        (row, line_of(one, number))
        for one in pack.all(LISTED_EVENT).values()
        for number, row in enumerate(one.value.rows)
        if is_one_form(row) and known >= set(row.named) and questions.keys() >= set(row.questions)
    ]
    asked = {question for row, _ in ready for question in row.questions}
    for one in pack.all(LISTED_QUESTION).values():
        for number, row in enumerate(one.value.rows):
            if row.id in asked:
                yield drawn(FIELD, row.id, _question(row), line_of(one, number))
    agencies = {name: one.value.agency for name, one in pack.all(ITEM).items()}
    for event, line in ready:
        reasons = {name: questions[name].why for name in event.questions}
        yield drawn(LIFE_EVENT, event.id, _event(event, reasons, _lead(event, agencies)), line)


def is_one_form(event: ListedEvent) -> bool:
    """Whether a listed event asks for each item that it may not take, and takes one in any case."""
    return bool(event.always) and len(event.named) >= _FEWEST and all(question for _, question in event.conditional)


def _question(row: ListedQuestion) -> Field:
    examples = (
        FieldExample(_YES, "good", "one of the two"),
        FieldExample("maybe", "no_such_choice", "it decides whether an item is needed"),
    )
    return Field(row.ask, FieldType.YES_NO, examples)


def _lead(row: ListedEvent, agencies: Mapping[str, str]) -> str:
    """Who leads: whom the line names if it has a part in it, else whoever has the first item."""
    theirs = [agencies[name] for name in row.named]
    return row.lead if row.lead in theirs else theirs[0]


def _event(row: ListedEvent, reasons: Mapping[str, Text], lead: str) -> LifeEvent:
    parts = (
        *(Part(item) for item in row.always),
        *(Part(item, question, reasons[question]) for item, question in row.conditional),
    )
    examples = (
        EventExample(dict.fromkeys(row.questions, _YES), row.named, "every answer is yes"),
        EventExample(dict.fromkeys(row.questions, _NO), row.always, "every answer is no"),
    )
    icon = "person" if row.subject is ForWhom.PERSON else "building"
    return LifeEvent(row.name, row.plain, icon, lead, parts, examples, row.questions, row.everyday, composed=True)
