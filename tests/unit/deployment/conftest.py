"""The compose files as compose itself resolves them: anchors merged, variables filled in."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.debian_programs import COMPOSE, find_program

ROOT = Path(__file__).resolve().parents[3]
DEVELOPMENT = ROOT / "docker-compose.yml"
PRODUCTION = ROOT / "docker-compose.prod.yml"
VARIABLES = {"HYDRODIAG_DOMAIN": "hydro.example", "POSTGRES_PASSWORD": "chosen"}
Services = dict[str, dict[str, Any]]


def load_services(path: Path) -> Services:
    services: Services = yaml.safe_load(path.read_text())["services"]
    return services


@pytest.fixture(scope="session")
def resolve() -> Any:
    """`docker compose config` of a file, as a mapping."""
    program = find_program(*COMPOSE)

    def run(path: Path, **variables: str) -> dict[str, Any]:
        command = [program, "-f", path, "--profile", "*", "config", "--format", "json"]
        plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        done = subprocess.run(
            command, env=plain | variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        resolved: dict[str, Any] = json.loads(done.stdout)
        return resolved

    return run
