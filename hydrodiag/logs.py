"""Structured logs: one line an event, for people on a terminal, as JSON elsewhere."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from hydrodiag.config import Settings

SECRET_KEYS = re.compile(r"password|secret|token|api_key|authorization|cookie", re.IGNORECASE)
# Found in texts: the password of a URL or of libpq, an API key of ours, what authorises a request.
SECRET_TEXTS = (
    (re.compile(r"(?<=://)([^:/@\s]*):[^@\s]+@"), r"\1:***@"),
    (re.compile(r"(?i)\b(password\s*=\s*)('[^']*'|\S+)"), r"\1***"),
    (re.compile(r"\bhdk_[\w-]+"), "hdk_***"),
    (re.compile(r"(?i)\b(bearer|authorization:\s*\w+)\s+[\w.~+/=-]+"), r"\1 ***"),
)
Event = MutableMapping[str, Any]


def configure_logs(settings: Settings) -> None:
    """Set up structlog and the standard library's logging for this process, on stderr."""
    is_json = settings.log_format == "json" or (
        settings.log_format == "auto" and not sys.stderr.isatty()
    )
    renderer = structlog.processors.JSONRenderer() if is_json else _build_console()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
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
    """Blank what is named like a secret, and what looks like one in any text."""
    for key, value in event.items():
        event[key] = _redact(key, value)
    return event


def _redact(key: str, value: Any) -> Any:
    if SECRET_KEYS.search(key):
        return "***"
    if isinstance(value, str):
        for pattern, shown in SECRET_TEXTS:
            value = pattern.sub(shown, value)
        return value
    if isinstance(value, dict):
        return {name: _redact(str(name), each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_redact("", each) for each in value]
    return value


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
