"""Sensors that share a panel of the chart, and the limits drawn in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hydrodiag.fleet import Sensor
from hydrodiag.ui.quantities import format_value
from hydrodiag.ui.theme import Tone

LIMITS = (
    ("critical_high", "critical above", Tone.CRITICAL, "dash"),
    ("warn_high", "warning above", Tone.WARNING, "dot"),
    ("warn_low", "warning below", Tone.WARNING, "dot"),
    ("critical_low", "critical below", Tone.CRITICAL, "dash"),
)
# Sensors whose largest values are further apart than this do not share an axis.
MOST_APART = 8


@dataclass(frozen=True)
class Panel:
    quantity: str
    unit: str
    sensors: tuple[Sensor, ...]

    @property
    def title(self) -> str:
        name = self.quantity.capitalize()
        return f"{name} [{self.unit}]" if self.unit else name


@dataclass(frozen=True)
class Limit:
    """`label` for its place in a panel; `full_label` names the sensors everywhere."""

    value: float
    label: str
    full_label: str
    tone: Tone
    dash: str

    @property
    def side(self) -> str:
        """Labels of limits close to each other would overlap on the same side."""
        return "end" if self.tone is Tone.CRITICAL else "start"


def build_panels(sensors: Sequence[Sensor]) -> list[Panel]:
    """A panel for each quantity, unit and scale, in the order of the sensors.

    A filter's 0.3 bar beside a pump's 200 bar would be a flat line.
    """
    panels: list[list[Sensor]] = []
    for sensor in sensors:
        fitting = (members for members in panels if all(_fits(sensor, each) for each in members))
        members = next(fitting, None)
        if members is None:
            panels.append([sensor])
        else:
            members.append(sensor)
    return [Panel(members[0].quantity, members[0].unit, tuple(members)) for members in panels]


def list_limits(panel: Panel) -> list[Limit]:
    """Limits of all sensors of the panel; equal ones of several sensors once."""
    merged: dict[tuple[str, float], list[str]] = {}
    for sensor in panel.sensors:
        for field, value in _list_values(sensor):
            merged.setdefault((field, value), []).append(sensor.tag)
    looks = {field: (words, tone, dash) for field, words, tone, dash in LIMITS}
    return [
        Limit(value, *_labels(panel, looks[field][0], value, tags), *looks[field][1:])
        for (field, value), tags in merged.items()
    ]


def split_limits(
    limits: Sequence[Limit], low: float, high: float
) -> tuple[list[Limit], list[Limit]]:
    """Those near the readings low..high, and those so far away that they would flatten them."""
    reach = max(high - low, abs(high) * 0.05)
    near = [each for each in limits if low - reach <= each.value <= high + reach]
    return near, [each for each in limits if each not in near]


def _fits(one: Sensor, other: Sensor) -> bool:
    if (one.quantity, one.unit) != (other.quantity, other.unit):
        return False
    spans = [_find_scale(sensor) for sensor in (one, other)]
    low, high = min(spans), max(spans)
    return not low or high / low <= MOST_APART


def _find_scale(sensor: Sensor) -> float:
    """The largest value that can be; 0 where that is not known."""
    return max(abs(sensor.valid_min or 0.0), abs(sensor.valid_max or 0.0))


def _list_values(sensor: Sensor) -> Iterator[tuple[str, float]]:
    for field, *_ in LIMITS:
        value = getattr(sensor, field)
        if value is not None:
            yield field, value


def _labels(panel: Panel, words: str, value: float, tags: Sequence[str]) -> tuple[str, str]:
    short = f"{words} {format_value(value, panel.unit, None)}"
    full = f"{', '.join(tags)} {short}"
    return (short if len(panel.sensors) == 1 else full), full
