"""The letters about a case, in its history as officers see it."""

from onecity.casework import Case
from onecity.machinery.web import Visit
from onecity.notices import deliveries, letters_of_case
from onecity.notices.web import delivery_line
from onecity.services.web.counter import Counter
from onecity.services.web.shown import Moment


async def letter_moments(visit: Visit, counter: Counter, case: Case) -> list[Moment]:
    """The letters to the person concerned, and how they were told of each; what the letters say stays theirs."""
    async with counter.ledger.readers.acquire() as connection:
        letters = await letters_of_case(connection, case.id, case.opened.subject)
        told = await deliveries(connection, [letter.letter for letter in letters])
    return [
        Moment(
            letter.sent,
            "done",
            visit.say("notices.letter", short=counter.scribe.title(letter.kind, visit.lang)),
            "\n".join(delivery_line(visit, one) for one in told if one.letter == letter.letter),
            icon="mail",
        )
        for letter in letters
    ]
