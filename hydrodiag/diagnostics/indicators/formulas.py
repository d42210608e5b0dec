"""The equations, each on arrays: pressures in bar (gauge), flows in l/min, power in kW."""

import math

import numpy as np

from hydrodiag.diagnostics.records import Floats

KELVIN = 273.15
REFERENCE_C = 20.0
BAR_LPM_PER_KW = 600.0
HEAT_CAPACITY_KW_PER_LPM_K = 0.02695  # mineral oil: 0.86 kg/l at 1.88 kJ/(kg K)
LEAST_DIFFERENCE_K = 5.0
REFERENCE_VISCOSITY_CST = 46.0
COLDEST_FOR_FILTER_C = 30.0
POLYTROPIC_EXPONENT = 1.2


def cooler_effectiveness_pct(inlet_c: Floats, outlet_c: Floats, ambient_c: Floats) -> Floats:
    """(T_in - T_out) / (T_in - T_ambient); NaN below 5 K of difference to the surroundings."""
    span = inlet_c - ambient_c
    return 100 * (inlet_c - outlet_c) / np.where(span >= LEAST_DIFFERENCE_K, span, np.nan)


def cooling_power_kw(flow_lpm: Floats, inlet_c: Floats, outlet_c: Floats) -> Floats:
    return HEAT_CAPACITY_KW_PER_LPM_K * flow_lpm * (inlet_c - outlet_c)


def efficiency_pct(pressure_bar: Floats, flow_lpm: Floats, power_kw: Floats) -> Floats:
    """Hydraulic over shaft power, p Q / 600 / P."""
    return 100 * pressure_bar * flow_lpm / BAR_LPM_PER_KW / np.where(power_kw > 0, power_kw, np.nan)


def case_drain_share_pct(case_lpm: Floats, delivered_lpm: Floats) -> Floats:
    """Of the flow that the pump displaces; about 10 % is usual for a piston pump."""
    total = case_lpm + delivered_lpm
    return 100 * case_lpm / np.where(total > 0, total, np.nan)


def precharge_bar(
    lowest_bar: Floats, oil_c: Floats, charged_bar: float, drawn_share: float
) -> Floats:
    """Pre-charge at 20 degC from the lowest pressure after `drawn_share` of the volume was drawn.

    Polytropic gas, n = 1.2: with r = (p_low / p_charged)^(1/n) the gas volume when charged is
    v = d r / (1 - r), and p0(T) = p_charged v^n; then p0(20) = (p0 + 1) 293 / (T + 273) - 1
    (gas law at constant volume, HYDAC FPU manual).
    """
    ratio = np.clip(lowest_bar / charged_bar, 0.0, 0.999) ** (1 / POLYTROPIC_EXPONENT)
    volume = drawn_share * ratio / (1 - ratio)
    warm_bar = charged_bar * volume**POLYTROPIC_EXPONENT
    return (warm_bar + 1) * (REFERENCE_C + KELVIN) / (oil_c + KELVIN) - 1


def viscosity_cst(oil_c: Floats) -> Floats:
    """ISO VG 46 by ASTM D341 through 46 cSt at 40 degC and 6.8 cSt at 100 degC."""
    kelvin = np.log10(np.asarray(oil_c, np.float64) + KELVIN)
    return np.asarray(10 ** (10 ** (_D341_A - _D341_B * kelvin)) - 0.7)


def filter_drop_bar(drop_bar: Floats, oil_c: Floats) -> Floats:
    """The drop as it would be at 46 cSt: laminar flow, in proportion to viscosity.

    NaN below 30 degC, where cold oil hides the filter.
    """
    shown = drop_bar * REFERENCE_VISCOSITY_CST / viscosity_cst(oil_c)
    return np.where(oil_c >= COLDEST_FOR_FILTER_C, shown, np.nan)


def _double_log(viscosity: float) -> float:
    return math.log10(math.log10(viscosity + 0.7))


_D341_B = (_double_log(46.0) - _double_log(6.8)) / (
    math.log10(100 + KELVIN) - math.log10(40 + KELVIN)
)
_D341_A = _double_log(46.0) + _D341_B * math.log10(40 + KELVIN)
