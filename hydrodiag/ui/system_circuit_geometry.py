"""Where everything of the drawn circuit stands; nothing here knows how it looks.

x counts columns: the pressure side on the left, the return line in the last one. y counts pixels
downwards from the top edge: the drawing has a fixed height, and whatever width there is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest

from hydrodiag.ui.system_circuit_kinds import Place

RADIUS_PX = 18
LINE_PX = 15
TOP_PX, GAP_PX, BOTTOM_PX = 40, 26, 10
HEADER_PX = 8
CROSSING_PX = 18
SUCTION_PX, DRAIN_PX = 26, 9
SYMBOL_AT, RAIL_AT, DRAIN_AT = 0.17, -0.03, 0.055
STAGES = (Place.ACTUATOR, Place.VALVE, Place.PRESSURE, Place.PUMP, Place.SUCTION)
SIDE_OF = {Place.VALVE: Place.ACCUMULATOR, Place.PUMP: Place.DRIVE}
SIDE_BY_SIDE = 2


class LineKind(StrEnum):
    PRESSURE = "pressure"
    SUCTION = "suction"
    RETURN = "return"
    DRAIN = "case drain"
    SHAFT = "shaft"
    LOAD = "load"


@dataclass(frozen=True)
class Part:
    """A component to place; `text_lines` stand beside its symbol, or below it."""

    code: str
    place: Place
    text_lines: int
    is_drained: bool = False


@dataclass(frozen=True)
class Spot:
    """`x`, `y`: the symbol's centre."""

    code: str
    x: float
    y: float
    is_text_below: bool = False


@dataclass(frozen=True)
class Line:
    """Return lines run as the oil does."""

    kind: LineKind
    points: tuple[tuple[float, float], ...]


@dataclass
class Circuit:
    columns: int
    height_px: float = 0.0
    spots: list[Spot] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def draw(self, kind: LineKind, *points: tuple[float, float]) -> None:
        if len(set(points)) > 1:
            self.lines.append(Line(kind, points))


@dataclass(frozen=True)
class Row:
    """`main` pass the oil on, `side` stands beside them: a motor, an accumulator.

    `above`, `below`: the lines that it is joined by.
    """

    main: tuple[Part, ...]
    side: Part | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*((self.side,) if self.side else ()), *self.main)

    @property
    def above(self) -> LineKind:
        is_low = any(each.place is Place.SUCTION for each in self.parts)
        return LineKind.SUCTION if is_low else LineKind.PRESSURE

    @property
    def below(self) -> LineKind:
        is_low = any(each.place in (Place.SUCTION, Place.PUMP) for each in self.parts)
        return LineKind.SUCTION if is_low else LineKind.PRESSURE

    @property
    def columns(self) -> int:
        return len(self.parts) + (not self.main)


@dataclass(frozen=True)
class Span:
    """Where a row is joined above and below, in px."""

    head: float
    foot: float


@dataclass(frozen=True)
class Rails:
    """The columns of the lines to and from the rows of one stage."""

    feed: float
    outlet: float


Groups = Mapping[Place, Sequence[Part]]
Stage = Sequence[Row]


def lay_out(parts: Sequence[Part]) -> Circuit:
    """Reservoir, pump, filter, valve, actuator upwards; cooler and return filter down again."""
    groups = {place: [each for each in parts if each.place is place] for place in Place}
    stages = list(_list_stages(groups))
    wide = max((row.columns for stage in stages for row in stage), default=0)
    back = [each for place in (Place.COOLER, Place.RETURN) for each in groups[place]]
    tanks = groups[Place.TANK]
    circuit = Circuit(max(1, wide + bool(back or tanks)))
    ends_px = _place_stages(circuit, stages, wide - 1)
    if back or tanks:
        ends_px = _place_return(circuit, back, tanks, wide - 1, ends_px)
        _add_drains(circuit, groups[Place.PUMP], next(iter(tanks), None), wide - 1)
    if stages and (back or tanks):
        kind = LineKind.RETURN if groups[Place.ACTUATOR] else LineKind.LOAD
        ends = (wide - 1 + SYMBOL_AT, CROSSING_PX), (wide + SYMBOL_AT, CROSSING_PX)
        circuit.draw(kind, *ends)
    circuit.height_px = _place_aside(circuit, groups[Place.ASIDE], ends_px) + BOTTOM_PX
    return circuit


def measure_px(part: Part) -> float:
    """The height of a symbol with its text."""
    text_px = part.text_lines * LINE_PX
    return text_px + 2 * RADIUS_PX if is_text_below(part) else max(2.0 * RADIUS_PX, text_px)


def is_text_below(part: Part) -> bool:
    """The shaft leaves a motor where its text would stand."""
    return part.place is Place.DRIVE


def _list_stages(groups: Groups) -> Iterator[Stage]:
    """From the top to the bottom of the drawing."""
    for place in STAGES:
        main = groups[place]
        if side := groups[SIDE_OF[place]] if place in SIDE_OF else ():
            yield [Row((one,) if one else (), other) for one, other in zip_longest(main, side)]
        elif main:
            yield [Row(each) for each in _chunk(main, SIDE_BY_SIDE)]


def _chunk(parts: Sequence[Part], size: int) -> Iterator[tuple[Part, ...]]:
    for start in range(0, len(parts), size):
        yield tuple(parts[start : start + size])


