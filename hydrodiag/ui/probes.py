"""Whether this process lives, and whether it can serve."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources


async def healthz(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def readyz(_request: Request) -> PlainTextResponse:
    """Runs in a thread: connecting may take seconds."""
    try:
        resources.require_database()
    except HydroDiagError:
        return PlainTextResponse("database not reachable", 503)
    return PlainTextResponse("ok")
