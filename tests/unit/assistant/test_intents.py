from datetime import UTC, datetime

import pytest

from hydrodiag.assistant.live import find_calls
from hydrodiag.fleet import Sensor, System

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PRESS = System(code="press-1", name="Press of hall 2", kind="press", id=1, created_at=NOW)
SENSOR = Sensor(tag="P_PUMP", name="Pump pressure", quantity="pressure", unit="bar", id=5,
                system_id=1, created_at=NOW)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "tool", "arguments"),
    [
        ("Which machines are critical?", "list_machines", {"state": "critical"}),
        ("Какие машины в аварии?", "list_machines", {"state": "critical"}),
        ("Show all machines", "list_machines", {}),
        ("How is press-1 doing now?", "machine_state", {"system": "press-1"}),
        ("Какое состояние у press-1?", "machine_state", {"system": "press-1"}),
        ("What are the limits of Press of hall 2?", "sensor_limits", {"system": "press-1"}),
        ("What was P_PUMP of press-1 in the last 2 days?", "sensor_summary",
         {"system": "press-1", "sensor": "P_PUMP", "hours": "48"}),
        ("Did any jobs fail, what is their status?", "job_state", {}),
        ("Is the database healthy, what is its state?", "database_state", {}),
    ],
)  # fmt: skip
def test_plain_questions_find_their_tool(question: str, tool: str, arguments: dict) -> None:
    [call] = find_calls(question, [PRESS], [SENSOR])
    assert (call.tool, call.arguments) == (tool, arguments)


@pytest.mark.parametrize(
    "question",
    [
        "How do I bleed the press?",
        "What pressure is valve V1 set to?",
        "Какой момент затяжки у болтов М16?",
        "How often is the filter of press-1 changed according to the manual?",
    ],
)
def test_questions_for_manuals_call_no_tool(question: str) -> None:
    assert find_calls(question, [PRESS], [SENSOR]) == []
