"""Saved views of Metrics: open one, save what is shown, share, rename, delete."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.accounts.saved_views import (
    MAX_NAME,
    SavedView,
    delete_view,
    list_views,
    rename_view,
    save_view,
    share_view,
    short_link,
)
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.gate.view_links import VIEW
from hydrodiag.ui.identity import may, me
from hydrodiag.ui.metrics_address import TIMES, build_view_link, collect_params
from hydrodiag.ui.metrics_controls import find_range
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.states import guarded

POPOVER = "saved_views"
MESSAGE = "_saved_views_message"
SHORT_LINK = "_short_link"
CHOSEN = "saved_view"
DOOMED = "_view_to_delete"
CHANGE = "Share, rename or delete a view"
LINK_STYLE = "color:inherit;text-underline-offset:3px"
MOST_SEEN = 7
LIST_PX = 230
BuildView = Callable[[], MetricsView]


def show_lost_link() -> None:
    """A link that leads somewhere never gets here: the gate has led on."""
    if VIEW in st.query_params:
        st.warning(
            "The view was deleted, is shared no more, or the link is cut off. "
            "Ask for the link again; meanwhile this page works as always.",
            title="This link leads nowhere", icon=":material/link_off:",
        )  # fmt: skip


def show_views(build_view: BuildView | None) -> None:
    """`build_view`: what can be saved now; None where nothing is shown."""
    st.fragment(_show_popover)(build_view)


def show_short_link(view: MetricsView) -> None:
    """Made when it is asked for; shown until something else is looked at."""
    params = collect_params(_read_address(), view, None)
    what = {key: each for key, each in params.items() if not view.is_live or key not in TIMES}
    if st.button("Short link", icon=":material/content_cut:", key="make_short_link"):
        try:
            token = short_link(resources.database(), me(), params)
        except HydroDiagError as error:
            st.error(safe_text(str(error)), icon=":material/error:")
            return
        st.session_state[SHORT_LINK] = (what, build_view_link(st.context.url or "", token))
    of, link = st.session_state.get(SHORT_LINK, (None, ""))
    if of == what:
        st.caption("Opens for everybody who can sign in here.")
        st.code(link, language=None, wrap_lines=True)


def _show_popover(build_view: BuildView | None) -> None:
    popover = st.popover("Views", icon=":material/bookmarks:", key=POPOVER, on_change="rerun")
    if not popover.open:
        return
    with popover, guarded("Views"):
        _show_message()
        views = list_views(resources.database(), me())
        own = [view for view in views if view.owner_id == me().user_id]
        others = [view for view in views if view not in own]
        if not views:
            st.caption("No saved views yet. Save what you look at under a name to find it again.")
        _show_links("Yours", own)
        _show_links("Shared by others", others)
        if build_view is not None:
            _show_form(build_view())
        _offer_changes(views)


def _show_links(title: str, views: Sequence[SavedView]) -> None:
    if not views:
        return
    st.markdown(f"**{title}**")
    with st.container(height=LIST_PX if len(views) > MOST_SEEN else "content", border=False):
        st.html("".join(_build_line(view) for view in views))


def _build_line(view: SavedView) -> str:
    """A link that loads the page anew, as no other of Streamlit's links does."""
    is_own = view.owner_id == me().user_id
    note = ("shared" if view.is_shared else "") if is_own else view.owner_name
    link = escape(build_view_link(st.context.url or "", view.token))
    text = f'<a href="{link}" style="{LINK_STYLE}">{escape(view.name)}</a>'
    return f'<div style="padding:3px 0">{text}{f" · {escape(note)}" if note else ""}</div>'


def _show_form(view: MetricsView) -> None:
    st.markdown("**Save this view**")
    with st.form("save_view", clear_on_submit=True, border=False):
        name = st.text_input("Name", max_chars=MAX_NAME, placeholder="Pump after the repair")
        is_exact = not view.is_live or st.checkbox(
            "Keep these exact times", help=f"Else it always shows the last {find_range()}."
        )
        is_shared = may(Permission.SHARE_VIEWS) and st.checkbox("Share with everybody")
        if st.form_submit_button("Save", icon=":material/bookmark_add:"):
            params = collect_params(_read_address(), view, None if is_exact else find_range())
            permission = Permission.SHARE_VIEWS if is_shared else Permission.READ
            _change(
                permission, "save view", name.strip(),
                lambda db: save_view(db, me(), name, params, is_shared=is_shared),
                f"View {name.strip()} saved.",
            )  # fmt: skip
            st.rerun(scope="fragment")


