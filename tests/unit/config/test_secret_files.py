"""Secrets that stand in files, as containers hand them over."""

from pathlib import Path

import pytest

from hydrodiag.config import Settings
from hydrodiag.errors import SetupFailed

URL = "postgresql://hydrodiag:stands-in-a-file@db:5432/hydrodiag"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither variables nor a `.env` of whoever runs the tests."""
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "database_url"
    path.write_text(f"{URL}\n")
    return path


def _database_url() -> str | None:
    found = Settings().database_url
    return found.get_secret_value() if found else None


def test_a_secret_is_read_from_its_file(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
    assert _database_url() == URL


def test_a_secret_with_a_name_of_its_own_is_read_from_its_file(
    secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYDRODIAG_TEST_DATABASE_URL_FILE", str(secret))
    found = Settings().test_database_url
    assert found is not None
    assert found.get_secret_value() == URL


def test_the_variable_itself_counts_more(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    assert _database_url() == "postgresql://elsewhere/db"


def test_an_empty_variable_leaves_it_to_the_file(
    secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
    monkeypatch.setenv("DATABASE_URL", "")
    assert _database_url() == URL


def test_a_file_named_in_dotenv_is_read(secret: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"DATABASE_URL_FILE={secret}\n")
    assert _database_url() == URL


def test_the_environment_counts_more_than_dotenv(
    secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(f"DATABASE_URL_FILE={secret}\n")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    assert _database_url() == "postgresql://elsewhere/db"


def test_what_is_no_secret_is_not_read_from_a_file(
    secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_BASE_URL_FILE", str(secret))
    assert Settings().ollama_base_url != URL


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL_FILE", str(tmp_path / "gone"))
    with pytest.raises(SetupFailed, match=r"REDIS_URL_FILE: .*gone: No such file"):
        Settings()


@pytest.mark.parametrize("content", [b"", b" \n", b"s3cret\xff\xfe"])
def test_an_unusable_file_is_named_and_its_content_never_shown(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "redis_url"
    path.write_bytes(content)
    monkeypatch.setenv("REDIS_URL_FILE", str(path))
    with pytest.raises(SetupFailed) as caught:
        Settings()
    assert str(path) in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
