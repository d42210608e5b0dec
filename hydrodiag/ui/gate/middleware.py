"""The gate itself: deny by default, for every HTTP route and the WebSocket."""

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hydrodiag.accounts import Session
from hydrodiag.errors import HydroDiagError, SchemaMissing
from hydrodiag.ui.gate import policy
from hydrodiag.ui.gate.doors import show_state
from hydrodiag.ui.gate.live import LiveSocket
from hydrodiag.ui.gate.state import GateState

DATABASE_AWAY = 1013
ENDED = "Your session has ended. Reload this page to sign in again."


class AuthGate:
    """Pure ASGI: BaseHTTPMiddleware never sees the WebSocket."""

    def __init__(self, app: ASGIApp, state: GateState) -> None:
        self._app = app
        self._state = state
        state.is_installed = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, self._with_headers(send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        is_bearer = policy.has_bearer(scope, headers)
        if not self._is_harmless(scope, headers, is_bearer=is_bearer):
            refused = PlainTextResponse("A request from another site is refused.", 403)
            await refused(scope, receive, send)
            return
        is_public = scope["path"] in policy.PUBLIC_PATHS
        try:
            session = None if is_bearer else await self._find(scope)
        except HydroDiagError as error:
            if not is_public:
                await self._show_error(error, headers)(scope, receive, send)
                return
            session = None
        inner = self._clean(scope, session)
        if session or is_public or is_bearer:
            await self._app(inner, receive, send)
        else:
            await self._turn_away(scope, headers)(scope, receive, send)

    def _is_harmless(self, scope: Scope, headers: Headers, *, is_bearer: bool) -> bool:
        """A browser adds cookies to what other sites make it send, but never a bearer token."""
        if scope["method"] in policy.SAFE_METHODS or is_bearer:
            return True
        return policy.is_same_origin(scope, headers, self._state.public_origin)

    async def _find(self, scope: Scope) -> Session | None:
        token = HTTPConnection(scope).cookies.get(self._state.cookie)
        return await self._state.lookup.by_token(token) if token else None

    def _clean(self, scope: Scope, session: Session | None) -> MutableMapping[str, Any]:
        session_id = session.id if session else None
        headers = policy.clean_headers(scope["headers"], self._state.cookie, session_id)
        state = {**scope.get("state", {}), "session": session}
        return {**scope, "headers": headers, "state": state}

    def _turn_away(self, scope: Scope, headers: Headers) -> Response:
        if not _wants_page(scope, headers):
            # Streamlit shows a JSON body in its dialog when a reconnect is refused.
            return JSONResponse({"message": ENDED}, 401, {"WWW-Authenticate": "Cookie"})
        query = scope["query_string"].decode("latin-1")
        following = quote(scope["path"] + (f"?{query}" if query else ""), safe="/")
        return RedirectResponse(f"/sign-in?next={following}", 303)

    def _show_error(self, error: HydroDiagError, headers: Headers) -> Response:
        if "text/html" in headers.get("accept", ""):
            return show_state(error)
        title = "set up" if isinstance(error, SchemaMissing) else "reachable"
        message = f"The database is not {title}. Try again in a moment."
        return JSONResponse({"message": message}, 503, {"Retry-After": "5"})

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            session = await self._find(scope)
        except HydroDiagError:
            await receive()
            await send({"type": "websocket.close", "code": DATABASE_AWAY})
            return
        origin_is_ours = policy.is_same_origin(
            scope, Headers(scope=scope), self._state.public_origin
        )
        if session is None or not origin_is_ours:
            await _refuse_socket(scope, receive, send, 401 if session is None else 403)
            return
        socket = LiveSocket(session, receive, send)
        self._state.sockets.add(socket)
        try:
            await self._app(self._clean(scope, session), socket.receive, socket.send)
        finally:
            self._state.sockets.remove(socket)

    def _with_headers(self, send: Send) -> Send:
        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = policy.add_headers(
                    message.get("headers", ()), is_secure=self._state.is_secure
                )
                message = {**message, "headers": headers}
            await send(message)

        return send_with_headers


def _wants_page(scope: Scope, headers: Headers) -> bool:
    return scope["method"] == "GET" and "text/html" in headers.get("accept", "")


async def _refuse_socket(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        headers = [(b"content-length", b"0")]
        start = {"type": "websocket.http.response.start", "status": status, "headers": headers}
        await send(start)
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close", "code": 1008})
