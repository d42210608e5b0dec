"""Derived series: formulas over sensors, checked for units and worked out on means of buckets.

Nothing a person types is ever run as Python: a formula becomes a list of steps (`parser`) that
`running` carries out on a stack.
"""

from hydrodiag.formulas.deriving import Derived, derive
from hydrodiag.formulas.export import export_derived
from hydrodiag.formulas.lines import Formula, FormulaList, Mistake, read_formulas
from hydrodiag.formulas.resolution import estimate_resolution

__all__ = [
    "Derived",
    "Formula",
    "FormulaList",
    "Mistake",
    "derive",
    "estimate_resolution",
    "export_derived",
    "read_formulas",
]
