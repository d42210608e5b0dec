import json
import logging
import sys

import pytest
import structlog

from hydrodiag.config import Settings
from hydrodiag.logs import configure_logs, redact_secrets


@pytest.mark.parametrize(
    "text",
    [
        "cannot reach postgresql://hydro:topsecret@db:5432/plant",
        "redis://:topsecret@cache:6379/0",
        "connection failed: host=db password=topsecret user=hydro",
        "Authorization: Bearer topsecret",
        "key hdk_topsecret_abc was refused",
    ],
)
def test_secrets_within_texts_are_blanked(text: str) -> None:
    event = redact_secrets(None, "info", {"event": text, "deep": {"list": [text]}})
    assert "topsecret" not in str(event)


@pytest.mark.parametrize("name", ["password", "new_password", "API_KEY", "session_token", "Cookie"])
def test_fields_named_like_secrets_are_blanked(name: str) -> None:
    event = redact_secrets(None, "info", {name: "topsecret", "deep": {name: "topsecret"}})
    assert "topsecret" not in str(event)


def test_what_is_no_secret_stays() -> None:
    event = {"event": "request", "path": "/api/v1/readings", "status": 200, "took_ms": 1.5}
    assert redact_secrets(None, "info", dict(event)) == event


@pytest.fixture(params=["json", "text"])
def log_format(request: pytest.FixtureRequest):
    yield request.param
    structlog.reset_defaults()
    logging.basicConfig(force=True)


def test_a_trace_is_logged_without_the_secret_in_its_error(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(Settings(log_format=log_format))
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        raise RuntimeError("no answer from postgresql://hydro:topsecret@db/plant")
    except RuntimeError:
        structlog.get_logger("ours").error("failed", exc_info=True)
        logging.getLogger("theirs").exception("failed too")
    written = capsys.readouterr().err
    assert written.count("RuntimeError") >= 2
    assert "topsecret" not in written
    if log_format == "json":
        assert {json.loads(line)["event"] for line in written.splitlines()} == {
            "failed",
            "failed too",
        }


def test_lines_carry_the_ids_that_are_bound(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    try:
        with structlog.contextvars.bound_contextvars(request="abc"):
            structlog.get_logger("ours2").info("request")
            logging.getLogger("theirs").warning("careful")
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    finally:
        structlog.reset_defaults()
        logging.basicConfig(force=True)
    assert [line["request"] for line in lines] == ["abc", "abc"]
