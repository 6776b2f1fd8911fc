"""How it works: what is marked, how well that was measured to go, versions and limits; for everybody."""

from __future__ import annotations

import streamlit as st

from review import weights
from review.behaviours import CODEBOOK_VERSION
from review.encounter import Direction
from review.errors import ReviewError
from review.pipeline import software
from review.screens import markup, method_rows, plain_markup, state
from review.screens.method_rows import Row


def show() -> None:
    """Show the page; it holds nothing about any recording."""
    st.title("Method")
    st.caption("What this program does with a recording, how well it does it, and what it cannot do.")
    _way()
    _terms()
    _limits()
    _accuracy()
    _behaviours()
    _versions()


def _way() -> None:
    st.subheader("From a recording to a mark", anchor=False)
    st.markdown(
        "1. The sound is read; the original file is never changed, and known by its checksum.\n"
        "2. Words are written down, each with a time and a confidence. Doubtful words are dotted.\n"
        "3. Voices are told apart, and each is given a role: officer with the camera, other officer, civilian, radio.\n"
        "4. Rules and a small language model look for the behaviours below. Each mark names what found it.\n"
        "5. A person listens and says whether the mark is right. Only then does it count."
    )


def _terms() -> None:
    st.subheader("What the words mean", anchor=False)
    st.html(plain_markup.definitions(method_rows.TERMS))


def _limits() -> None:
    st.subheader("What it cannot do", anchor=False)
    st.html(plain_markup.bullets(method_rows.LIMITS))


def _accuracy() -> None:
    st.subheader("How well it does", anchor=False)
    figures = method_rows.measured()
    right, found = method_rows.together()
    one, two, three = st.columns(3)
    one.metric("Sure marks that are right", right.partition(" (")[0], border=True)
    two.metric("Marks of people that a sure mark found", found.partition(" (")[0], border=True)
    error = figures["calibration_error"]
    three.metric("Confidence is off by, on average", f"{100 * error:.1f} %" if error else "", border=True)
    st.caption(
        f"On {figures['talks']:,} written talks set aside ({figures['words']:,} words), never used for tuning: "
        f"right {right}, found {found}. Words and speakers are given there: mistakes in hearing are not in it."
    )
    st.html(
        plain_markup.plain_table(
            ("On acted samples, synthetic voices", "used for tuning", "held out"),
            method_rows.hearing(),
            caption="These say that the parts work together, not how the program does in the field.",
        )
    )


def _behaviours() -> None:
    st.subheader("What is marked", anchor=False)
    st.caption("Right: of the sure marks. Found: of all marks of the reference, by a sure mark.")
    hidden = state.policy().hidden
    for direction in Direction:
        with st.expander(method_rows.direction_title(direction)):
            st.caption(method_rows.DIRECTION_WORDS[direction])
            st.html("".join(_entry(row, hidden=row.behaviour in hidden) for row in method_rows.rows(direction)))


def _entry(row: Row, *, hidden: bool) -> str:
    notes = ["shown as unsure only: too few of its marks were right"] if row.unsure_only else []
    notes += ["hidden by this agency's policy: stored, but neither shown nor counted"] if hidden else []
    return plain_markup.behaviour_entry(
        row.name,
        row.definition,
        facts=(("Can be shown by", row.who), ("Right", row.right), ("Found", row.found)),
        counts=row.counts,
        does_not_count=row.does_not_count,
        notes=tuple(notes),
    )


def _versions() -> None:
    st.subheader("Versions", anchor=False)
    st.markdown(
        f"{markup.plain(software())}, codebook {CODEBOOK_VERSION}. Each recording keeps those it was made with."
    )
    try:
        cards = weights.cards()
    except ReviewError as error:
        st.error(str(error))
        return
    heads = ("Job", "Model", "Version", "Checksum", "Licence")
    st.html(plain_markup.plain_table(heads, method_rows.models(cards), caption="Checked before each use."))
    with st.expander("What is known to go wrong with the models"):
        st.html(plain_markup.definitions(method_rows.failures(cards)))


if __name__ == "__main__":
    show()
