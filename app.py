"""The app: `streamlit run app.py`, from `make dev` or alone.

Keep the literal `app = st.App(...)`: `streamlit run` finds it by reading this file's syntax tree.
"""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from hydrodiag.api import build_routes as build_api_routes
from hydrodiag.config import load_settings
from hydrodiag.diagnostics.findings.gauges import tell_ongoing
from hydrodiag.health.endpoints import build_health_routes
from hydrodiag.health.requests import ObservedRequests
from hydrodiag.logs import configure_logs
from hydrodiag.ui import resources
from hydrodiag.ui.gate.doors import build_doors
from hydrodiag.ui.gate.middleware import AuthGate
from hydrodiag.ui.gate.provider import build_provider_routes
from hydrodiag.ui.gate.state import gate_state
from hydrodiag.ui.gate.view_links import ViewLinks
from hydrodiag.ui.gate.watch import watching
from hydrodiag.ui.states import show_unexpected

HEAVY_MODULES = (
    "pandas", "pyarrow", "plotly.graph_objects", "streamlit.elements.plotly_chart",
    "hydrodiag.ui.overview_fleet", "hydrodiag.ui.metrics_page",
)  # fmt: skip
# Of new objects; at 700 the collector takes four times the processor and frees no more.
COLLECT_AFTER = 10_000
settings = load_settings()
gate = gate_state()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Import what the first visitor would wait for, and keep the collector away from it."""
    configure_logs(settings)
    for name in HEAVY_MODULES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    async with watching(gate.lookup, gate.sockets, look_every_s=settings.session_check_s):
        yield


app = st.App(
    Path(__file__).with_name("hydrodiag") / "ui" / "main.py",
    lifespan=lifespan,
    middleware=[
        Middleware(ObservedRequests),
        Middleware(AuthGate, state=gate),
        Middleware(ViewLinks, lookup=gate.lookup),
    ],
    on_script_error=show_unexpected,
    routes=[
        *build_health_routes(settings, resources.database, [tell_ongoing]),
        *build_doors(),
        *build_api_routes(resources.api_database),
        *build_provider_routes(settings),
    ],
)
