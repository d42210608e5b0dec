"""Why a file is not taken."""

from hydrodiag.errors import InvalidInput


class ManualRefused(InvalidInput):
    """`message` says what is wrong with which file, `hint` what to do."""
