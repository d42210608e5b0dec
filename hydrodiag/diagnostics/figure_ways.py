"""The ways to each key figure, best first: what it needs, its formula and where that is from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hydrodiag.diagnostics.indicators import INDICATORS
from hydrodiag.diagnostics.indicators.formulas import BAR_LPM_PER_KW
from hydrodiag.diagnostics.records import Floats

Nominal = Mapping[str, float]
FEWEST_MINUTES = 5
KWH_PER_M3 = 1000 / 60  # of 1 kW at 1 l/min
TEXTBOOK = "Findeisen, Ölhydraulik"
UNDER_LOAD = "median of the minutes under load"


@dataclass(frozen=True)
class Minutes:
    """Of one window, (n,) each. `readings` by role, in its unit, NaN where not at work; indicators
    by id, and beside them what the healthy machine shows at the same temperature and load.
    """

    readings: Mapping[str, Floats]
    indicators: Mapping[str, Floats]
    expected: Mapping[str, Floats]
    is_known: NDArray[np.bool_]
    runs: NDArray[np.bool_]

    def as_healthy(self) -> "Minutes":
        return replace(self, indicators=self.expected)

    def has_readings(self, role: str) -> bool:
        return bool(np.isfinite(self.readings[role]).any())


Compute = Callable[[Minutes, Nominal], float]


@dataclass(frozen=True)
class Way:
    """`needs` are roles, `nominal` settings of the machine; `formula` names both in braces.

    `indicators` are what `compute` takes, where the healthy machine can be put in their place.
    `without` says what the machine did where its readings give no value.
    """

    needs: tuple[str, ...]
    formula: str
    source: str
    compute: Compute
    nominal: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    needs_healthy: bool = False
    without: str = f"worked under load for less than {FEWEST_MINUTES} minutes"


@dataclass(frozen=True)
class PlainFigure:
    id: str
    title: str
    unit: str
    is_high_bad: bool | None


def median(values: Floats) -> float:
    """NaN below five minutes."""
    known = np.isfinite(values)
    return float(np.median(values[known])) if known.sum() >= FEWEST_MINUTES else np.nan


def _mean(values: Floats) -> float:
    known = np.isfinite(values)
    return float(np.mean(values[known])) if known.sum() >= FEWEST_MINUTES else np.nan


def _hydraulic_kw(minutes: Minutes, _nominal: Nominal) -> float:
    return _mean(minutes.readings["p_pump"] * minutes.readings["q_pump"] / BAR_LPM_PER_KW)


def _duty_pct(minutes: Minutes, _nominal: Nominal) -> float:
    known = int(minutes.is_known.sum())
    return 100 * float(minutes.runs.sum()) / known if known >= FEWEST_MINUTES else np.nan


def _of_displacement_pct(minutes: Minutes, nominal: Nominal) -> float:
    theoretical_lpm = nominal["displacement_cm3"] * nominal["speed_rpm"] / 1000
    flow_lpm = median(minutes.indicators["pump_flow_lpm"])
    return 100 * flow_lpm / theoretical_lpm if theoretical_lpm > 0 else np.nan


def _without_case_drain_pct(minutes: Minutes, _nominal: Nominal) -> float:
    return 100 - median(minutes.indicators["case_drain_share_pct"])


def _of_healthy_flow_pct(minutes: Minutes, _nominal: Nominal) -> float:
    return 100 / _healthy_flow_share(minutes)


def _healthy_flow_share(minutes: Minutes) -> float:
    """Healthy flow over the present one."""
    flow_lpm = median(minutes.indicators["pump_flow_lpm"])
    return median(minutes.expected["pump_flow_lpm"]) / flow_lpm if flow_lpm > 0 else np.nan


def _clogging_at_healthy_flow_pct(minutes: Minutes, nominal: Nominal) -> float:
    return _clogging_pct(minutes, nominal) * _healthy_flow_share(minutes)


def _clogging_pct(minutes: Minutes, nominal: Nominal) -> float:
    return 100 * median(minutes.indicators["filter_drop_bar"]) / nominal["filter_limit_bar"]


def _plain_clogging_pct(minutes: Minutes, nominal: Nominal) -> float:
    return 100 * median(minutes.readings["dp_filter"]) / nominal["filter_limit_bar"]


def _energy_kwh_per_m3(minutes: Minutes, _nominal: Nominal) -> float:
    power_kw, flow_lpm = minutes.readings["power"], minutes.readings["q_pump"]
    both = np.isfinite(power_kw) & np.isfinite(flow_lpm)
    moved = float(flow_lpm[both].sum())
    if both.sum() < FEWEST_MINUTES or moved <= 0:
        return np.nan
    return KWH_PER_M3 * float(power_kw[both].sum()) / moved


def _by_indicator(indicator: str, formula: str, without: str = Way.without) -> Way:
    """As the diagnostics have it."""
    known = INDICATORS[indicator]
    return Way(known.needs, formula, known.source,
               lambda minutes, _: median(minutes.indicators[indicator]),
               indicators=(indicator,), without=without)  # fmt: skip


def _by_work(role: str) -> Way:
    return Way(
        (role,),
        f"100 · minutes with {{{role}}} above 5 % of what it reaches / minutes known",
        "definition",
        _duty_pct,
        without=f"told less than {FEWEST_MINUTES} minutes",
    )


FIGURES: tuple[tuple[PlainFigure, tuple[Way, ...]], ...] = (
    (PlainFigure("hydraulic_power", "Hydraulic power", "kW", None), (
        Way(("p_pump", "q_pump"),
            "{p_pump} [bar] · {q_pump} [l/min] / 600, mean of the minutes at work", TEXTBOOK,
            _hydraulic_kw, without=f"worked for less than {FEWEST_MINUTES} minutes"),
    )),
    (PlainFigure("efficiency", "Motor to hydraulic efficiency", "%", False), (
        _by_indicator("efficiency_pct",
                      "100 · {p_pump} · {q_pump} / (600 · {power}), " + UNDER_LOAD),
    )),
    (PlainFigure("volumetric", "Volumetric efficiency of the pump", "%", False), (
        Way(("q_pump",), "100 · 1000 · {q_pump} / ({displacement_cm3} cm³ · {speed_rpm} 1/min), "
            + UNDER_LOAD, TEXTBOOK, _of_displacement_pct, ("displacement_cm3", "speed_rpm"),
            ("pump_flow_lpm",)),
        Way(("q_pump", "q_case"), "100 · {q_pump} / ({q_pump} + {q_case}), " + UNDER_LOAD,
            INDICATORS["case_drain_share_pct"].source, _without_case_drain_pct,
            indicators=("case_drain_share_pct",)),
        Way(("q_pump",), "100 · {q_pump} / {q_pump} of the healthy span at the same temperature "
            "and load, " + UNDER_LOAD, "the machine's own healthy span", _of_healthy_flow_pct,
            indicators=("pump_flow_lpm",), needs_healthy=True),
    )),
    (PlainFigure("cooler", "Cooler effectiveness", "%", False), (
        _by_indicator(
            "cooler_effectiveness_pct",
            "100 · ({t_cooler_in} - {t_cooler_out}) / ({t_cooler_in} - {t_ambient}), median of "
            "the minutes at work", f"worked for less than {FEWEST_MINUTES} minutes with 5 K or "
            "more between oil and surroundings"),
    )),
    (PlainFigure("clogging", "Filter clogging", "%", True), (
        Way(("dp_filter", "t_tank", "q_pump"),
            "100 · {dp_filter} · (46 cSt / ν({t_tank})) · (healthy {q_pump} / {q_pump}) / "
            "{filter_limit_bar} bar, " + UNDER_LOAD, "ASTM D341 for ISO VG 46, laminar flow; the "
            "critical limit of the filter", _clogging_at_healthy_flow_pct,
            indicators=("filter_drop_bar", "pump_flow_lpm"), needs_healthy=True),
        Way(("dp_filter", "t_tank"),
            "100 · {dp_filter} · (46 cSt / ν({t_tank})) / {filter_limit_bar} bar, " + UNDER_LOAD,
            "ASTM D341 for ISO VG 46, laminar flow; the critical limit of the filter",
            _clogging_pct, indicators=("filter_drop_bar",),
            without=f"worked under load for less than {FEWEST_MINUTES} minutes with the oil at "
            "30 °C or more"),
        Way(("dp_filter",), "100 · {dp_filter} / {filter_limit_bar} bar, at any viscosity, median "
            "of the minutes at work", "the critical limit of the filter", _plain_clogging_pct),
    )),
    (PlainFigure("duty", "Duty", "%", None),
     (_by_work("p_pump"), _by_work("power"), _by_work("q_pump"))),
    (PlainFigure("energy", "Specific energy", "kWh/m³", True), (
        Way(("power", "q_pump"),
            "1000 · sum of {power} [kW] / (60 · sum of {q_pump} [l/min]) over the minutes at work",
            "definition", _energy_kwh_per_m3,
            without=f"worked for less than {FEWEST_MINUTES} minutes"),
    )),
)  # fmt: skip
