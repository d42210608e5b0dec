"""Folders of this test run alone, on the way of any user, gone at its end."""

import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hydrodiag.embedded.postmaster import find_postmaster

PREFIX = "hydrodiag-test-"
OF_A_RUN = re.compile(rf"{PREFIX}(\d+)-")
MEMORY = Path("/dev/shm")  # noqa: S108 - what is there is ours by its name
ROOM_BYTES = 4 << 30


@contextmanager
def scratch_folder(parent: Path | None = None) -> Iterator[Path]:
    """Passable for the server's user, as pytest's own folders are not."""
    prefix = f"{PREFIX}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent) as scratch:
        Path(scratch).chmod(0o755)
        yield Path(scratch)


def pick_cluster_parent() -> Path:
    """In memory if there is room, for a copied database is 700 files.

    Ext4 looks for every new file through all inodes that were freed in the last minutes: where
    test after test drops its database, a copy takes ten times the time of one in memory.
    """
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    has_room = usable and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return MEMORY if has_room else Path(tempfile.gettempdir())


def sweep_remains() -> None:
    """Stop and remove the servers of test runs that were killed."""
    for parent in (MEMORY, Path(tempfile.gettempdir())):
        for folder in parent.glob(f"{PREFIX}*"):
            found = OF_A_RUN.match(folder.name)
            if found and not Path("/proc", found[1]).exists() and os.access(folder, os.W_OK):
                _remove(folder)


def _remove(folder: Path) -> None:
    with suppress(OSError):
        if postmaster := find_postmaster(folder / "cluster" / "data"):
            os.kill(postmaster.pid, signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)
