"""The unpacked server, and what is said when it cannot be had."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hydrodiag.embedded import Installation, ensure_installed
from hydrodiag.embedded.packages import MANIFEST, find_installation
from hydrodiag.errors import SetupFailed


def test_the_executables_use_the_libraries_they_came_with(installation: Installation) -> None:
    maps = _libraries_of(installation.bin / "postgres")
    own = [path for path in maps if path.startswith("/")]
    assert own
    assert all(Path(path).resolve().is_relative_to(installation.folder) for path in own)


def test_neither_jit_nor_perl_is_unpacked(installation: Installation) -> None:
    names = [path.name for path in installation.folder.rglob("*")]
    assert not [name for name in names if name.startswith(("libLLVM", "llvmjit", "libperl"))]
    assert not (installation.folder / "usr/share/doc").exists()


def test_a_second_call_fetches_nothing(installation: Installation) -> None:
    data_dir = installation.folder.parent.parent
    heard: list[str] = []
    assert ensure_installed(data_dir, heard.append) == installation
    assert heard == []


def test_a_copied_folder_runs_from_its_new_place(
    installation: Installation, tmp_path: Path
) -> None:
    shutil.copytree(installation.folder, tmp_path / "dist", symlinks=True)
    moved = find_installation(tmp_path / "dist")
    assert moved is not None
    libraries = _libraries_of(moved.bin / "postgres")
    assert all(str(tmp_path.resolve()) in path for path in libraries if path.startswith("/"))


def test_a_broken_manifest_counts_as_nothing_installed(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"folder": ')
    assert find_installation(tmp_path) is None


def test_a_host_without_apt_is_told_the_two_other_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupFailed) as caught:
        ensure_installed(tmp_path / "data")
    assert "no apt-get" in caught.value.message
    assert "DATABASE_URL" in caught.value.hint
    assert "docker compose" in caught.value.hint


def test_a_mirror_out_of_reach_is_named_with_the_two_other_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _configure_apt(tmp_path, monkeypatch, "deb http://127.0.0.1:9/debian trixie main\n")
    with pytest.raises(SetupFailed) as caught:
        ensure_installed(tmp_path / "data")
    assert "http://127.0.0.1:9/debian" in caught.value.message
    assert "DATABASE_URL" in caught.value.hint
    assert not (tmp_path / "data/postgres/dist").exists()


def test_a_host_whose_apt_has_no_mirror_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _configure_apt(tmp_path, monkeypatch, "")
    with pytest.raises(SetupFailed, match="names no package mirror"):
        ensure_installed(tmp_path / "data")


def _configure_apt(folder: Path, monkeypatch: pytest.MonkeyPatch, sources: str) -> None:
    (folder / "host.list").write_text(sources)
    (folder / "apt.conf").write_text(
        f'Dir::Etc::SourceList "{folder}/host.list";\nDir::Etc::SourceParts "/dev/null";\n'
    )
    monkeypatch.setenv("APT_CONFIG", str(folder / "apt.conf"))


def _libraries_of(executable: Path) -> list[str]:
    """What the loader the executable names would load."""
    environment = {**os.environ, "LD_TRACE_LOADED_OBJECTS": "1"}
    done = subprocess.run([executable], env=environment, capture_output=True, text=True, check=True)
    return re.findall(r"(?:=> )?(/\S+) \(", done.stdout)
