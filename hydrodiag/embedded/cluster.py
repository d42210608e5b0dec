"""A database cluster of the private server: created once, configured at every start."""

import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from hydrodiag.embedded.location import (
    ServerUser,
    find_owner,
    give_to,
    make_folder,
    pick_server_user,
)
from hydrodiag.embedded.packages import Installation
from hydrodiag.embedded.steps import run_step
from hydrodiag.errors import SetupFailed

DATABASE = SUPERUSER = "hydrodiag"
FIRST_MAJOR_WITH_OWN_LOCALES = 17
MEBIBYTE = 1 << 20
SOCKET_PATH_LIMIT = 90
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - asked about, not written to
ENOUGH_SHARED_MEMORY_MIB = 512


@dataclass(frozen=True)
class Cluster:
    """`folder` belongs to the server's user alone and holds data, password and logs."""

    folder: Path
    installation: Installation
    user: ServerUser | None
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def data(self) -> Path:
        return self.folder / "data"


def ensure_cluster(
    installation: Installation, folder: Path, *, settings: Mapping[str, str] | None = None
) -> Cluster:
    """The cluster in `folder`, created if it is not there. `settings` go over the defaults.

    It belongs to the user the programs were installed for. The caller keeps others out:
    see `server.serve_cluster`.
    """
    user = find_owner(folder) if folder.exists() else pick_server_user(installation.folder.parent)
    cluster = Cluster(folder, installation, user, settings or {})
    make_folder(folder, user)
    folder.chmod(0o700)
    if not (cluster.data / "PG_VERSION").exists():
        _create(cluster)
    _check_version(cluster)
    return cluster


def build_url(folder: Path, port: int, database: str = DATABASE) -> str:
    """URL of the cluster in `folder`, password included."""
    password = (folder / "password").read_text(encoding="utf-8").strip()
    return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/{database}"


def write_settings(cluster: Cluster, port: int) -> None:
    chosen = default_settings(cluster.folder, memory_bytes()) | dict(cluster.settings)
    lines = [f"{name} = {_quote(value)}\n" for name, value in chosen.items()]
    text = f"# Written at every start of HydroDiag.\nport = {port}\n{''.join(lines)}"
    _write_private(cluster.data / "hydrodiag.conf", text, cluster.user)


def default_settings(folder: Path, memory: int) -> dict[str, str]:
    """For a small machine that other programs share: two cores, some gigabytes."""
    has_socket = len(str(folder)) < SOCKET_PATH_LIMIT and "," not in str(folder)
    return {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(folder) if has_socket else "",
        "shared_preload_libraries": "timescaledb",
        "timescaledb.telemetry_level": "off",
        "timescaledb.max_background_workers": "8",
        "max_worker_processes": "20",
        "max_connections": "100",
        # One lock an index of every chunk that a statement touches.
        "max_locks_per_transaction": "256",
        "jit": "off",
        "shared_buffers": f"{_clamp(memory // 8, 128, 1024)}MB",
        "effective_cache_size": f"{_clamp(memory // 2, 256, 16384)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "dynamic_shared_memory_type": "posix" if has_shared_memory(SHARED_MEMORY) else "mmap",
        "random_page_cost": "1.1",
        # A load of some gigabytes should not checkpoint all the time.
        "max_wal_size": "2GB",
        "min_wal_size": "256MB",
        "checkpoint_timeout": "15min",
        "wal_compression": "lz4",
        "track_io_timing": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": str(folder / "log"),
        "log_filename": "postgresql-%a.log",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_truncate_on_rotation": "on",
        "log_line_prefix": "%m [%p] %a ",
    }


def memory_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def has_shared_memory(folder: Path) -> bool:
    """Containers often get 64 MB, which a parallel index build runs out of, or none at all."""
    try:
        status, size = folder.stat(), os.statvfs(folder)
    except OSError:
        return False
    is_for_all = bool(status.st_mode & stat.S_IWOTH)
    return is_for_all and size.f_blocks * size.f_frsize >= ENOUGH_SHARED_MEMORY_MIB * MEBIBYTE


def _create(cluster: Cluster) -> None:
    """initdb beside the final place, so that a broken attempt is not taken for a cluster."""
    password_file = cluster.folder / "password"
    _write_private(password_file, f"{secrets.token_urlsafe(24)}\n", cluster.user)
    fresh = cluster.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    command = (
        *(cluster.installation.bin / "initdb", "-D", fresh, "--data-checksums"),
        *("--username", SUPERUSER, "--pwfile", password_file, "--auth", "scram-sha-256"),
        *("--encoding", "UTF8", *_locale_options(cluster.installation.postgres_major)),
        *(("--no-sync",) if cluster.settings.get("fsync") == "off" else ()),
    )
    run_step("Creating the database cluster", command, cwd=cluster.folder, user=cluster.user)
    run_step(
        "Creating the database",
        (cluster.installation.bin / "postgres", "--single", "-D", fresh, "postgres"),
        cwd=cluster.folder,
        user=cluster.user,
        stdin=f"CREATE DATABASE {DATABASE}\n",
    )
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude 'hydrodiag.conf'\n")
    fresh.rename(cluster.data)


def _locale_options(major: int) -> tuple[str, ...]:
    """Sort order by code point: the same on every host, whatever its C library."""
    if major < FIRST_MAJOR_WITH_OWN_LOCALES:
        return ("--no-locale",)
    return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")


def _check_version(cluster: Cluster) -> None:
    made_by = (cluster.data / "PG_VERSION").read_text(encoding="utf-8").strip()
    major = cluster.installation.postgres_major
    if made_by != str(major):
        raise SetupFailed(
            f"Opening the database cluster: {cluster.data} was made by PostgreSQL {made_by}, "
            f"the unpacked server is {major}.",
            hint=f"Move {cluster.folder} away for a fresh one; see docs/operations.md for backups.",
        )


def _quote(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _write_private(path: Path, text: str, user: ServerUser | None) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    give_to(path, user)


def _clamp(size_bytes: int, low_mib: int, high_mib: int) -> int:
    return max(low_mib, min(size_bytes // MEBIBYTE, high_mib))
