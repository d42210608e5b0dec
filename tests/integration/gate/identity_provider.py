"""A small OpenID Connect provider: who asks is signed in as the claims that CLAIMS holds.

python identity_provider.py PORT, claims as JSON in the environment variable CLAIMS.
"""

import base64
import hashlib
import json
import os
import secrets
import sys
import time

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

PORT = int(sys.argv[1])
ISSUER = f"http://127.0.0.1:{PORT}"
KEY = RSAKey.generate_key(2048, parameters={"kid": "k1", "use": "sig", "alg": "RS256"})
asked: dict[str, dict[str, str]] = {}
claims = json.loads(os.environ.get("CLAIMS", "{}"))


async def configuration(_request: Request) -> Response:
    return JSONResponse(
        {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


async def authorize(request: Request) -> Response:
    code = secrets.token_urlsafe(8)
    asked[code] = dict(request.query_params)
    state = request.query_params["state"]
    return RedirectResponse(f"{request.query_params['redirect_uri']}?code={code}&state={state}")


async def token(request: Request) -> Response:
    form = await request.form()
    question = asked.pop(str(form["code"]), None)
    digest = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if question is None or question.get("code_challenge") != challenge:
        return JSONResponse({"error": "invalid_grant"}, 400)
    now = int(time.time())
    said = {
        "iss": ISSUER, "aud": question["client_id"], "exp": now + 300, "iat": now,
        "nonce": question["nonce"], **claims,
    }  # fmt: skip
    id_token = jwt.encode({"alg": "RS256", "kid": "k1"}, said, KEY)
    answer = {"access_token": "a", "token_type": "Bearer", "id_token": id_token, "expires_in": 300}
    return JSONResponse(answer)


async def keys(_request: Request) -> Response:
    return JSONResponse({"keys": [KEY.as_dict(private=False)]})


async def set_claims(request: Request) -> Response:
    claims.clear()
    claims.update(await request.json())
    return PlainTextResponse("ok")


async def healthz(_request: Request) -> Response:
    return PlainTextResponse("ok")


if __name__ == "__main__":
    routes = [
        Route("/.well-known/openid-configuration", configuration),
        Route("/authorize", authorize),
        Route("/token", token, methods=["POST"]),
        Route("/keys", keys),
        Route("/claims", set_claims, methods=["POST"]),
        Route("/healthz", healthz),
    ]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=PORT, log_level="warning")
