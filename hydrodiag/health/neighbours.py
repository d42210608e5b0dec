"""Probes of the servers that HydroDiag can do without: asked only where they are configured."""

from collections.abc import Callable
from dataclasses import dataclass

import redis

from hydrodiag.config import Settings
from hydrodiag.health.asking import NotThere, get_json
from hydrodiag.health.models import find_missing, list_models

TIMEOUT_S = 3.0
# For the connection and for the answer: what keeps results saves no time if it takes longer.
REDIS_TIMEOUT_S = 0.4


@dataclass(frozen=True)
class Neighbour:
    """`ask` returns what may be shown of it, or raises NotThere."""

    name: str
    title: str
    hint: str
    ask: Callable[[], str]


def list_neighbours(settings: Settings) -> list[Neighbour]:
    """Those that the settings name; a default address is not asked for."""
    found = []
    if settings.chroma_url:
        hint = "Manuals are searched by words alone until the server of `CHROMA_URL` answers."
        found.append(Neighbour("chroma", "Chroma", hint, lambda: _ask_chroma(settings)))
    if settings.redis_url:
        url = settings.redis_url.get_secret_value()
        hint = (
            "Searches of manuals are worked out anew each time, charts once in each app process: "
            "slower, but nothing is lost. Start the server of `REDIS_URL`: it is used again by "
            "itself."
        )
        found.append(Neighbour("redis", "Redis", hint, lambda: _ask_redis(url)))
    if "ollama_base_url" in settings.model_fields_set:
        hint = (
            "The assistant quotes manuals without a language model, and manuals are searched by "
            "words alone, until `OLLAMA_BASE_URL` answers."
        )
        found.append(Neighbour("ollama", "Ollama", hint, lambda: _ask_ollama(settings)))
    return found


def _ask_chroma(settings: Settings) -> str:
    get_json(f"{settings.chroma_url.rstrip('/')}/api/v2/heartbeat", TIMEOUT_S)
    return "answers"


def _ask_ollama(settings: Settings) -> str:
    wanted = (settings.default_llm_model, settings.default_embedding_model)
    missing = find_missing(list_models(settings.ollama_base_url, TIMEOUT_S), wanted)
    if missing:
        raise NotThere(f"has no {' and no '.join(missing)}: run `ollama pull {missing[0]}`")
    return f"answers, with {' and '.join(wanted)}"


def _ask_redis(url: str) -> str:
    waits = {"socket_timeout": REDIS_TIMEOUT_S, "socket_connect_timeout": REDIS_TIMEOUT_S}
    try:
        with redis.Redis.from_url(url, **waits, retry=None) as client:
            client.ping()
    except redis.AuthenticationError as error:
        raise NotThere("refuses the password") from error
    except (redis.RedisError, ValueError, OSError) as error:
        raise NotThere("does not answer") from error
    return "answers"
