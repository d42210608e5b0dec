"""Indicators of a machine by the minute, and which roles each needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.catalogue.spec import ANY_STATE, AT_REST, RUNNING, UNDER_LOAD, Indicator
from hydrodiag.diagnostics.indicators import formulas
from hydrodiag.diagnostics.indicators.cycles import CYCLE_INDICATORS
from hydrodiag.diagnostics.records import Floats, Frame, OperatingState
from hydrodiag.diagnostics.states import find_work, heating_rate

Nominal = Mapping[str, float]
Compute = Callable[[Frame, Nominal], Floats]
REST_H = 6.0
OWN = "reading"
LITERATURE = "Findeisen, Ölhydraulik"


@dataclass(frozen=True)
class MinuteIndicator:
    """`nominal` are the settings of the machine that it cannot do without."""

    info: Indicator
    compute: Compute
    nominal: tuple[str, ...] = ()


def _reading(role: str) -> Compute:
    return lambda frame, _: frame.mean[role]


def _rest_offset(frame: Frame, _nominal: Nominal) -> Floats:
    """Oil less ambient after six hours at rest: nothing heats it any more."""
    _, runs = find_work(frame)
    places = np.arange(len(runs))
    last_run = np.maximum.accumulate(np.where(runs, places, -1))
    rested_h = np.where(last_run < 0, 0.0, (places - last_run) * frame.step_s / 3600)
    offset = frame.mean["t_tank"] - frame.mean["t_ambient"]
    return np.where(rested_h >= REST_H, offset, np.nan)


def _precharge(frame: Frame, nominal: Nominal) -> Floats:
    found = formulas.precharge_bar(
        frame.mean["p_acc_low"], frame.mean["t_tank"], nominal["charged_bar"],
        nominal["drawn_share"],
    )  # fmt: skip
    return 100 * found / nominal["precharge_bar"]


def _make(info: Indicator, compute: Compute, *nominal: str) -> tuple[str, MinuteIndicator]:
    return info.id, MinuteIndicator(info, compute, nominal)


MINUTE_INDICATORS: Mapping[str, MinuteIndicator] = dict((
    _make(Indicator("oil_temp_c", "Oil temperature", "°C", ("t_tank",), "T_tank", OWN, RUNNING),
          _reading("t_tank")),
    _make(Indicator("ambient_c", "Ambient temperature", "°C", ("t_ambient",), "T_ambient", OWN,
                    ANY_STATE), _reading("t_ambient")),
    _make(Indicator("pump_pressure_bar", "Pump pressure", "bar", ("p_pump",), "p_pump", OWN,
                    RUNNING), _reading("p_pump")),
    _make(Indicator("heating_k_per_min", "Heating rate", "K/min", ("t_tank",),
                    "ΔT_tank over 20 min", OWN, RUNNING), lambda frame, _: heating_rate(frame)),
    _make(Indicator("cooler_effectiveness_pct", "Cooler effectiveness", "%",
                    ("t_cooler_in", "t_cooler_out", "t_ambient"),
                    "100 (T_in - T_out) / (T_in - T_ambient)", LITERATURE, RUNNING),
          lambda frame, _: formulas.cooler_effectiveness_pct(
              frame.mean["t_cooler_in"], frame.mean["t_cooler_out"], frame.mean["t_ambient"])),
    _make(Indicator("cooling_power_kw", "Cooling power", "kW",
                    ("q_cooler", "t_cooler_in", "t_cooler_out"),
                    "0.02695 Q (T_in - T_out)", "fitted to the ZeMA rig", RUNNING),
          lambda frame, _: formulas.cooling_power_kw(
              frame.mean["q_cooler"], frame.mean["t_cooler_in"], frame.mean["t_cooler_out"])),
    _make(Indicator("pump_flow_lpm", "Pump flow", "l/min", ("q_pump",), "Q_pump", OWN, UNDER_LOAD),
          _reading("q_pump")),
    _make(Indicator("efficiency_pct", "Overall efficiency", "%", ("p_pump", "q_pump", "power"),
                    "100 p Q / 600 / P", LITERATURE, UNDER_LOAD),
          lambda frame, _: formulas.efficiency_pct(
              frame.mean["p_pump"], frame.mean["q_pump"], frame.mean["power"])),
    _make(Indicator("case_drain_lpm", "Case drain flow", "l/min", ("q_case",), "Q_case", OWN,
                    UNDER_LOAD), _reading("q_case")),
    _make(Indicator("case_drain_share_pct", "Case drain share", "%", ("q_case", "q_pump"),
                    "100 Q_case / (Q_case + Q_pump)", "hydraulicspneumatics.com, case drain",
                    UNDER_LOAD),
          lambda frame, _: formulas.case_drain_share_pct(
              frame.mean["q_case"], frame.mean["q_pump"])),
    _make(Indicator("valve_delay_ms", "Valve opening delay", "ms", ("valve_delay",), "t_open", OWN,
                    RUNNING), _reading("valve_delay")),
    _make(Indicator("precharge_share_pct", "Pre-charge of nominal", "%", ("p_acc_low", "t_tank"),
                    "100 p0(20 °C) / p0 nominal, p0 by the gas law from the lowest pressure",
                    "HYDAC FPU manual; polytropic n = 1.2", RUNNING),
          _precharge, "charged_bar", "drawn_share", "precharge_bar"),
    _make(Indicator("filter_drop_bar", "Filter drop at 46 cSt", "bar", ("dp_filter", "t_tank"),
                    "Δp 46 / ν(T), ν by ASTM D341 for ISO VG 46", "ASTM D341", UNDER_LOAD),
          lambda frame, _: formulas.filter_drop_bar(
              frame.mean["dp_filter"], frame.mean["t_tank"])),
    _make(Indicator("viscosity_cst", "Viscosity estimate", "cSt", ("t_tank",),
                    "ASTM D341 for ISO VG 46", "ASTM D341", RUNNING),
          lambda frame, _: formulas.viscosity_cst(frame.mean["t_tank"])),
    _make(Indicator("oil_level_pct", "Oil level", "%", ("level",), "level", OWN, RUNNING),
          _reading("level")),
    _make(Indicator("suction_bar", "Suction pressure", "bar", ("p_suction",), "p_suction", OWN,
                    RUNNING), _reading("p_suction")),
    _make(Indicator("vibration_mm_s", "Vibration", "mm/s", ("vibration",), "v_rms", OWN,
                    UNDER_LOAD), _reading("vibration")),
    _make(Indicator("water_saturation_pct", "Water saturation", "%", ("water_saturation",), "a_w",
                    OWN, RUNNING), _reading("water_saturation")),
    _make(Indicator("cleanliness_above", "Cleanliness above target", "codes", ("iso_4406",),
                    "ISO 4406 code less target", "ISO 4406", RUNNING), _reading("iso_4406")),
    _make(Indicator("rest_offset_k", "Oil less ambient at rest", "K", ("t_tank", "t_ambient"),
                    "T_tank - T_ambient after 6 h at rest", OWN, AT_REST), _rest_offset),
))  # fmt: skip
INDICATORS: Mapping[str, Indicator] = {
    **{key: each.info for key, each in MINUTE_INDICATORS.items()},
    **{each.id: each for each in CYCLE_INDICATORS},
}


def compute_minutes(frame: Frame, nominal: Nominal, states: "np.ndarray") -> dict[str, Floats]:
    """Each indicator that the sensors allow, NaN outside the states in which it says something."""
    found: dict[str, Floats] = {}
    for key, each in MINUTE_INDICATORS.items():
        has_roles = all(role in frame.mean for role in each.info.needs)
        if has_roles and all(name in nominal for name in each.nominal):
            with np.errstate(divide="ignore", invalid="ignore"):
                values = each.compute(frame, nominal)
            is_told = np.isin(states, [OperatingState(state).value for state in each.info.states])
            found[key] = np.where(is_told, values, np.nan)
    return found
