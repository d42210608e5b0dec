"""What a request may weigh, and how often a key may ask."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True)
class Limits:
    """`per_second` and `burst` are requests of one key to one process of the app."""

    rows: int = 50_000
    body_bytes: int = 16_000_000
    body_timeout_s: float = 60.0
    per_second: float = 50.0
    burst: int = 100


class TokenBuckets:
    """A bucket a key, that fills with `per_second` tokens up to `burst`."""

    def __init__(
        self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._clock = clock
        self._guard = Lock()
        self._levels: dict[int, tuple[float, float]] = {}

    def take(self, key_id: int) -> int:
        """0 where a token was there, else in how many whole seconds there will be one."""
        with self._guard:
            now = self._clock()
            level, since = self._levels.get(key_id, (self._burst, now))
            level = min(self._burst, level + (now - since) * self._per_second)
            is_there = level >= 1
            self._levels[key_id] = (level - 1 if is_there else level, now)
        return 0 if is_there else max(1, math.ceil((1 - level) / self._per_second))
