"""Settings, read from the environment and an optional `.env` file: here and nowhere else."""

from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", populate_by_name=True
    )

    database_url: SecretStr | None = Field(
        None, description="PostgreSQL with TimescaleDB; unset: the embedded server in `data_dir`."
    )
    redis_url: SecretStr | None = Field(None, description="Shared cache; unset: in process.")
    ollama_base_url: str = Field("http://localhost:11434", description="Ollama server.")
    default_llm_model: str = Field("qwen3:8b", description="Chat model in Ollama.")
    default_embedding_model: str = Field("nomic-embed-text", description="Embedding model.")
    data_dir: Path = Field(
        PROJECT_ROOT / "data",
        validation_alias="HYDRODIAG_DATA_DIR",
        description="Where the embedded database lives.",
    )
    host: str = Field(
        "127.0.0.1", validation_alias="HYDRODIAG_HOST", description="Address the app listens on."
    )
    port: int = Field(
        8501, validation_alias="HYDRODIAG_PORT", ge=1, le=65535, description="Port of the app."
    )
    time_zone: str = Field(
        "UTC",
        validation_alias="HYDRODIAG_TIME_ZONE",
        description="Zone of clock times in cadences, such as `Europe/Berlin`.",
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto",
        validation_alias="HYDRODIAG_LOG_FORMAT",
        description="`auto`: text on a terminal or under `make dev`, else JSON.",
    )
    test_database_url: SecretStr | None = Field(
        None,
        validation_alias="HYDRODIAG_TEST_DATABASE_URL",
        description="A Community-edition server for the tests that need compression.",
    )

    @field_validator("time_zone")
    @classmethod
    def zone_is_known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; use a name such as Europe/Berlin")
        return value

    @field_validator("database_url", "redis_url", "test_database_url", mode="before")
    @classmethod
    def empty_is_unset(cls, value: object) -> object:
        return value or None


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    return Settings()
