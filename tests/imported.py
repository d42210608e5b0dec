"""Everything that the app, its pages and the scheduler import: for `tests.forked`."""

import gc
import importlib
import pkgutil

import streamlit.web.cli  # noqa: F401

import hydrodiag.api
import hydrodiag.ui
import scheduler  # noqa: F401

MAIN = "hydrodiag.ui.main"  # a script

for module in pkgutil.walk_packages(hydrodiag.ui.__path__, "hydrodiag.ui."):
    if module.name != MAIN:
        importlib.import_module(module.name)
gc.collect()
gc.freeze()
