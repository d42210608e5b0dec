"""Looks at readings beside lines over time: pairs, distributions, cycles, spectra.

Pure functions over frames and arrays; who calls them reads the readings.
"""
