"""What all pages of this process share: settings and connection pools.

Not in Streamlit's caches: any browser may empty those, and with them close the pools.
"""

from threading import Lock

from hydrodiag import embedded
from hydrodiag.assistant.language_model import LanguageModel
from hydrodiag.cache import Store, build_store
from hydrodiag.config import Settings, load_settings
from hydrodiag.db import Database
from hydrodiag.errors import SetupFailed
from hydrodiag.health import ModelProbe
from hydrodiag.manuals.manual_jobs import open_store
from hydrodiag.manuals.search import ManualSearch

_guard = Lock()
_searches: dict[str, ManualSearch] = {}
_models: dict[str, LanguageModel] = {}
_probes: dict[str, ModelProbe] = {}
_opened: dict[tuple[str, str], Database] = {}
_stores: dict[str, Store] = {}


def settings() -> Settings:
    return load_settings()


def database() -> Database:
    """The database of this process. Raises SetupFailed where none is configured."""
    return _open("hydrodiag:app")


def gate_database() -> Database:
    """The same database through pools of the gate's own."""
    return _open("hydrodiag:gate")


def api_database() -> Database:
    """Through pools of the API's own: loads hold connections that pages would wait for."""
    return _open("hydrodiag:api")


def _open(application: str) -> Database:
    key = (application, _address(settings()))
    with _guard:
        if key not in _opened:
            _opened[key] = Database(key[1], application=application)
        return _opened[key]


def manual_search() -> ManualSearch:
    """Keeps the active index in memory; follows it by itself."""
    chosen = settings()
    with _guard:
        key = f"{chosen.data_dir} {chosen.chroma_url} {chosen.ollama_base_url}"
        if key not in _searches:
            _searches[key] = ManualSearch(
                open_store(chosen), chosen.ollama_base_url, build_store(chosen.redis_url)
            )
        return _searches[key]


def result_store() -> Store | None:
    """The Redis that processes share results in; None without one."""
    chosen = settings().redis_url
    if chosen is None:
        return None
    with _guard:
        url = chosen.get_secret_value()
        if url not in _stores:
            _stores[url] = build_store(chosen)
        return _stores[url]


def language_model() -> LanguageModel:
    chosen = settings()
    with _guard:
        key = f"{chosen.ollama_base_url} {chosen.default_llm_model}"
        if key not in _models:
            _models[key] = LanguageModel(chosen)
        return _models[key]


def model_probe(model: str) -> ModelProbe:
    """Whether this model is to be had from the Ollama of the settings."""
    chosen = settings()
    with _guard:
        key = f"{chosen.ollama_base_url} {model}"
        if key not in _probes:
            _probes[key] = ModelProbe(chosen, model)
        return _probes[key]


def require_database() -> None:
    """Raises DatabaseError where the database does not answer now."""
    with database().read():
        return


def _address(chosen: Settings) -> str:
    if chosen.database_url is not None:
        return chosen.database_url.get_secret_value()
    running = embedded.running_url(chosen.data_dir)
    if running is None:
        raise SetupFailed(
            "No database: DATABASE_URL is not set and the embedded server does not run.",
            hint="Start everything with `make dev`, or set DATABASE_URL.",
        )
    return running
