"""Settings that depend on the machine."""

from pathlib import Path

from hydrodiag.embedded.cluster import MEBIBYTE, default_settings, has_shared_memory

GIBIBYTE = 1024 * MEBIBYTE


def test_a_small_machine_keeps_memory_for_others() -> None:
    assert default_settings(Path("/data"), GIBIBYTE)["shared_buffers"] == "128MB"
    assert default_settings(Path("/data"), 4 * GIBIBYTE)["shared_buffers"] == "512MB"
    assert default_settings(Path("/data"), 512 * GIBIBYTE)["shared_buffers"] == "1024MB"


def test_a_path_too_long_for_a_socket_leaves_the_socket_out() -> None:
    assert default_settings(Path("/data"), GIBIBYTE)["unix_socket_directories"] == "/data"
    assert default_settings(Path("/d" * 60), GIBIBYTE)["unix_socket_directories"] == ""


def test_shared_memory_that_is_missing_or_closed_is_not_used(tmp_path: Path) -> None:
    assert not has_shared_memory(tmp_path / "gone")
    tmp_path.chmod(0o755)
    assert not has_shared_memory(tmp_path)
    tmp_path.chmod(0o1777)
    assert has_shared_memory(tmp_path)
