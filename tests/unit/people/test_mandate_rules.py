"""Who may act for whom, and how a mandate begins and ends."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.identity import resident_check
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.people.facts import MandateEnded, MandateGiven, MandateKind
from onecity.people.model import KnownFirm, KnownWard, Mandate
from onecity.people.rules.mandates import RECORD, end, give, guard, may_act_for, record, represent
from onecity.people.rules.why import Why

TODAY = date(2020, 9, 22)
LATER = TODAY + timedelta(days=30)
GRANTOR, AGENT, FIRM, OTHER = (PersonId(UUID(int=number)) for number in range(1, 5))
KNOWN = ("felling", "food")
OWN = "410199198806120029"


def mandate(**changed: Any) -> Mandate:
    made = Mandate(UUID(int=9), MandateKind.GIVEN, GRANTOR, AGENT, (), TODAY, LATER)
    return msgspec.structs.replace(made, **changed)


def reason_of(answer: object) -> Why | None:
    return answer.reason if isinstance(answer, Refused) and isinstance(answer.reason, Why) else None


def asked(
    *held: Mandate, matter: str | None = "food", day: date = TODAY, person: PersonId = AGENT
) -> Why | UUID | None:
    found = may_act_for(held, person=person, subject=GRANTOR, matter=matter, day=day)
    return found.id if isinstance(found, Mandate) else reason_of(found)


def test_whoever_was_asked_acts_from_the_first_day_to_the_last() -> None:
    one = mandate()
    assert asked(one, day=TODAY) == asked(one, day=LATER) == one.id
    assert asked(one, day=TODAY - timedelta(days=1)) is Why.MANDATE_OVER
    assert asked(one, day=LATER + timedelta(days=1)) is Why.MANDATE_OVER
    assert asked(mandate(ended=True)) is Why.MANDATE_OVER
    assert asked(mandate(until=None), day=date(2999, 1, 1)) == one.id


def test_nobody_else_acts() -> None:
    assert asked() is Why.NO_MANDATE
    assert asked(mandate(), person=OTHER) is Why.NO_MANDATE
    assert asked(mandate(grantor=OTHER)) is Why.NO_MANDATE


@pytest.mark.parametrize(
    ("matters", "matter", "good"),
    [((), "food", True), (("food",), "food", True), (("felling",), "food", False), (("felling",), None, True)],
)
def test_a_mandate_reaches_its_matters_and_no_other(matters: tuple[str, ...], matter: str | None, good: bool) -> None:
    found = asked(mandate(matters=matters), matter=matter)
    assert found == (UUID(int=9) if good else Why.NOT_IN_MANDATE)


def test_the_widest_of_several_mandates_counts() -> None:
    narrow, wide = mandate(id=UUID(int=1), matters=("food",)), mandate(id=UUID(int=2))
    assert asked(narrow, wide) == asked(wide, narrow) == wide.id
    over = mandate(id=UUID(int=3), ended=True)
    assert asked(over, narrow) == narrow.id


def given(by: Acting | None = None, acting: Mandate | None = None, **changed: Any) -> MandateGiven | Refused:
    return give(
        changed.get("grantor", GRANTOR), changed.get("agent", AGENT), "马腾飞", changed.get("matters", ("food",)),
        changed.get("since", TODAY), changed.get("until", LATER), known=KNOWN, acting=acting,
        by=by or Acting(GRANTOR, Channel.PHONE), today=TODAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"matters": ()}, None),
        ({"until": TODAY}, None),
        ({"until": None}, Why.DAYS),
        ({"until": TODAY - timedelta(days=1), "since": date(2020, 1, 1)}, Why.DAYS),
        ({"since": LATER + timedelta(days=1)}, Why.DAYS),
        ({"matters": ("food", "flying")}, Why.NO_MATTER),
        ({"agent": GRANTOR}, Why.TO_ONESELF),
        ({"grantor": OTHER}, Why.NOT_YOURS_TO_GIVE),
    ],
)
def test_a_mandate_names_agent_matters_and_a_last_day(changed: dict[str, Any], why: Why | None) -> None:
    assert reason_of(given(**changed)) is why


@pytest.mark.parametrize(
    ("kind", "grantor", "ended", "good"),
    [
        (MandateKind.REPRESENTATIVE, FIRM, False, True),
        (MandateKind.REPRESENTATIVE, FIRM, True, False),
        (MandateKind.REPRESENTATIVE, OTHER, False, False),
        (MandateKind.GIVEN, FIRM, False, False),
        (MandateKind.GUARDIAN, FIRM, False, False),
    ],
)
def test_only_a_representative_asks_others_for_somebody_else(
    kind: MandateKind, grantor: PersonId, ended: bool, good: bool
) -> None:
    acting = mandate(kind=kind, grantor=grantor, agent=OTHER, ended=ended)
    by = Acting(OTHER, Channel.PHONE, on_behalf_of=FIRM, mandate=str(acting.id))
    assert reason_of(given(by, acting, grantor=FIRM)) is (None if good else Why.NOT_YOURS_TO_GIVE)


def recorded(by: Acting, paper: str = "2020-17") -> MandateGiven | Refused:
    return record(GRANTOR, AGENT, "马腾飞", ("food",), TODAY, LATER, paper, known=KNOWN, by=by, today=TODAY)


def test_the_window_records_with_the_papers_reference() -> None:
    officer = Acting(OTHER, Channel.WINDOW, RECORD, Scope("market_supervision", "410100"))
    made = recorded(officer, " 2020-17 ")
    assert isinstance(made, MandateGiven)
    assert made.paper == "2020-17"
    assert reason_of(recorded(officer, " ")) is Why.NO_PAPER
    assert reason_of(recorded(officer, "x" * 101)) is Why.NO_PAPER
    assert reason_of(recorded(Acting(OTHER, Channel.WINDOW))) is Why.NOT_YOUR_DUTY
    itself = msgspec.structs.replace(officer, person=AGENT)
    assert reason_of(recorded(itself)) is Why.ABOUT_SELF


def child_number(born: str) -> str:
    first = f"410199{born}004"
    return first + resident_check(first)


def guarded(
    known: KnownWard | None, born: str = "20150520", name: str = "林小满", *held: Mandate
) -> MandateGiven | Refused:
    by = Acting(AGENT, Channel.PHONE)
    return guard(
        GRANTOR, known, child_number(born), name, own_number=OWN, own_name="林晓梅", held=held, by=by, today=TODAY
    )


CHILD = KnownWard("林小满", ("x", OWN), child=True, quoted="ab")


def test_a_guardian_acts_for_a_child_until_it_is_of_age_and_quotes_the_register() -> None:
    made = guarded(CHILD)
    assert isinstance(made, MandateGiven)
    assert (made.kind, made.matters, made.since, made.until) == (MandateKind.GUARDIAN, (), TODAY, date(2033, 5, 19))
    assert made.register_row == "ab"
    ward = msgspec.structs.replace(CHILD, child=False)
    assert getattr(guarded(ward, "19400101"), "until", "") is None


@pytest.mark.parametrize(
    ("known", "born", "name"),
    [
        (None, "20150520", "林小满"),
        (CHILD, "20150520", "林小"),
        (msgspec.structs.replace(CHILD, guardians=("x",)), "20150520", "林小满"),
        (CHILD, "20020922", "林小满"),
    ],
)
def test_whom_the_register_does_not_name_acts_for_no_child(known: KnownWard | None, born: str, name: str) -> None:
    assert reason_of(guarded(known, born, name)) is Why.NO_GUARDIAN


def test_the_last_day_of_childhood_is_the_day_before_the_eighteenth_birthday() -> None:
    assert getattr(guarded(CHILD, "20020923"), "until", None) == TODAY
    assert getattr(guarded(CHILD, "20040229"), "until", None) == date(2022, 2, 28)


def test_a_guardian_needs_no_second_mandate() -> None:
    held = mandate(kind=MandateKind.GUARDIAN, until=None)
    assert reason_of(guarded(CHILD, "20150520", "林小满", held)) is Why.HAS_MANDATE
    assert isinstance(guarded(CHILD, "20150520", "林小满", msgspec.structs.replace(held, ended=True)), MandateGiven)


def test_the_representative_acts_for_the_firm_and_nobody_else_does() -> None:
    firm, by = KnownFirm("拾味", OWN, "cd"), Acting(AGENT, Channel.PHONE)

    def represented(known: KnownFirm | None, name: str = "拾味", number: str = OWN) -> MandateGiven | Refused:
        return represent(FIRM, known, name, own_number=number, own_name="林晓梅", held=[], by=by, today=TODAY)

    made = represented(firm)
    assert isinstance(made, MandateGiven)
    assert (made.kind, made.until, made.register_row) == (MandateKind.REPRESENTATIVE, None, "cd")
    for refused in (represented(None), represented(firm, "拾"), represented(firm, number="x")):
        assert reason_of(refused) is Why.NOT_REPRESENTATIVE


def test_either_side_ends_a_mandate_and_nobody_else() -> None:
    def ended(person: PersonId, one: Mandate, acting: Mandate | None = None) -> MandateEnded | Refused:
        return end(one, acting=acting, by=Acting(person, Channel.PHONE), today=TODAY)

    one = mandate()
    assert ended(GRANTOR, one) == ended(AGENT, one) == MandateEnded()
    assert reason_of(ended(OTHER, one)) is Why.NOT_FOUND
    assert reason_of(ended(GRANTOR, mandate(ended=True))) is Why.MANDATE_OVER
    of_firm = mandate(grantor=FIRM)
    assert reason_of(ended(OTHER, of_firm)) is Why.NOT_FOUND
    representative = mandate(kind=MandateKind.REPRESENTATIVE, grantor=FIRM, agent=OTHER)
    assert ended(OTHER, of_firm, representative) == MandateEnded()
    assert reason_of(ended(OTHER, one, representative)) is Why.NOT_FOUND
