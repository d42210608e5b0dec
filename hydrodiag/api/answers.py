"""Errors as answers: JSON with a code, what is wrong and what to do; never a trace."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from secrets import token_hex

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from hydrodiag.errors import (
    DatabaseError,
    DatabaseUnavailable,
    HydroDiagError,
    InvalidInput,
    NotFound,
    Refused,
    SchemaMissing,
    SetupFailed,
)

RETRY_AFTER_S = 5
Endpoint = Callable[[Request], Awaitable[Response]]
log = structlog.get_logger(__name__)


class ApiError(Exception):
    """An answer other than the wanted one."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        hint: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.headers = dict(headers or {})

    def answer(self) -> JSONResponse:
        content = {"code": self.code, "message": self.message, "hint": self.hint}
        return JSONResponse({"error": content}, self.status, self.headers)

    def answer_like_influx(self) -> JSONResponse:
        """What InfluxDB's clients read: version 1 `error`, version 2 `code` and `message`."""
        content = {"error": self.message, "code": self.code, "message": self.message}
        return JSONResponse({**content, "hint": self.hint}, self.status, self.headers)


def answering(endpoint: Endpoint, *, like_influx: bool = False) -> Endpoint:
    """`endpoint`, with every exception told as JSON."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ClientDisconnect:
            # Nobody is left to read an answer.
            return Response(status_code=400)
        except Exception as error:
            told = _tell(error)
            return told.answer_like_influx() if like_influx else told.answer()

    return answer


def _tell(error: Exception) -> ApiError:
    match error:
        case ApiError():
            return error
        case NotFound():
            return ApiError(404, "not_found", error.message, error.hint)
        case Refused():
            return ApiError(403, "forbidden", error.message, error.hint)
        case InvalidInput():
            return ApiError(422, "invalid", error.message, error.hint)
        case DatabaseError() | SetupFailed():
            return _tell_outage(error)
    return _tell_unexpected(error)


def _tell_outage(error: HydroDiagError) -> ApiError:
    names = ((DatabaseUnavailable, "database_unavailable"), (SchemaMissing, "database_not_set_up"))
    code = next((name for kind, name in names if isinstance(error, kind)), "database_busy")
    message = error.message if isinstance(error, DatabaseError) else "The database is not there."
    hint = "Send the same request again: nothing is stored twice."
    return ApiError(503, code, message, hint, {"Retry-After": str(RETRY_AFTER_S)})


def _tell_unexpected(error: Exception) -> ApiError:
    reference = f"E{token_hex(4)}"
    log.error("api_request_failed", reference=reference, exc_info=error)
    hint = f"The log of the app holds the details under the reference {reference}."
    return ApiError(500, "internal", "This request failed.", hint)
