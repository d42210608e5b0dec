"""Fleet: the machines, their components and sensors, by table or as YAML."""

import streamlit as st

from hydrodiag.ui.fleet_page import show_fleet

st.title("Fleet", anchor=False)
show_fleet()
