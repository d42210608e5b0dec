"""Short links: `/readings?view=<token>` leads to the address that the token stands for.

By a redirect, before there is a page: every widget begins with what the address says, whatever
the tab showed before, and going back in the browser does not come by here again.
"""

from urllib.parse import parse_qs, urlencode

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hydrodiag.accounts import Session
from hydrodiag.accounts.saved_views import open_view
from hydrodiag.errors import HydroDiagError, NotFound
from hydrodiag.ui.gate.doors import show_state
from hydrodiag.ui.gate.lookup import SessionLookup

VIEW = "view"
VIEW_PATH = "/readings"


class ViewLinks:
    """Behind the gate. A token that leads nowhere goes on to the page, which says so."""

    def __init__(self, app: ASGIApp, lookup: SessionLookup) -> None:
        self._app = app
        self._lookup = lookup

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._lead_on(scope)
        await (answer or self._app)(scope, receive, send)

    async def _lead_on(self, scope: Scope) -> Response | None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != VIEW_PATH:
            return None
        asked = parse_qs(scope["query_string"].decode("latin-1")).get(VIEW)
        session: Session | None = scope.get("state", {}).get("session")
        if not asked or session is None:
            return None
        try:
            params = await self._lookup.run(lambda db: open_view(db, session.actor, asked[-1]))
        except NotFound:
            return None
        except HydroDiagError as error:
            return show_state(error)
        return RedirectResponse(f"{VIEW_PATH}?{urlencode(params, doseq=True)}", 303)
