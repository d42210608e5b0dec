"""The image: its Dockerfile, what is sent to the builder, its small scripts."""

import http.server
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hydrodiag import __version__
from hydrodiag.bootstrap import UV
from hydrodiag.config import Settings
from tests.unit.deployment.conftest import PRODUCTION, ROOT

DOCKERFILE = ROOT / "Dockerfile"
NEEDED = ("app.py", "scheduler.py", "hydrodiag", "pages", "requirements.lock", ".streamlit")


def test_hadolint_has_nothing_to_say() -> None:
    program = Path(sysconfig.get_path("scripts")) / "hadolint"
    done = subprocess.run([program, DOCKERFILE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_last_stage_runs_as_nobody_special_and_reports_its_health() -> None:
    final = DOCKERFILE.read_text().rpartition("\nFROM ")[2]
    assert "\nUSER 10001:10001\n" in final
    assert re.search(r"\nHEALTHCHECK [^\n]*\\\n\s+CMD \[\"python\", .*healthz", final)
    assert not re.search(r"gcc|build-essential|pip install|uv ", final)


def test_the_base_is_named_by_version_and_can_be_pinned() -> None:
    text = DOCKERFILE.read_text()
    assert re.search(r"^ARG BASE=python:3\.11-slim-\w+$", text, re.M)
    assert re.findall(r"^FROM (\S+)", text, re.M) == ["${BASE}", "${BASE}"]


def test_the_versions_are_those_of_the_project() -> None:
    assert f"ARG UV_VERSION={UV.removeprefix('uv==')}\n" in DOCKERFILE.read_text()
    assert f"hydrodiag:{__version__}" in PRODUCTION.read_text()


def test_every_variable_of_the_image_is_a_setting() -> None:
    names = {str(each.validation_alias) for each in Settings.model_fields.values()}
    assert set(re.findall(r"(HYDRODIAG_\w+)=", DOCKERFILE.read_text())) <= names


def test_only_what_runs_is_sent_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    sent = [rule[1:] for rule in rules if rule.startswith("!")]
    assert all((ROOT / path).exists() for path in sent)
    assert {path.split("/")[0] for path in sent} == {*NEEDED, "deploy"}
    for private in (".env", ".git", "data", "deploy/secrets", "tests", ".venv", "deploy"):
        assert private not in sent


@pytest.fixture
def answering() -> Iterator[int]:
    """The port of a server that knows `/healthz` alone."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(("path", "code"), [("/healthz", 0), ("/readyz", 1)])
def test_the_health_check_tells_well_from_ill(answering: int, path: str, code: int) -> None:
    assert run_health_check(answering, path) == code


def test_the_health_check_fails_where_nothing_listens() -> None:
    assert run_health_check(9, "/healthz") == 1


def run_health_check(port: int, path: str) -> int:
    command = [sys.executable, ROOT / "deploy/healthcheck.py", str(port), path]
    return subprocess.run(command, check=False).returncode


def make_secrets(folder: Path) -> dict[str, str]:
    subprocess.run([ROOT / "deploy/make-secrets", folder], check=True, capture_output=True)
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_secrets_are_random_fit_each_other_and_stay(tmp_path: Path) -> None:
    first = make_secrets(tmp_path / "first")
    names = {"database_url", "metrics_token", "postgres_password", "redis_password", "redis_url"}
    assert set(first) == names
    assert f":{first['postgres_password']}@timescaledb:" in first["database_url"]
    assert f":{first['redis_password']}@redis:" in first["redis_url"]
    assert all(len(first[name]) == 48 for name in names - {"database_url", "redis_url"})
    assert make_secrets(tmp_path / "first") == first
    assert make_secrets(tmp_path / "second")["postgres_password"] != first["postgres_password"]


def test_the_folder_of_the_secrets_is_closed_to_others(tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets")
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()}
    assert modes == {0o444}


def test_git_never_sees_the_secrets() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("needs the repository")
    command = [git, "check-ignore", "-q", "deploy/secrets/postgres_password"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("name", ["run-app", "hydrodiag", "make-secrets"])
def test_scripts_are_executable_and_plain_shell(name: str) -> None:
    path = ROOT / "deploy" / name
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", path], check=False).returncode == 0
