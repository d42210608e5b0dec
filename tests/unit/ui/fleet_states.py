"""A machine as the overview sees it, to vary in tests."""

from datetime import UTC, datetime

from hydrodiag.readings.overview import KeyValue, MachineState

NOW = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)


def key_of(name: str, **facts: object) -> KeyValue:
    plain: dict[str, object] = {
        "sensor_id": 1,
        "tag": name.upper(),
        "quantity": "pressure",
        "unit": "bar",
        "resolution": 0.1,
        "value": 180.04,
        "at": NOW,
        "state": "ok",
    }
    return KeyValue(name=name, **(plain | facts))


def machine_of(code: str, *keys: KeyValue, **facts: object) -> MachineState:
    plain: dict[str, object] = {
        "system_id": 1,
        "name": f"Machine {code}",
        "kind": "press",
        "site": "Plant A",
        "state": "ok",
        "reason": "",
        "newest_at": NOW,
        "sensor_count": len(keys),
    }
    return MachineState(code=code, keys=keys, **(plain | facts))
