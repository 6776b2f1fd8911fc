"""Add recordings: whose they are, the files, and how far the work on each of them is."""

from __future__ import annotations

from typing import Any

import streamlit as st

from review.access import ViewerRole
from review.desk import Desk, jobs
from review.errors import ReviewError
from review.screens import jobs_markup, markup, state
from review.screens.uploader import uploader
from review.store import Job, JobState

LOOK_EVERY = "2s"
NOT_SAID = ""


def show() -> None:
    """Show the questions, the form, and the list of what was sent."""
    st.title("Add recordings")
    try:
        desk = state.desk()
        whose = _whose(desk)
        uploader({"url": "/api/uploads", "suffixes": list(jobs.SUFFIXES), "limit": jobs.limit_bytes(), "whose": whose})
    except ReviewError as error:
        st.error(str(error))
        return
    _jobs(desk)


def _whose(desk: Desk) -> dict[str, str]:
    """Ask who wears the camera, for which unit, and who else appears; every answer can be left open."""
    people = jobs.officers(desk)
    st.caption(
        "Say whose recordings these are before you choose the files. It decides who may see and review them, and "
        "nobody reviews a recording in which they appear."
    )
    wearer, unit, others = st.columns([2, 1.5, 3])
    worn = wearer.selectbox(
        "Who wears the camera",
        [NOT_SAID, *people],
        format_func=lambda one: one or "not known yet",
        accept_new_options=True,
        help="The agency's id of the officer, such as a badge number. Type it if it is not in the list.",
    )
    if desk.viewer.role == ViewerRole.SUPERVISOR:
        of = desk.viewer.unit
        unit.text_input("Unit", value=of or "no unit", disabled=True, help="You can add recordings of your own unit.")
    else:
        choice = [NOT_SAID, *jobs.units(desk)]
        of = unit.selectbox("Unit", choice, format_func=lambda one: one or "no unit", accept_new_options=True) or ""
    also = others.multiselect(
        "Other officers who appear",
        [one for one in people if one != worn],
        accept_new_options=True,
        placeholder="Choose or type ids",
    )
    return {"wearer": worn or "", "unit": of, "others": ",".join(also)}


@st.fragment(run_every=LOOK_EVERY)
def _jobs(desk: Desk) -> None:
    st.subheader("Sent recordings", anchor=False)
    try:
        sent = jobs.mine(desk)
    except ReviewError as error:
        st.error(str(error))
        return
    if not sent:
        st.caption("Nothing was sent yet. What you send is processed one after the other; you can leave this page.")
        return
    waiting = [job.id for job in reversed(sent) if job.state in {JobState.WAITING, JobState.WORKING}]
    for job in sent:
        _job(desk, job, ahead=waiting.index(job.id) if job.id in waiting else 0)


def _job(desk: Desk, job: Job, *, ahead: int) -> None:
    with st.container(border=True, gap=None):
        told, act = st.columns([6, 1], vertical_alignment="center")
        told.html(jobs_markup.job_line(job, left=jobs.seconds_left(job, desk.clock()), ahead=ahead))
        if job.state in {JobState.WAITING, JobState.WORKING}:
            _button(act, "Cancel", job, lambda: jobs.cancel(desk, job.id))
        elif job.state is JobState.FAILED and job.path.is_file():
            _button(act, "Try again", job, lambda: jobs.again(desk, job.id))
        elif jobs.may_open(desk, job):
            act.page_link("listen.py", label="Open", query_params={"recording": job.recording})


def _button(where: Any, label: str, job: Job, do: Any) -> None:
    if where.button(label, key=f"{label}-{job.id}", width="stretch", help=f"{label}: {markup.plain(job.name)}"):
        try:
            do()
        except ReviewError as error:
            st.error(str(error))
        else:
            st.rerun(scope="fragment")


if __name__ == "__main__":
    show()
