"""Jobs: what runs, what runs next, and what came of it."""

import streamlit as st

from hydrodiag.ui.jobs_history import show_history
from hydrodiag.ui.jobs_progress import show_running
from hydrodiag.ui.jobs_schedule import show_schedule
from hydrodiag.ui.jobs_schedulers import show_schedulers

st.title("Jobs", anchor=False)
show_schedulers()
show_running()

schedule, history = st.tabs(["Schedule", "History"], key="tab", bind="query-params")
if schedule.open:
    with schedule:
        show_schedule()
if history.open:
    with history:
        show_history()
