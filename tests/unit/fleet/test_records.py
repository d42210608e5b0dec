import pytest

from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import SensorDraft, SystemDraft

NAMES = {"tag": "PS1", "name": "Pressure", "quantity": "pressure", "unit": "bar"}


def test_a_system_needs_a_code() -> None:
    with pytest.raises(InvalidInput, match="The system has no code"):
        SystemDraft(code=" ", name="Press", kind="press")


@pytest.mark.parametrize(
    "limits",
    [
        {"warn_high": 300, "critical_high": 250},
        {"valid_min": 10, "valid_max": 5},
        {"valid_min": 10, "valid_max": 10},
        {"warn_low": 20, "warn_high": 10},
        {"resolution": 0},
        {"sampling_interval_s": -1},
    ],
)
def test_impossible_limits_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match="Sensor PS1"):
        SensorDraft(**NAMES, **limits)


def test_limits_may_be_given_in_part() -> None:
    draft = SensorDraft(**NAMES, valid_min=0, warn_high=300, critical_high=300)
    assert draft.critical_low is None
