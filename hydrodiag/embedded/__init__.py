"""A real TimescaleDB private to the project, for development and tests.

Debian's packages are fetched and unpacked (`packages`, `mirror`), a cluster is created
(`cluster`) and run (`server`). Nothing on the host changes and no root is needed.
"""

from hydrodiag.embedded.cluster import build_url, ensure_cluster
from hydrodiag.embedded.packages import Installation, ensure_installed
from hydrodiag.embedded.server import revive, running_url, serve, serve_cluster

__all__ = [
    "Installation",
    "build_url",
    "ensure_cluster",
    "ensure_installed",
    "revive",
    "running_url",
    "serve",
    "serve_cluster",
]
