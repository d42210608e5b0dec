"""Single sign-on: the OpenID Connect door, ending in the same session as the password's.

State, nonce and PKCE verifier stand in Streamlit's signed session cookie, whose middleware
wraps our routes.
"""

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hydrodiag.accounts import SignInFailed
from hydrodiag.accounts.single_sign_on import pick_role, sign_in_from_provider
from hydrodiag.config import Settings
from hydrodiag.errors import HydroDiagError, SetupFailed
from hydrodiag.ui.gate.doors import refuse, safe_path, show_state, visitor_of, welcome
from hydrodiag.ui.gate.state import gate_state

FOLLOWING = "hydrodiag_following"
log = structlog.get_logger(__name__)


def build_provider_routes(settings: Settings) -> list[Route]:
    """None without a provider. Raises SetupFailed for half a configuration."""
    if not settings.oidc_issuer:
        return []
    door = ProviderDoor(settings)
    return [Route("/oidc/start", door.start), Route("/oidc/callback", door.callback)]


class ProviderDoor:
    def __init__(self, settings: Settings) -> None:
        if not (settings.oidc_client_id and settings.oidc_client_secret and settings.oidc_roles):
            raise SetupFailed(
                "Single sign-on is half configured.",
                hint="Set HYDRODIAG_OIDC_CLIENT_ID, _CLIENT_SECRET and _ROLES besides _ISSUER.",
            )
        self._settings = settings
        self._client = OAuth().register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        )

    async def start(self, request: Request) -> Response:
        request.session[FOLLOWING] = safe_path(request.query_params.get("next"))
        base = self._settings.public_origin or str(request.base_url).rstrip("/")
        try:
            answer: Response = await self._client.authorize_redirect(
                request, f"{base}/oidc/callback"
            )
        except Exception as error:  # whatever the way to the provider may raise
            log.warning("identity_provider_unreachable", error=str(error))
            return refuse("The identity provider does not answer", "Try again in a moment.", 502)
        return answer

    async def callback(self, request: Request) -> Response:
        """Authlib checks state, PKCE, signature, issuer, audience, expiry and nonce."""
        try:
            token = await self._client.authorize_access_token(request)
        except OAuthError as error:
            log.warning("identity_provider_refused", error=error.error)
            return refuse("Sign-in failed", "The identity provider did not confirm it.", 401)
        except Exception as error:
            log.warning("identity_provider_unreachable", error=str(error))
            return refuse("The identity provider does not answer", "Try again in a moment.", 502)
        following = request.session.pop(FOLLOWING, "/")
        claims, settings = token["userinfo"], self._settings
        role = pick_role(claims, settings.oidc_role_claim, settings.oidc_roles)
        visitor = visitor_of(request)
        try:
            session_token = await gate_state().lookup.run(
                lambda db: sign_in_from_provider(db, claims, role, visitor)
            )
        except SignInFailed as error:
            return refuse("No access", str(error))
        except HydroDiagError as error:
            return show_state(error)
        return await welcome(request, session_token, following)
