"""Where an indicator is heading: robust trend, time to a limit, and shifts of level."""

from hydrodiag.diagnostics.prognosis.shifts import Shift, find_shift
from hydrodiag.diagnostics.prognosis.trend import NoTrend, Prognosis, prognose

__all__ = ["NoTrend", "Prognosis", "Shift", "find_shift", "prognose"]
