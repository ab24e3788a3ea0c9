"""Every route of licences, with who may take it."""

from collections.abc import Sequence
from typing import Final

from onecity.kernel.rates import Rate
from onecity.licences.rules import REVOKE
from onecity.licences.rules.renewal import RENEW
from onecity.licences.web.cabinet import Cabinet
from onecity.licences.web.desk import Oversight
from onecity.licences.web.interface import Interface
from onecity.licences.web.public import Check
from onecity.licences.web.renewals import Asking, Renewals
from onecity.licences.web.wallet import Wallet
from onecity.machinery.web import EVERYBODY, SIGNED_IN, Door, Operation, Route, holding

DOORS: Final = (
    Door("/wallet", "licences.wallet", "wallet", SIGNED_IN),
    Door("/desk/renewals", "licences.renewals", "wallet", holding(RENEW)),
    Door("/desk/licences", "licences.desk", "shield", holding(REVOKE)),
)
_CHECKS: Final = Rate(60, 60)
_PAPERS: Final = Rate(20, 60)
"""Drawing a paper takes a third of a second of computing."""


def routes(cabinet: Cabinet) -> Sequence[Route]:
    """The pages of licences."""
    wallet, check, desk = Wallet(cabinet), Check(cabinet), Oversight(cabinet)
    asking, renewals, overseer = Asking(cabinet), Renewals(cabinet), holding(REVOKE)
    return (
        Route("GET", "/wallet", SIGNED_IN, wallet.mine),
        Route("GET", "/wallet/{licence}", SIGNED_IN, wallet.one),
        Route("GET", "/wallet/{licence}/paper", SIGNED_IN, wallet.paper, _PAPERS),
        Route("GET", "/wallet/{licence}/cancel", SIGNED_IN, wallet.ask),
        Route("POST", "/wallet/{licence}/cancel", SIGNED_IN, wallet.give_back),
        Route("GET", "/wallet/{licence}/renew", SIGNED_IN, asking.page),
        Route("POST", "/wallet/{licence}/renew", SIGNED_IN, asking.ask),
        Route("GET", "/desk/renewals", holding(RENEW), renewals.list),
        Route("GET", "/desk/renewals/{licence}", holding(RENEW), renewals.one),
        Route("POST", "/desk/renewals/{licence}", holding(RENEW), renewals.answer),
        Route("GET", "/verify", EVERYBODY, check.form),
        Route("GET", "/verify/{identifier}", EVERYBODY, check.answer, _CHECKS),
        Route("GET", "/licences/status/{shard}", EVERYBODY, check.status),
        Route("GET", "/desk/licences", overseer, desk.search),
        Route("GET", "/desk/licences/{licence}", overseer, desk.licence),
        Route("GET", "/desk/licences/{licence}/{deed}", overseer, desk.deed),
        Route("POST", "/desk/licences/{licence}/{deed}", overseer, desk.do),
    )


def operations(cabinet: Cabinet) -> Sequence[Operation]:
    """The interface of licences."""
    return Interface(cabinet).operations()