def _place_stages(circuit: Circuit, stages: Sequence[Stage], trunk: int) -> float:
    """The pressure side, its line in column `trunk`; tells where it ends, in px."""
    ends_px, joint_px = float(TOP_PX - GAP_PX), float(CROSSING_PX)
    trunk_x = trunk + SYMBOL_AT
    for stage in stages:
        begins_px = ends_px + GAP_PX - HEADER_PX
        circuit.draw(stage[0].above, (trunk_x, joint_px), (trunk_x, begins_px))
        is_split = sum(bool(row.main) for row in stage) > 1
        rails = _find_rails(stage, trunk) if is_split else None
        for row in stage:
            head = ends_px + GAP_PX - HEADER_PX
            ends_px = ends_px + GAP_PX + max(map(measure_px, row.parts))
            joint_px = ends_px + HEADER_PX
            _place_row(circuit, row, Span(head, joint_px), trunk, rails)
            if rails is None and row is not stage[-1]:
                below = ends_px + GAP_PX - HEADER_PX
                circuit.draw(row.below, (trunk_x, joint_px), (trunk_x, below))
        if rails is not None:
            _add_rails(circuit, stage, rails, Span(begins_px, joint_px))
    return ends_px


def _find_rails(stage: Stage, trunk: int) -> Rails:
    """Members in several rows are parallel: one line feeds all of them, one takes from all."""
    first = trunk - max(row.columns for row in stage) + 1
    return Rails(first + RAIL_AT, trunk + 1 + RAIL_AT)


def _add_rails(circuit: Circuit, stage: Stage, rails: Rails, span: Span) -> None:
    heights = [max(map(measure_px, row.parts)) + 2 * HEADER_PX for row in stage]
    mains = [height for row, height in zip(stage, heights, strict=True) if row.main]
    between = GAP_PX - 2 * HEADER_PX
    last_head = span.head + sum(mains[:-1]) + between * (len(mains) - 1)
    circuit.draw(stage[0].below, (rails.feed, span.head + heights[0]), (rails.feed, span.foot))
    circuit.draw(stage[0].above, (rails.outlet, span.head), (rails.outlet, last_head))


def _place_row(circuit: Circuit, row: Row, span: Span, trunk: int, rails: Rails | None) -> None:
    y = span.head + HEADER_PX + RADIUS_PX
    xs = [trunk - row.columns + 1 + place + SYMBOL_AT for place in range(len(row.parts))]
    for part, x in zip(row.parts, xs, strict=True):
        circuit.spots.append(Spot(part.code, x, y, is_text_below(part)))
    through = xs[-len(row.main) :] if row.main else [] if rails else [trunk + SYMBOL_AT]
    fed = list(through)
    if row.side is not None and row.side.place is Place.ACCUMULATOR:
        circuit.draw(LineKind.PRESSURE, (xs[0], y), (xs[0], span.foot))
        fed.append(xs[0])
    elif row.side is not None and row.main:
        circuit.draw(LineKind.SHAFT, (xs[0], y), (xs[1], y))
    for x in through:
        circuit.draw(row.above, (x, span.head), (x, y))
        circuit.draw(row.below, (x, y), (x, span.foot))
    _join(circuit, row.above, through, span.head, rails.outlet if rails else None)
    _join(circuit, row.below, fed, span.foot, rails.feed if rails else None)


def _join(
    circuit: Circuit, kind: LineKind, xs: Sequence[float], y: float, rail: float | None
) -> None:
    if xs:
        joined = [*xs, rail] if rail is not None else xs
        circuit.draw(kind, (min(joined), y), (max(joined), y))


def _place_return(
    circuit: Circuit, back: Sequence[Part], tanks: Sequence[Part], trunk: int, left_px: float
) -> float:
    """The return line down to the reservoir, and up from there the suction line."""
    x = trunk + 1 + SYMBOL_AT
    below = left_px + SUCTION_PX - RADIUS_PX if trunk >= 0 else 0.0
    top_px, centres = float(TOP_PX), []
    for part in (*back, *tanks):
        if part in tanks[:1]:
            top_px = max(top_px, below)
        centres.append(top_px + RADIUS_PX)
        circuit.spots.append(Spot(part.code, x, centres[-1]))
        top_px += measure_px(part) + GAP_PX
    ends = centres[: len(back) + bool(tanks)]
    begins = CROSSING_PX if trunk >= 0 else ends[0]
    circuit.draw(LineKind.RETURN, (x, begins), (x, ends[-1]))
    if trunk >= 0 and tanks:
        trunk_x = trunk + SYMBOL_AT
        circuit.draw(LineKind.RETURN, (x, ends[-1]), (trunk_x, ends[-1]),
                     (trunk_x, left_px + HEADER_PX))  # fmt: skip
    return max(left_px, top_px - GAP_PX)


def _add_drains(circuit: Circuit, pumps: Sequence[Part], tank: Part | None, trunk: int) -> None:
    """From the pump in the pressure line; others would cross it."""
    spots = {each.code: each for each in circuit.spots}
    drained = [spots[each.code] for each in pumps if each.is_drained]
    for pump in drained[-1:]:
        if tank is not None and pump.x == trunk + SYMBOL_AT:
            x, end = pump.x + DRAIN_AT, spots[tank.code]
            y = end.y - DRAIN_PX
            circuit.draw(LineKind.DRAIN, (x, pump.y), (x, y), (end.x, y))


def _place_aside(circuit: Circuit, parts: Sequence[Part], ends_px: float) -> float:
    """What has no place in the circuit, in rows below it."""
    for row in _chunk(parts, circuit.columns):
        top_px = ends_px + GAP_PX
        for column, part in enumerate(row):
            circuit.spots.append(Spot(part.code, column + SYMBOL_AT, top_px + RADIUS_PX))
        ends_px = top_px + max(map(measure_px, row))
    return ends_px
