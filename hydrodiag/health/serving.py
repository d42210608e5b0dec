"""The health addresses of a process that serves nothing else, on a port of their own."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.applications import Starlette

from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.health.endpoints import build_health_routes
from hydrodiag.health.exposition import Gauge

STOP_TIMEOUT_S = 5
log = structlog.get_logger(__name__)


@contextmanager
def serving_health(
    settings: Settings, open_database: Callable[[], Database], gauges: Sequence[Gauge] = ()
) -> Iterator[None]:
    """In a thread, while the block runs. A taken port is said, and the work goes on without."""
    listener = _listen(settings)
    if listener is None:
        yield
        return
    app = Starlette(routes=build_health_routes(settings, open_database, gauges))
    config = uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="hydrodiag-health", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(STOP_TIMEOUT_S)


def _listen(settings: Settings) -> socket.socket | None:
    if not settings.scheduler_port:
        return None
    try:
        return socket.create_server((settings.host, settings.scheduler_port))
    except OSError as error:
        log.warning("health_port_taken", port=settings.scheduler_port, error=str(error))
        return None
