"""Every route of governance, with who may take it."""

from collections.abc import Sequence

from onecity.governance.web.centre import Centre
from onecity.governance.web.interface import Interface
from onecity.machinery.web import Operation, Route


def operations(centre: Centre) -> Sequence[Operation]:
    """The operations of governance."""
    return Interface(centre).operations()


def routes(_centre: Centre) -> Sequence[Route]:
    """The pages of governance."""
    return ()
