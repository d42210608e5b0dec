"""Programs of Debian that only tests run: unpacked into the data folder, nothing is installed."""

import re
import tempfile
from pathlib import Path

import pytest

from hydrodiag.config import load_settings
from hydrodiag.embedded.locking import exclusive
from hydrodiag.embedded.mirror import open_archive
from hydrodiag.embedded.steps import run_step, say
from hydrodiag.errors import SetupFailed

COMPOSE = ("docker-compose", "usr/libexec/docker/cli-plugins/docker-compose")
CADDY = ("caddy", "usr/bin/caddy")


def find_program(package: str, path: str) -> Path:
    """`path` out of `package`; the test is skipped where the package cannot be had."""
    folder = load_settings().data_dir / "test-programs" / package
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder.with_suffix(".lock")):
        if not (folder / path).exists():
            try:
                _fetch(package, folder)
            except SetupFailed as error:
                pytest.skip(f"needs Debian's {package}: {error.message.strip()}")
    return folder / path


def _fetch(package: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="hydrodiag-programs-") as scratch:
        work = Path(scratch)
        archive = open_archive(work / "apt", re.compile(re.escape(package)), say)
        (work / "debs").mkdir()
        [file] = archive.download([package], work / "debs")
        run_step(f"Unpacking {file.name}", ("dpkg-deb", "-x", file, folder), cwd=work)
