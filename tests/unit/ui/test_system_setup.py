"""What sensors are taken for, as a table and back."""

from types import SimpleNamespace
from typing import Any

from hydrodiag.diagnostics.roles import ROLES
from hydrodiag.ui.system_setup import BY_ITSELF, CHOICE, NONE, build_role_frame, read_roles

SENSORS: Any = [SimpleNamespace(id=7, tag="PS1"), SimpleNamespace(id=8, tag="PS9")]


def test_what_is_chosen_is_shown_and_read_the_same() -> None:
    chosen = {"p_pump": 8, "level": 0}
    frame = build_role_frame(SENSORS, chosen, {"p_pump": "PS9"})
    shown = dict(zip(ROLES, frame[CHOICE], strict=True))
    assert (shown["p_pump"], shown["level"], shown["q_pump"]) == ("PS9", NONE, BY_ITSELF)
    assert read_roles(frame, SENSORS) == chosen


def test_a_choice_whose_sensor_is_gone_is_none() -> None:
    frame = build_role_frame(SENSORS, {"p_pump": 99}, {})
    assert read_roles(frame, SENSORS) == {"p_pump": 0}
