"""The few pages in front of the gate: sign in and out, an invitation, a state of the database."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from hydrodiag.accounts import (
    Session,
    SignInFailed,
    TooManyAttempts,
    Visitor,
    accept_invitation,
    end_session,
    find_invitation,
    has_users,
    sign_in,
)
from hydrodiag.accounts.sessions import ABSOLUTE
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError, InvalidInput, NotFound, SchemaMissing
from hydrodiag.ui.gate.policy import DOOR_POLICY
from hydrodiag.ui.gate.state import GateState, gate_state

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True
)
# Outlives the session, so that the server is the one who ends it.
COOKIE_LIFETIME_S = int(ABSOLUTE.total_seconds()) + 300
WHY = {
    "signed-out": "You have been signed out.",
    "session-ended": "Your session has ended. Please sign in again.",
}
MAX_FORM_BYTES = 20_000


def build_doors() -> list[Route]:
    return [
        Route("/sign-in", sign_in_door, methods=["GET", "POST"]),
        Route("/sign-out", sign_out, methods=["GET", "POST"]),
        Route("/auth/logout", sign_out, methods=["GET"]),  # where st.logout() sends the browser
        Route("/invitation", invitation_door, methods=["GET", "POST"]),
    ]


async def sign_in_door(request: Request) -> Response:
    if request.method == "POST":
        return await _sign_in(request)
    following = safe_path(request.query_params.get("next"))
    if request.scope["state"].get("session"):
        return RedirectResponse(following, 303)
    try:
        if not await gate_state().lookup.run(has_users):
            return _page("first_start.html")
    except HydroDiagError as error:
        return show_state(error)
    message = WHY.get(request.query_params.get("why", ""), "")
    return _sign_in_page(message, following)


async def _sign_in(request: Request) -> Response:
    form = await _read_form(request)
    following = safe_path(form.get("next"))
    visitor = visitor_of(request)
    name, password = form.get("user_name", ""), form.get("password", "")
    try:
        token = await gate_state().lookup.run(lambda db: sign_in(db, name, password, visitor))
    except TooManyAttempts as error:
        page = _sign_in_page(str(error), following, 429)
        page.headers["Retry-After"] = str(error.retry_after_s)
        return page
    except SignInFailed as error:
        return _sign_in_page(str(error), following, 401)
    except HydroDiagError as error:
        return show_state(error)
    return await welcome(request, token, following)


async def welcome(request: Request, token: str, following: str) -> Response:
    """The cookie of a new session; the one the browser had before ends."""
    before: Session | None = request.scope["state"].get("session")
    if before is not None:
        await _end(before)
    state = gate_state()
    response = RedirectResponse(safe_path(following), 303)
    response.set_cookie(
        state.cookie, token, max_age=COOKIE_LIFETIME_S, path="/", httponly=True,
        secure=state.is_secure, samesite="lax",
    )  # fmt: skip
    return response


async def sign_out(request: Request) -> Response:
    """By POST; by GET only where the browser says that one of our own pages asked."""
    if request.method == "GET" and request.headers.get("sec-fetch-site") != "same-origin":
        return _page("sign_out.html")
    session: Session | None = request.scope["state"].get("session")
    if session is not None:
        await _end(session)
    state = gate_state()
    response = RedirectResponse("/sign-in?why=signed-out", 303)
    response.delete_cookie(
        state.cookie, path="/", secure=state.is_secure, httponly=True, samesite="lax"
    )
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


async def invitation_door(request: Request) -> Response:
    token = request.query_params.get("token", "")
    try:
        invitation = await gate_state().lookup.run(lambda db: find_invitation(db, token))
    except NotFound as error:
        return _page("message.html", 404, title="No such invitation", text=str(error))
    except HydroDiagError as error:
        return show_state(error)
    if request.method == "GET":
        return _page("invitation.html", invitation=invitation, token=token, form={}, message="")
    return await _accept(request, token, invitation)


async def _accept(request: Request, token: str, invitation: object) -> Response:
    form = await _read_form(request)
    visitor = visitor_of(request)
    name, password = form.get("user_name", "").strip(), form.get("password", "")

    def accept(db: Database) -> str:
        if password != form.get("password_again", ""):
            raise InvalidInput("The two passwords differ.", hint="Type them again.")
        full_name = form.get("full_name", "").strip()
        accept_invitation(db, token, name, full_name, password, address=visitor.address)
        return sign_in(db, name, password, visitor)

    try:
        session_token = await gate_state().lookup.run(accept)
    except InvalidInput as error:
        kept = {**form, "password": "", "password_again": ""}
        return _page("invitation.html", 422, invitation=invitation, token=token, form=kept,
                     message=str(error))  # fmt: skip
    except HydroDiagError as error:
        return _page("message.html", 409, title="This did not work", text=str(error))
    return await welcome(request, session_token, "/")


def show_state(error: HydroDiagError) -> Response:
    """Why nobody can be let in right now; the page looks again by itself."""
    if isinstance(error, SchemaMissing):
        title, text = "HydroDiag: the database is not set up", str(error)
    else:
        title = "HydroDiag: the database is not reachable"
        text = "This page looks again every few seconds and goes on by itself."
    response = _page("message.html", 503, title=title, text=text, refresh_s=3)
    response.headers["Retry-After"] = "5"
    return response


def refuse(title: str, text: str, status: int = 403) -> Response:
    return _page("message.html", status, title=title, text=text)


def safe_path(wanted: str | None) -> str:
    """A path of this site, whatever was asked for: no other host, no sign-in again."""
    path = wanted or "/"
    parts = urlsplit(path)
    is_ours = (
        path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and not parts.netloc
        and not parts.scheme
        and all(ord(sign) >= 32 for sign in path)
    )
    return path if is_ours and parts.path not in ("/sign-in", "/sign-out") else "/"


def visitor_of(request: Request) -> Visitor:
    address = request.client.host if request.client else ""
    return Visitor(address, request.headers.get("user-agent", ""))


async def _end(session: Session) -> None:
    state = gate_state()
    await state.lookup.run(lambda db: end_session(db, session.id))
    state.lookup.forget(session.id)
    await state.sockets.end(session.id, "signed-out")


async def _read_form(request: Request) -> dict[str, str]:
    form = await request.form(max_fields=10, max_files=0, max_part_size=MAX_FORM_BYTES)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _sign_in_page(message: str, following: str, status: int = 200) -> Response:
    state: GateState = gate_state()
    return _page(
        "sign_in.html", status, message=message, following=following,
        provider=state.provider_name,
    )  # fmt: skip


def _page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    html = TEMPLATES.get_template(template).render(**values)
    headers = {"Content-Security-Policy": DOOR_POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(html, status, headers)
