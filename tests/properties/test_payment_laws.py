"""Money is taken once: whatever comes in whatever order, both books agree and nobody is out of pocket too much."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.acting import Acting, Channel, Scope, the_city
from onecity.kernel.ids import PersonId
from onecity.kernel.money import Fen
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded
from onecity.packs import Text
from onecity.payments.facts import CASH, FeeDemanded, Movement
from onecity.payments.model import Payment, State, folded
from onecity.payments.rules import (
    TAKE_CASH,
    WAIVE,
    Came,
    Why,
    ended_badly,
    handed_back,
    hinders,
    received,
    refunded,
    taken_by_hand,
    waived,
)
from onecity.payments.rules.balance import Entry, Line, differences, root_of, stated, taken

MORNING: Final = datetime(2020, 9, 22, 1, tzinfo=UTC)
FEE: Final = Fen(8000)
PAYMENT: Final = UUID(int=7)
PORT: Final = "port"
SCOPE: Final = Scope("property_registration", "410100")
TEXT: Final = Text("费", "fee")
DEMANDED: Final = FeeDemanded(
    UUID(int=1), "P-22222-22222", UUID(int=2), UUID(int=3), "item", "", SCOPE.department, SCOPE.area, TEXT, FEE, TEXT
)

EVENTS: Final = (
    "pays",
    "pays elsewhere",
    "pays too little",
    "settles",
    "settles",
    "cash",
    "waive",
    "ends",
    "refunds",
    "hands back",
    "good",
)


def acting(duty: str) -> Acting:
    return Acting(PersonId(UUID(int=9)), Channel.WINDOW, duty, SCOPE)


class World:
    """A fee with its history, and a port with a book of its own that nobody of ours writes into."""

    def __init__(self) -> None:
        self.history = [Recorded(PAYMENT, 1, MORNING, the_city(), DEMANDED)]
        self.paid: dict[str, int] = {}
        self.back: dict[str, int] = {}
        self.ended = ""
        self._at = MORNING

    @property
    def fee(self) -> Payment:
        found = folded(self.history)
        assert found is not None
        return found

    def record(self, facts: tuple[Fact, ...] | Refused) -> bool:
        if isinstance(facts, Refused):
            return False
        for fact in facts:
            self.history.append(Recorded(PAYMENT, len(self.history) + 1, self._at, the_city(), fact))
        return True

    def happens(self, event: str) -> None:
        self._at += timedelta(minutes=1)
        match event:
            case "pays":
                self.paid["one"] = FEE
            case "pays elsewhere":
                self.paid["two"] = FEE
            case "pays too little":
                self.paid["less"] = FEE - 1
            case "settles":
                for reference, fen in self.paid.items():
                    assert self.record(received(self.fee, self.came(reference, fen), f"R{reference}"))
            case "cash":
                self.record(taken_by_hand(self.fee, "RC", simulated=True, by=acting(TAKE_CASH), now=self._at))
            case "waive":
                self.record(waived(self.fee, "why", by=acting(WAIVE)))
            case "ends" if not self.ended:
                self.ended = "badly"
                self.record(ended_badly(self.fee))
            case "good" if not self.ended and hinders(self.fee) is None:
                self.ended = "well"
            case "refunds":
                for one in self.fee.money:
                    if one.waits and one.paid.port == PORT:
                        self.back.setdefault(one.paid.reference, one.paid.fen)
                        self.record(refunded(self.fee, one.paid.reference, f"B{one.paid.reference}", self._at))
            case "hands back":
                self.record(handed_back(self.fee, "BC", by=acting(TAKE_CASH), now=self._at))
            case _:
                pass

    def came(self, reference: str, fen: int) -> Came:
        return Came(PORT, True, reference, Fen(fen), self._at)

    def book(self) -> list[Entry]:
        found: list[Entry] = []
        for one in self.fee.money:
            line = (one.paid.port, SCOPE.department, PAYMENT, one.paid.fen)
            found.append(Entry(one.paid.reference, Movement.PAID, *line))
            if one.refunded is not None:
                found.append(Entry(one.paid.reference, Movement.REFUNDED, *line))
        return found

    def statement(self) -> list[Line]:
        paid = [Line(reference, Movement.PAID, fen, PAYMENT) for reference, fen in self.paid.items()]
        return paid + [Line(reference, Movement.REFUNDED, fen, PAYMENT) for reference, fen in self.back.items()]

    @property
    def out_of_pocket(self) -> int:
        by_hand = [one for one in self.fee.money if one.paid.port == CASH and one.refunded is None]
        return sum(self.paid.values()) - sum(self.back.values()) + sum(one.paid.fen for one in by_hand)


@given(st.lists(st.sampled_from(EVENTS), max_size=24))
def test_in_any_order_both_books_agree_and_nobody_pays_more_than_one_fee(events: list[str]) -> None:
    world = World()
    for event in events:
        world.happens(event)
        # A city that is asked twice for the same has nothing new.
        if event in ("settles", "refunds"):
            before = len(world.history)
            world.happens(event)
            assert len(world.history) == before
    for event in ("settles", "refunds", "hands back"):
        world.happens(event)
    assert differences(PORT, world.book(), world.statement()) == ()
    state = world.fee.state
    assert world.out_of_pocket == (FEE if state is State.PAID else 0)
    assert world.fee.held == world.out_of_pocket
    assert state is not State.REFUNDING
    if world.ended == "badly":
        assert world.out_of_pocket == 0
    if world.ended == "well":
        assert state in (State.PAID, State.WAIVED, State.REFUNDED)


@given(st.lists(st.sampled_from(EVENTS), max_size=24))
def test_a_fee_that_is_due_no_more_is_never_due_again(events: list[str]) -> None:
    world, settled = World(), False
    for event in events:
        world.happens(event)
        settled = settled or world.fee.state is not State.DUE
        assert settled == (world.fee.state is not State.DUE)


def draw_bool(data: st.DataObject) -> bool:
    return data.draw(st.booleans())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Movement), st.integers(1, 3)), max_size=6), st.data())
def test_any_change_of_a_statement_is_a_difference_and_another_root(
    moved: list[tuple[str, Movement, int]], data: st.DataObject
) -> None:
    statement = list({line[:2]: Line(*line, PAYMENT) for line in moved}.values())
    book = [Entry(line.reference, line.movement, PORT, "agency", PAYMENT, line.fen) for line in statement]
    assert differences(PORT, book, statement) == ()
    assert sum(one.paid_fen for one in taken(book)) == stated(PORT, statement, simulated=True).paid_fen
    other = list(statement)
    if statement and draw_bool(data):
        spot = data.draw(st.integers(0, len(statement) - 1))
        old = other.pop(spot)
        if draw_bool(data):
            other.insert(spot, Line(old.reference, old.movement, old.fen + 1, PAYMENT))
    else:
        other.append(Line("new", Movement.PAID, 1, PAYMENT))
    assert len(differences(PORT, book, other)) == 1
    assert root_of(other) != root_of(statement)


def test_a_strange_duty_is_refused() -> None:
    fee = World().fee
    elsewhere = Acting(PersonId(UUID(int=9)), Channel.WINDOW, TAKE_CASH, Scope("tax_service", "410100"))
    for by in (acting(WAIVE), elsewhere, Acting(PersonId(UUID(int=1)), Channel.PHONE)):
        assert taken_by_hand(fee, "R", simulated=True, by=by, now=MORNING) == Refused(Why.NOT_YOUR_DUTY)
        assert handed_back(fee, "B", by=by, now=MORNING) == Refused(Why.NOT_YOUR_DUTY)
    assert waived(fee, "why", by=acting(TAKE_CASH)) == Refused(Why.NOT_YOUR_DUTY)
    assert refunded(fee, "one", "B", MORNING) == Refused(Why.NOTHING_TO_REFUND)
