"""/healthz, /readyz and /metrics, the same for the app and the scheduler."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.health.exposition import Gauge, build_metrics_route
from hydrodiag.health.probes import is_ready, probe_all


def build_health_routes(
    settings: Settings, open_database: Callable[[], Database], gauges: Sequence[Gauge] = ()
) -> list[Route]:
    """`gauges` of the layers above, handed in by the composition root."""

    def readyz(_request: Request) -> Response:
        """Runs in a thread. 503 only without what nothing works without."""
        probes = probe_all(open_database, settings)
        parts = {each.name: {"state": each.state, "detail": each.detail} for each in probes}
        ready = is_ready(probes)
        return JSONResponse({"ready": ready, "parts": parts}, 200 if ready else 503)

    return [
        Route("/healthz", _healthz),
        Route("/readyz", readyz),
        build_metrics_route(settings, open_database, gauges),
    ]


async def _healthz(_request: Request) -> Response:
    return PlainTextResponse("ok")
