"""Spans for a collector, by OpenTelemetry: its packages are needed only where a collector is named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final

from onecity.kernel.errors import CannotStart
from onecity.machinery.tracing import Attributes, trace_with

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span as OtelSpan

_LACKING: Final = (
    "The packages that send traces are not installed. Install them with `pip install onecity[traces]`, or leave out "
    "--traces."
)


class _Begun:
    """A span of OpenTelemetry, as the house speaks of it."""

    def __init__(self, span: "OtelSpan") -> None:
        self._span = span

    @property
    def parent(self) -> str:
        here = self._span.get_span_context()
        return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"

    def end(self, attributes: Attributes) -> None:
        self._span.set_attributes(dict(attributes))
        self._span.end()


class _Telemetry:
    def __init__(self, provider: "TracerProvider", clock: Callable[[], datetime]) -> None:
        self._tracer = provider.get_tracer("onecity")
        self._clock = clock

    def begin(self, name: str, parent: str, *, ago_s: float = 0.0) -> _Begun:
        began = self._clock().timestamp() - ago_s
        return _Begun(self._tracer.start_span(name, _context(parent), start_time=round(began * 1_000_000_000)))


def _context(parent: str) -> "Context":
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent}, Context())


@contextmanager
def telling(collector: str | None, *, version: str, clock: Callable[[], datetime]) -> Iterator[None]:
    """Send spans to a collector by OTLP over HTTP, for as long as something runs; to nobody, if none is named.

    They are sent from a thread of their own, some at a time; a collector that is away loses spans and holds nobody up.
    Raises CannotStart if the packages are not there.
    """
    if collector is None:
        yield
        return
    provider = _provider(collector, version)
    trace_with(_Telemetry(provider, clock))
    try:
        yield
    finally:
        trace_with(None)
        provider.shutdown()


def _provider(collector: str, version: str) -> "TracerProvider":
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise CannotStart(_LACKING) from None
    # A resource of our own: the library's would tell the machine's command line and names.
    provider = TracerProvider(
        resource=Resource({"service.name": "onecity", "service.version": version}), shutdown_on_exit=False
    )
    exporter = OTLPSpanExporter(f"{collector.rstrip('/')}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
