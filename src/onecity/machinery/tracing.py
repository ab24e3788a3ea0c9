"""What follows from what: a request, the batch in which its command was written, the job that goes on from there.

Each request has an id. The batch that carries its command names it, its own line in the log names the batch, and a job
that goes on with what was written names both. Where a collector is named, the same is told as spans of one trace,
which continues that of whoever asked. No span, like no line, holds anything but ids, patterns of routes and numbers.
See `docs/adr/0051-watch-every-work-unit-from-one-declaration.md`.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Protocol, TypeAlias
from uuid import UUID

import msgspec
import structlog

_LOG: Final = structlog.get_logger("onecity.jobs")
_REMEMBERED: Final = 16_384
"""Histories of which this process remembers who moved them last; about four megabytes when all are there."""
_PARENT: Final = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

Attributes: TypeAlias = Mapping[str, str | int | float]


class Span(Protocol):
    """A stretch of work that is under way; `parent` is its name as a `traceparent`, for what follows from it."""

    @property
    def parent(self) -> str: ...

    def end(self, attributes: Attributes) -> None:
        """It is over, and this is all that is told of it."""


class Tracer(Protocol):
    """Tells a collector of spans. A `parent` that is empty begins a trace."""

    def begin(self, name: str, parent: str, *, ago_s: float = 0.0) -> Span: ...


class Cause(msgspec.Struct):
    """Why something is written: the requests from which it follows, the job that does it, the span in which it happens.

    `batches` grows with each batch in which something of it was written.
    """

    requests: tuple[str, ...] = ()
    job: str = ""
    parent: str = ""
    batches: list[str] = []


class _Tracing:
    """The tracer of this process; without one nothing is begun."""

    def __init__(self) -> None:
        self.tracer: Tracer | None = None
        self.written: OrderedDict[UUID, Cause] = OrderedDict()


_HERE: Final = _Tracing()
_CAUSE: Final[ContextVar[Cause | None]] = ContextVar("cause", default=None)


def trace_with(tracer: Tracer | None) -> None:
    """From now on spans go to this tracer; to nobody, if it is None."""
    _HERE.tracer = tracer


def begin(name: str, parent: str, *, ago_s: float = 0.0) -> Span | None:
    """Begin a span, if anybody hears of spans. `ago_s`: so many seconds before now."""
    return _HERE.tracer.begin(name, parent, ago_s=ago_s) if _HERE.tracer is not None else None


def is_traced() -> bool:
    """Whether anybody hears of spans."""
    return _HERE.tracer is not None


def cause() -> Cause | None:
    """Why whatever is done here is done; None if nobody said."""
    return _CAUSE.get()


@contextmanager
def because(reason: Cause) -> Iterator[Cause]:
    """What is done inside follows from a cause."""
    token = _CAUSE.set(reason)
    try:
        yield reason
    finally:
        _CAUSE.reset(token)


def parent_of(header: str) -> str:
    """A `traceparent` as somebody sent it, if it is one that can be continued; else nothing.

    Source: W3C Trace Context, 2021-11-23, §3.2.

    >>> parent_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")[3:11]
    '4bf92f35'
    >>> parent_of("00-00000000000000000000000000000000-00f067aa0ba902b7-01"), parent_of("<script>")
    ('', '')
    """
    return header if _PARENT.fullmatch(header) else ""


def note_written(streams: Iterable[UUID], reason: Cause, batch: str, parent: str) -> None:
    """Histories were moved in a batch: whoever goes on with them here knows from whom that came."""
    reason.batches.append(batch)
    kept = Cause(reason.requests, parent=parent, batches=[batch])
    for stream in streams:
        _HERE.written.pop(stream, None)
        _HERE.written[stream] = kept
    while len(_HERE.written) > _REMEMBERED:
        _HERE.written.popitem(last=False)


@contextmanager
def going_on(job: str, streams: Iterable[UUID]) -> Iterator[None]:
    """A job goes on with some histories. What it does follows from whoever moved them, as far as this process knows.

    Each of them hears of it: a line in the log, and a span in their own trace.
    """
    # One request may have moved several of them; it hears once.
    found = list({id(one): one for stream in streams if (one := _HERE.written.get(stream)) is not None}.values())
    requests = tuple(dict.fromkeys(request for one in found for request in one.requests))
    spans = [span for one in found if (span := begin(job, one.parent)) is not None]
    with because(Cause(requests, job, spans[0].parent if spans else "")) as reason:
        try:
            yield
        finally:
            for span in spans:
                span.end({"onecity.job": job, "onecity.batches": " ".join(reason.batches)})
            if requests:
                after = [batch for one in found for batch in one.batches]
                _LOG.info("went on", job=job, requests=requests, after=after, batches=reason.batches)
