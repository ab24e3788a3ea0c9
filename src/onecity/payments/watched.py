"""The work unit of payments: two books that agree."""

from typing import Final

from onecity.machinery.watch import Alert, Level, Measured, Severity, WorkUnit, fires, quiet
from onecity.payments.usecases.balancing import UNCLEAR

UNITS: Final = (
    WorkUnit(
        "payments.balance",
        "payments.watch.balance",
        (UNCLEAR,),
        (),
        (
            Alert(
                "BooksDiffer", "payments.watch.differ", "The city's book of payments is not that of the port",
                Level(UNCLEAR, 0), Severity.MORNING, 0, Measured.NUMBER,
                (
                    fires("one payment stands in one book only", (("onecity_payment_differences", "0 1x9"),), 3),
                    quiet("both say the same", (("onecity_payment_differences", "0x9"),), 3),
                ),
            ),
        ),
    ),
)  # fmt: skip
