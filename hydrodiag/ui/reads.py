"""Reads kept until their data change: keyed by the generations that writers advance."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from hydrodiag.cache import generations
from hydrodiag.db import Database
from hydrodiag.ui import resources

P = ParamSpec("P")
T = TypeVar("T")


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
    with db.read() as connection:
        state = tuple(sorted(generations(connection, topics).items()))
    name = f"{load.__module__}.{load.__qualname__}"
    key = (name, str(db.url), state, args, tuple(sorted(kwargs.items())))
    result: T = _kept(lambda: load(db, *args, **kwargs), key)
    return result


@st.cache_data(max_entries=256, show_spinner=False)
def _kept(_load: Callable[[], Any], key: Hashable) -> Any:  # noqa: ARG001 - found by it
    return _load()
