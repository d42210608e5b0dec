"""Physical quantities of a machine, minute by minute, from the readings of its sensors."""

from hydrodiag.diagnostics.indicators.minutes import INDICATORS, compute_minutes

__all__ = ["INDICATORS", "compute_minutes"]
