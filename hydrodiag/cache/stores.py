"""Where results are kept: bytes under a key for a while, in this process or in Redis.

A store never raises: what it cannot give is a miss. Redis that goes away costs speed, no error.
"""

import time
from collections import OrderedDict
from threading import Lock
from typing import Protocol

import redis
import structlog
from pydantic import SecretStr

TIMEOUT_S = 0.2
PAUSE_S = 10.0
MOST_BYTES = 64_000_000
log = structlog.get_logger(__name__)


class Store(Protocol):
    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, value: bytes, ttl_s: float) -> None: ...


class MemoryStore:
    """At most so many bytes; what was asked for longest ago goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0
        self._guard = Lock()

    def get(self, key: str) -> bytes | None:
        with self._guard:
            ends_at, value = self._kept.get(key, (0.0, b""))
            if ends_at <= time.monotonic():
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return value

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        with self._guard:
            self._drop(key)
            self._kept[key] = (time.monotonic() + ttl_s, value)
            self._bytes += len(value)
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        _, value = self._kept.pop(key, (0.0, b""))
        self._bytes -= len(value)


class RedisStore:
    """Shared by all processes. After a failure it is left alone for ten seconds."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=None
        )
        self._away_until = 0.0

    def get(self, key: str) -> bytes | None:
        if time.monotonic() < self._away_until:
            return None
        try:
            value = self._client.get(key)
        except redis.RedisError as error:
            self._note_away(error)
            return None
        self._note_back()
        return value if isinstance(value, bytes) else None

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        if time.monotonic() < self._away_until:
            return
        try:
            self._client.set(key, value, px=max(1, int(ttl_s * 1000)))
        except redis.RedisError as error:
            self._note_away(error)

    def _note_away(self, error: Exception) -> None:
        if not self._away_until:
            log.warning("redis_away", error=type(error).__name__, again_in_s=PAUSE_S)
        self._away_until = time.monotonic() + PAUSE_S

    def _note_back(self) -> None:
        if self._away_until:
            log.info("redis_back")
        self._away_until = 0.0


def build_store(redis_url: SecretStr | None) -> Store:
    return RedisStore(redis_url.get_secret_value()) if redis_url else MemoryStore()
