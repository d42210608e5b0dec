"""Reads kept until their data change: keyed by the generations that writers advance.

In this process, and those of `shared_results` in Redis as well. Not in Streamlit's caches, which
keep a lock for every key that there ever was: the keys of a live view change with each reading
that comes in.
"""

import pickle
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from threading import Condition
from typing import Any, Concatenate, ParamSpec, TypeVar

from cachetools import TTLCache, cached

from hydrodiag.cache import generations
from hydrodiag.db import Database
from hydrodiag.readings.kept_forms import FORM
from hydrodiag.ui import resources
from hydrodiag.ui.shared_results import find_region

P = ParamSpec("P")
T = TypeVar("T")
MOST_KEPT_BYTES = 200_000_000
KEPT_FOR = timedelta(hours=1)
# A chart of twelve sensors takes 2 MB.
MOST_SHARED = 64
SHARED_FOR = timedelta(minutes=5)
kept: TTLCache[Hashable, bytes] = TTLCache(MOST_KEPT_BYTES, KEPT_FOR.total_seconds(), getsizeof=len)
shared: TTLCache[Hashable, Any] = TTLCache(MOST_SHARED, SHARED_FOR.total_seconds())
_known: ContextVar[dict[str, int] | None] = ContextVar("generations", default=None)


@contextmanager
def one_state(*topics: str) -> Iterator[None]:
    """The reads within ask for the generations of `topics` once, all together.

    Not around what writes: the reads after it would not see it.
    """
    with resources.database().read() as connection:
        token = _known.set(generations(connection, topics))
    try:
        yield
    finally:
        _known.reset(token)


def read(
    topics: Iterable[str],
    load: Callable[Concatenate[Database, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """`load(database, ...)`, run again only after one of `topics` has moved on.

    Each caller gets a copy of its own. Arguments must hash, and repeat: times to the
    microsecond would never be found again.
    """
    db = resources.database()
    key = (*_describe(db, topics, load), args, tuple(sorted(kwargs.items())))
    found = partial(_find, key, load, partial(load, db, *args, **kwargs))
    result: T = pickle.loads(_keep(found, key))  # noqa: S301 - ours
    return result


def _find(key: Hashable, of: Callable[..., T], load: Callable[[], T]) -> T:
    """In Redis, where `of` is what processes share there; else loaded."""
    region = find_region(of)
    if region is None:
        return load()
    kept = region.get((FORM, key))
    if kept is None:
        kept = load()
        region.put((FORM, key), kept)
    return kept


def share(topics: Iterable[str], build: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`build(...)`, one result for all people until one of `topics` moves on: never change it.

    The `repr` of the arguments tells one result from another.
    """
    db = resources.database()
    key = repr((*_describe(db, topics, build), args, sorted(kwargs.items())))
    result: T = _share(lambda: build(*args, **kwargs), key)
    return result


def _describe(
    db: Database, topics: Iterable[str], load: Callable[..., Any]
) -> tuple[Hashable, ...]:
    state = tuple(sorted(_find_generations(db, tuple(topics)).items()))
    return f"{load.__module__}.{load.__qualname__}", str(db.url), state


def _find_generations(db: Database, topics: tuple[str, ...]) -> dict[str, int]:
    known = _known.get() or {}
    if all(topic in known for topic in topics):
        return {topic: known[topic] for topic in topics}
    with db.read() as connection:
        return generations(connection, topics)


def _find_key(_load: Callable[[], Any], key: Hashable) -> Hashable:
    return key


# While one caller loads, others who ask for the same wait for what it gets.
@cached(kept, key=_find_key, condition=Condition())
def _keep(load: Callable[[], Any], _key: Hashable) -> bytes:
    return pickle.dumps(load(), pickle.HIGHEST_PROTOCOL)


@cached(shared, key=_find_key, condition=Condition())
def _share(build: Callable[[], Any], _key: Hashable) -> Any:
    return build()
