"""The script that Streamlit runs anew for every page; what it imports is kept."""

from hydrodiag.ui.navigation import show_app

show_app()
