"""Health: whether the parts that HydroDiag needs are there."""

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.ui.health_parts import show_parts
from hydrodiag.ui.identity import demand

st.title("Health", anchor=False)
demand(Permission.SEE_HEALTH)
show_parts()
