"""Diagnostics as jobs: new readings into steps, steps into findings."""
