"""Where the private server lives and whom it runs as.

PostgreSQL refuses to run as root. Started as root it runs as another user, who must be
able to reach its files: a checkout below a closed home directory is not reachable, the
server then lives in `/var/lib/hydrodiag`.
"""

import os
import pwd
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from hydrodiag.errors import SetupFailed

SERVICE_USERS = ("postgres", "nobody")
REACHABLE_ROOT = Path("/var/lib/hydrodiag")


@dataclass(frozen=True)
class ServerUser:
    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Layout:
    """Folders of the private server: its programs and its data."""

    root: Path

    @property
    def dist(self) -> Path:
        return self.root / "dist"

    @property
    def cluster(self) -> Path:
        return self.root / "cluster"


def find_layout(data_dir: Path) -> Layout:
    """The layout for `data_dir`: inside it if the server's user can reach it."""
    data_dir = data_dir.absolute()
    user = pick_server_user(data_dir)
    if user is None or can_reach(user, data_dir):
        return Layout(data_dir / "postgres")
    mark = sha256(str(data_dir).encode()).hexdigest()[:8]
    return Layout(REACHABLE_ROOT / f"{data_dir.parent.name}-{mark}" / "postgres")


def pick_server_user(folder: Path) -> ServerUser | None:
    """The user to run the server as; None: as ourselves, since we are not root.

    The owner of the folder if that is not root (a checkout used with sudo now and without
    it later), else a service user that every Debian has.
    """
    if os.geteuid() != 0:
        return None
    owner = _nearest_existing(folder).stat().st_uid
    if owner != 0 and (user := _find_user(owner)):
        return user
    for name in SERVICE_USERS:
        if user := _find_user(name):
            return user
    raise SetupFailed(
        "Choosing a user for the database: PostgreSQL refuses to run as root, and this host "
        f"has none of the users {', '.join(SERVICE_USERS)}.",
        hint="Start HydroDiag as an ordinary user, or create one of these.",
    )


def find_owner(folder: Path) -> ServerUser | None:
    """The user an existing folder of the server belongs to; None: ourselves."""
    owner = folder.stat().st_uid
    if owner == os.geteuid() != 0:
        return None
    user = _find_user(owner) if os.geteuid() == 0 and owner != 0 else None
    if user is None:
        raise SetupFailed(
            f"Opening {folder}: it belongs to user id {owner}, we are {os.geteuid()}.",
            hint=f"Start HydroDiag as that user, or move {folder} away for a fresh one.",
        )
    return user


def can_reach(user: ServerUser, folder: Path) -> bool:
    """Whether `user` may pass every existing folder on the way."""
    existing = _nearest_existing(folder.resolve())
    return all(_can_pass(user, part) for part in (existing, *existing.parents))


def make_folder(folder: Path, user: ServerUser | None) -> None:
    """Create `folder` and its parents, passable for everybody, and give it to `user`."""
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    for part in reversed(missing):
        part.mkdir(exist_ok=True)
        part.chmod(0o755)
        give_to(part, user)


def give_to(path: Path, user: ServerUser | None) -> None:
    if user is not None:
        os.chown(path, user.uid, user.gid)


def _find_user(key: int | str) -> ServerUser | None:
    try:
        entry = pwd.getpwuid(key) if isinstance(key, int) else pwd.getpwnam(key)
    except KeyError:
        return None
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _nearest_existing(folder: Path) -> Path:
    return next(part for part in (folder, *folder.parents) if part.exists())


def _can_pass(user: ServerUser, folder: Path) -> bool:
    status = folder.stat()
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
