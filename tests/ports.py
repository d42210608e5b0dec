"""Ports for the programs of a test, of a range that no other worker of the test run uses."""

import os
import random

from hydrodiag.embedded.server import is_free

EACH, WORKERS = 1_000, 4
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
OWN = range(16_000 + WORKER * EACH, 16_000 + (WORKER + 1) * EACH)


def free_port() -> int:
    return next(port for port in random.sample(OWN, 50) if is_free(port))
