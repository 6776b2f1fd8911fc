"""Accounts: who may sign in, as what; for administrators, who see no recording."""

from __future__ import annotations

import streamlit as st

from review.access import Viewer, ViewerRole
from review.desk import Desk, people
from review.errors import ReviewError
from review.screens import first_help, markup, state
from review.screens.people_rows import ROLE_NAMES, account_table, can_change, what_changed
from review.store import Particulars, Person

UNIT = "Supervisors see the recordings of their own unit."
OFFICER = "The agency's id of somebody who wears a camera or can appear in a recording."
ENDS = (
    "A new role, unit or officer's id ends the person's sessions at once. Recordings stay with the officer's id and "
    "the unit that they were given. What the person did stays as it was."
)


def show() -> None:
    """Show all accounts, and the forms that add and change one."""
    st.title("Accounts")
    try:
        desk = state.desk()
        everybody = people.every(desk)
        _told()
        first_help.show(desk)
        st.html(account_table(everybody))
        adding, changing = st.columns(2, gap="large")
        with adding:
            _add(desk)
        with changing:
            _change(desk, [person for person in everybody if can_change(person)])
    except ReviewError as error:
        st.error(str(error))


def _told() -> None:
    """Say once what was done just now; a password is shown this one time."""
    done, password = st.session_state.pop("people_done", ("", ""))
    if not done:
        return
    st.success(markup.plain(done))
    if password:
        st.write(
            "Hand this password over in person or by phone. It is shown only now, and asks for a new one when used:"
        )
        st.code(password, language=None)


def _add(desk: Desk) -> None:
    st.subheader("Add an account", anchor=False)
    with st.form("add", border=False, enter_to_submit=False):
        user = st.text_input("Id to sign in with", placeholder="small letters, digits and . _ @ -")
        name = st.text_input("Name")
        role = st.selectbox("Role", list(ViewerRole), format_func=_role_name)
        unit = st.text_input("Unit", help=UNIT)
        officer = st.text_input("Officer's id", help=OFFICER)
        oidc = st.checkbox("Signs in with the agency's own sign-in; no password here")
        if st.form_submit_button("Add", type="primary"):
            viewer = Viewer(user.strip().lower(), name.strip(), str(role), unit.strip(), officer.strip())
            _done(f"The account {viewer.user} is made.", people.add(desk, viewer, oidc=oidc))


def _change(desk: Desk, everybody: list[Person]) -> None:
    st.subheader("Change an account", anchor=False)
    if not everybody:
        st.caption("There is none yet but those for trying the program out.")
        return
    known = {person.id: person for person in everybody}
    person = known[st.selectbox("Account", known, format_func=lambda one: f"{one} ({known[one].name})", key="account")]
    _particulars(desk, person)
    if person.disabled_at:
        if st.button("Enable again"):
            people.enable(desk, person.id)
            _done(f"{person.id} can sign in again.")
        return
    if person.has_password and st.button("New password", help="For somebody who forgot theirs; ends their sessions."):
        _done(f"{person.id} has a new password.", people.reset_password(desk, person.id))
    if person.has_totp and st.button("New code app", help="For a lost phone; it is set up at the next sign-in."):
        people.reset_totp(desk, person.id)
        _done(f"{person.id} sets up a code app at the next sign-in.")
    if person.id != desk.viewer.user and st.button("Disable", help="Ends their sessions at once; what they did stays."):
        people.disable(desk, person.id)
        _done(f"{person.id} is disabled.")


def _particulars(desk: Desk, person: Person) -> None:
    """The form with what the account is now."""
    # Another form for each person and state of the account: nobody's values go to another, and what somebody else
    # changed meanwhile is shown and not overwritten.
    one = repr((person.id, person.name, person.role, person.unit, person.officer))
    with st.form(f"particulars {one}", border=False, enter_to_submit=False):
        name = st.text_input("Name", person.name, key=f"name {one}")
        roles = list(ViewerRole)
        now = roles.index(ViewerRole(person.role))
        role = st.selectbox("Role", roles, now, format_func=_role_name, key=f"role {one}")
        unit = st.text_input("Unit", person.unit, key=f"unit {one}", help=UNIT)
        officer = st.text_input("Officer's id", person.officer, key=f"officer {one}", help=OFFICER)
        st.caption(ENDS)
        if not st.form_submit_button("Save changes"):
            return
    changed = people.change(desk, person.id, Particulars(name, str(role), unit, officer))
    _done(what_changed(person.id, changed.told, changed.ended))


def _role_name(role: ViewerRole) -> str:
    return ROLE_NAMES[role]


def _done(told: str, password: str = "") -> None:
    st.session_state["people_done"] = (told, password)
    st.rerun()


if __name__ == "__main__":
    show()
