"""The words beside a symbol, in lines that fit between it and the next one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from textwrap import wrap

from hydrodiag.ui.quantities import format_age, format_value
from hydrodiag.ui.system_circuit_states import ComponentState, Condition, SensorState

# Characters that fit at 390 px, by the columns of the drawing.
WIDTHS = {1: 40, 2: 20}
NARROW = 13
MOST_SENSORS = 4
MOST_NAME_LINES = 3
SIGNS = {
    Condition.GOOD: "✓", Condition.WORN: "!", Condition.BAD: "✕", Condition.UNKNOWN: "?",
}  # fmt: skip


class Ink(StrEnum):
    STATE = "state"
    VALUE = "value"
    MUTED = "muted"


@dataclass(frozen=True)
class TextLine:
    text: str
    ink: Ink


def write_label(state: ComponentState, columns: int, now: datetime) -> list[TextLine]:
    """Its sign and name, then each sensor: value with unit, below it tag and age."""
    width = WIDTHS.get(columns, NARROW)
    first, *others = _break(state.component.name, width - 1)
    named = [f"{SIGNS[state.condition]} {first}", *others]
    lines = [TextLine(text, Ink.STATE) for text in named]
    for each in state.sensors[:MOST_SENSORS]:
        lines += _write_sensor(each, width, now)
    left_out = len(state.sensors) - MOST_SENSORS
    return [*lines, TextLine(f"+{left_out} more", Ink.MUTED)] if left_out > 0 else lines


def describe(states: Sequence[ComponentState], name: str) -> str:
    """For those who cannot see the drawing."""
    told = ", ".join(f"{each.component.name} {each.condition}" for each in states)
    return f"Hydraulic circuit of {name}: {told}"


def tell_age(state: SensorState, now: datetime) -> str:
    if state.at is None:
        return "no readings"
    if not state.is_stale:
        return format_age(state.at, now)
    return f"as of {state.at:%Y-%m-%d %H:%M:%S} UTC"


def _write_sensor(state: SensorState, width: int, now: datetime) -> list[TextLine]:
    sensor = state.sensor
    value = format_value(state.value, sensor.unit, sensor.resolution)
    tag = sensor.tag if len(sensor.tag) <= width else f"{sensor.tag[: width - 1]}…"
    about = f"{tag}, {_tell_shortly(state, now)}"
    texts = [about] if len(about) <= width else [tag, *_break(_tell_shortly(state, now), width)]
    ink = Ink.MUTED if state.is_stale or state.value is None else Ink.VALUE
    return [TextLine(value, ink), *(TextLine(text, Ink.MUTED) for text in texts)]


def _tell_shortly(state: SensorState, now: datetime) -> str:
    """As `tell_age`; of an instant today the time, of another one the day."""
    if state.at is None or not state.is_stale:
        return tell_age(state, now)
    is_today, is_this_year = state.at.date() == now.date(), state.at.year == now.year
    form = "%H:%M" if is_today else "%m-%d" if is_this_year else "%Y-%m-%d"
    return f"as of {state.at:{form}}"


def _break(text: str, width: int) -> list[str]:
    return wrap(text, width, max_lines=MOST_NAME_LINES, placeholder="…")
