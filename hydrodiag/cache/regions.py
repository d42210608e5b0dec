"""Results of one kind, kept under all that they depend on."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

from hydrodiag.cache.stores import Store
from hydrodiag.metrics import CACHE_LOOKUPS

T = TypeVar("T")
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OSError)


@dataclass(frozen=True)
class Region(Generic[T]):
    """`to_bytes` and `from_bytes` are plain data, never code: others may write to Redis too.

    A key holds the generations of what it was read from, so that nothing older than the last
    write is ever given; its text must be the same in every process.
    """

    name: str
    store: Store
    ttl_s: float
    to_bytes: Callable[[T], bytes]
    from_bytes: Callable[[bytes], T]

    def get(self, key: Hashable) -> T | None:
        """None for what is not there or cannot be read."""
        kept = self.store.get(self._address(key))
        value, outcome = None, "miss"
        if kept is not None:
            try:
                value, outcome = self.from_bytes(kept), "hit"
            except UNREADABLE:
                outcome = "unreadable"
        CACHE_LOOKUPS.labels(self.name, outcome).inc()
        return value

    def put(self, key: Hashable, value: T) -> None:
        self.store.put(self._address(key), self.to_bytes(value), self.ttl_s)

    def _address(self, key: Hashable) -> str:
        return f"hydrodiag:{self.name}:{sha256(repr(key).encode()).hexdigest()}"
