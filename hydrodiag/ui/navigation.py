"""The script behind every page: what all of them have, and which there are."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from hydrodiag.config import PROJECT_ROOT
from hydrodiag.ui.states import forget_outage, watch_for_recovery

ASSETS = Path(__file__).with_name("assets")
FAVICON = ASSETS / "favicon.png"
LOGO = ASSETS / "logo.svg"


@dataclass(frozen=True)
class PageEntry:
    """`title` is the name of the script in pages/ and what the menu shows."""

    title: str
    icon: str

    @property
    def url_path(self) -> str:
        return self.title.lower()

    @property
    def script(self) -> Path:
        return PROJECT_ROOT / "pages" / f"{self.title}.py"


SECTIONS: dict[str, tuple[PageEntry, ...]] = {
    "Machines": (
        PageEntry("Overview", ":material/dashboard:"),
        PageEntry("Metrics", ":material/monitoring:"),
        PageEntry("Data", ":material/upload_file:"),
    ),
    "Operation": (
        PageEntry("Database", ":material/database:"),
        PageEntry("Jobs", ":material/manufacturing:"),
    ),
}
ENTRIES = tuple(entry for entries in SECTIONS.values() for entry in entries)


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
    return next((build_page(entry) for entry in ENTRIES if entry.title == title), None)


def show_app() -> None:
    st.set_page_config(page_title="HydroDiag", page_icon=str(FAVICON), layout="wide")
    st.logo(str(LOGO), icon_image=str(FAVICON), size="large")
    forget_outage()
    sections = {name: [build_page(each) for each in entries] for name, entries in SECTIONS.items()}
    st.navigation(sections, position="sidebar").run()
    watch_for_recovery()


if __name__ == "__main__":
    show_app()
