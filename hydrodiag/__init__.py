"""HydroDiag: condition monitoring and diagnostics of hydraulic machines."""

__version__ = "0.1.0"
