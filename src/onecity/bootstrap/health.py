"""What machines ask that watch over the city: does it live, is it ready, how does it do."""

from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from onecity.bootstrap.memory import Memory
from onecity.bootstrap.settings import Settings
from onecity.machinery.postgres import still_there
from onecity.machinery.watch import Watch
from onecity.machinery.web import EVERYBODY, Route, Visit

_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def health_routes(memory: Memory, watch: Watch, settings: Settings) -> tuple[Route, ...]:
    """Live: the process answers. Ready: the database answers too. Metrics: for programs that watch, and no other."""

    async def live(_visit: Visit) -> Response:
        return PlainTextResponse("live\n")

    async def ready(_visit: Visit) -> Response:
        async with memory.pool.acquire() as connection:
            await still_there(connection)
        return PlainTextResponse("ready\n")

    async def metrics(visit: Visit) -> Response:
        client, headers = visit.request.client, visit.request.headers
        # Behind a proxy of this machine everybody seems to come from here; a proxy says for whom it asks.
        forwarded = any(name in headers for name in _FORWARDED)
        if client is None or forwarded or not settings.may_watch(client.host):
            raise HTTPException(404)
        await watch.look(visit.now)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return (
        Route("GET", "/health/live", EVERYBODY, live),
        Route("GET", "/health/ready", EVERYBODY, ready),
        Route("GET", "/metrics", EVERYBODY, metrics),
    )
