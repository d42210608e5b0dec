"""GET systems, sensors and series: what a key may see."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from hydrodiag.accounts.api_keys import KeyHolder, Scope
from hydrodiag.api.answers import ApiError
from hydrodiag.api.checking import parse_query
from hydrodiag.api.desk import Desk
from hydrodiag.api.schemas import (
    SensorEntry,
    SensorsAnswer,
    SensorSeries,
    SeriesAnswer,
    SeriesQuery,
    SystemEntry,
    SystemsAnswer,
)
from hydrodiag.db import Database
from hydrodiag.fleet.catalog import CatalogSensor, load_catalog
from hydrodiag.fleet.records import System
from hydrodiag.fleet.sensors import list_sensors
from hydrodiag.fleet.systems import list_systems
from hydrodiag.readings.grid import as_reported, decimals
from hydrodiag.readings.series import Series, series
from hydrodiag.readings.windows import TimeWindow

HOUR = timedelta(hours=1)
# Readings are of this time; arithmetic beyond it overflows.
FROM, TO = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


async def get_systems(desk: Desk, request: Request) -> Response:
    holder = await desk.admit(request, Scope.READ)
    systems = await desk.read(partial(_list_visible, holder))
    return _answer(SystemsAnswer(systems=[_copy_system(each) for each in systems]))


async def get_sensors(desk: Desk, request: Request) -> Response:
    holder = await desk.admit(request, Scope.READ)
    code = request.path_params["code"]
    return _answer(await desk.read(lambda db: _list_sensors(db, holder, code)))


async def get_series(desk: Desk, request: Request) -> Response:
    holder = await desk.admit(request, Scope.READ)
    query = parse_query(request, SeriesQuery, lists=frozenset({"sensor"}))
    window = _find_window(query)
    return await desk.read(lambda db: _answer(_load_series(db, holder, query, window)))


def _answer(content: SystemsAnswer | SensorsAnswer | SeriesAnswer) -> Response:
    return Response(content.model_dump_json(), media_type="application/json")


def _list_visible(holder: KeyHolder, db: Database) -> list[System]:
    return [each for each in list_systems(db) if holder.system_id in (None, each.id)]


def _copy_system(system: System) -> SystemEntry:
    return SystemEntry(**{name: getattr(system, name) for name in SystemEntry.model_fields})


def _list_sensors(db: Database, holder: KeyHolder, code: str) -> SensorsAnswer:
    system = next((each for each in _list_visible(holder, db) if each.code == code), None)
    if system is None:
        raise ApiError(
            404, "unknown_system", f"There is no system {code!r} for this key.",
            "GET /api/v1/systems lists them.",
        )  # fmt: skip
    entries = [
        SensorEntry(**{name: getattr(sensor, name) for name in SensorEntry.model_fields})
        for sensor in list_sensors(db, system.id)
    ]
    return SensorsAnswer(system=system.code, sensors=entries)


def _find_window(query: SeriesQuery) -> TimeWindow:
    end = _within(query.end or datetime.now(UTC))
    start = _within(query.start) if query.start else max(FROM, end - HOUR)
    return TimeWindow(start, end)


def _within(instant: datetime) -> datetime:
    return min(max(instant, FROM), TO)


def _load_series(
    db: Database, holder: KeyHolder, query: SeriesQuery, window: TimeWindow
) -> SeriesAnswer:
    sensors = _find_sensors(db, holder, query)
    found = series(db, [each.id for each in sensors], window, query.max_points)
    return SeriesAnswer(
        start=window.start,
        end=window.end,
        source=found.source,
        bucket_s=found.bucket.total_seconds() if found.bucket else None,
        is_exact=found.is_exact,
        series=[_build_series(each, found) for each in sensors],
    )


def _find_sensors(db: Database, holder: KeyHolder, query: SeriesQuery) -> Sequence[CatalogSensor]:
    catalog = load_catalog(db)
    system_id = holder.system_id
    if query.system:
        named = catalog.find_system_id(query.system)
        if named is None or holder.system_id not in (None, named):
            raise _unknown(query.system)
        system_id = named
    sensors = {}
    for label in query.sensor:
        matches = catalog.match(label, system_id)
        if len(matches) != 1:
            raise _unknown(label) if not matches else _ambiguous(label)
        sensors[matches[0].id] = matches[0]
    return list(sensors.values())


def _unknown(label: str) -> ApiError:
    return ApiError(
        404, "unknown_sensor", f"There is no {label!r} for this key.",
        "GET /api/v1/systems/{code}/sensors lists them.",
    )  # fmt: skip


def _ambiguous(label: str) -> ApiError:
    return ApiError(
        422, "ambiguous_sensor", f"Several systems have a sensor {label!r}.",
        "Name it SYSTEM/TAG, or give the system.",
    )  # fmt: skip


def _build_series(sensor: CatalogSensor, found: Series) -> SensorSeries:
    """Values at the sensor's resolution, as it reported them; means of several finer."""
    own = found.frame[found.frame["sensor_id"] == sensor.id]
    low, high, mean = (own[name].tolist() for name in ("min", "max", "mean"))
    low, high = _as_reported(low, sensor), _as_reported(high, sensor)
    places = decimals(sensor.resolution)
    if found.bucket is None:
        mean = _as_reported(mean, sensor)
    elif places is not None:
        mean = [round(value, places + 3) for value in mean]
    return SensorSeries(
        sensor=sensor.full_tag,
        unit=sensor.unit,
        time=own["time"].dt.to_pydatetime().tolist(),
        mean=mean,
        min=low,
        max=high,
        n=own["n"].tolist(),
    )


def _as_reported(values: Sequence[float], sensor: CatalogSensor) -> list[float]:
    return [as_reported(value, sensor.resolution) for value in values]
