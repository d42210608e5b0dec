"""Keys: by which machines and programs hand in and read readings."""

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.ui.api_keys_form import show_form, show_new_key
from hydrodiag.ui.api_keys_list import show_keys
from hydrodiag.ui.identity import demand

st.title("Keys", anchor=False)
demand(Permission.MANAGE_KEYS)
st.caption("For the machine API: readings in and out over HTTP, and Telegraf. See docs/api.md.")
show_new_key()
show_keys()
show_form()
