"""Orders: what an act does to one, to whom one can be sent, and what a tree has come to."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from onecity.casework.ordering import Order, OrderRow, Receiver, Stage, Why, fits, name_of, order_of, standing
from onecity.casework.ordering.facts import Answer, OrderGiven, OrderMissed, OrderReported
from onecity.casework.ordering.rules import (
    Acknowledge,
    Act,
    CallBack,
    Fulfil,
    Receive,
    Report,
    Return,
    acted,
    missed,
    wrong_receivers,
)
from onecity.kernel.acting import Scope, the_city
from onecity.kernel.refusal import Refused
from onecity.ledger import Fact, Recorded

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
ROOT, BELOW = UUID(int=1), UUID(int=2)
SOON, LATER = NOW + timedelta(hours=2), NOW + timedelta(hours=24)
GIVEN = OrderGiven("response", "v", ROOT, ROOT, "operations", "410105", SOON, LATER, "清雪")


def after(*facts: Fact, given: OrderGiven = GIVEN) -> Order:
    """An order after some facts."""
    history = [Recorded(BELOW, number, NOW, the_city(), fact) for number, fact in enumerate((given, *facts), start=1)]
    order = order_of(history)
    assert order is not None
    return order


def done(order: Order, act: Act, **more: int) -> tuple[Fact, ...]:
    facts = acted(order, act, open_below=more.get("open_below", 0), now=NOW)
    assert not isinstance(facts, Refused), facts
    return facts


def test_an_order_comes_is_seen_is_promised_reported_and_taken() -> None:
    facts: tuple[Fact, ...] = ()
    stages = []
    for act in (Receive(), Acknowledge("今晚扫完"), Report("扫完了", 12, 14), Fulfil()):
        facts += done(after(*facts), act)
        stages.append(after(*facts).stage)
    assert stages == [Stage.RECEIVED, Stage.ACKNOWLEDGED, Stage.REPORTED, Stage.FULFILLED]


def test_a_returned_report_is_awaited_anew_by_another_hour() -> None:
    order = after(OrderReported(ROOT, 1, 2, "完了"))
    assert order.awaited is None
    again = after(OrderReported(ROOT, 1, 2, "完了"), *done(order, Return("还差一处", 5)))
    assert again.awaited == (Answer.REPORTED, NOW + timedelta(hours=5))


@pytest.mark.parametrize(
    ("facts", "act", "why"),
    [
        ((), Fulfil(), Why.NOT_NOW),
        ((), Return("不行"), Why.NOT_NOW),
        ((), Report("完了", 3, 2), Why.MORE_THAN_ALL),
        ((), Report(" ", 1, 2), Why.UNSAID),
        ((), Report("完了", 1, 1_000_001), Why.NO_NUMBER),
        ((), Report("完了", -1, 2), Why.NO_NUMBER),
        ((), Acknowledge("好" * 2_001), Why.TOO_LONG),
        ((), CallBack(""), Why.UNSAID),
        ((OrderReported(ROOT, 1, 1, "完了"),), Report("又完了", 1, 1), Why.NOT_NOW),
        ((OrderReported(ROOT, 1, 1, "完了"),), Receive(), Why.NOT_NOW),
    ],
)
def test_what_cannot_be_done_now_is_refused_with_a_reason(facts: tuple[Fact, ...], act: Act, why: Why) -> None:
    most = {Why.TOO_LONG: {"most": 2_000}, Why.NO_NUMBER: {"most": 1_000_000}}
    assert acted(after(*facts), act, open_below=0, now=NOW) == Refused(why, most.get(why, {}))


def test_nobody_takes_a_report_while_something_below_is_open() -> None:
    order = after(OrderReported(ROOT, 1, 1, "完了"))
    assert acted(order, Fulfil(), open_below=2, now=NOW) == Refused(Why.STILL_OPEN, {"number": 2})


@pytest.mark.parametrize("last", [Fulfil(), CallBack("雪停了")])
def test_nothing_happens_to_an_order_that_has_ended(last: Act) -> None:
    order = after(OrderReported(ROOT, 1, 1, "完了"))
    ended = after(OrderReported(ROOT, 1, 1, "完了"), *done(order, last))
    for act in (Receive(), Acknowledge("好"), Report("好"), Return("不"), Fulfil(), CallBack("不")):
        assert acted(ended, act, open_below=0, now=NOW) == Refused(Why.ENDED)


@pytest.mark.parametrize("act", [Receive(), Acknowledge("好"), Report("好"), Return("不"), Fulfil(), CallBack("不")])
@pytest.mark.parametrize("before", [(), (Receive(),), (Acknowledge("好"),), (Report("好", 1, 1),), (CallBack("不"),)])
def test_what_a_page_offers_is_what_the_rule_allows(before: tuple[Act, ...], act: Act) -> None:
    order = after(*(fact for one in before for fact in done(after(), one)))
    assert fits(order, name_of(act)) is not isinstance(acted(order, act, open_below=0, now=NOW), Refused)


def test_an_hour_that_passed_is_noted_once_and_the_next_one_again() -> None:
    late = SOON + timedelta(minutes=1)
    (fact,) = missed(after(), now=late)
    assert fact == OrderMissed(Answer.RECEIVED, SOON)
    assert missed(after(fact), now=late) == ()
    seen = after(fact, *done(after(fact), Receive()))
    assert missed(seen, now=late) == ()
    assert missed(seen, now=LATER + timedelta(seconds=1)) == (OrderMissed(Answer.REPORTED, LATER),)


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ((), Why.NOBODY),
        ((Receiver("nobody", "410105001"),), Why.NO_AGENCY),
        ((Receiver("operations", "410104001"),), Why.NOT_BELOW),
        ((Receiver("operations", "410105999"),), Why.NOT_BELOW),
        ((Receiver("operations", "410105"),), Why.NOT_BELOW),
        ((Receiver("operations", "410105001"), Receiver("operations", "410105001")), Why.TWICE),
        ((Receiver("operations", "410105002"),), Why.TWICE),
        (tuple(Receiver("operations", "410105001") for _ in range(401)), Why.TOO_MANY),
    ],
)
def test_an_order_goes_down_to_places_that_are_there_and_to_none_twice(to: tuple[Receiver, ...], why: Why) -> None:
    found = wrong_receivers(
        to, above=Scope("operations", "410105"), agencies={"operations"},
        areas={"410105", "410105001", "410105002", "410104001"}, already=[Scope("operations", "410105002")],
    )  # fmt: skip
    assert found is not None and found.reason is why


def test_another_agency_of_the_same_place_may_be_asked() -> None:
    found = wrong_receivers(
        [Receiver("police", "410105")], above=Scope("operations", "410105"), agencies={"police"}, areas={"410105"}
    )
    assert found is None


def row(number: int, parent: int | None, stage: Stage, counted: int = 0) -> OrderRow:
    awaited = {Stage.GIVEN: SOON, Stage.RECEIVED: LATER, Stage.ACKNOWLEDGED: LATER}.get(stage) if parent else None
    return OrderRow(
        UUID(int=number), ROOT, UUID(int=parent) if parent else None, "response", "operations", f"4101{number:02}",
        None, None, NOW, LATER, awaited, stage, counted, counted * 2,
    )  # fmt: skip


def test_reports_roll_up_and_whoever_has_not_answered_is_named() -> None:
    rows = [
        row(1, None, Stage.RECEIVED), row(2, 1, Stage.REPORTED, 3), row(3, 1, Stage.GIVEN), row(4, 2, Stage.FULFILLED, 5),
        row(5, 2, Stage.CALLED_BACK, 100), row(6, 5, Stage.REPORTED, 100), row(7, 4, Stage.ACKNOWLEDGED),
    ]  # fmt: skip
    whole = standing(rows, ROOT, now=SOON + timedelta(minutes=1))
    assert (whole.orders, whole.answered, whole.done, whole.of) == (4, 2, 8, 16)
    assert [one.id.int for one in whole.missing] == [3]
    assert [one.id.int for one in standing(rows, ROOT, now=LATER + timedelta(minutes=1)).missing] == [3, 7]
    part = standing(rows, BELOW, now=NOW)
    assert (part.orders, part.answered, part.done, part.missing) == (2, 1, 8, ())
