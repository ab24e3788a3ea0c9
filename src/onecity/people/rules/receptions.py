"""Who may act for somebody who stands at the window: the officer who saw their document, while they stand there."""

from datetime import date

from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.people.facts import Document, ReceptionEnded, ReceptionOpened
from onecity.people.model import Mandate, Reception
from onecity.people.rules.why import Why


def receive(
    person: PersonId, document: Document | None, *, at_window: bool, city: str, by: Acting, today: date
) -> ReceptionOpened | Refused:
    """An officer receives a person whose document they saw.

    `at_window` says whether the author's duty is declared as one of the window, `city` is the city's own area: nobody
    receives here in the duty of another city.
    """
    if not at_window or by.scope is None or not Scope(by.scope.department, city).reaches(by.scope.area):
        return Refused(Why.NOT_YOUR_DUTY)
    if document is None:
        return Refused(Why.NO_DOCUMENT)
    if by.person == person:
        return Refused(Why.ABOUT_SELF)
    return ReceptionOpened(person, document, today)


def turn_to(
    reception: Reception, mandate: Mandate | None, *, by: Acting, today: date
) -> ReceptionOpened | Refused:  # fmt: skip
    """Whoever stands there turns to somebody else's matters, under a mandate that they hold, or back to their own.

    Once they have gone nobody turns to anything: the next reception begins with a document.
    """
    if not reception.on(today):
        return Refused(Why.RECEPTION_OVER)
    if mandate is None:
        return ReceptionOpened(reception.person, reception.document, today)
    if mandate.agent != reception.person:
        return Refused(Why.NO_MANDATE)
    if not mandate.on(today):
        return Refused(Why.MANDATE_OVER)
    if mandate.grantor == by.person:
        return Refused(Why.ABOUT_SELF)
    return ReceptionOpened(reception.person, reception.document, today, mandate.grantor, mandate.id)


def stands_there(reception: Reception | None, *, by: Acting, day: date, area: str | None = None) -> Refused | None:
    """Why an officer may not act for somebody on a day; None while they, or their agent, stand at the officer's window.

    `area` is where the matter lies, if that is known: a window takes what lies in its own scope.
    """
    if reception is None or (reception.officer, reception.subject) != (by.person, by.on_behalf_of):
        return Refused(Why.NO_MANDATE)
    if by.channel is not Channel.WINDOW or (reception.duty, reception.scope) != (by.duty, by.scope):
        return Refused(Why.NO_MANDATE)
    if not reception.on(day):
        return Refused(Why.RECEPTION_OVER)
    if area is not None and not reception.scope.reaches(area):
        return Refused(Why.OUTSIDE_WINDOW)
    return None


def end(reception: Reception | None, *, by: Acting) -> ReceptionEnded | Refused:
    """The officer's own reception ends."""
    if reception is None or reception.officer != by.person:
        return Refused(Why.NOT_FOUND)
    return Refused(Why.RECEPTION_OVER) if reception.ended else ReceptionEnded()
