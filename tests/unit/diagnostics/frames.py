"""Frames of a small machine for the engine: what is not told is healthy."""

import numpy as np

from hydrodiag.diagnostics.records import Channel, Floats, Frame

START = np.datetime64("2026-06-01T00:00:00", "us")
MINUTE = np.timedelta64(60_000_000, "us")
UNITS = {"p": "bar", "q": "l/min", "t": "°C"}


def channel(role: str, **more: object) -> Channel:
    values = {"resolution": 0.1, "quantity": "", "component": "", **more}
    return Channel(role=role, sensor_id=hash(role) % 1000, tag=role.upper(), name=role,
                   unit=UNITS.get(role[0], ""), **values)  # type: ignore[arg-type]  # fmt: skip


def frame(hours: float, seed: int = 1, **roles: "Floats | float") -> Frame:
    """By the minute: works all the time at 150 bar, the oil between 40 and 50 °C by the day."""
    count = int(hours * 60)
    chance = np.random.default_rng(seed)
    minutes = np.arange(count)
    swing = np.sin(2 * np.pi * minutes / 1440)
    usual: dict[str, Floats | float] = {
        "p_pump": 150.0, "q_pump": 80.0, "power": 30.0, "t_tank": 45 + 5 * swing,
        "t_ambient": 20 + 3 * swing, "t_cooler_in": 47 + 5 * swing,
    }  # fmt: skip
    usual["t_cooler_out"] = usual["t_cooler_in"] - 0.4 * (
        np.asarray(usual["t_cooler_in"]) - np.asarray(usual["t_ambient"])
    )
    mean = {
        role: np.broadcast_to(np.asarray(values, float), (count,)) + chance.normal(0, 0.03, count)
        for role, values in {**usual, **roles}.items()
    }
    received = {role: np.full(count, 60.0) for role in mean}
    return Frame(START + MINUTE * minutes, 60.0, mean, mean, mean, received)


def channels(given: Frame, **more: dict[str, object]) -> dict[str, Channel]:
    return {role: channel(role, **more.get(role, {})) for role in given.mean}
