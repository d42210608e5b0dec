"""The hydraulic test rig set of ZeMA (UCI 447) as a system with readings and labels.

N. Helwig, E. Pignanelli, A. Schütze, I2MTC 2015, doi 10.1109/I2MTC.2015.7151267; CC BY 4.0.
The set has no clock times: cycles of 60 s are laid end to end from a given start, at the place
that their number gives them.
"""

from hydrodiag.readings.zema.importing import ZemaReport, import_zema

__all__ = ["ZemaReport", "import_zema"]
