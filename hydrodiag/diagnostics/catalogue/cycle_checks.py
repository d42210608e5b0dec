"""Checks that working cycles alone allow; those of valve, cooler and pump flow hold for both."""

from hydrodiag.diagnostics.catalogue.spec import Against, Check
from hydrodiag.diagnostics.records import FindingKey

RIG = "measured on the ZeMA rig (UCI 447)"
PUMP_LEAKS = FindingKey("pump", "internal leakage")

CYCLE_CHECKS: tuple[Check, ...] = (
    Check(
        "PMP-04", "pump", "internal leakage", "Pump draws more power at relief", "relief_kw",
        Against.PERCENT, True, 2.0, 5.0,
        f"+2 and +5 % of the healthy power while the relief valve passes everything; {RIG}: 3 and "
        "7 spreads at weak and severe leakage",
        "At relief the motor draws {value} {unit}, {change} against {expected} {unit} of the "
        "healthy machine at the same oil temperature.",
        ("Measure the case drain flow at rated pressure and 50 °C; compare it with the pump's "
         "manual.",
         "Feel bearings and coupling for heat: friction costs power too.",
         "Compare the relief setting with its setpoint before you blame the pump."),
        "pump wear assessment by case drain flow",
    ),
    Check(
        "EFF-01", "pump", "circuit loses efficiency", "Circuit loses efficiency",
        "efficiency_factor_pct", Against.DIFFERENCE, False, -3.0, -6.0,
        "-3 and -6 points at the same temperature and pressure; default, to be set for the machine",
        "Of the motor's power {value} {unit} reach the load, {change} against {expected} {unit} of "
        "the healthy machine.",
        ("See whether the pump or a valve has a finding: it is the cause.",
         "Measure the pressure drop from the pump to the load.",
         "Look for a relief valve that passes oil under load."),
        "hydraulic power loss efficiency", parent=PUMP_LEAKS,
    ),
    Check(
        "SEN-02", "sensor", "efficiency factor is off", "Efficiency factor contradicts itself",
        "efficiency_factor_off_pct", Against.LIMIT, True, 0.5, 2.0,
        f"0.5 and 2 % above its own formula; {RIG}: within 0.2 % in 98 % of cycles",
        "The efficiency factor is {value} {unit} off from pressure, flow and power that it is "
        "made of: one of the four readings is wrong.",
        ("Compare pressure, flow and power with second instruments.",
         "Check scaling and unit of the sensor that was changed last."),
        "sensor wiring scaling",
    ),
)  # fmt: skip
