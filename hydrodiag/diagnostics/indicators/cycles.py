"""What working cycles alone tell."""

from hydrodiag.diagnostics.catalogue.spec import Indicator

RIG = "measured on the ZeMA rig"
CYCLE_INDICATORS = (
    Indicator("load_valve_hangs", "Load valve hangs", "", ("p_pump", "q_pump", "p_load"),
              "1 where p > 180 bar and Q < 3 l/min under load", RIG),
    Indicator("valve_share_by_pressure", "Opening second, by pump pressure", "", ("p_pump",),
              "(p[9 s] - p_settled) / (p_relief - p_settled)", RIG),
    Indicator("valve_share_by_power", "Opening second, by motor power", "", ("power",),
              "(P[9 s] - P_settled) / (P_relief - P_settled)", RIG),
    Indicator("efficiency_early_pct", "Overall efficiency, early in the cycle", "%",
              ("p_pump", "q_pump", "power"), "p Q / (600 P), 14 to 17 s", RIG),
    Indicator("pump_flow_early_lpm", "Pump flow, early in the cycle", "l/min", ("q_pump",),
              "mean, 14 to 17 s", RIG),
    Indicator("relief_bar", "Pressure at relief", "bar", ("p_pump",), "mean, 3 to 7 s", RIG),
    Indicator("relief_kw", "Motor power at relief", "kW", ("power",), "mean, 3 to 7 s", RIG),
    Indicator("cooling_kw", "Cooling power", "kW", ("q_cooler", "t_cooler_in", "t_cooler_out"),
              "0.02695 Q (T_in - T_out)", RIG),
    Indicator("efficiency_factor_pct", "Efficiency factor of the circuit", "%",
              ("efficiency_factor",), "the reading, 52 to 59 s", RIG),
    Indicator("efficiency_factor_off_pct", "Efficiency factor, off from its own formula", "%",
              ("p_load", "q_pump", "power", "efficiency_factor"),
              "100 |SE / (100 p_load Q / (600 P)) - 1|", RIG),
    *(
        Indicator(f"exchange_{event}_lpm_s", f"Oil exchanged by the accumulator, {event}",
                  "l/min s", ("p_pump", "p_load", "q_pump"),
                  "excess of flow around the step of the load", RIG)
        for event in ("closing", "19s", "29s", "39s", "49s")
    ),
)  # fmt: skip
