"""What the gate lets through, and the headers it answers with."""

from collections.abc import Iterable, MutableMapping
from typing import Any

from starlette.datastructures import Headers

Scope = MutableMapping[str, Any]
SESSION_HEADER = b"x-hydrodiag-session"
OUR_HEADERS = b"x-hydrodiag-"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PUBLIC_PATHS = frozenset({"/healthz", "/readyz", "/sign-in", "/invitation", "/oidc/start",
                          "/oidc/callback"})  # fmt: skip
# These may be used with "Authorization: Bearer …"; the route itself judges what follows.
BEARER_PATH = "/metrics"
BEARER_TREE = "/api/"
# Browsers add neither by themselves; InfluxDB's clients say "Token".
BEARER_SCHEMES = ("bearer", "token")
# Scripts: WebAssembly and blobs are what Streamlit's own parts need; nothing inline.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' data: blob:; worker-src 'self' blob:; "
    "connect-src 'self' ws: wss: data: blob:; frame-src 'self' blob: data:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
DOOR_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), payment=()",
    b"content-security-policy": PAGE_POLICY.encode(),
}
ONE_YEAR = b"max-age=31536000"


def cookie_name(*, is_secure: bool) -> str:
    """Browsers keep a `__Host-` cookie to this host, path and TLS."""
    return "__Host-hydrodiag" if is_secure else "hydrodiag"


def is_same_origin(scope: Scope, headers: Headers, public_origin: str) -> bool:
    """Scheme, host and port alike; browsers send Origin wherever it matters, so none is refused."""
    origin = headers.get("origin")
    if not origin or origin == "null":
        return False
    if public_origin:
        return origin == public_origin
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    return origin == f"{scheme}://{headers.get('host', '')}"


def has_bearer(scope: Scope, headers: Headers) -> bool:
    scheme = headers.get("authorization", "").partition(" ")[0].lower()
    path = scope["path"]
    is_open = path == BEARER_PATH or path.startswith(BEARER_TREE)
    return is_open and scheme in BEARER_SCHEMES


def clean_headers(
    headers: Iterable[tuple[bytes, bytes]], cookie: str, session_id: str | None
) -> list[tuple[bytes, bytes]]:
    """Without identities that a client made up and without our cookie; with ours."""
    kept = []
    for name, value in headers:
        plain = name.lower().replace(b"_", b"-")
        if plain.startswith(OUR_HEADERS):
            continue
        if plain == b"cookie":
            value = _without_cookie(value, cookie.encode())  # noqa: PLW2901
            if not value:
                continue
        kept.append((name, value))
    if session_id:
        kept.append((SESSION_HEADER, session_id.encode()))
    return kept


def _without_cookie(value: bytes, cookie: bytes) -> bytes:
    parts = (part.strip() for part in value.split(b";"))
    return b"; ".join(part for part in parts if part.split(b"=", 1)[0] != cookie)


def add_headers(
    present: Iterable[tuple[bytes, bytes]], *, is_secure: bool
) -> list[tuple[bytes, bytes]]:
    """The response's headers and ours; a stricter policy of a door stays.

    Pages are never kept: going back after signing out would show them again.
    """
    headers = list(present)
    if any(name.lower() == b"content-type" and b"text/html" in value for name, value in headers):
        headers = [pair for pair in headers if pair[0].lower() != b"cache-control"]
        headers.append((b"cache-control", b"no-store"))
    names = {name.lower() for name, _ in headers}
    headers += [pair for pair in HEADERS.items() if pair[0] not in names]
    if is_secure:
        headers.append((b"strict-transport-security", ONE_YEAR))
    return headers
