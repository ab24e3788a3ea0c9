"""Every route of payments, with who may take it."""

from collections.abc import Sequence
from typing import Final

from onecity.kernel.rates import Rate
from onecity.machinery.web import EVERYBODY, SIGNED_IN, Door, Operation, Route, holding
from onecity.payments.port.simulated import PATH, SimulatedPort
from onecity.payments.rules import BALANCE, TAKE_CASH, WAIVE
from onecity.payments.web.cashdesk import CashDesk
from onecity.payments.web.cashier import Cashier
from onecity.payments.web.finance import Finance
from onecity.payments.web.interface import Interface
from onecity.payments.web.payer import Payer
from onecity.payments.web.simulated import SimulatedPortPages

DOORS: Final = (
    Door("/desk/payments", "payments.cashier", "card", holding(TAKE_CASH)),
    Door("/finance", "payments.finance", "report", holding(BALANCE)),
)
_OFTEN: Final = Rate(60, 60)


def routes(desk: CashDesk) -> Sequence[Route]:
    """The pages of payments; the simulated port has some only where it is the city's port."""
    payer, port = Payer(desk), desk.till.port
    return (
        Route("GET", "/payments/{payment}", SIGNED_IN, payer.one),
        Route("POST", "/payments/{payment}/pay", SIGNED_IN, payer.pay, _OFTEN),
        Route("GET", "/payments/{payment}/back", SIGNED_IN, payer.back, _OFTEN),
        Route("GET", "/payments/{payment}/receipts/{receipt}", SIGNED_IN, payer.receipt),
        *_officers(desk),
        *(_simulated(port) if isinstance(port, SimulatedPort) else ()),
    )


def _officers(desk: CashDesk) -> Sequence[Route]:
    cashier, finance = Cashier(desk), Finance(desk)
    takes, waives, balances = holding(TAKE_CASH), holding(WAIVE), holding(BALANCE)
    one = "/desk/payments/{payment}"
    return (
        Route("GET", "/desk/payments", takes, cashier.waiting),
        Route("GET", one, takes, cashier.one),
        Route("POST", f"{one}/cash", takes, cashier.take),
        Route("POST", f"{one}/hand-back", takes, cashier.hand_back),
        Route("GET", f"{one}/receipts/{{receipt}}", takes, cashier.receipt),
        Route("GET", f"{one}/waive", waives, cashier.waive_page),
        Route("POST", f"{one}/waive", waives, cashier.waive),
        Route("GET", "/finance", balances, finance.days),
        Route("GET", "/finance/{day}", balances, finance.day),
        Route("POST", "/finance/{day}", balances, finance.again),
        Route("GET", "/finance/{day}/lines.csv", balances, finance.table),
    )


def _simulated(port: SimulatedPort) -> Sequence[Route]:
    pages = SimulatedPortPages(port)
    return (
        Route("GET", f"{PATH}/{{reference}}", EVERYBODY, pages.show, _OFTEN),
        Route("POST", f"{PATH}/{{reference}}", EVERYBODY, pages.pay, _OFTEN),
    )


def operations(desk: CashDesk) -> Sequence[Operation]:
    """The interface of payments."""
    return Interface(desk).operations()
