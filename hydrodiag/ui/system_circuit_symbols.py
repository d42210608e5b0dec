"""Symbols after ISO 1219-1 as polylines in pixels around their centre, y upwards, flow upwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import cos, pi, sin

from hydrodiag.ui.system_circuit_kinds import Kind

Points = tuple[tuple[float, float], ...]
RADIUS = 18
STEPS = 48


@dataclass(frozen=True)
class Stroke:
    """`is_ground`: filled like the page, so that no line shows through; `is_solid`: filled."""

    points: Points
    is_closed: bool = False
    is_ground: bool = False
    is_solid: bool = False
    is_dashed: bool = False


def list_strokes(kind: Kind) -> tuple[Stroke, ...]:
    return SYMBOLS[kind]()


def write_path(stroke: Stroke) -> str:
    """As SVG, y upwards as Plotly has it."""
    path = "L".join(f"{x:.1f},{y:.1f}" for x, y in stroke.points)
    return f"M{path}{'Z' if stroke.is_closed else ''}"


def _arc(radius: float, start: float, end: float, y: float = 0.0) -> Points:
    """Turns from `start` to `end`, counted from the right and against the clock."""
    angles = [2 * pi * (start + (end - start) * step / STEPS) for step in range(STEPS + 1)]
    return tuple((radius * cos(angle), y + radius * sin(angle)) for angle in angles)


def _body(*points: tuple[float, float]) -> Stroke:
    return Stroke(points, is_closed=True, is_ground=True)


def _solid(*points: tuple[float, float]) -> Stroke:
    return Stroke(points, is_closed=True, is_solid=True)


def _rectangle(left: float, bottom: float, right: float, top: float) -> Stroke:
    return _body((left, bottom), (right, bottom), (right, top), (left, top))


def _circle() -> Stroke:
    return _body(*_arc(RADIUS, 0, 1))


def _diamond() -> Stroke:
    return _body((0, RADIUS), (RADIUS, 0), (0, -RADIUS), (-RADIUS, 0))


def _pump() -> tuple[Stroke, ...]:
    return _circle(), _solid((0, 17), (-8, 6), (8, 6))


def _rotary() -> tuple[Stroke, ...]:
    return _circle(), _solid((0, -6), (-8, -16), (8, -16))


def _motor() -> tuple[Stroke, ...]:
    return _circle(), Stroke(((-7, -8), (-7, 8), (0, -2), (7, 8), (7, -8)))


def _cooler() -> tuple[Stroke, ...]:
    """Heat leaves to both sides."""
    return (
        _diamond(), Stroke(((0, 18), (0, -18))),
        _solid((-16, 0), (-8, 5), (-8, -5)), _solid((16, 0), (8, 5), (8, -5)),
    )  # fmt: skip


def _filter() -> tuple[Stroke, ...]:
    return _diamond(), Stroke(((-18, 0), (18, 0)), is_dashed=True)


def _valve() -> tuple[Stroke, ...]:
    """Three positions: straight, shut, crossed."""
    boxes = tuple(_rectangle(left, -11, left + 12, 11) for left in (-18, -6, 6))
    shut = (Stroke(((0, 11), (0, 6))), Stroke(((-3, 6), (3, 6))),
            Stroke(((0, -11), (0, -6))), Stroke(((-3, -6), (3, -6))))  # fmt: skip
    straight = (Stroke(((-12, -11), (-12, 6))), _solid((-12, 11), (-15, 5), (-9, 5)))
    crossed = (Stroke(((8, -11), (16, 11))), Stroke(((16, -11), (8, 11))))
    return (*boxes, *straight, *shut, *crossed)


def _accumulator() -> tuple[Stroke, ...]:
    """Gas above, oil below."""
    capsule = (*_arc(10, 0, 0.5, 8), *_arc(10, 0.5, 1, -8))
    return (
        _body(*capsule),
        Stroke(((-10, 0), (10, 0))),
        Stroke(((0, 3), (-5, 11), (5, 11)), is_closed=True),
    )


def _cylinder() -> tuple[Stroke, ...]:
    return (
        _rectangle(-9, -18, 9, 9), Stroke(((-9, -4), (9, -4))), Stroke(((-9, -7), (9, -7))),
        Stroke(((0, -4), (0, 18))),
    )  # fmt: skip


def _tank() -> tuple[Stroke, ...]:
    """Open to the air, with the oil's level."""
    return (
        Stroke(((-18, 16), (-18, -16), (18, -16), (18, 16)), is_ground=True),
        Stroke(((-18, 6), (18, 6)), is_dashed=True),
    )


def _other() -> tuple[Stroke, ...]:
    return (_rectangle(-18, -13, 18, 13),)


SYMBOLS: Mapping[Kind, Callable[[], tuple[Stroke, ...]]] = {
    Kind.TANK: _tank, Kind.PUMP: _pump, Kind.MOTOR: _motor, Kind.FILTER: _filter,
    Kind.ACCUMULATOR: _accumulator, Kind.VALVE: _valve, Kind.CYLINDER: _cylinder,
    Kind.ROTARY: _rotary, Kind.COOLER: _cooler, Kind.OTHER: _other,
}  # fmt: skip
