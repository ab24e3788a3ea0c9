"""Orders that go down the levels of a city and come back as reports: 督办, and the four levels answering together."""

from onecity.casework.ordering.declared import ORDER, OrderKind
from onecity.casework.ordering.facts import FACTS
from onecity.casework.ordering.model import Order, OrderRow, Stage, Standing, below, order_of, standing
from onecity.casework.ordering.projections import ORDERS
from onecity.casework.ordering.rules import (
    Acknowledge,
    Act,
    CallBack,
    Fulfil,
    Receive,
    Receiver,
    Report,
    Return,
    Why,
    answers_for,
)
from onecity.casework.ordering.store import open_about, open_within
from onecity.casework.ordering.usecases import Begin, Hours, Ordered, Orders, PassOn, act_on, begin, chase, pass_on

__all__ = [
    "FACTS", "ORDER", "ORDERS", "Acknowledge", "Act", "Begin", "CallBack", "Fulfil", "Hours", "Order", "OrderKind",
    "OrderRow", "Ordered", "Orders", "PassOn", "Receive", "Receiver", "Report", "Return", "Stage", "Standing", "Why",
    "act_on", "answers_for", "begin", "below", "chase", "open_about", "open_within", "order_of", "pass_on", "standing",
]  # fmt: skip
