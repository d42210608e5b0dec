"""Equations of a hydraulic power unit, quasi-static within its working cycle.

The relations and parameters are those fitted to the ZeMA test rig (a constant pump of 8.85 l/min
against 120-190 bar with a cooler, an accumulator and a relief valve at 189 bar); machines of
another size scale flow, heat and thermal mass alike. All pressures are gauge, in bar; flows in
l/min; temperatures in degC; power in kW. Every function takes and returns scalars or arrays.
"""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Temperature = TypeVar("Temperature", float, Array)

RIG_FLOW_LPM = 8.85
REFERENCE_TEMP_C = 36.0
SLIP_LPM_PER_BAR = 0.0065
SLIP_PER_K = 3e-5
LEAK_PRESSURE_BAR = 150.0
CASE_SHARE_OF_SLIP = 0.55
RELIEF_OVERRIDE_BAR_PER_LPM = 0.33
VALVE_DROP_BAR = 24.9
VALVE_RESISTANCE_BAR_PER_LPM = 0.14
RIG_COOLER_FLOW_LPM = 10.16
COOLER_FLOW_PER_K = 0.057
HEAT_CAPACITY_KW_PER_LPM_K = 0.02695
TANK_LOSS_KW_PER_K = 0.020
RIG_THERMAL_MASS_KJ_PER_K = 210.0
HYDROMECHANICAL_EFFICIENCY = 0.88
POLYTROPIC_EXPONENT = 1.2
KELVIN = 273.15


def pump_flow_lpm(pressure_bar: Array, oil_temp_c: Array, leak: Array, scale: float) -> Array:
    """Delivered flow: theoretical less slip and internal leakage.

    `leak` is the extra leakage at 150 bar in l/min of a pump of rig size.
    """
    slip = SLIP_LPM_PER_BAR + SLIP_PER_K * (oil_temp_c - REFERENCE_TEMP_C)
    lost = slip * pressure_bar + leak * pressure_bar / LEAK_PRESSURE_BAR
    return np.maximum(scale * (RIG_FLOW_LPM - lost), 0.0)


def case_drain_lpm(pressure_bar: Array, oil_temp_c: Array, leak: Array, scale: float) -> Array:
    """Leakage that leaves through the pump's case drain: part of the slip, all of the wear."""
    slip = SLIP_LPM_PER_BAR + SLIP_PER_K * (oil_temp_c - REFERENCE_TEMP_C)
    worn = leak * pressure_bar / LEAK_PRESSURE_BAR
    return scale * (CASE_SHARE_OF_SLIP * slip * pressure_bar + worn)


def pump_pressure_bar(load_bar: Array) -> Array:
    """Pressure before the proportional valve that lets the pump's flow through to the load."""
    return load_bar + VALVE_DROP_BAR + VALVE_RESISTANCE_BAR_PER_LPM * RIG_FLOW_LPM


def relief_pressure_bar(setting_bar: float, oil_temp_c: Array) -> Array:
    """Pressure at which the relief valve passes the whole flow of the pump."""
    override = RELIEF_OVERRIDE_BAR_PER_LPM * (RIG_FLOW_LPM - SLIP_LPM_PER_BAR * setting_bar)
    return setting_bar + override - 0.07 * (oil_temp_c - REFERENCE_TEMP_C)


def motor_power_kw(pressure_bar: Array, oil_temp_c: Array, leak: Array, scale: float) -> Array:
    """Shaft power p Q / 600 over the hydromechanical efficiency, with idle losses.

    Internal leakage adds friction work as on the rig: 6 W + 0.1 W/bar for each 0.25 l/min.
    """
    idle = 0.314 - 0.0017 * (oil_temp_c - REFERENCE_TEMP_C)
    work = pressure_bar * RIG_FLOW_LPM / 600 / HYDROMECHANICAL_EFFICIENCY
    worn = (leak / 0.25) * (0.006 + 1e-4 * pressure_bar)
    return scale * (idle + work + worn)


def cooler_inlet_c(oil_temp_c: Temperature) -> Temperature:
    return oil_temp_c + 3.05 - 0.06 * (oil_temp_c - REFERENCE_TEMP_C)


def cooler_outlet_c(inlet_c: Array, ambient_c: Array, effectiveness: Array) -> Array:
    """Effectiveness is (inlet - outlet) / (inlet - ambient)."""
    return inlet_c - effectiveness * (inlet_c - ambient_c)


def heat_removed_kw(
    oil_temp_c: float, ambient_c: float, effectiveness: float, scale: float, *, is_cooling: bool
) -> float:
    """Heat that leaves the tank through the cooler and the walls."""
    walls = scale * TANK_LOSS_KW_PER_K * (oil_temp_c - ambient_c)
    if not is_cooling:
        return walls
    inlet = cooler_inlet_c(oil_temp_c)
    flow = scale * (RIG_COOLER_FLOW_LPM - COOLER_FLOW_PER_K * (oil_temp_c - REFERENCE_TEMP_C))
    return walls + effectiveness * HEAT_CAPACITY_KW_PER_LPM_K * flow * (inlet - ambient_c)


def precharge_at(precharge_20c_bar: Array, oil_temp_c: Array) -> Array:
    """Gas law at constant volume: p0(T) = p0(20 degC) (T + 273) / 293, absolute."""
    return (precharge_20c_bar + 1) * (oil_temp_c + KELVIN) / (20 + KELVIN) - 1


def accumulator_low_bar(
    charged_bar: Array, precharge_20c_bar: Array, oil_temp_c: Array, drawn_share: float
) -> Array:
    """Lowest pressure after the accumulator has given `drawn_share` of its volume.

    Polytropic gas, n = 1.2. Below the pre-charge the accumulator is empty and the pressure
    is what the pump holds alone, taken as half the pre-charge.
    """
    gas_bar = precharge_at(precharge_20c_bar, oil_temp_c)
    volume = (np.minimum(gas_bar, charged_bar) / charged_bar) ** (1 / POLYTROPIC_EXPONENT)
    low = charged_bar * (volume / (volume + drawn_share)) ** POLYTROPIC_EXPONENT
    return np.where(low > gas_bar, low, 0.5 * gas_bar)


def viscosity_cst(oil_temp_c: Array) -> Array:
    """Kinematic viscosity of ISO VG 46 oil, ASTM D341 through 46 cSt at 40 and 6.8 at 100 degC."""
    kelvin = np.log10(np.asarray(oil_temp_c, np.float64) + KELVIN)
    doubled = _D341_A - _D341_B * kelvin
    return 10 ** (10**doubled) - 0.7


def filter_drop_bar(
    clean_bar: float, oil_temp_c: Array, flow_share: Array, clogging: Array
) -> Array:
    """Pressure drop of the return filter: laminar, so in proportion to viscosity and flow."""
    return clean_bar * clogging * flow_share * viscosity_cst(oil_temp_c) / 46.0


def _double_log(viscosity: float) -> float:
    return math.log10(math.log10(viscosity + 0.7))


_D341_B = (_double_log(46.0) - _double_log(6.8)) / (
    math.log10(100 + KELVIN) - math.log10(40 + KELVIN)
)
_D341_A = _double_log(46.0) + _D341_B * math.log10(40 + KELVIN)
