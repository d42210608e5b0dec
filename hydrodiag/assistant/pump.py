"""Pieces from a request of its own thread: who reads them can stop while none comes."""

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Generic, TypeVar

HEARTBEAT_S = 0.25
T = TypeVar("T")


class Pump(Generic[T]):
    def __init__(self, open_pieces: Callable[[], Iterator[T]]) -> None:
        self._open_pieces = open_pieces
        self._queue: queue.Queue[tuple[T] | Exception | None] = queue.Queue()
        self._is_stopped = threading.Event()
        threading.Thread(target=self._run, name="ollama", daemon=True).start()

    def each(self, deadline_s: float) -> Iterator[T | None]:
        """Each piece, and None every quarter second while there is none."""
        end = time.monotonic() + deadline_s
        while True:
            try:
                found = self._queue.get(timeout=HEARTBEAT_S)
            except queue.Empty:
                yield None
            else:
                if found is None:
                    return
                if isinstance(found, Exception):
                    raise found
                yield found[0]
            if time.monotonic() > end:
                raise TimeoutError(f"no end after {deadline_s:g} s")

    def stop(self) -> None:
        self._is_stopped.set()

    def _run(self) -> None:
        try:
            for piece in self._open_pieces():
                self._queue.put((piece,))
                if self._is_stopped.is_set():
                    return
            self._queue.put(None)
        except Exception as error:
            self._queue.put(error)


def hang_up(client: Any) -> None:
    """The only way to end a request that waits for its answer: its thread reads on otherwise."""
    pool = getattr(client._client._transport, "_pool", None)
    for connection in getattr(pool, "connections", ()):
        stream = getattr(getattr(connection, "_connection", None), "_network_stream", None)
        raw = stream.get_extra_info("socket") if stream is not None else None
        if raw is not None:
            with suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)
    client._client.close()
