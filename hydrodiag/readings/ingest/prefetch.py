"""Preparing the next batch in a thread while the database takes the last one."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
END = object()


@contextmanager
def prefetch(items: Iterator[T]) -> Iterator[Iterator[T]]:
    """`items`, each computed one ahead in a thread of its own: two are in memory at most."""
    with ThreadPoolExecutor(1, thread_name_prefix="ingest-prepare") as pool:
        yield _ahead(items, pool)


def _ahead(items: Iterator[T], pool: ThreadPoolExecutor) -> Iterator[T]:
    coming: Future[object] = pool.submit(next, items, END)
    while (item := coming.result()) is not END:
        coming = pool.submit(next, items, END)
        yield item  # type: ignore[misc]
