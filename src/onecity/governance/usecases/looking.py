"""What helps whoever reads a report: what its words are about, and with which words another case began."""

from asyncio import to_thread

from onecity.governance.model import Report
from onecity.governance.phrases import default_model
from onecity.governance.routing import Decided, Model, decided
from onecity.governance.store import ProblemRow
from onecity.governance.usecases import Street
from onecity.governance.usecases.reporting import load_report
from onecity.kernel.refusal import Refused


async def understood(words: str, *, street: Street) -> Decided | None:
    """What some words may be about, by what the city learnt itself, else by its pack; None if there are none, or the
    pack taught nothing.
    """
    if not words.strip():
        return None
    if isinstance(street.trained, Model):
        return decided(street.trained, words)
    # The model is learnt at its first use; nobody else waits for it.
    model = await to_thread(default_model, street.pack)
    return None if isinstance(model, Refused) else decided(model, words)


async def first_report(row: ProblemRow, street: Street) -> Report | None:
    """The report that opened a case."""
    history = await street.office.ledger.history(row.case)
    affair = getattr(history[0].fact, "affair", None) if history else None
    return await load_report(affair, street=street) if affair is not None else None
