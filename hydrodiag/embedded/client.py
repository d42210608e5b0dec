"""PostgreSQL client programs: the host's where they fit the server, else the embedded ones."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from hydrodiag.embedded.location import find_layout
from hydrodiag.embedded.packages import find_installation
from hydrodiag.errors import SetupFailed

DEBIAN_HOME = Path("/usr/lib/postgresql")
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def find_client(name: str, postgres_major: int, data_dir: Path) -> Path:
    """The program `name` of exactly this major version.

    An older pg_dump refuses the server, and what a newer one writes an older server may not
    take back. Raises SetupFailed naming what was found instead.
    """
    tried = {path: _major_of(path) for path in _list_candidates(name, postgres_major, data_dir)}
    for path, major in tried.items():
        if major == postgres_major:
            return path
    found = ", ".join(f"{path} is of {major}" for path, major in tried.items() if major)
    raise SetupFailed(
        f"The server is PostgreSQL {postgres_major}, and there is no {name} of that version here"
        f"{f' ({found})' if found else ''}.",
        hint=f"Install it, on Debian `apt-get install postgresql-client-{postgres_major}`.",
    )


def _list_candidates(name: str, postgres_major: int, data_dir: Path) -> Iterator[Path]:
    if on_path := shutil.which(name):
        yield Path(on_path)
    places = [DEBIAN_HOME / str(postgres_major) / "bin"]
    if installed := find_installation(find_layout(data_dir).dist):
        places.append(installed.bin)
    yield from (place / name for place in places if (place / name).exists())


def _major_of(program: Path) -> int | None:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = VERSION.search(done.stdout)
    return int(found[1]) if found else None
