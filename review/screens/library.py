"""The library: every recording with its counts, and a search over what was said."""

from __future__ import annotations

import streamlit as st

from review.access import Action
from review.desk import Desk, library
from review.errors import ReviewError
from review.screens import markup, state
from review.screens.parts import clock
from review.store import Entry, Hit

PAGE_ROWS = 25
HITS_SHOWN = 50


def show() -> None:
    """Show the search box and either its hits or one page of recordings."""
    st.title("Recordings")
    try:
        desk = state.desk()
        count = library.count(desk)
        if count == 0:
            _nothing_yet()
            return
        # A field's value goes when its page does; whoever comes back from a recording finds the search again.
        st.session_state.setdefault("search", st.session_state.get("last_search", ""))
        query = _query() if desk.may(Action.SEARCH) else ""
        if query.strip():
            _hits(library.search(desk, query, limit=HITS_SHOWN), query)
        else:
            _recordings(desk, count)
    except ReviewError as error:
        st.error(str(error))


def _query() -> str:
    query = st.text_input(
        "Search what was said",
        key="search",
        placeholder='Words that must all occur; "in quotes" for an exact phrase',
    )
    st.session_state["last_search"] = query
    return query


def _nothing_yet() -> None:
    st.info(
        "**No recordings yet.** Recordings appear here once they have been processed on this computer:\n\n"
        "- to try the program with its acted examples, run `make demo`\n"
        "- to process your own file, run `bodycam-review process FILE`\n\n"
        "Then reload this page."
    )


def _recordings(desk: Desk, count: int) -> None:
    pages = -(-count // PAGE_ROWS)
    page = min(int(st.session_state.get("library_page", 1)), pages)
    first = (page - 1) * PAGE_ROWS
    entries = library.page(desk, limit=PAGE_ROWS, offset=first)
    st.caption(markup.shown(first, len(entries), count))
    for entry in entries:
        _recording(entry)
    if pages > 1:
        st.pagination(pages, key="library_page")


def _recording(entry: Entry) -> None:
    with st.container(border=True, gap=None):
        name, counts = st.columns([2, 5], vertical_alignment="center")
        with name.container(gap=None):
            st.page_link("listen.py", label=markup.plain(entry.name), query_params={"recording": entry.sha256})
            st.caption(markup.entry_facts(entry))
        counts.html(markup.entry_counts(entry))


def _hits(hits: tuple[Hit, ...], query: str) -> None:
    if not hits:
        st.info("Nobody was heard saying all of these words. Check the spelling, or search for fewer words.")
        return
    more = "the first " if len(hits) == HITS_SHOWN else ""
    places = "place" if len(hits) == 1 else "places"
    st.caption(f"{more}{len(hits)} {places} where this was said".capitalize())
    for hit in hits:
        with st.container(border=True, gap=None):
            where = {"recording": hit.sha256, "at": str(hit.start), "find": query}
            st.page_link("listen.py", label=f"{markup.plain(hit.name)}, at {clock(hit.start)}", query_params=where)
            st.html(markup.hit_line(hit.text, markup.role_name(hit.role, hit.speaker), query))


if __name__ == "__main__":
    show()
