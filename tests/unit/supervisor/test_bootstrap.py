"""What runs before anything is installed needs nothing but Python."""

import subprocess
import sys
from pathlib import Path

import pytest

from hydrodiag import bootstrap
from hydrodiag.config import PROJECT_ROOT


@pytest.mark.parametrize("module", ["hydrodiag.bootstrap", "tests.chromium"])
def test_it_imports_the_standard_library_alone(module: str) -> None:
    code = f"import sys; sys.path.insert(0, {str(PROJECT_ROOT)!r}); import {module}"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_the_package_index_pip_uses_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configuration = tmp_path / "pip.conf"
    configuration.write_text("[global]\nindex-url = https://packages.example/simple\n")
    monkeypatch.setattr(bootstrap, "PIP_CONFIGURATIONS", (str(configuration),))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    assert bootstrap._index_of_pip() == "https://packages.example/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.example/simple")
    assert bootstrap._index_of_pip() == "https://other.example/simple"


def test_an_environment_without_its_python_is_not_usable(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to(tmp_path / "gone")
    assert not bootstrap._is_usable(tmp_path)


def test_the_hydrodiag_command_runs_from_anywhere(tmp_path: Path) -> None:
    environment = tmp_path / "a place's name"
    (environment / "bin").mkdir(parents=True)
    python = environment / "bin/python"
    python.write_text('#!/bin/sh\necho "$PYTHONPATH $*"\n')
    python.chmod(0o755)
    bootstrap._write_command(environment)
    command = [environment / "bin/hydrodiag", "ingest", "my file.csv"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == f"{PROJECT_ROOT} -m hydrodiag ingest my file.csv\n"
