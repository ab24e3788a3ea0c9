"""Every route of casework, with who may take it."""

from collections.abc import Sequence
from typing import Final

from onecity.casework.web.interface import OrderInterface
from onecity.casework.web.orders import OrderRoom
from onecity.casework.web.pages import OrderPages
from onecity.kernel.rates import Rate
from onecity.machinery.web import Door, Operation, Route, holding

_OFTEN: Final = Rate(120, 60)

LEADS: Final = dict.fromkeys(("order.given", "order.missed"), ("/orders/{about}", "casework.order.open"))
"""Where letters about orders lead."""


def doors(room: OrderRoom) -> Sequence[Door]:
    """The doors of casework, and who sees each; none where the pack declares no orders."""
    if not room.orders.kinds:
        return ()
    return (Door("/orders", "casework.order.door", "mail", holding(*room.all_duties)),)


def operations(room: OrderRoom) -> Sequence[Operation]:
    """The operations of casework."""
    return OrderInterface(room).operations() if room.orders.kinds else ()


def routes(room: OrderRoom) -> Sequence[Route]:
    """The pages of casework."""
    pages, anybody, issuing = OrderPages(room), holding(*room.all_duties), holding(*room.issuing)
    if not room.orders.kinds:
        return ()
    return (
        Route("GET", "/orders", anybody, pages.work),
        Route("GET", "/orders/new/{kind}", issuing, pages.form),
        Route("POST", "/orders/new/{kind}", issuing, pages.begin, _OFTEN),
        Route("GET", "/orders/{order}", anybody, pages.one),
        Route("POST", "/orders/{order}/{act}", anybody, pages.act, _OFTEN),
    )
