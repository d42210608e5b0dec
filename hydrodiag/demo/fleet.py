"""The demo fleet in the database."""

import numpy as np

from hydrodiag.db import Database
from hydrodiag.demo import physics
from hydrodiag.demo.machines import Machine
from hydrodiag.demo.sensors import (
    CASE_DRAIN_FACTORS,
    COMPONENTS,
    LIMITS,
    PRECHARGE_FACTORS,
    SENSORS,
)
from hydrodiag.demo.simulator import CHARGED_SHARE, DRAWN_SHARE
from hydrodiag.demo.thermal import phase_pressure_bar
from hydrodiag.fleet import (
    ComponentDraft,
    SensorDraft,
    SystemDraft,
    upsert_component,
    upsert_sensor,
    upsert_system,
)

Limits = tuple[float | None, float | None, float | None, float | None]


def upsert_machine(db: Database, machine: Machine) -> dict[str, int]:
    """Create or update the machine with its components and sensors; return tag -> sensor id."""
    system = upsert_system(
        db,
        SystemDraft(
            code=machine.code,
            name=machine.name,
            kind=machine.kind,
            site=machine.site,
            description=machine.description,
        ),
    )
    used = {SENSORS[tag].component for tag in machine.tags}
    components = {
        code: upsert_component(db, system.id, ComponentDraft(code=code, name=name, kind=kind)).id
        for code, (name, kind) in COMPONENTS.items()
        if code in used
    }
    return {
        tag: upsert_sensor(
            db, system.id, build_sensor(machine, tag, components[SENSORS[tag].component])
        ).id
        for tag in machine.tags
    }


def build_sensor(machine: Machine, tag: str, component_id: int) -> SensorDraft:
    kind = SENSORS[tag]
    warn_low, warn_high, critical_low, critical_high = limits_of(machine, tag)
    return SensorDraft(
        tag=tag,
        name=kind.name,
        quantity=kind.quantity,
        unit=kind.unit,
        component_id=component_id,
        resolution=kind.resolution,
        valid_min=kind.valid_min,
        valid_max=kind.valid_max,
        warn_low=warn_low,
        warn_high=warn_high,
        critical_low=critical_low,
        critical_high=critical_high,
        sampling_interval_s=1.0,
        is_key=kind.is_key,
    )


def limits_of(machine: Machine, tag: str) -> Limits:
    if tag == "Q_CASE":
        warn, critical = (round(healthy_case_drain_lpm(machine) * f, 1) for f in CASE_DRAIN_FACTORS)
        return None, warn, None, critical
    if tag == "P_ACC_LOW":
        warn, critical = (round(accumulator_low_bar(machine, f), 0) for f in PRECHARGE_FACTORS)
        return warn, None, critical, None
    return LIMITS.get(tag, (None, None, None, None))


def healthy_case_drain_lpm(machine: Machine) -> float:
    """The highest case drain flow of the healthy machine in its cycle, with warm oil (50 degC)."""
    warm, none = np.array(50.0), np.array(0.0)
    drains = [
        physics.case_drain_lpm(phase_pressure_bar(machine, phase, warm), warm, none, machine.scale)
        for phase in machine.cycle
    ]
    return float(max(drains))


def accumulator_low_bar(machine: Machine, precharge_factor: float) -> float:
    """Lowest accumulator pressure with this share of the nominal pre-charge, at 40 degC."""
    nominal = machine.faults.precharge_bar(np.zeros(1))
    low = physics.accumulator_low_bar(
        np.array([machine.relief_bar * CHARGED_SHARE]),
        nominal * precharge_factor,
        np.array([40.0]),
        DRAWN_SHARE,
    )
    return float(low[0])


def list_nominal(machine: Machine) -> dict[str, float]:
    """What the diagnostics need to know of the accumulator, where its pressure is measured."""
    if "P_ACC_LOW" not in machine.tags:
        return {}
    return {
        "charged_bar": machine.relief_bar * CHARGED_SHARE,
        "drawn_share": DRAWN_SHARE,
        "precharge_bar": float(machine.faults.precharge_bar(np.zeros(1))[0]),
    }
