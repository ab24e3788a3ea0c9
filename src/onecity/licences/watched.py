"""The work unit of licences: the signed lists of their states."""

from typing import Final

from onecity.licences.publishing import ALARMS
from onecity.machinery.watch import Alert, Measured, Rise, Severity, WorkUnit, fires, pick, quiet

_HOUR_S: Final = 3600
UNITS: Final = (
    WorkUnit(
        "licences.status",
        "licences.watch.status",
        (ALARMS,),
        (),
        (
            Alert(
                "LicenceListAlarm", "licences.watch.alarm", "The list of licences found what cannot have happened",
                Rise(pick(ALARMS), 0, _HOUR_S), Severity.WAKE, 0, Measured.NUMBER,
                (
                    fires("a history does not hold",
                            (('onecity_licence_alarms_total{what="a history does not hold"}', "0 0 1x30"),), 20),
                    quiet("it was hours ago, and somebody has looked into it",
                            (('onecity_licence_alarms_total{what="a history does not hold"}', "0 0 1x100"),), 90),
                ),
            ),
        ),
    ),
)  # fmt: skip
