"""Every route of governance, with who may take it."""

from collections.abc import Sequence

from onecity.governance.web.centre import Centre
from onecity.governance.web.interface import Interface
from onecity.governance.web.open311 import Open311
from onecity.machinery.web import Operation, Route


def operations(centre: Centre) -> Sequence[Operation]:
    """The operations of governance."""
    return Interface(centre).operations()


def routes(centre: Centre) -> Sequence[Route]:
    """The pages of governance, and the interface that programs elsewhere know."""
    return Open311(centre).routes()
