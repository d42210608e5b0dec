"""Readings of sensors: taking them in, keeping rollups, answering queries."""
