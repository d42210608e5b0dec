"""Structured logs: one line an event, for people on a terminal, as JSON elsewhere."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from hydrodiag.config import Settings

SECRET_KEYS = re.compile(r"password|secret|token|api_key|authorization|cookie", re.IGNORECASE)
URL_PASSWORD = re.compile(r"(?<=://)([^:/@\s]+):[^@\s]+@")
Event = MutableMapping[str, Any]


def configure_logs(settings: Settings) -> None:
    """Set up structlog and the standard library's logging for this process, on stderr."""
    is_json = settings.log_format == "json" or (
        settings.log_format == "auto" and not sys.stderr.isatty()
    )
    renderer = structlog.processors.JSONRenderer() if is_json else _build_console()
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        *((structlog.processors.format_exc_info,) if is_json else ()),
        redact_secrets,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _adopt_standard_logging(shared, renderer)


def redact_secrets(_logger: object, _method: str, event: Event) -> Event:
    """Blank what is named like a secret, and the password of every URL."""
    for key, value in event.items():
        if SECRET_KEYS.search(key):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = URL_PASSWORD.sub(r"\1:***@", value)
    return event


def _build_console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=24)


def _adopt_standard_logging(shared: list[Any], renderer: Any) -> None:
    """Libraries log through `logging`; their warnings come out in the same form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
