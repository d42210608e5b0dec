"""Whether the sensors can be believed: before anything is said about the machine."""

from hydrodiag.diagnostics.quality.judging import find_issues

__all__ = ["find_issues"]
