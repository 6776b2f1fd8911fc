"""The library: every recording with where its review stands, filters, a search over what was said, work given out."""

from __future__ import annotations

import streamlit as st

from review.access import Action
from review.desk import Desk, library
from review.errors import ReviewError
from review.screens import first_help, library_filter, library_rows, state, work
from review.screens.recordings import recordings
from review.store import Filter, Found

PAGE_ROWS = 25
HITS_SHOWN = 50


def show() -> None:
    """Show the search box, the filters, and either hits or one page of recordings."""
    st.title("Recordings")
    try:
        desk = state.desk()
        if library.count(desk) == 0:
            _nothing_yet(desk)
            return
        first_help.show(desk)
        # A field's value goes when its page does; whoever comes back from a recording finds the search again.
        st.session_state.setdefault("search", st.session_state.get("last_search", ""))
        query = _query() if desk.may(Action.SEARCH) else ""
        wanted = library_filter.chosen(desk)
        library_filter.told(wanted)
        if query.strip():
            _hits(library.searched(desk, query, wanted, limit=HITS_SHOWN), query, wanted)
        else:
            _recordings(desk, wanted)
    except ReviewError as error:
        st.error(str(error))
        st.button("Show all recordings", on_click=library_filter.set_to, args=(Filter(),))


def _query() -> str:
    query = st.text_input(
        "Search what was said",
        key="search",
        placeholder='Words that must all occur; "in quotes" for an exact phrase',
    )
    st.session_state["last_search"] = query
    return query


def _nothing_yet(desk: Desk) -> None:
    if not desk.may(Action.UPLOAD):
        st.info(
            "**No recordings yet.** Your recordings appear here once they have been processed and somebody has said "
            "that you wear the camera. Ask your supervisor if one is missing."
        )
        return
    st.info(
        "**No recordings yet.** Open **Add recordings** and choose the files; each appears here once the program has "
        "worked through it. Recordings of other units are not shown here.\n\n"
        "For administrators: at the command line, `bodycam-review process FILE` adds a recording, and `make demo` adds "
        "acted examples. Then reload this page."
    )
    st.page_link("upload.py", label="Add recordings")


def _recordings(desk: Desk, wanted: Filter) -> None:
    key = library_filter.page_key()
    page = int(st.session_state.get(key, 1))
    found = library.look(desk, wanted, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
    if not found.rows:
        st.info("No recording fits all of this. Take something out of the filter, or show all.")
        return
    pages = -(-found.total // PAGE_ROWS)
    first = (min(page, pages) - 1) * PAGE_ROWS
    st.caption(library_rows.shown(first, len(found.rows), found.total, sort=wanted.sort))
    gives = desk.may(Action.ASSIGN).allowed
    if gives:
        work.give_out(desk, wanted, found)
    recordings(library_rows.rows(found.rows, desk.clock().date(), ticks=gives, zone=state.zone()))
    if pages > 1:
        st.pagination(pages, key=key)


def _hits(found: Found, query: str, wanted: Filter) -> None:
    if not found.hits:
        within = "" if wanted.empty else " in the recordings that the filter shows"
        st.info(f"Nobody was heard saying all of these words{within}. Check the spelling, or search for fewer words.")
        return
    st.caption(library_rows.hits_line(found))
    st.html(library_rows.hit_rows(found.hits, query))


if __name__ == "__main__":
    show()