def _offer_changes(views: Sequence[SavedView]) -> None:
    actor = me()
    changeable = {view.id: view for view in views if view.may_be_deleted_by(actor)}
    if not changeable:
        return
    chosen = st.selectbox(
        CHANGE, list(changeable), index=None, key=CHOSEN, placeholder="Choose a view",
        format_func=lambda view_id: _name(changeable[view_id]),
    )  # fmt: skip
    if chosen in changeable:
        _show_changes(changeable[chosen])


def _show_changes(view: SavedView) -> None:
    is_own = view.owner_id == me().user_id
    if is_own:
        name = st.text_input("New name", view.name, max_chars=MAX_NAME, key=f"rename_{view.id}")
        st.button(
            "Rename", icon=":material/edit:", key=f"rename_now_{view.id}",
            on_click=lambda: _rename(view, st.session_state.get(f"rename_{view.id}", name)),
        )  # fmt: skip
    with st.container(horizontal=True):
        if is_own and (view.is_shared or may(Permission.SHARE_VIEWS)):
            st.button(
                "Stop sharing" if view.is_shared else "Share with everybody",
                icon=":material/group_off:" if view.is_shared else ":material/group_add:",
                key=f"share_{view.id}", on_click=_share, args=(view,),
            )  # fmt: skip
        st.button("Delete", icon=":material/delete:", key=f"delete_{view.id}",
                  on_click=lambda: st.session_state.update({DOOMED: view.id}))  # fmt: skip
    if st.session_state.get(DOOMED) == view.id:
        _ask_again(view)


def _ask_again(view: SavedView) -> None:
    st.caption("It cannot be brought back, and links to it lead nowhere then.")
    with st.container(horizontal=True):
        st.button("Delete for good", icon=":material/delete_forever:", type="primary",
                  on_click=_delete, args=(view,))  # fmt: skip
        st.button("Keep it", on_click=lambda: st.session_state.pop(DOOMED, None))


def _rename(view: SavedView, name: str) -> None:
    _change(
        Permission.READ, "rename view", view.name,
        lambda db: rename_view(db, me(), view.id, name), f"View {view.name} renamed.",
    )  # fmt: skip
    st.session_state[CHOSEN] = None


def _share(view: SavedView) -> None:
    wanted = not view.is_shared
    said = f"View {view.name} is shared {'with everybody' if wanted else 'no more'}."
    _change(
        Permission.SHARE_VIEWS if wanted else Permission.READ,
        "share view" if wanted else "stop sharing view", view.name,
        lambda db: share_view(db, me(), view.id, is_shared=wanted), said,
    )  # fmt: skip
    st.session_state[CHOSEN] = None


def _delete(view: SavedView) -> None:
    _change(
        Permission.READ, "delete shared view" if view.is_shared else "delete view", view.name,
        lambda db: delete_view(db, me(), view.id), f"View {view.name} deleted.",
    )  # fmt: skip
    st.session_state[CHOSEN] = st.session_state[DOOMED] = None


def _change(
    permission: Permission, action: str, subject: str, work: Callable[[Database], object],
    said: str,
) -> None:  # fmt: skip
    """Told at the top of the list, as the button may be gone by then."""
    try:
        act(permission, action, subject, lambda db, _: work(db))
        st.session_state[MESSAGE] = ("success", said)
    except HydroDiagError as error:
        st.session_state[MESSAGE] = ("error", str(error))


def _show_message() -> None:
    kind, text = st.session_state.pop(MESSAGE, ("", ""))
    if kind == "success":
        st.success(safe_text(text), icon=":material/check_circle:")
    elif kind == "error":
        st.error(safe_text(text), icon=":material/error:")


def _name(view: SavedView) -> str:
    return view.name if view.owner_id == me().user_id else f"{view.name} · {view.owner_name}"


def _read_address() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}
