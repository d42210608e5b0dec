"""Servers of their own for tests that stop and kill them."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hydrodiag.config import load_settings
from hydrodiag.embedded import Installation, ensure_installed


@pytest.fixture(scope="session")
def installation() -> Installation:
    return ensure_installed(load_settings().data_dir)


@pytest.fixture
def cluster_folder() -> Iterator[Path]:
    """Where a cluster can be made, passable for the server's user."""
    with tempfile.TemporaryDirectory(prefix=f"hydrodiag-test-{os.getpid()}-") as scratch:
        Path(scratch).chmod(0o755)
        yield Path(scratch) / "cluster"
