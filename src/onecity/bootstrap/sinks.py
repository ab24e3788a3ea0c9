"""Which sink a city has: the one that its engineer named, or none, and then its facts stay in the house."""

import msgspec

from onecity.bootstrap.settings import Settings
from onecity.ledger import Ledger, store
from onecity.ledger.outbox import Sink, SinkFailure
from onecity.ledger.outbox.sending import FOLLOWER, Outbox
from onecity.ledger.store import following


class OutboxState(msgspec.Struct, frozen=True):
    """How far facts have left the house.

    `sealed` is how many have a position, `sent` how many of these the sink took; `sink` is where they leave to, `holds`
    the last position there, and `trouble` why nobody can say.
    """

    sealed: int
    sent: int
    sink: str | None
    holds: int | None = None
    trouble: str | None = None


def sink_of(settings: Settings) -> Sink | None:
    """The sink of a city; None if there is none."""
    if settings.nats is None:
        return None
    # Only a city with this sink pays for its client with time at each start of a command.
    from onecity.ledger.outbox.jetstream import JetStream

    return JetStream(settings.nats)


def outbox_of(ledger: Ledger, settings: Settings) -> Outbox | None:
    """What sends the sealed facts of a city; None if they stay in the house."""
    sink = sink_of(settings)
    return Outbox(ledger.readers, ledger.book, sink) if sink else None


async def outbox_state(ledger: Ledger, settings: Settings) -> OutboxState:
    """How far facts have left the house, with what the sink itself says."""
    sink = sink_of(settings)
    async with ledger.readers.acquire() as connection:
        sealed, sent = await store.sealed_size(connection), await following.position(connection, FOLLOWER)
    if sink is None:
        return OutboxState(sealed, sent, None)
    try:
        last = await _last_in(sink)
    except SinkFailure as failure:
        return OutboxState(sealed, sent, sink.name, trouble=failure.sentence)
    return OutboxState(sealed, sent, sink.name, holds=last)


async def end_outbox(ledger: Ledger) -> bool:
    """Forget how far facts have left the house; false if none ever did."""
    async with ledger.readers.acquire() as connection:
        return await following.end(connection, FOLLOWER)


async def reached(sink: Sink) -> str:
    """What a sink says of itself, as a sentence. Raises SinkFailure."""
    last = await _last_in(sink)
    return f"{sink.name} {'holds nothing' if last is None else f'holds facts up to position {last}'}"


async def _last_in(sink: Sink) -> int | None:
    async with sink.open() as way:
        last = (await way.holds()).last
    return last.position if last else None
