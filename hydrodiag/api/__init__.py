"""The machine API: `/api/v1`, for programs with a key."""

from hydrodiag.api.limits import Limits
from hydrodiag.api.routes import build_routes

__all__ = ["Limits", "build_routes"]
