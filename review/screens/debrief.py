"""My recordings: an officer's start page, with what is new for them and their own past."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import streamlit as st

from review.desk import Desk, debrief
from review.desk.debrief import Mine
from review.errors import ReviewError
from review.screens import debrief_markup, debrief_trends, markup, state
from review.screens.debrief_trends import MARKED, VERIFIED, Month, Point

PAGE_ROWS = 20
MONTHS = alt.Axis(labelAngle=0, labelOverlap=True)
COLOURS = {VERIFIED: "#2a7fc9", MARKED: "#7d8a93"}
RECORDING_PAGE = "debrief_recording.py"
WHAT_THIS_IS = (
    "A machine listened to your recordings and marked words that may have calmed or heated a situation. It gives no "
    "score, no rank and no verdict, and a mark counts for nothing until a person has listened and confirmed it. You, "
    "supervisors of your unit, whoever a recording is given to for review or coaching, and internal affairs can open "
    "it, and trainers or oversight hear moments that were shared with them; with each of yours stands who did, and "
    "why. "
    "*Method* tells how often the marks are wrong."
)
STATEMENT = (
    "By your agency's policy you can watch a recording of yours once your report or statement about it is done. "
    "You say yourself that it is, and it is kept with your name and the time. It cannot be taken back."
)


def show() -> None:
    """Show what is new, the officer's recordings a page at a time, and their trends."""
    st.title("My recordings")
    try:
        desk = state.desk()
        page = max(1, int(st.session_state.get("debrief_page", 1)))
        own = debrief.own(desk, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
        if not own.total:
            st.info("**No recordings of yours yet.** They appear here once they were processed and said to be yours.")
            return
        st.markdown(WHAT_THIS_IS)
        _news(own)
        recordings, trends = st.tabs(["Recordings", "My trends"], key="debrief_tab", on_change="rerun")
        with recordings:
            _recordings(desk, own)
        if trends.open:
            with trends:
                _trends(desk)
    except ReviewError as error:
        st.error(str(error))


def _news(own: debrief.Own) -> None:
    for sha256, news in own.news.items():
        told = ", ".join(debrief_markup.news_words(news))
        st.page_link(
            RECORDING_PAGE,
            label=f"New in {markup.plain(own.names[sha256])}: {markup.plain(told)}",
            query_params={"recording": sha256},
        )


def _recordings(desk: Desk, own: debrief.Own) -> None:
    if desk.rules.debrief_after_statement and any(row.statement is None for row in own.rows):
        st.caption(STATEMENT)
    for row in own.rows:
        _recording(desk, row)
    pages = -(-own.total // PAGE_ROWS)
    if pages > 1:
        st.pagination(pages, key="debrief_page")


def _recording(desk: Desk, row: Mine) -> None:
    sha256 = row.entry.sha256
    with st.container(border=True, gap=None):
        told, act = st.columns([5, 2], vertical_alignment="center")
        with told.container(gap=None):
            if row.reads:
                st.page_link(RECORDING_PAGE, label=markup.plain(row.entry.name), query_params={"recording": sha256})
            else:
                st.markdown(f"**{markup.plain(row.entry.name)}**")
            st.html(debrief_markup.mine_facts(row, zone=state.zone()) + debrief_markup.news_line(row.news))
        if row.statement is None:
            asked = st.session_state.get("stating") == sha256
            act.button(
                "My report or statement is done",
                key=f"statement-{sha256}",
                on_click=_ask,
                args=(sha256,),
                disabled=asked,
            )
            if asked:
                _statement(desk, sha256)


def _ask(sha256: str) -> None:
    st.session_state["stating"] = sha256


def _statement(desk: Desk, sha256: str) -> None:
    """Ask once more, since it cannot be taken back."""
    st.markdown("**Is your report or statement about this recording done?** It cannot be taken back.")
    with st.container(horizontal=True):
        yes, no = st.button("Yes, it is done", key="statement-yes"), st.button("Not yet", key="statement-no")
    if yes:
        debrief.state_statement(desk, sha256)
    if yes or no:
        del st.session_state["stating"]
        st.rerun()


def _trends(desk: Desk) -> None:
    past = debrief.past(desk)
    months = debrief_trends.months(past)
    st.caption(
        "Only your own recordings, compared with nobody's. Only those that you may watch are in it. It is no score: "
        "what is marked and verified depends on what happened, on what could be heard and on what was reviewed."
    )
    reviewed, total = debrief.reviewed(desk)
    st.write(debrief_trends.coverage(months, reviewed=reviewed, total=total))
    known = dict(debrief_trends.behaviours(months, past))
    if not known:
        st.info(
            "Too few to say. A behaviour is shown once it was marked at least "
            f"{debrief_trends.LEAST_MOMENTS} times in all of your recordings."
        )
        return
    chosen = st.selectbox("Behaviour", list(known), format_func=known.__getitem__, key="trend")
    points = debrief_trends.points(months, chosen)
    for kind in (VERIFIED, MARKED):
        if any(point.per_hour is not None for point in points if point.kind == kind):
            st.altair_chart(_chart(points, kind), width="stretch")
        else:
            st.caption(f"{kind}: too few to say.")
    st.altair_chart(_coverage(months), width="stretch")
    st.html(debrief_trends.month_table(months, points))


def _chart(points: Sequence[Point], kind: str) -> alt.Chart:
    """One line with a scale of its own: what people verified is never read against what the machine marked."""
    values = [vars(point) for point in points if point.kind == kind]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=values), title=alt.Title(kind, anchor="start", fontSize=14))
        .mark_line(point={"size": 70, "color": COLOURS[kind]}, strokeWidth=2, color=COLOURS[kind])
        .encode(
            x=alt.X("month:O", title=None, axis=MONTHS),
            y=alt.Y("per_hour:Q", title="per recorded hour", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=4)),
            tooltip=["month:O", "moments:Q", "per_hour:Q"],
        )
        .properties(height=210)
    )
    return chart


def _coverage(months: Sequence[Month]) -> alt.Chart:
    """How many recordings each month has, and how many of them were reviewed."""
    values = [
        {"month": one.month, "what": what, "recordings": count, "order": order}
        for one in months
        for order, (what, count) in enumerate(
            {"reviewed to the end": one.reviewed, "not reviewed": one.recordings - one.reviewed}.items()
        )
    ]
    scale = alt.Scale(domain=["reviewed to the end", "not reviewed"], range=["#2a7fc9", "#b9c4cc"])
    chart: alt.Chart = (
        alt.Chart(
            alt.InlineData(values=values), title=alt.Title("Recordings that you may watch", anchor="start", fontSize=14)
        )
        .mark_bar()
        .encode(
            x=alt.X("month:O", title=None, axis=MONTHS),
            y=alt.Y("sum(recordings):Q", title="recordings", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("what:N", scale=scale, title=None, legend=alt.Legend(orient="top")),
            order=alt.Order("order:Q"),
            tooltip=["month:O", "what:N", "recordings:Q"],
        )
        .properties(height=210)
    )
    return chart


if __name__ == "__main__":
    show()
