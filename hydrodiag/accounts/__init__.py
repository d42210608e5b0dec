"""People who may sign in."""

from hydrodiag.accounts.administrators import create_administrator

__all__ = ["create_administrator"]
