"""Every check of minute readings: what is wrong, since which limit, by which source, what to do."""

from collections.abc import Mapping

from hydrodiag.diagnostics.catalogue.cycle_checks import CYCLE_CHECKS
from hydrodiag.diagnostics.catalogue.spec import AT_REST, RUNNING, Against, Check
from hydrodiag.diagnostics.records import FindingKey, Severity

COOLER_FOULED = FindingKey("cooler", "fouled")
CYTROPAC = "Bosch Rexroth RE 51055-B"
RIG = "measured on the ZeMA rig (UCI 447)"
DEFAULT = "default, to be set for the machine"
PUMP_STEPS = (
    "Measure the case drain flow at rated pressure and 50 °C; compare it with the pump's manual.",
    "Take an oil sample and look for bronze or steel in it.",
    "Check suction pressure and oil level: cavitation wears pumps.",
    "Plan the overhaul or exchange of the pump before the flow no longer holds the load.",
)  # fmt: skip

CHECKS: tuple[Check, ...] = (
    Check(
        "TMP-01", "tank", "overheating", "Oil too hot", "oil_temp_c", Against.LIMIT, True,
        60.0, 65.0, f"{CYTROPAC} p. 39: warning 60 °C, shutdown 65 °C; the sensor's own limits "
        "where it has any",
        "The oil is at {value} {unit}, above the limit of {limit} {unit}. Viscosity and the life "
        "of seals and oil fall; oxidation doubles every 10 K.",
        ("Check that the cooler's fan or water runs, and that its fins are clean.",
         "Listen and feel for a relief valve that passes oil all the time.",
         "Check the oil level and its grade.",
         "Do not restart after a shutdown before the oil is below 50 °C."),
        "oil overheats: causes and remedy", states=RUNNING, parent=COOLER_FOULED,
    ),
    Check(
        "TMP-03", "tank", "overheating", "Oil dangerously hot", "oil_temp_c", Against.LIMIT, True,
        None, 82.0, "elastomer life ends at 82 °C; hydraulicsupermarket.com, energy contamination",
        "The oil is at {value} {unit}, above {limit} {unit}: seals harden and the oil film tears.",
        ("Stop the machine.", "Find out where the heat comes from before it runs again."),
        "oil overheats: causes and remedy", states=RUNNING, highest=Severity.DANGER,
        parent=COOLER_FOULED,
    ),
    Check(
        "CLR-01", "cooler", "fouled", "Cooler fouled", "cooler_effectiveness_pct", Against.PERCENT,
        False, -20.0, -40.0, f"-20 % and -40 % of the machine's own healthy value; {RIG}: 47 % "
        "healthy, 27 % and 20 % fouled",
        "The cooler takes {value} {unit} of the temperature difference to the surroundings, "
        "{change} against the {expected} {unit} of the healthy machine.",
        ("Clean the cooler's fins with compressed air against the direction of flow.",
         "Check the fan, its direction of rotation and the thermostat; with water, flow and valve.",
         "Check the flow through the cooler: a clogged filter before it starves it.",
         "Compare the effectiveness again after a day of work."),
        "clean the oil cooler fins", states=RUNNING,
    ),
    Check(
        "PMP-01", "pump", "internal leakage", "Pump leaks internally", "pump_flow_lpm",
        Against.PERCENT,
        False, -5.0, -10.0, f"-5 % and -10 % of the flow at the same temperature and pressure; "
        f"{RIG}: -2.6 % and -3.8 % weak and severe",
        "The pump delivers {value} {unit}, {change} against {expected} {unit} of the healthy "
        "machine at the same temperature and pressure.",
        PUMP_STEPS, "pump wear assessment by case drain flow",
    ),
    Check(
        "PMP-02", "pump", "internal leakage", "Pump loses efficiency", "efficiency_pct",
        Against.DIFFERENCE,
        False, -3.0, -6.0, f"-3 and -6 points at the same temperature and pressure; {RIG}: -3.1 "
        "and -5.0 points",
        "Hydraulic over shaft power is {value} {unit}, {change} against {expected} {unit} of the "
        "healthy machine.",
        PUMP_STEPS, "pump wear assessment by case drain flow",
    ),
    Check(
        "PMP-03", "pump", "internal leakage", "Case drain flow has risen", "case_drain_lpm",
        Against.PERCENT, True, 50.0, 100.0,
        "+50 % and twice the healthy flow; hydraulicspneumatics.com, case drain",
        "{value} {unit} leave through the case drain, {change} against {expected} {unit} of the "
        "healthy machine at the same temperature and pressure.",
        PUMP_STEPS, "case drain flow limit worn pump",
    ),
    Check(
        "PMP-05", "pump", "starved", "Pump is starved", "suction_bar", Against.LIMIT, False,
        -0.2, -0.3, "suction of -0.2 to -0.3 bar; pump manuals allow 0.7 to 0.8 bar absolute",
        "The pressure at the suction port is {value} {unit}, below {limit} {unit}: the pump "
        "cavitates.",
        ("Check the suction strainer and that the suction valve is open.",
         "Check the oil level and the viscosity of cold oil."),
        "cavitation suction pressure pump", states=RUNNING,
    ),
    Check(
        "VLV-01", "valve", "slow", "Valve opens late", "valve_delay_ms", Against.DIFFERENCE, True,
        30.0, 100.0, f"+30 and +100 ms; {RIG}: +68 ms at 90 %, +175 ms at 80 % valve condition",
        "The valve opens after {value} {unit}, {change} against {expected} {unit} of the healthy "
        "machine.",
        ("Check pilot pressure and the voltage at the solenoid while it switches.",
         "Take an oil sample: varnish and fine dirt slow spools.",
         "Clean or exchange the pilot stage; check the return line for back pressure."),
        "valve spool sticks solenoid pilot pressure", states=RUNNING,
    ),
    Check(
        "VLV-02", "valve", "hangs", "Load valve hangs", "load_valve_hangs", Against.LIMIT, True,
        None, 0.5, "two independent signs in one cycle: pump pressure above 180 bar and flow below "
        f"3 l/min under load; {RIG}, where no label tells of it",
        "The load valve does not follow: under load the pump stays at relief pressure and hardly "
        "any oil flows.",
        ("Check whether it happens only with hot oil: varnish lets spools stick.",
         "Measure the valve's signal and its feedback while it hangs.",
         "Clean or exchange the valve; take an oil sample."),
        "proportional valve spool sticks", critical_of=(3, 5),
    ),
    Check(
        "ACC-01", "accumulator", "pre-charge lost", "Accumulator loses its pre-charge",
        "precharge_share_pct", Against.LIMIT, False, 90.0, 75.0,
        "90 % and 75 % of nominal at 20 °C; olaer.com.au, HYDAC FPU manual",
        "The pre-charge, reckoned at 20 °C from the lowest pressure, is {value} {unit} of nominal, "
        "below {limit} {unit}.",
        ("Discharge the oil side and check the pre-charge with the charging kit at known "
         "temperature.",
         "Look for nitrogen at the gas valve with leak spray.",
         "Refill with dry nitrogen only; repeat the check after a week.",
         "Exchange the bladder if the loss comes back."),
        "accumulator pre-charge check nitrogen", states=RUNNING,
    ),
    Check(
        "FLT-01", "filter", "clogged", "Filter clogged", "filter_drop_bar", Against.LIMIT, True,
        1.6, 2.2, f"75 % and 100 % of the clogging indicator, {CYTROPAC}; the sensor's own limits "
        "where it has any",
        "The filter's pressure drop, as it would be at 46 cSt, is {value} {unit}, above {limit} "
        "{unit}.",
        ("Exchange the filter element at operating temperature.",
         "Look at the old element: metal says that something wears.",
         "Check the breather if elements clog early."),
        "replace return filter element clogging indicator",
    ),
    Check(
        "OIL-01", "tank", "dirty oil", "Oil dirtier than its target", "cleanliness_above",
        Against.LIMIT, True, 0.5, 1.5, "one and two codes above target, ISO 4406; "
        "womackmachine.com",
        "The cleanliness is {value} codes above the target.",
        ("Run an offline filter until the code is back.", "Find the way by which dirt comes in."),
        "oil cleanliness ISO 4406 filter", states=RUNNING,
    ),
    Check(
        "OIL-02", "tank", "water in oil", "Water in the oil", "water_saturation_pct",
        Against.LIMIT, True, 50.0, 80.0, "50 % saturation; machinerylubrication.com 28620",
        "The oil holds {value} {unit} of the water that it can dissolve.",
        ("Check cooler and breather for the way in.", "Drain free water from the tank.",
         "Dry the oil with a vacuum dehydrator."),
        "water in oil remove", states=RUNNING,
    ),
    Check(
        "OIL-03", "tank", "oil lost", "Oil level falls", "oil_level_pct", Against.LIMIT, False,
        60.0, 50.0, "10 points below normal, and the minimum; the sensor's own limits where it "
        "has any",
        "The oil level is {value} {unit}, below {limit} {unit}.",
        ("Look for the leak before you refill.", "Refill through a filter with the same oil."),
        "oil level low refill leak", states=RUNNING,
    ),
    Check(
        "VIB-01", "pump", "vibration", "Vibration has risen", "vibration_mm_s", Against.PERCENT,
        True, 60.0, 150.0, "1.6 and 2.5 times the healthy value, one zone of ISO 20816 each",
        "The vibration is {value} {unit}, {change} against {expected} {unit} of the healthy "
        "machine at the same load.",
        ("Check coupling, alignment and mountings.", "Listen for cavitation.",
         "Have the bearings measured."),
        "coupling misaligned vibration noise",
    ),
    Check(
        "SEN-01", "sensor", "oil temperature drifts", "Oil temperature sensor drifts",
        "rest_offset_k", Against.DIFFERENCE, True, 3.0, 6.0,
        f"3 and 6 K more than while healthy, after 6 h at rest; {DEFAULT}",
        "After hours at rest the oil reads {value} {unit} above the surroundings, {change} against "
        "{expected} {unit} of before: with no heat put in, the sensor must be off.",
        ("Compare with a hand-held thermometer in the tank.",
         "Check connector and wiring, then exchange the sensor."),
        "oil temperature sensor", states=AT_REST,
    ),
    *CYCLE_CHECKS,
)  # fmt: skip
BY_ID: Mapping[str, Check] = {check.id: check for check in CHECKS}
