"""Who asks, which pages there are for them, and what all pages have."""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from structlog.contextvars import bound_contextvars

from hydrodiag.accounts import Permission, Session, allows
from hydrodiag.config import PROJECT_ROOT
from hydrodiag.metrics import PAGE_SECONDS
from hydrodiag.ui.identity import session
from hydrodiag.ui.states import forget_outage, guarded, watch_for_recovery

ASSETS = Path(__file__).with_name("assets")
FAVICON = ASSETS / "favicon.png"
LOGO = ASSETS / "logo.svg"
STYLE = ASSETS / "accessible.css"


@dataclass(frozen=True)
class PageEntry:
    """`title` is the name of the script in pages/ and what the menu shows; `address` the path
    where it is not the title's.
    """

    title: str
    icon: str
    permission: Permission = Permission.READ
    address: str = ""

    @property
    def url_path(self) -> str:
        return self.address or self.title.lower()

    @property
    def script(self) -> Path:
        return PROJECT_ROOT / "pages" / f"{self.title}.py"


SECTIONS: dict[str, tuple[PageEntry, ...]] = {
    "Machines": (
        PageEntry("Overview", ":material/dashboard:"),
        # /metrics is what Prometheus reads.
        PageEntry("Metrics", ":material/monitoring:", address="readings"),
        PageEntry("Findings", ":material/troubleshoot:"),
        PageEntry("System", ":material/precision_manufacturing:"),
        PageEntry("Checks", ":material/rule:"),
        PageEntry("Models", ":material/model_training:"),
        PageEntry("Fleet", ":material/account_tree:"),
        PageEntry("Data", ":material/upload_file:"),
    ),
    "Knowledge": (
        PageEntry("Assistant", ":material/support_agent:"),
        PageEntry("Manuals", ":material/menu_book:"),
    ),
    "Operation": (
        PageEntry("Database", ":material/database:"),
        PageEntry("Jobs", ":material/manufacturing:"),
        PageEntry("Health", ":material/monitor_heart:", Permission.SEE_HEALTH),
    ),
    "Administration": (
        PageEntry("Users", ":material/group:", Permission.MANAGE_USERS),
        PageEntry("Keys", ":material/key:", Permission.MANAGE_KEYS),
        PageEntry("Audit", ":material/history_edu:", Permission.SEE_AUDIT),
    ),
    "You": (PageEntry("Account", ":material/account_circle:"),),
}
ENTRIES = tuple(entry for entries in SECTIONS.values() for entry in entries)
BY_TITLE = {entry.title: entry for entry in ENTRIES}


def build_page(entry: PageEntry) -> StreamlitPage:
    return st.Page(
        entry.script,
        title=entry.title,
        icon=entry.icon,
        url_path=entry.url_path,
        default=entry is ENTRIES[0],
    )


def find_page(title: str) -> StreamlitPage | None:
    """For `st.page_link` and `st.switch_page`."""
    entry = BY_TITLE.get(title)
    return build_page(entry) if entry is not None else None


def list_entries(who: Session) -> dict[str, list[PageEntry]]:
    """The pages that this role may see; before a new password is set only the one for that."""
    if who.must_change_password:
        return {"You": [entry for entry in ENTRIES if entry.title == "Account"]}
    sections = {
        name: [entry for entry in entries if allows(who.role, entry.permission)]
        for name, entries in SECTIONS.items()
    }
    return {name: entries for name, entries in sections.items() if entries}


def show_app() -> None:
    st.set_page_config(page_title="HydroDiag", page_icon=str(FAVICON), layout="wide")
    st.logo(str(LOGO), icon_image=str(FAVICON), size="large")
    st.html(STYLE)
    forget_outage()
    with guarded("HydroDiag"):
        who = session()
        if who is None:
            st.error("You are not signed in. Reload this page.", title="No session")
            st.stop()
        _show_pages(who)
    watch_for_recovery()


def _show_pages(who: Session) -> None:
    sections = {
        name: [build_page(each) for each in entries] for name, entries in list_entries(who).items()
    }
    page = st.navigation(sections, position="sidebar", expanded=True)
    with st.sidebar:
        st.caption(f"{who.full_name or who.user_name}, {who.role}")
        st.button("Sign out", icon=":material/logout:", key="sign_out", on_click=st.logout)
    names = {"page": page.title, "user": who.user_name, "run": token_hex(4)}
    with bound_contextvars(**names), PAGE_SECONDS.labels(page.title).time():
        page.run()
