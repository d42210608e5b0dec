"""A simulated fleet: six machines, each with its story, for looking around and for tests."""

from hydrodiag.demo.history import DemoReport, init_demo
from hydrodiag.demo.live import simulate_live

__all__ = ["DemoReport", "init_demo", "simulate_live"]
