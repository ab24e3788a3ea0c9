"""What a person agreed to, and whether it reaches far enough."""

from collections.abc import Sequence
from datetime import date

from onecity.kernel.acting import Acting
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.people.facts import ConsentEnded, ConsentGiven
from onecity.people.model import Consent
from onecity.people.rules.why import Why


def consents(
    given: Sequence[Consent], *, person: PersonId, purpose: str, register: str, reader: str, day: date
) -> bool:
    """Whether a person agreed that this reader uses this register for this purpose on this day."""
    return any(
        (one.person, one.purpose, one.register) == (person, purpose, register) and reader in one.readers and one.on(day)
        for one in given
    )


def agree(
    given: Sequence[Consent], purpose: str, register: str, readers: Sequence[str], until: date | None, *, by: Acting,
    today: date,
) -> ConsentGiven | Refused:  # fmt: skip
    """The consent of whoever's data they are: for a child the guardian's, for a firm its representative's."""
    person = by.subject
    assert person is not None, "people agree"
    if not readers or (until is not None and until < today):
        return Refused(Why.DAYS)
    if all(
        consents(given, person=person, purpose=purpose, register=register, reader=reader, day=today)
        for reader in readers
    ):
        return Refused(Why.AGREED_ALREADY)
    return ConsentGiven(person, purpose, register, tuple(sorted(set(readers))), until)


def take_back(consent: Consent, *, by: Acting) -> ConsentEnded | Refused:
    """Whoever agreed takes it back, at any time and without a reason."""
    if by.subject != consent.person:
        return Refused(Why.NOT_FOUND)
    return Refused(Why.MANDATE_OVER) if consent.ended else ConsentEnded(consent.person, consent.purpose)
