"""Tools about machines: which there are, how one is, what its sensors say and may say."""

from datetime import UTC, datetime, timedelta

from hydrodiag.assistant.live.results import Cell, ToolResult
from hydrodiag.db import Database
from hydrodiag.diagnostics.attention import list_by_need
from hydrodiag.errors import NotFound
from hydrodiag.fleet import Sensor, System, list_sensors, list_systems
from hydrodiag.readings.grid import as_reported, decimals
from hydrodiag.readings.overview import STATES, MachineState, latest
from hydrodiag.readings.statistics import statistics
from hydrodiag.readings.windows import TimeWindow

MOST_LISTED = 50
LONGEST_HOURS = 24 * 400
STEP = timedelta(seconds=15)


def tell_machines(db: Database, state: str = "") -> ToolResult:
    """All machines, or those in one state: critical, warning, stale, ok or no_data."""
    wanted = [each for each in list_by_need(db).machines if state in {"", each.state}]
    rows = [
        (each.code, each.name, each.state, each.reason, _time(each.newest_at))
        for each in wanted[:MOST_LISTED]
    ]
    title = _count(len(wanted), state)
    note = f"The first {MOST_LISTED} are shown." if len(wanted) > MOST_LISTED else ""
    columns = ("machine", "name", "state", "why", "newest reading")
    return ToolResult("list_machines", title, columns, rows, page="Overview", note=note)


def tell_machine(db: Database, system: str) -> ToolResult:
    """The state of one machine and the newest value of each of its sensors."""
    found = find_machine(db, system)
    state = next(each for each in list_by_need(db).machines if each.system_id == found.id)
    newest = {each.sensor_id: each for each in latest(db, found.id)}
    rows: list[tuple[Cell, ...]] = []
    for sensor in list_sensors(db, found.id):
        reading = newest.get(sensor.id)
        value = _shown(sensor, reading.value) if reading else None
        rows.append(
            (sensor.tag, sensor.name, value, sensor.unit, _time(reading.time if reading else None))
        )
    return ToolResult(
        "machine_state", _describe(state), ("sensor", "name", "newest value", "unit", "at"),
        rows, page="Metrics", params={"system": found.code},
    )  # fmt: skip


def tell_limits(db: Database, system: str) -> ToolResult:
    """The warning and critical limits of the sensors of one machine."""
    found = find_machine(db, system)
    rows = [
        (each.tag, each.critical_low, each.warn_low, each.warn_high, each.critical_high, each.unit)
        for each in list_sensors(db, found.id)
        if (each.critical_low, each.warn_low, each.warn_high, each.critical_high) != (None,) * 4
    ]
    columns = ("sensor", "critical below", "warning below", "warning above", "critical above",
               "unit")  # fmt: skip
    return ToolResult("sensor_limits", f"Limits of {found.name}", columns, rows,
                      page="Metrics", params={"system": found.code})  # fmt: skip


def tell_sensor(db: Database, system: str, sensor: str, hours: float = 24) -> ToolResult:
    """Lowest, mean, highest, first and last value of a sensor over the last `hours`."""
    found = find_machine(db, system)
    chosen = find_sensor(db, found, sensor)
    window = _last(min(max(float(hours), 0.1), LONGEST_HOURS))
    table = statistics(db, [chosen.id], window)
    row = table.iloc[0]
    title = f"{chosen.name} ({chosen.tag}) of {found.name}, last {hours:g} h"
    params = {"system": found.code, "sensors": chosen.tag,
              "from": window.start.isoformat(), "to": window.end.isoformat()}  # fmt: skip
    if not int(row["n"]):
        return ToolResult("sensor_summary", title, ("readings",), [(0,)], page="Metrics",
                          params=params, note="No readings in this time.")  # fmt: skip
    names = ("min", "mean", "max", "first", "last")
    values = [_shown(chosen, float(row[name])) for name in names]
    chart = {"sensor_id": chosen.id, "system_code": found.code, "tag": chosen.tag,
             "start": window.start.isoformat(), "end": window.end.isoformat()}  # fmt: skip
    columns = ("readings", *(f"{name} ({chosen.unit})" for name in names))
    return ToolResult(
        "sensor_summary", title, columns, [(int(row["n"]), *values)], chart, "Metrics", params
    )


def _count(machines: int, state: str) -> str:
    which = f" in state {state}" if state in STATES else ""
    return f"{machines or 'No'} {'machine' if machines in {0, 1} else 'machines'}{which}"


def find_machine(db: Database, words: str) -> System:
    """By code or name, whatever the case; a part of either if it fits one alone."""
    systems = list_systems(db)
    sought = words.strip().casefold()
    exact = [each for each in systems if sought in {each.code.casefold(), each.name.casefold()}]
    partly = [
        each for each in systems if sought and sought in f"{each.code} {each.name}".casefold()
    ]
    for found in (exact, partly):
        if len(found) == 1:
            return found[0]
    known = ", ".join(each.code for each in (partly or systems)[:10])
    raise NotFound(f"No single machine is called {words!r}.", hint=f"There are: {known}.")


def find_sensor(db: Database, system: System, words: str) -> Sensor:
    """By tag or name, whatever the case; else the one whose tag, name or quantity it is part of."""
    sensors = list_sensors(db, system.id)
    sought = words.strip().casefold()
    exact = [each for each in sensors if sought in {each.tag.casefold(), each.name.casefold()}]
    partly = [
        each for each in sensors
        if sought and sought in f"{each.tag} {each.name} {each.quantity}".casefold()
    ]  # fmt: skip
    keys = [each for each in partly if each.is_key]
    for found in (exact, partly, keys):
        if len(found) == 1:
            return found[0]
    known = ", ".join(each.tag for each in (partly or sensors)[:20])
    raise NotFound(f"{system.code} has no single sensor {words!r}.", hint=f"There are: {known}.")


def _last(hours: float) -> TimeWindow:
    end = datetime.now(UTC)
    return TimeWindow(end - timedelta(hours=hours), end).rounded(STEP)


def _describe(state: MachineState) -> str:
    why = f": {state.reason}" if state.reason else ""
    return f"{state.name} ({state.code}) is {state.state}{why}"


def _shown(sensor: Sensor, value: float) -> float:
    places = decimals(sensor.resolution)
    return round(as_reported(value, sensor.resolution), 3 if places is None else places)


def _time(instant: datetime | None) -> str | None:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if instant else None
