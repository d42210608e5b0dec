"""Reads kept until their data change: keyed by the generations that writers advance."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from hydrodiag.cache import generations
from hydrodiag.db import Database
from hydrodiag.ui import resources

P = ParamSpec("P")
T = TypeVar("T")
# A chart of twelve sensors takes 2 MB.
MOST_SHARED = 64
SHARED_FOR = timedelta(minutes=5)
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

    Arguments must hash, and repeat: times to the microsecond would never be found again.
    """
    db = resources.database()
    key = (*_describe(db, topics, load), args, tuple(sorted(kwargs.items())))
    result: T = _kept(lambda: load(db, *args, **kwargs), key)
    return result


def share(topics: Iterable[str], build: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`build(...)`, one result for all people until one of `topics` moves on: never change it.

    The `repr` of the arguments tells one result from another.
    """
    db = resources.database()
    key = repr((*_describe(db, topics, build), args, sorted(kwargs.items())))
    result: T = _shared(lambda: build(*args, **kwargs), key)
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


@st.cache_data(max_entries=256, show_spinner=False)
def _kept(_load: Callable[[], Any], key: Hashable) -> Any:  # noqa: ARG001 - found by it
    return _load()


@st.cache_resource(max_entries=MOST_SHARED, ttl=SHARED_FOR, show_spinner=False)
def _shared(_build: Callable[[], Any], key: str) -> Any:  # noqa: ARG001 - found by it
    return _build()
