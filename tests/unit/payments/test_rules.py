"""What may happen to a fee, one step at a time."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

import pytest

from onecity.kernel.acting import Acting, Channel, Scope, the_city
from onecity.kernel.ids import PersonId
from onecity.kernel.money import Fen
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.packs import Text
from onecity.payments.facts import (
    CASH,
    DayBalanced,
    FeeDemanded,
    FeeDropped,
    FeePaid,
    MoneyStrayed,
    RefundOrdered,
    RefundPaid,
    RefundReason,
)
from onecity.payments.letters import letters, ordered
from onecity.payments.model import Payment, State, folded
from onecity.payments.rules import (
    BALANCE,
    LONGEST_REASON,
    TAKE_CASH,
    WAIVE,
    Came,
    Why,
    ended_badly,
    handed_back,
    hinders,
    may_balance,
    owed,
    received,
    taken_by_hand,
    waived,
)
from onecity.payments.usecases.demanding import Owed, demand

NOW: Final = datetime(2020, 9, 22, 1, tzinfo=UTC)
FEE: Final = Fen(8000)
SCOPE: Final = Scope("property_registration", "410100")
TEXT: Final = Text("费", "fee")
PAID: Final = FeePaid("port", "one", "R1", FEE, NOW, True)
CASHED: Final = FeePaid(CASH, "R2", "R2", FEE, NOW, True)


def fee(*facts: Fact) -> Payment:
    begun = FeeDemanded(
        UUID(int=1), "P", UUID(int=2), UUID(int=3), "item", "", SCOPE.department, SCOPE.area, TEXT, FEE, TEXT
    )
    history = [Recorded(UUID(int=7), number, NOW, the_city(), fact) for number, fact in enumerate((begun, *facts), 1)]
    found = folded(history)
    assert found is not None
    return found


def officer(duty: str) -> Acting:
    return Acting(PersonId(UUID(int=9)), Channel.WINDOW, duty, SCOPE)


def came(reference: str) -> Came:
    return Came("port", True, reference, FEE, NOW)


@pytest.mark.parametrize(
    ("facts", "state", "held"),
    [
        ((), State.DUE, 0),
        ((PAID,), State.PAID, FEE),
        ((FeeDropped(),), State.DROPPED, 0),
        ((PAID, RefundOrdered("one", RefundReason.NOT_GRANTED)), State.REFUNDING, FEE),
        ((PAID, RefundOrdered("one", RefundReason.NOT_GRANTED), RefundPaid("one", "B", NOW)), State.REFUNDED, 0),
        ((CASHED, PAID, RefundOrdered("one", RefundReason.TWICE)), State.PAID, 2 * FEE),
        ((CASHED, PAID, RefundOrdered("one", RefundReason.TWICE), RefundPaid("one", "B", NOW)), State.PAID, FEE),
    ],
)
def test_a_fee_stands_where_its_facts_put_it(facts: tuple[Fact, ...], state: State, held: int) -> None:
    assert (fee(*facts).state, fee(*facts).held) == (state, held)


def test_the_same_money_is_told_of_twice_and_taken_once() -> None:
    assert received(fee(), came("one"), "R") == (FeePaid("port", "one", "R", FEE, NOW, True),)
    assert received(fee(PAID), came("one"), "R") == ()


@pytest.mark.parametrize(
    ("before", "reason"), [((CASHED,), RefundReason.TWICE), ((FeeDropped(),), RefundReason.NOT_OWED)]
)
def test_money_too_much_is_written_down_and_ordered_back_at_once(
    before: tuple[Fact, ...], reason: RefundReason
) -> None:
    facts = received(fee(*before), came("late"), "R")
    assert facts == (FeePaid("port", "late", "R", FEE, NOW, True), RefundOrdered("late", reason))


@pytest.mark.parametrize("before", [(), (PAID,), (FeeDropped(),)])
def test_money_of_a_wrong_sum_is_written_down_pays_nothing_and_goes_back(before: tuple[Fact, ...]) -> None:
    less = Came("port", True, "less", Fen(FEE - 1), NOW)
    facts = received(fee(*before), less, "R9")
    strayed = MoneyStrayed("port", "less", "R9", Fen(FEE - 1), NOW, True)
    assert facts == (strayed, RefundOrdered("less", RefundReason.WRONG_SUM))
    state, held = fee(*before).state, fee(*before).held
    after = fee(*before, *facts)
    assert (after.state, after.held) == (state, held + FEE - 1)
    assert received(after, less, "R9") == ()
    assert (fee(*before, *facts, RefundPaid("less", "B", NOW)).held) == held
    told = [change.facts[0] for change in letters(fee(*before), facts, key=uuid4(), now=NOW)]
    assert [getattr(one, "kind", "") for one in told] == ["payments.refund_wrong_sum"]
    [said] = [getattr(one, "facts", {}) for one in told]
    assert (said["sum"], said["fee"]) == ("79.99", "80.00")


def test_only_a_fee_that_is_due_keeps_a_case_from_a_good_end() -> None:
    assert hinders(fee()) == Refused(Why.UNPAID, {"sum": "80.00"})
    assert [hinders(fee(*facts)) for facts in ((PAID,), (FeeDropped(),))] == [None, None]
    assert (owed(fee()), owed(fee(PAID)), owed(fee(FeeDropped()))) == (None, Refused(Why.PAID), Refused(Why.NOT_OWED))


def test_the_end_of_a_case_drops_what_is_due_and_orders_back_what_came() -> None:
    assert ended_badly(fee()) == (FeeDropped(),)
    assert ended_badly(fee(PAID)) == (RefundOrdered("one", RefundReason.NOT_GRANTED),)
    extra = (CASHED, PAID, RefundOrdered("one", RefundReason.TWICE))
    assert ended_badly(fee(*extra)) == (RefundOrdered("R2", RefundReason.NOT_GRANTED),)
    assert ended_badly(fee(FeeDropped())) == ()


def test_cash_is_taken_while_the_fee_is_due_and_given_back_once() -> None:
    assert taken_by_hand(fee(), "R2", simulated=True, by=officer(TAKE_CASH), now=NOW) == (CASHED,)
    assert taken_by_hand(fee(PAID), "R2", simulated=True, by=officer(TAKE_CASH), now=NOW) == Refused(Why.PAID)
    waits = (CASHED, RefundOrdered("R2", RefundReason.NOT_GRANTED))
    assert handed_back(fee(*waits), "B", by=officer(TAKE_CASH), now=NOW) == (RefundPaid("R2", "B", NOW),)
    back = (*waits, RefundPaid("R2", "B", NOW))
    none = Refused(Why.NOTHING_TO_REFUND)
    assert handed_back(fee(*back), "B", by=officer(TAKE_CASH), now=NOW) == none
    online = (PAID, RefundOrdered("one", RefundReason.NOT_GRANTED))
    assert handed_back(fee(*online), "B", by=officer(TAKE_CASH), now=NOW) == none


def test_nobody_takes_gives_back_or_waives_their_own_fee() -> None:
    def payer(duty: str) -> Acting:
        return Acting(PersonId(UUID(int=1)), Channel.WINDOW, duty, SCOPE)

    own = Refused(Why.OWN_FEE)
    waits = fee(CASHED, RefundOrdered("R2", RefundReason.NOT_GRANTED))
    assert waived(fee(), "why", by=payer(WAIVE)) == own
    assert taken_by_hand(fee(), "R2", simulated=True, by=payer(TAKE_CASH), now=NOW) == own
    assert handed_back(waits, "B", by=payer(TAKE_CASH), now=NOW) == own


@pytest.mark.parametrize(
    ("duty", "area", "may"),
    [(BALANCE, "410100", True), (BALANCE, "410000", True), (BALANCE, "410105", False), (TAKE_CASH, "410100", False)],
)
def test_only_who_is_charged_with_the_whole_city_compares_its_books(duty: str, area: str, *, may: bool) -> None:
    by = Acting(PersonId(UUID(int=9)), Channel.WINDOW, duty, Scope("finance", area))
    assert may_balance("410100", by) is may
    assert may_balance("410100", the_city())
    assert not may_balance("410100", Acting(PersonId(UUID(int=9)), Channel.WINDOW))


@pytest.mark.parametrize(
    ("reason", "why"), [("  ", Why.UNSAID), ("x" * LONGEST_REASON, None), ("x" * (LONGEST_REASON + 1), Why.TOO_LONG)]
)
def test_a_waiver_has_a_reason_that_can_be_read(reason: str, why: Why | None) -> None:
    found = waived(fee(), reason, by=officer(WAIVE))
    assert (found.reason if isinstance(found, Refused) else None) is why


def test_every_fact_of_a_fee_is_told_to_its_payer_and_cash_is_fetched() -> None:
    order = RefundOrdered("R2", RefundReason.NOT_GRANTED)
    told = [change.facts[0] for change in letters(fee(CASHED), (order,), key=uuid4(), now=NOW)]
    assert [getattr(one, "kind", "") for one in told] == ["payments.refund_by_hand"]
    assert ordered(RefundReason.TWICE, by_hand=False) == ordered(RefundReason.NOT_OWED, by_hand=False)
    with pytest.raises(AssertionError):
        list(letters(fee(), (DayBalanced(NOW.date(), (), None, ()),), key=uuid4(), now=NOW))


@pytest.mark.parametrize(("online", "kind"), [(True, "payments.demanded"), (False, "payments.demanded_at_counter")])
def test_a_letter_sends_nobody_to_a_port_that_the_city_does_not_have(*, online: bool, kind: str) -> None:
    agency = SCOPE.department
    about = Owed(uuid4(), uuid4(), uuid4(), "item", "", agency, SCOPE.area, TEXT, FEE, TEXT)
    _, letter = demand(about, online=online, key=uuid4(), now=NOW)
    assert getattr(letter.facts[0], "kind", "") == kind


def test_a_history_of_something_else_is_no_fee() -> None:
    assert folded([Recorded(UUID(int=7), 1, NOW, the_city(), FeeDropped())]) is None
