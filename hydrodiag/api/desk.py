"""What the routes share: the database, who asks, and threads for what blocks."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from hydrodiag.accounts.api_keys import KeyHolder, Scope, authenticate_key
from hydrodiag.api.answers import ApiError
from hydrodiag.api.limits import Limits, TokenBuckets
from hydrodiag.db import Database

T = TypeVar("T")
SCHEMES = ("bearer", "token")
# The database has four connections for writing: one is left for checking keys.
LOADING = 3
WAITING = 32
NO_KEY = {"WWW-Authenticate": 'Bearer realm="hydrodiag"'}


@dataclass
class Desk:
    database: Callable[[], Database]
    limits: Limits
    _buckets: TokenBuckets = field(init=False)
    _loaders: ThreadPoolExecutor = field(init=False)
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._buckets = TokenBuckets(self.limits.per_second, self.limits.burst)
        self._loaders = ThreadPoolExecutor(LOADING, thread_name_prefix="api-load")

    async def admit(self, request: Request, scope: Scope) -> KeyHolder:
        """Who asks. Raises ApiError 401, 403 or 429."""
        key = _read_key(request)
        holder = await run_in_threadpool(self._find_holder, key) if key else None
        if holder is None:
            raise ApiError(
                401, "unauthorized", "This needs an API key that holds.",
                "Send `Authorization: Bearer hdk_…`; an administrator makes keys.", NO_KEY,
            )  # fmt: skip
        if scope not in holder.scopes:
            raise ApiError(
                403, "forbidden", f"The key {holder.name!r} may not {scope}.",
                "Ask an administrator for a key with this scope.",
            )  # fmt: skip
        if wait_s := self._buckets.take(holder.key_id):
            raise ApiError(
                429, "too_often", f"More than {self.limits.per_second:g} requests a second.",
                "Wait as long as Retry-After says, and send more rows in one request.",
                {"Retry-After": str(wait_s)},
            )  # fmt: skip
        return holder

    async def load(self, work: Callable[[Database], T]) -> T:
        """`work(database)` in one of few threads. Raises ApiError 503 where too many wait."""
        if self._waiting >= WAITING:
            raise ApiError(
                503, "busy", "Too many requests are waiting.", "Send the same request again.",
                {"Retry-After": "1"},
            )  # fmt: skip
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            context = copy_context()  # the request's id, for the log
            job = partial(context.run, lambda: work(self.database()))
            return await loop.run_in_executor(self._loaders, job)
        finally:
            self._waiting -= 1

    async def read(self, work: Callable[[Database], T]) -> T:
        """`work(database)` in a thread."""
        return await run_in_threadpool(lambda: work(self.database()))

    def _find_holder(self, key: str) -> KeyHolder | None:
        return authenticate_key(self.database(), key)


def _read_key(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() in SCHEMES else ""
