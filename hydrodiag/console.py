"""Lines of several programs on one terminal, each with the name of who wrote it."""

import os
import signal
import threading
from collections.abc import Iterable
from typing import TextIO

COLOURS = {"app": 36, "scheduler": 35, "database": 34, "hydrodiag": 32}
NAME_WIDTH = max(map(len, COLOURS))


class Console:
    def __init__(self, stream: TextIO) -> None:
        self._stream: TextIO | None = stream
        self._is_coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._lock = threading.Lock()

    def write(self, name: str, text: str) -> None:
        """Every line of `text`, prefixed."""
        lines = "".join(f"{self._prefix(name)}{line}\n" for line in text.splitlines())
        with self._lock:
            if self._stream is None:
                return
            try:
                self._stream.write(lines)
                self._stream.flush()
            except OSError:
                self._hang_up()

    def _hang_up(self) -> None:
        """Nobody reads any more: the same as a closed terminal. Lines still to come are lost."""
        self._stream = None
        os.kill(os.getpid(), signal.SIGHUP)

    def _prefix(self, name: str) -> str:
        plain = f"{name:<{NAME_WIDTH}} | "
        return f"\x1b[{COLOURS.get(name, 33)}m{plain}\x1b[0m" if self._is_coloured else plain


class LineSplitter:
    """Whole lines out of chunks that end anywhere."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> Iterable[str]:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [line.decode("utf-8", "replace").rstrip("\r") for line in lines]

    def finish(self) -> Iterable[str]:
        rest, self._rest = self._rest, b""
        return [rest.decode("utf-8", "replace")] if rest else []
