"""Servers of their own for tests that stop and kill them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hydrodiag.config import load_settings
from hydrodiag.embedded import Installation, ensure_installed
from tests.scratch import pick_cluster_parent, scratch_folder


@pytest.fixture(scope="session")
def installation() -> Installation:
    return ensure_installed(load_settings().data_dir)


@pytest.fixture
def cluster_folder() -> Iterator[Path]:
    """Where a cluster can be made."""
    with scratch_folder(pick_cluster_parent()) as scratch:
        yield scratch / "cluster"
