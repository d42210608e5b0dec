"""The routes under `/api/`; the app hangs them beside its pages."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from hydrodiag.api.answers import ApiError, Endpoint, answering
from hydrodiag.api.desk import Desk
from hydrodiag.api.findings_routes import get_findings
from hydrodiag.api.ingest_routes import post_readings, post_write
from hydrodiag.api.limits import Limits
from hydrodiag.api.openapi import build_document
from hydrodiag.api.view_routes import get_sensors, get_series, get_systems
from hydrodiag.db import Database

Work = Callable[[Desk, Request], Awaitable[Response]]
# method, path, what does it, whether its errors take InfluxDB's form
TABLE: tuple[tuple[str, str, Work, bool], ...] = (
    ("POST", "/api/v1/readings", post_readings, False),
    ("POST", "/api/v1/write", post_write, True),
    ("POST", "/api/v2/write", post_write, True),
    ("GET", "/api/v1/systems", get_systems, False),
    ("GET", "/api/v1/systems/{code}/sensors", get_sensors, False),
    ("GET", "/api/v1/series", get_series, False),
    ("GET", "/api/v1/findings", get_findings, False),
)


def build_routes(database: Callable[[], Database], limits: Limits | None = None) -> list[Route]:
    """`database` is asked at each request; it may raise DatabaseError or SetupFailed."""
    desk = Desk(database, limits or Limits())
    routes = [
        Route(path, _endpoint(work, desk, like_influx=like_influx), methods=[method])
        for method, path, work, like_influx in TABLE
    ]
    document = JSONResponse(build_document(desk.limits))

    async def get_document(_request: Request) -> Response:
        return document

    routes.append(Route("/api/v1/openapi.json", get_document, methods=["GET"]))
    return [*routes, Route("/api/{rest:path}", Elsewhere(routes))]


def _endpoint(work: Work, desk: Desk, *, like_influx: bool) -> Endpoint:
    return answering(partial(work, desk), like_influx=like_influx)


class Elsewhere:
    """Every other path and method under /api/: 404 or 405 as JSON."""

    def __init__(self, routes: list[Route]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = (each for each in self._routes if each.matches(scope)[0] is Match.PARTIAL)
        methods = sorted({method for route in found for method in route.methods or ()})
        await self._answer(methods)(scope, receive, send)

    def _answer(self, methods: list[str]) -> JSONResponse:
        hint = "GET /api/v1/openapi.json lists what there is."
        if methods:
            allowed = ", ".join(methods)
            error = ApiError(
                405, "method_not_allowed", f"This takes {allowed}.", hint, {"Allow": allowed}
            )
        else:
            error = ApiError(404, "not_found", "There is nothing at this address.", hint)
        return error.answer()
