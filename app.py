"""The app: `streamlit run app.py`, from `make dev` or alone.

Keep the literal `app = st.App(...)`: `streamlit run` finds it by reading this file's syntax tree.
"""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.routing import Route

from hydrodiag.config import load_settings
from hydrodiag.logs import configure_logs
from hydrodiag.ui.probes import healthz, readyz
from hydrodiag.ui.states import show_unexpected

HEAVY_MODULES = ("pandas", "pyarrow", "plotly.graph_objects", "streamlit.elements.plotly_chart")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Import what the first visitor would wait for, and keep the collector away from it."""
    configure_logs(load_settings())
    for name in HEAVY_MODULES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    yield


app = st.App(
    Path(__file__).with_name("hydrodiag") / "ui" / "navigation.py",
    lifespan=lifespan,
    on_script_error=show_unexpected,
    routes=[Route("/healthz", healthz), Route("/readyz", readyz)],
)
