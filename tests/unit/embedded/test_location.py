"""Whom the server runs as, and where it lives."""

import os
import pwd
from pathlib import Path

import pytest

from hydrodiag.embedded.location import (
    REACHABLE_ROOT,
    can_reach,
    find_layout,
    find_owner,
    make_folder,
    pick_server_user,
)
from hydrodiag.errors import SetupFailed

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it gives files away")


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that everybody can pass; pytest's own are closed."""
    for part in (tmp_path, *tmp_path.parents[:3]):
        if part.stat().st_uid == os.geteuid() and part != Path("/tmp"):  # noqa: S108
            part.chmod(0o755)
    return tmp_path


@only_root
def test_root_starts_the_server_as_another_user(open_folder: Path) -> None:
    user = pick_server_user(open_folder / "data")
    assert user is not None
    assert user.uid != 0


@only_root
def test_the_owner_of_the_checkout_is_that_user(open_folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(open_folder, nobody.pw_uid, nobody.pw_gid)
    user = pick_server_user(open_folder / "data" / "postgres")
    assert user is not None
    assert user.name == "nobody"


@only_root
def test_below_a_closed_folder_the_server_lives_elsewhere(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    root = find_layout(closed / "data").root
    assert root.is_relative_to(REACHABLE_ROOT)
    assert root != find_layout(closed / "other" / "data").root


@only_root
def test_in_an_open_folder_the_server_lives_beside_the_data(open_folder: Path) -> None:
    assert find_layout(open_folder / "data").root == open_folder / "data" / "postgres"


@only_root
def test_folders_stay_passable_whatever_the_umask(open_folder: Path) -> None:
    user = pick_server_user(open_folder)
    assert user is not None
    before = os.umask(0o077)
    try:
        make_folder(open_folder / "data" / "postgres", user)
    finally:
        os.umask(before)
    assert can_reach(user, open_folder / "data" / "postgres" / "cluster")


@only_root
def test_a_cluster_of_root_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed, match="belongs to user id 0"):
        find_owner(tmp_path)
