"""Settings, read from the environment and an optional `.env` file: here and nowhere else."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from hydrodiag.errors import SetupFailed

PROJECT_ROOT = Path(__file__).resolve().parent.parent
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")


def is_port_sound(url: str) -> bool:
    """Whether the port of an address, if it names one, can be one."""
    try:
        urlsplit(url).port  # noqa: B018 - a property that checks
    except ValueError:
        return False
    return True


class SecretFiles(PydanticBaseSettingsSource):
    """`NAME_FILE` beside the variables of `variables`: the secret NAME stands in that file.

    So do containers hand secrets over. A NAME that is set itself counts more.
    """

    def __init__(
        self, settings_cls: type[BaseSettings], variables: PydanticBaseSettingsSource
    ) -> None:
        super().__init__(settings_cls)
        self._values: dict[str, str | None] = getattr(variables, "env_vars", {})

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        key = str(field.validation_alias or field_name)
        path = self._values.get(f"{key}_file".lower())
        if not path or self._values.get(key.lower()):
            return None, key, False
        return _read_secret(f"{key.upper()}_FILE", Path(path)), key, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields.items()
        secrets = (
            self.get_field_value(field, name)
            for name, field in fields
            if SecretStr in (field.annotation, *get_args(field.annotation))
        )
        return {key: value for value, key, _ in secrets if value is not None}


def _read_secret(variable: str, path: Path) -> str:
    """Raises SetupFailed naming the file, never what stands in it."""
    hint = f"{variable} names a text file with the secret alone in it, readable for this user."
    try:
        value = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SetupFailed(f"{variable}: {path}: {error.strerror}.", hint=hint) from None
    except UnicodeDecodeError:
        raise SetupFailed(f"{variable}: {path} is no text.", hint=hint) from None
    if not value:
        raise SetupFailed(f"{variable}: {path} is empty.", hint=hint)
    return value


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    database_url: SecretStr | None = Field(
        None, description="PostgreSQL with TimescaleDB; unset: the embedded server in `data_dir`."
    )
    redis_url: SecretStr | None = Field(None, description="Shared cache; unset: in process.")
    chroma_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+)?$",
        description="Chroma server, such as http://chroma:8000; unset: embedded in `data_dir`.",
    )
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
    scheduler_port: int = Field(
        8502,
        validation_alias="HYDRODIAG_SCHEDULER_PORT",
        ge=0,
        le=65535,
        description="Port of the scheduler's /healthz, /readyz and /metrics; 0: none.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        validation_alias="HYDRODIAG_METRICS_TOKEN",
        description="What Prometheus sends to read /metrics; unset: people who may see Health.",
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
    public_origin: str = Field(
        "",
        validation_alias="HYDRODIAG_PUBLIC_ORIGIN",
        pattern=r"^(https?://[^/\s]+)?$",
        description="What browsers show, such as https://hydro.example, behind a proxy with TLS.",
    )
    session_check_s: float = Field(
        10.0,
        validation_alias="HYDRODIAG_SESSION_CHECK_S",
        gt=0,
        description="How often open pages are checked for sessions that have ended.",
    )
    oidc_issuer: str = Field(
        "",
        validation_alias="HYDRODIAG_OIDC_ISSUER",
        description="OpenID Connect provider for single sign-on; unset: passwords only.",
    )
    oidc_name: str = Field(
        "single sign-on",
        validation_alias="HYDRODIAG_OIDC_NAME",
        description="What the provider is called on the sign-in page.",
    )
    oidc_client_id: str = Field(
        "", validation_alias="HYDRODIAG_OIDC_CLIENT_ID", description="Our id at the provider."
    )
    oidc_client_secret: SecretStr | None = Field(
        None,
        validation_alias="HYDRODIAG_OIDC_CLIENT_SECRET",
        description="Our secret at the provider.",
    )
    oidc_role_claim: str = Field(
        "groups",
        validation_alias="HYDRODIAG_OIDC_ROLE_CLAIM",
        description="The claim, a text or a list, that decides about the role.",
    )
    oidc_roles: dict[str, Literal["viewer", "engineer", "operator", "administrator"]] = Field(
        {},
        validation_alias="HYDRODIAG_OIDC_ROLES",
        description='Role of each value of the claim, as JSON: {"hydro-ops": "operator"}.',
    )
    test_database_url: SecretStr | None = Field(
        None,
        validation_alias="HYDRODIAG_TEST_DATABASE_URL",
        description="A Community-edition server for the tests that need compression.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        files = [SecretFiles(settings_cls, each) for each in (env_settings, dotenv_settings)]
        return init_settings, files[0], env_settings, files[1], dotenv_settings

    @field_validator("time_zone")
    @classmethod
    def zone_is_known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; use a name such as Europe/Berlin")
        return value

    @field_validator("redis_url")
    @classmethod
    def redis_is_addressed(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(REDIS_SCHEMES):
            raise ValueError(f"must begin with {' or '.join(REDIS_SCHEMES)}")
        if value and not is_port_sound(value.get_secret_value()):
            raise ValueError("has a port that is no number from 0 to 65535")
        return value

    @field_validator(
        "database_url", "redis_url", "test_database_url", "metrics_token", mode="before"
    )
    @classmethod
    def empty_is_unset(cls, value: object) -> object:
        return value or None


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    return Settings()
