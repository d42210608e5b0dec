"""What is known of a running server: its process and what it wrote into `postmaster.pid`."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hydrodiag.errors import SetupFailed

REMAINS_TIMEOUT_S = 15
PROCESS_NAME = "postgres"


@dataclass(frozen=True)
class Postmaster:
    pid: int
    port: int
    is_ready: bool


def find_postmaster(data: Path) -> Postmaster | None:
    """The server whose data folder is `data`, if its process is alive."""
    lines = _read_lines(data / "postmaster.pid")
    if len(lines) < 4 or not _runs_postgres(pid := int(lines[0]), data):
        return None
    is_ready = len(lines) > 7 and lines[7].strip() == "ready"
    return Postmaster(pid, int(lines[3]), is_ready)


def clear_remains(data: Path) -> None:
    """Make room for a start: the server does not run, it may have been killed.

    Its sessions outlive it for a moment and must be gone first. A lock file whose number by
    now belongs to some other program, or to a process that nobody has buried, would keep
    PostgreSQL from starting.
    """
    give_up_at = time.monotonic() + REMAINS_TIMEOUT_S
    while left := list(_list_processes_in(data)):
        if time.monotonic() > give_up_at:
            raise SetupFailed(
                f"Starting the database: processes of a killed server are still there: {left}.",
                hint=f"End them: `kill -QUIT {' '.join(map(str, left))}`.",
            )
        time.sleep(0.1)
    for path in (data / "postmaster.pid", *data.parent.glob(".s.PGSQL.*")):
        path.unlink(missing_ok=True)


def interrupt_start(data: Path) -> None:
    """End a server that has not got as far as writing `postmaster.pid`."""
    for pid in _list_processes_in(data):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)


def _runs_postgres(pid: int, data: Path) -> bool:
    process = Path("/proc") / str(pid)
    try:
        return (process / "cwd").resolve(strict=True) == data.resolve()
    except PermissionError:
        return _read_lines(process / "comm") == [PROCESS_NAME]
    except OSError:
        return False


def _list_processes_in(data: Path) -> Iterator[int]:
    """Processes of PostgreSQL keep the data folder as their working folder."""
    for name in os.listdir("/proc"):
        if name.isdigit() and _runs_postgres_in(Path("/proc") / name, data):
            yield int(name)


def _runs_postgres_in(process: Path, data: Path) -> bool:
    try:
        is_postgres = (process / "comm").read_text().startswith(PROCESS_NAME)
        return is_postgres and (process / "cwd").readlink() == data
    except OSError:
        return False


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return []
