"""What each sensor of a machine is for: checks ask for roles, never for tags."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hydrodiag.diagnostics.records import Channel
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import Component, Sensor
from hydrodiag.readings.ingest.units import conversion

LIMITS = ("valid_min", "valid_max", "warn_low", "warn_high", "critical_low", "critical_high")


@dataclass(frozen=True)
class Role:
    """`tags` is a pattern of the tags that usually mean it; `kind` the component it sits on."""

    id: str
    name: str
    unit: str
    tags: str
    quantity: str
    kind: str = ""


ROLES: Mapping[str, Role] = {
    role.id: role
    for role in (
        Role("p_pump", "Pump pressure", "bar", r"P_?PUMP|PS1", "pressure", "pump"),
        Role("p_load", "Load pressure", "bar", r"P_?LOAD|PS2", "pressure", "valve"),
        Role("p_acc_low", "Lowest accumulator pressure", "bar", r"P_?ACC(_?LOW)?", "pressure",
             "accumulator"),
        Role("p_suction", "Suction pressure", "bar", r"P_?SUCTION|P_?INLET", "pressure"),
        Role("dp_filter", "Pressure drop of the filter", "bar", r"DP_?FILTER", "pressure",
             "filter"),
        Role("q_pump", "Pump flow", "l/min", r"Q_?PUMP|Q_?MAIN|FS1", "flow", "pump"),
        Role("q_case", "Case drain flow", "l/min", r"Q_?CASE(_?DRAIN)?|Q_?LEAK", "flow"),
        Role("q_cooler", "Flow of the cooling circuit", "l/min", r"Q_?COOL(ER)?|FS2", "flow"),
        Role("t_tank", "Oil temperature, tank", "°C", r"T_?(TANK|OIL)|TS1", "temperature", "tank"),
        Role("t_cooler_in", "Oil temperature before cooler", "°C", r"T_?COOLER_?IN|TS3",
             "temperature"),
        Role("t_cooler_out", "Oil temperature after cooler", "°C", r"T_?COOLER_?OUT|TS4",
             "temperature"),
        Role("t_ambient", "Ambient temperature", "°C", r"T_?AMB(IENT)?", "temperature"),
        Role("power", "Motor power", "kW", r"POWER|P_?EL|EPS1", "power", "motor"),
        Role("level", "Oil level", "%", r"LEVEL(_?OIL)?", "level", "tank"),
        Role("valve_delay", "Valve opening delay", "ms", r"VALVE_?DELAY", "time", "valve"),
        Role("vibration", "Vibration", "mm/s", r"VIB(RATION)?(_?RMS)?|VS1", "vibration"),
        Role("water_saturation", "Water saturation", "%", r"AW|WATER(_?SAT(URATION)?)?",
             "humidity"),
        Role("iso_4406", "Cleanliness code above target", "", r"ISO_?4406_?(ABOVE|OVER)",
             "cleanliness"),
        Role("cooling_efficiency", "Cooling efficiency", "%", r"CE", "efficiency", "cooler"),
        Role("efficiency_factor", "Efficiency factor", "%", r"SE", "efficiency"),
    )
}  # fmt: skip


def guess_roles(
    sensors: Sequence[Sensor],
    components: Iterable[Component] = (),
    chosen: Mapping[str, int] | None = None,
) -> dict[str, Channel]:
    """The sensor of each role, by its tag, else the only one of that quantity on the component.

    `chosen` maps a role to the id of the sensor that a person has named for it, or to 0 for none.
    """
    kinds = {each.id: each.kind for each in components}
    named = chosen or {}
    by_id = {each.id: each for each in sensors}
    found: dict[str, Sensor] = {}
    for role in ROLES.values():
        sensor = by_id.get(named[role.id]) if role.id in named else _find(role, sensors, kinds)
        if sensor is not None and sensor not in found.values():
            found[role.id] = sensor
    channels = (_build(ROLES[key], sensor, kinds) for key, sensor in found.items())
    return {channel.role: channel for channel in channels if channel is not None}


def _find(role: Role, sensors: Sequence[Sensor], kinds: Mapping[int, str]) -> Sensor | None:
    tagged = [each for each in sensors if re.fullmatch(role.tags, each.tag, re.IGNORECASE)]
    if tagged or not role.kind:
        return tagged[0] if tagged else None
    alike = [
        each for each in sensors
        if each.quantity == role.quantity and kinds.get(each.component_id or 0) == role.kind
    ]  # fmt: skip
    return alike[0] if len(alike) == 1 else None


def _build(role: Role, sensor: Sensor, kinds: Mapping[int, str]) -> Channel | None:
    """None for a sensor whose unit is none of the role's quantity."""
    try:
        factor, offset = conversion(sensor.unit, role.unit)
    except InvalidInput:
        return None
    limits = {
        name: None if (value := getattr(sensor, name)) is None else value * factor + offset
        for name in LIMITS
    }
    return Channel(
        role=role.id, sensor_id=sensor.id, tag=sensor.tag, name=sensor.name,
        quantity=sensor.quantity, unit=role.unit, component=kinds.get(sensor.component_id or 0, ""),
        resolution=None if sensor.resolution is None else sensor.resolution * factor,
        sampling_interval_s=sensor.sampling_interval_s, factor=factor, offset=offset, **limits,
    )  # fmt: skip
