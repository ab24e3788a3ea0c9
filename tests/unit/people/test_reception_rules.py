"""Who is received at the window, and for whom an officer acts while that person stands there."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.people.facts import Document, MandateKind, ReceptionEnded, ReceptionOpened
from onecity.people.model import Mandate, Reception
from onecity.people.rules.receptions import end, receive, stands_there, turn_to
from onecity.people.rules.why import Why

TODAY = date(2020, 9, 22)
CLERK, PERSON, OTHER = (PersonId(UUID(int=number)) for number in range(1, 4))
RECEPTION = UUID(int=9)
CITY, COUNTY, ELSEWHERE = "410100", "410105", "410200"
OFFICE = Scope("government_services", CITY)
CLERK_ALONE = Acting(CLERK, Channel.WINDOW, "services.window", OFFICE)
SERVING = Acting(CLERK, Channel.WINDOW, "services.window", OFFICE, on_behalf_of=PERSON, mandate=str(RECEPTION))


def reception(**changed: Any) -> Reception:
    made = Reception(RECEPTION, CLERK, PERSON, PERSON, None, Document.IDENTITY_CARD, "services.window", OFFICE, TODAY)
    return msgspec.structs.replace(made, **changed)


def serving(**changed: Any) -> Acting:
    return msgspec.structs.replace(SERVING, **changed)


def received(by: Acting = CLERK_ALONE, **changed: Any) -> object:
    asked: dict[str, Any] = {"at_window": True, "city": CITY} | changed
    document = asked.pop("document", Document.IDENTITY_CARD)
    found = receive(PERSON, document, by=by, today=TODAY, **asked)
    return found.reason if isinstance(found, Refused) else found


def why(by: Acting = SERVING, day: date = TODAY, area: str | None = None, **changed: Any) -> object:
    found = stands_there(reception(**changed), by=by, day=day, area=area)
    return found.reason if found else None


def test_a_clerk_receives_a_person_whose_document_they_saw_and_the_fact_holds_no_number() -> None:
    assert received() == ReceptionOpened(PERSON, Document.IDENTITY_CARD, TODAY)
    assert received(document=None) is Why.NO_DOCUMENT
    assert {*ReceptionOpened.__struct_fields__} == {"person", "document", "day", "subject", "mandate"}


def test_only_a_duty_declared_for_the_window_receives_and_only_in_this_city() -> None:
    assert received(at_window=False) is Why.NOT_YOUR_DUTY
    assert received(msgspec.structs.replace(CLERK_ALONE, scope=None)) is Why.NOT_YOUR_DUTY
    abroad = msgspec.structs.replace(CLERK_ALONE, scope=Scope("government_services", ELSEWHERE))
    county = msgspec.structs.replace(CLERK_ALONE, scope=Scope("government_services", COUNTY))
    assert received(abroad) is Why.NOT_YOUR_DUTY
    assert received(county) == received()


def test_nobody_receives_themself() -> None:
    assert received(msgspec.structs.replace(CLERK_ALONE, person=PERSON)) is Why.ABOUT_SELF


def test_the_clerk_acts_for_the_person_of_the_reception_while_it_lasts() -> None:
    assert why() is None
    assert why(ended=True) is Why.RECEPTION_OVER
    assert why(day=TODAY + timedelta(days=1)) is Why.RECEPTION_OVER
    assert why(day=TODAY - timedelta(days=1)) is Why.RECEPTION_OVER


@pytest.mark.parametrize(
    "changed",
    [
        {"person": OTHER},
        {"on_behalf_of": OTHER},
        {"on_behalf_of": None},
        {"channel": Channel.PHONE},
        {"channel": Channel.API},
        {"duty": "services.accept"},
        {"duty": None},
        {"scope": Scope("government_services", COUNTY)},
        {"scope": None},
    ],
    ids=str,
)
def test_nobody_else_acts_for_that_person_and_by_no_other_door_or_duty(changed: dict[str, Any]) -> None:
    assert why(serving(**changed)) is Why.NO_MANDATE


def test_without_a_reception_nobody_acts_for_anybody() -> None:
    found = stands_there(None, by=SERVING, day=TODAY)
    assert found is not None
    assert found.reason is Why.NO_MANDATE


def test_a_window_takes_what_lies_in_its_own_area() -> None:
    county = Scope("government_services", COUNTY)
    in_county = serving(scope=county)
    assert why(area="410105001") is None
    assert why(in_county, area="410105001", scope=county) is None
    assert why(in_county, area="410105", scope=county) is None
    assert why(in_county, area="410103001", scope=county) is Why.OUTSIDE_WINDOW
    assert why(in_county, area=CITY, scope=county) is Why.OUTSIDE_WINDOW


def mandate(**changed: Any) -> Mandate:
    made = Mandate(UUID(int=8), MandateKind.GIVEN, OTHER, PERSON, (), TODAY, TODAY)
    return msgspec.structs.replace(made, **changed)


def turned(held: Mandate | None, day: date = TODAY) -> object:
    found = turn_to(reception(), held, by=CLERK_ALONE, today=day)
    return found.reason if isinstance(found, Refused) else found


def test_whoever_stands_there_turns_to_the_matters_of_somebody_who_asked_them_to() -> None:
    assert turned(mandate()) == ReceptionOpened(PERSON, Document.IDENTITY_CARD, TODAY, OTHER, UUID(int=8))
    assert turned(None) == ReceptionOpened(PERSON, Document.IDENTITY_CARD, TODAY)
    assert turned(mandate(agent=CLERK)) is Why.NO_MANDATE
    assert turned(mandate(until=TODAY - timedelta(days=1))) is Why.MANDATE_OVER
    assert turned(mandate(), TODAY + timedelta(days=1)) is Why.RECEPTION_OVER
    assert turned(mandate(grantor=CLERK)) is Why.ABOUT_SELF


def test_the_clerk_then_acts_for_that_other_person_and_not_for_whoever_stands_there() -> None:
    turned_to: dict[str, Any] = {"subject": OTHER, "mandate": UUID(int=8)}
    assert why(serving(on_behalf_of=OTHER), **turned_to) is None
    assert why(serving(on_behalf_of=PERSON), **turned_to) is Why.NO_MANDATE


def test_a_reception_is_ended_once_and_by_its_own_officer() -> None:
    assert end(reception(), by=CLERK_ALONE) == ReceptionEnded()
    for found, by in (
        (reception(ended=True), CLERK_ALONE),
        (reception(officer=OTHER), CLERK_ALONE),
        (None, CLERK_ALONE),
    ):
        no = end(found, by=by)
        assert isinstance(no, Refused)
    over = end(reception(ended=True), by=CLERK_ALONE)
    assert isinstance(over, Refused)
    assert over.reason is Why.RECEPTION_OVER
