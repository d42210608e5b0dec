"""GET findings: the worst first, of the machines that a key may see."""

from datetime import UTC, datetime

import httpx
import pytest

from hydrodiag.accounts.api_keys import KeyDraft, create_key
from hydrodiag.db import Database
from hydrodiag.diagnostics.findings.applying import apply_assessment
from hydrodiag.diagnostics.records import (
    Assessment,
    Confidence,
    Evidence,
    FindingDraft,
    FindingKey,
    Severity,
)
from tests.integration.api.conftest import ADA, BOTH

FINDINGS = "/api/v1/findings"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
EVIDENCE = Evidence(
    check_id="CLR-01", indicator="cooler_effectiveness_pct", indicator_name="Cooler effectiveness",
    unit="%", value=20.0, warn=30.4, critical=22.8, start_at=NOW, end_at=NOW, steps=5,
    formula="100 (T_in - T_out) / (T_in - T_ambient)", source="a test", expected=38.0,
)  # fmt: skip


def find(database: Database, system_id: int, component: str, severity: Severity) -> None:
    draft = FindingDraft(
        FindingKey(component, "fouled"), severity, Confidence.HIGH, f"{component} fouled", "Why.",
        NOW, NOW, (EVIDENCE,), ("Clean it.",), "cooler cleaning",
    )  # fmt: skip
    apply_assessment(database, system_id, Assessment((draft,), (), ()), NOW)


@pytest.fixture
def found(database: Database, system_id: int, other_system: int) -> None:
    find(database, system_id, "cooler", Severity.ALARM)
    find(database, other_system, "filter", Severity.WARNING)


def get(client: httpx.Client, **query: object) -> list[dict[str, object]]:
    answer = client.get(FINDINGS, params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    told: list[dict[str, object]] = answer.json()["findings"]
    return told


def test_the_worst_comes_first_with_its_evidence(client: httpx.Client, found: None) -> None:
    first, second = get(client)
    assert (first["system"], first["severity"], first["status"]) == ("HPU1", "alarm", "open")
    assert second["severity"] == "warning"
    [evidence] = first["evidence"]  # type: ignore[misc]
    assert (evidence["value"], evidence["expected"], evidence["unit"]) == (20.0, 38.0, "%")
    assert first["steps"] == ["Clean it."]


def test_what_is_asked_for_is_given(client: httpx.Client, found: None) -> None:
    assert [each["system"] for each in get(client, severity="alarm")] == ["HPU1"]
    assert [each["system"] for each in get(client, system="HPU2")] == ["HPU2"]
    assert get(client, status="over") == []
    assert len(get(client, status="all", limit=1)) == 1
    assert client.get(FINDINGS, params={"system": "HPU9"}).status_code == 404
    assert client.get(FINDINGS, params={"severity": "bad"}).status_code == 422
    assert client.get(FINDINGS, params={"limit": 501}).status_code == 422


def test_a_key_of_one_system_sees_no_other(
    client: httpx.Client, database: Database, found: None, other_system: int
) -> None:
    key = create_key(database, ADA, KeyDraft("theirs", BOTH, other_system))
    client.headers["Authorization"] = f"Bearer {key}"
    assert [each["system"] for each in get(client)] == ["HPU2"]
    assert client.get(FINDINGS, params={"system": "HPU1"}).status_code == 404
