"""The audit log: who did what, when, from where and with what outcome. That it is read here is logged, too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

import streamlit as st

from review.desk import Desk, auditing
from review.desk.auditing import Wanted
from review.errors import ReviewError
from review.screens import markup, state
from review.screens.audit_rows import audit_table, shown

ROWS = 100
EXPORT = "/api/audit.csv"
OUTCOMES = {"": "Done and refused", "done": "Done", "refused": "Refused"}


def show() -> None:
    """Show the filters, one page of entries, and whether the chain of the log is whole."""
    st.title("Audit log")
    st.caption("Everything that people did or were refused, newest first. That you read it here is logged, too.")
    try:
        desk = state.desk()
        wanted, query = _asked()
        _entries(desk, wanted, query)
        _chain(desk)
    except ReviewError as error:
        st.error(str(error))


def _asked() -> tuple[Wanted, str]:
    """What the filters say, and the same for the address of the export."""
    who, what, recording, outcome, days = st.columns([2, 2, 2, 2, 3])
    person = who.text_input("Who", placeholder="an account's id").strip()
    action = what.text_input("What", placeholder="such as play, export").strip().lower().replace(" ", "_")
    sha256 = recording.text_input("Recording", placeholder="whole id").strip().lower()
    result = outcome.selectbox("Outcome", OUTCOMES, format_func=lambda one: OUTCOMES[one])
    chosen = days.date_input("Days (UTC)", value=[], format="YYYY-MM-DD")
    since, until = _days(chosen)
    wanted = Wanted(sha256, person, action, result, since, until + timedelta(days=1) if until else None)
    asked = {"recording": sha256, "person": person, "action": action, "outcome": result}
    for name, at in (("since", since), ("until", until)):
        asked[name] = at.date().isoformat() if at else ""
    return wanted, urlencode({name: value for name, value in asked.items() if value})


def _days(chosen: object) -> tuple[datetime | None, datetime | None]:
    days = [day for day in chosen if isinstance(day, date)] if isinstance(chosen, tuple) else []
    both = [datetime.combine(day, time(), tzinfo=UTC) for day in days]
    return (both[0], both[-1]) if both else (None, None)


def _entries(desk: Desk, wanted: Wanted, query: str) -> None:
    page = int(st.session_state.get("audit_page", 1))
    # What is on the screen stays there; only another question is another reading, and logged as one.
    asked = (wanted, page, int(st.session_state.get("audit_again", 0)))
    if st.session_state.get("audit_asked") != asked:
        rows = auditing.page(desk, wanted, limit=ROWS + 1, offset=(page - 1) * ROWS)
        st.session_state["audit_rows"], st.session_state["audit_asked"] = [shown(row) for row in rows], asked
    rows = st.session_state["audit_rows"]
    if not rows:
        st.info("Nothing in the log fits these filters.")
    else:
        st.html(audit_table(rows[:ROWS]))
    again, older, save = st.columns([1, 3, 2], vertical_alignment="center")
    if again.button("Read again"):
        st.session_state["audit_again"] = asked[2] + 1
        st.rerun()
    with older:
        if len(rows) > ROWS or page > 1:
            st.pagination(page + (len(rows) > ROWS), key="audit_page")
    save.html(markup.save_link(f"{EXPORT}?{query}", "Save these entries as CSV"))


def _chain(desk: Desk) -> None:
    st.subheader("Is the log whole?", anchor=False)
    st.caption(
        "Each entry holds a hash over the one before. A changed, removed or added entry shows, unless all later hashes "
        "were made anew; so keep the newest hash somewhere else from time to time. What people answered, did and "
        "corrected is compared with its entries, too."
    )
    if st.button("Check all entries"):
        chain = auditing.verify(desk)
        if chain.broken_at:
            st.error(f"Entry {chain.broken_at} does not fit the one before it: the log was changed there.")
            return
        for misfit in chain.compared.misfits:
            st.error(markup.plain(auditing.misfit_told(misfit)))
        st.success(f"{chain.entries} entries, all fit. Newest hash: `{chain.newest}`")
        st.caption(" ".join(auditing.chain_told(chain)))


if __name__ == "__main__":
    show()
