"""The page of the simulated port: it looks like another house, says that it is simulated, and takes no money."""

from starlette.responses import Response

from onecity.kernel.money import yuan
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.payments.port.simulated import PATH, SimulatedPort
from onecity.payments.port.store import BillRow
from onecity.payments.rules import Why
from onecity.payments.web.cashdesk import AT


class SimulatedPortPages:
    """Whoever has the address of a bill can pay it, as in the world outside."""

    def __init__(self, port: SimulatedPort) -> None:
        self._port = port

    async def show(self, visit: Visit) -> Response:
        """The bill, and the button that pays it."""
        bill = await self._bill(visit)
        if bill is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        state = "paid" if bill.paid else "closed" if bill.closed else "open"
        return visit.page(
            AT + "port.html",
            title=visit.say("payments.port"),
            url=f"{PATH}/{bill.reference}",
            bill=bill,
            sum=yuan(bill.fen),
            state=state,
        )

    async def pay(self, visit: Visit) -> Response:
        """The button: it pays once, and leads back to the city either way."""
        bill = await self._bill(visit)
        if bill is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        await self._port.pay(bill.reference, now=visit.now)
        return visit.go(bill.back)

    async def _bill(self, visit: Visit) -> BillRow | None:
        return await self._port.bill(visit.path("reference"))
