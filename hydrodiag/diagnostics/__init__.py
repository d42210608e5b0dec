"""From readings to findings: data quality, indicators, baselines, condition models, advice."""

from hydrodiag.diagnostics.running.window import run

__all__ = ["run"]
