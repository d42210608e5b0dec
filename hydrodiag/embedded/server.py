"""Starting and stopping the private server.

Several processes may use one server: whoever comes first starts it, whoever leaves last
stops it. A process that was killed counts as having left.
"""

import random
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from hydrodiag.embedded.cluster import Cluster, build_url, ensure_cluster, write_settings
from hydrodiag.embedded.location import find_layout, give_to
from hydrodiag.embedded.locking import Lease, exclusive
from hydrodiag.embedded.packages import Installation, ensure_installed
from hydrodiag.embedded.postmaster import (
    Postmaster,
    clear_remains,
    find_postmaster,
    interrupt_start,
)
from hydrodiag.embedded.steps import Report, run_step, say, tail
from hydrodiag.errors import SetupFailed

START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60
START_ATTEMPTS = 3
# Below the range from which the kernel hands out ports to outgoing connections.
PORTS = range(20000, 32000)


def running_url(data_dir: Path) -> str | None:
    """URL of the server of `data_dir` if it is up."""
    folder = find_layout(data_dir).cluster
    postmaster = find_postmaster(folder / "data")
    return build_url(folder, postmaster.port) if postmaster and postmaster.is_ready else None


@contextmanager
def serve(data_dir: Path, *, report: Report = say) -> Iterator[str]:
    """URL of the server of `data_dir`, installed, created and started as far as needed."""
    layout = find_layout(data_dir)
    if not layout.root.is_relative_to(data_dir.absolute()):
        report(f"database lives in {layout.root}: its user cannot reach {data_dir}")
    installation = ensure_installed(data_dir, report)
    with serve_cluster(installation, layout.cluster, report=report) as url:
        yield url


def revive(data_dir: Path, *, report: Report = say) -> str:
    """URL of the server that `serve` keeps up, started again if it was killed."""
    if url := running_url(data_dir):
        return url
    report("database is gone, starting it again")
    installation = ensure_installed(data_dir, report)
    return ensure_running(ensure_cluster(installation, find_layout(data_dir).cluster), report)


@contextmanager
def serve_cluster(
    installation: Installation,
    folder: Path,
    *,
    report: Report = say,
    settings: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """URL of the cluster in `folder`, running at least until the block ends."""
    guard = folder.with_suffix(".lock")
    with exclusive(guard):
        cluster = ensure_cluster(installation, folder, settings=settings)
        lease = Lease(folder.with_suffix(".users"))
    try:
        yield ensure_running(cluster, report)
    finally:
        with exclusive(guard):
            if lease.give_back():
                stop(cluster, report)


def ensure_running(cluster: Cluster, report: Report) -> str:
    """URL of the cluster's server, started if it does not run."""
    with exclusive(cluster.folder.with_suffix(".lock")):
        postmaster = find_postmaster(cluster.data) or start(cluster, report)
    return build_url(cluster.folder, postmaster.port)


def start(cluster: Cluster, report: Report) -> Postmaster:
    """Start the server on a free port: the last one if that is still free."""
    clear_remains(cluster.data)
    log = cluster.folder / "start.log"
    for attempt in range(START_ATTEMPTS):
        port = _pick_port(cluster.folder / "port")
        write_settings(cluster, port)
        log.unlink(missing_ok=True)
        try:
            _pg_ctl(cluster, "start", START_TIMEOUT_S, "-l", str(log))
            break
        except SetupFailed as error:
            written = log.read_text(errors="replace") if log.exists() else ""
            if "could not bind" not in written or attempt == START_ATTEMPTS - 1:
                raise _start_failure(cluster, error, written) from error
    _remember_port(cluster, port)
    report(f"database ready on port {port}")
    return _expect_postmaster(cluster)


def stop(cluster: Cluster, report: Report) -> None:
    """Stop the server cleanly: open transactions are rolled back, then a checkpoint."""
    if find_postmaster(cluster.data) is None:
        interrupt_start(cluster.data)
        return
    try:
        _pg_ctl(cluster, "stop", STOP_TIMEOUT_S, "-m", "fast")
        report("database stopped")
    except SetupFailed:
        if find_postmaster(cluster.data) is not None:
            report(f"database did not stop within {STOP_TIMEOUT_S} s, stopping it at once")
            _pg_ctl(cluster, "stop", STOP_TIMEOUT_S, "-m", "immediate")


def _pg_ctl(cluster: Cluster, verb: str, timeout_s: int, *options: str) -> None:
    limit = ("-w", "-s", "-t", str(timeout_s))
    run_step(
        f"pg_ctl {verb}",
        (cluster.installation.bin / "pg_ctl", verb, "-D", cluster.data, *limit, *options),
        cwd=cluster.folder,
        user=cluster.user,
        timeout_s=timeout_s + 10,
    )


def _start_failure(cluster: Cluster, error: SetupFailed, written: str) -> SetupFailed:
    logs = sorted((cluster.folder / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    collected = logs[-1].read_text(errors="replace") if logs else ""
    return SetupFailed(
        f"Starting the database failed: {error.message}\n{tail(written)}\n{tail(collected)}\n",
        hint=f"The whole log is in {cluster.folder / 'log'}.",
    )


def _expect_postmaster(cluster: Cluster) -> Postmaster:
    postmaster = find_postmaster(cluster.data)
    if postmaster is None:
        raise SetupFailed("Starting the database: it ended right after the start.")
    return postmaster


def _pick_port(remembered: Path) -> int:
    last = [int(remembered.read_text())] if remembered.exists() else []
    tries = last + random.sample(PORTS, 50)
    free = next((port for port in tries if is_free(port)), None)
    if free is None:
        raise SetupFailed(f"Starting the database: no free port in {PORTS.start}-{PORTS.stop}.")
    return free


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _remember_port(cluster: Cluster, port: int) -> None:
    path = cluster.folder / "port"
    path.write_text(str(port), encoding="utf-8")
    give_to(path, cluster.user)
