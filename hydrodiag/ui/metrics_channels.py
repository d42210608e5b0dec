"""What Scatter and Histogram show: sensors, and series derived of some, each as one channel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hydrodiag.fleet import Sensor
from hydrodiag.formulas import Formula
from hydrodiag.ui.metrics_layout import colour_of
from hydrodiag.ui.metrics_panels import Panel, build_panels
from hydrodiag.ui.metrics_view import MetricsView

Group = tuple[Panel, tuple["Channel", ...]]


@dataclass(frozen=True)
class Channel:
    """A sensor; with a `formula` the series derived of `sensors`. No two have the same `name`."""

    name: str
    unit: str
    sensors: tuple[Sensor, ...]
    formula: Formula | None = None

    @property
    def is_derived(self) -> bool:
        return self.formula is not None


def list_channels(view: MetricsView) -> tuple[Channel, ...]:
    """The sensors as chosen, then the derived series as typed."""
    found = [Channel(sensor.tag, sensor.unit, (sensor,)) for sensor in view.sensors]
    for formula in view.derived.formulas:
        name = _find_free_name(formula.name, found)
        used = tuple(each for each in view.derived.sensors if each.tag in formula.tags)
        found.append(Channel(name, formula.unit.name, used, formula))
    return tuple(found)


def list_sensor_ids(channels: Sequence[Channel]) -> tuple[int, ...]:
    """Of all that are to be read, each once."""
    return tuple(sorted({sensor.id for each in channels for sensor in each.sensors}))


def group_channels(channels: Sequence[Channel]) -> list[Group]:
    """Sensors in the panels that they have in the lines; derived series below, a panel a unit."""
    return [*_group_sensors(channels), *_group_derived(channels)]


def list_channel_colours(groups: Sequence[Group]) -> dict[str, str]:
    """By name, the same as in the lines."""
    names = [each.name for _, members in groups for each in members]
    return {name: colour_of(number) for number, name in enumerate(names)}


def _group_sensors(channels: Sequence[Channel]) -> Iterator[Group]:
    by_id = {each.sensors[0].id: each for each in channels if not each.is_derived}
    for panel in build_panels([each.sensors[0] for each in by_id.values()]):
        yield panel, tuple(by_id[sensor.id] for sensor in panel.sensors)


def _group_derived(channels: Sequence[Channel]) -> Iterator[Group]:
    derived = [each for each in channels if each.is_derived]
    for unit in dict.fromkeys(each.unit for each in derived):
        members = tuple(each for each in derived if each.unit == unit)
        yield Panel("derived", unit, ()), members


def _find_free_name(name: str, taken: Sequence[Channel]) -> str:
    while name in {each.name for each in taken}:
        name = f"{name} (derived)"
    return name
