"""Whether the parts that HydroDiag needs are there: for people, for containers, for scripts."""

from hydrodiag.health.models import ModelProbe, ModelState
from hydrodiag.health.probes import Probe, State, is_ready, probe_all

__all__ = ["ModelProbe", "ModelState", "Probe", "State", "is_ready", "probe_all"]
