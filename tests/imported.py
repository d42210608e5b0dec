"""Everything that the app and the scheduler import, and no more: for `tests.forked`."""

import gc
import importlib
import pkgutil

import streamlit.web.cli  # noqa: F401
from streamlit.elements import plotly_chart  # noqa: F401

import hydrodiag
import scheduler  # noqa: F401

SCRIPTS = ("hydrodiag.__main__", "hydrodiag.ui.main", "hydrodiag.db.migrations")

for module in pkgutil.walk_packages(hydrodiag.__path__, "hydrodiag."):
    if not module.name.startswith(SCRIPTS):
        importlib.import_module(module.name)
gc.collect()
gc.freeze()
