"""What somebody agreed to holds for that purpose, register, reader and day, and for nothing else."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from onecity.kernel.acting import Acting, Channel
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.people import Consent, consents
from onecity.people.facts import ConsentEnded, ConsentGiven
from onecity.people.rules.consent import agree, take_back
from onecity.people.rules.why import Why

TODAY = date(2020, 9, 22)
ME, CHILD = PersonId(UUID(int=1)), PersonId(UUID(int=2))
CONSENT = Consent(UUID(int=9), ME, "services/food", "persons", ("fire", "market"), TODAY)
BY = Acting(ME, Channel.PHONE)


def holds(**changed: Any) -> bool:
    return consents(
        changed.get("given", [CONSENT]), person=changed.get("person", ME), purpose=changed.get("purpose", "services/food"),
        register=changed.get("register", "persons"), reader=changed.get("reader", "fire"), day=changed.get("day", TODAY),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "good"),
    [
        ({}, True),
        ({"reader": "market"}, True),
        ({"reader": "tax"}, False),
        ({"register": "firms"}, False),
        ({"purpose": "services/seal"}, False),
        ({"person": CHILD}, False),
        ({"day": TODAY + timedelta(days=1)}, False),
        ({"given": []}, False),
        ({"given": [msgspec.structs.replace(CONSENT, ended=True)]}, False),
        ({"given": [msgspec.structs.replace(CONSENT, until=None)], "day": date(2999, 1, 1)}, True),
    ],
)
def test_a_consent_reaches_what_it_names(changed: dict[str, Any], good: bool) -> None:
    assert holds(**changed) is good


def agreed(*readers: str, until: date | None = None, by: Acting = BY) -> ConsentGiven | Refused:
    return agree([CONSENT], "services/food", "persons", readers, until, by=by, today=TODAY)


def test_agreeing_names_readers_once_each() -> None:
    assert agreed("tax", "fire", "tax") == ConsentGiven(ME, "services/food", "persons", ("fire", "tax"), None)


def test_agreeing_to_nothing_new_is_refused() -> None:
    assert agreed("fire") == Refused(Why.AGREED_ALREADY)
    assert agreed() == Refused(Why.DAYS)
    assert agreed("tax", until=TODAY - timedelta(days=1)) == Refused(Why.DAYS)


def test_a_guardian_agrees_for_the_child() -> None:
    given = agreed("fire", by=Acting(ME, Channel.PHONE, on_behalf_of=CHILD, mandate="m"))
    assert isinstance(given, ConsentGiven)
    assert given.person == CHILD


def test_whoever_agreed_takes_it_back_once() -> None:
    assert take_back(CONSENT, by=BY) == ConsentEnded(ME, "services/food")
    assert take_back(msgspec.structs.replace(CONSENT, ended=True), by=BY) == Refused(Why.MANDATE_OVER)
    assert take_back(CONSENT, by=Acting(CHILD, Channel.PHONE)) == Refused(Why.NOT_FOUND)
