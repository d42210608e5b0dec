"""The health check: small questions to the database, each answered ok, warning or failing."""

from hydrodiag.timescale.health.run import timescale_health_check

__all__ = ["timescale_health_check"]
