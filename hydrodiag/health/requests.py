"""Each HTTP request gets an id, is timed and counted; what matters of it is logged."""

import time
from secrets import token_hex

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from hydrodiag.metrics import REQUEST_SECONDS, REQUESTS

# The first prefix that fits; what fits none is a page.
AREAS = (
    ("/api/", "api"),
    ("/_stcore/", "stream"),
    ("/static/", "static"),
    ("/media/", "media"),
    ("/sign-in", "door"),
    ("/invitation", "door"),
    ("/oidc/", "door"),
    ("/auth/", "door"),
    ("/healthz", "health"),
    ("/readyz", "health"),
    ("/metrics", "health"),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LOGGED_AREAS = frozenset({"api", "door"})
FIRST_FAILURE = 500
log = structlog.get_logger(__name__)


class ObservedRequests:
    """The outermost layer. The id is our own: one that a client sends could forge log lines.

    Logged is the path without its query: invitations carry their token there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = token_hex(8)
        status = FIRST_FAILURE

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        started_s = time.perf_counter()
        with bound_contextvars(request=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                _note(scope, status, time.perf_counter() - started_s)


def find_area(path: str) -> str:
    return next((area for prefix, area in AREAS if path.startswith(prefix)), "page")


def _note(scope: Scope, status: int, took_s: float) -> None:
    area = find_area(scope["path"])
    method = scope["method"] if scope["method"] in METHODS else "other"
    REQUESTS.labels(area, method, str(status)).inc()
    REQUEST_SECONDS.labels(area).observe(took_s)
    if status < FIRST_FAILURE and area not in LOGGED_AREAS:
        return
    write = log.error if status >= FIRST_FAILURE and area != "health" else log.info
    took_ms = round(took_s * 1000, 1)
    write("request", method=method, path=scope["path"], status=status, took_ms=took_ms)
