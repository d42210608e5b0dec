"""/healthz and /readyz, the same for the app and the scheduler."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from hydrodiag.db import Database
from hydrodiag.health.probes import is_ready, probe_all


def build_health_routes(open_database: Callable[[], Database]) -> list[Route]:
    def readyz(_request: Request) -> Response:
        """Runs in a thread. 503 only without what nothing works without."""
        probes = probe_all(open_database)
        parts = {each.name: {"state": each.state, "detail": each.detail} for each in probes}
        ready = is_ready(probes)
        return JSONResponse({"ready": ready, "parts": parts}, 200 if ready else 503)

    return [Route("/healthz", _healthz), Route("/readyz", readyz)]


async def _healthz(_request: Request) -> Response:
    return PlainTextResponse("ok")
