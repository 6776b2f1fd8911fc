"""Accounts as administrators see them: values in, HTML out; no streamlit here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from review.access import ViewerRole
from review.store import Person

ROLE_NAMES: Mapping[str, str] = {
    ViewerRole.OFFICER: "Officer",
    ViewerRole.SUPERVISOR: "Supervisor",
    ViewerRole.INTERNAL_AFFAIRS: "Internal affairs",
    ViewerRole.TRAINER: "Trainer",
    ViewerRole.OVERSIGHT: "Oversight",
    ViewerRole.ADMIN: "Administrator",
}
COLUMNS = ("Id", "Name", "Role", "Unit", "Officer", "Signs in with", "Since", "State")

PARTICULARS: Mapping[str, str] = {"name": "name", "role": "role", "unit": "unit", "officer": "officer's id"}


def account_table(everybody: Iterable[Person]) -> str:
    """All accounts as a table; what people typed is escaped."""
    head = "".join(f'<th scope="col">{column}</th>' for column in COLUMNS)
    rows = "".join(f"<tr>{''.join(map(_cell, _row(person)))}</tr>" for person in everybody)
    return f'<table class="bcr-table bcr-people"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def can_change(person: Person) -> bool:
    """Whether there is anything to change: demo accounts have no password, and end with the first real account."""
    return not person.demo


def what_changed(user: str, told: Mapping[str, str], ended: int) -> str:
    """What became of an account, in one sentence.

    >>> what_changed("j.doe", {"role": "supervisor", "role_was": "officer", "unit": "", "unit_was": "North"}, 1)
    'j.doe: role is now Supervisor (was Officer), unit is now empty (was North). Sessions ended: 1.'
    """
    if not told:
        return f"{user} was so already; nothing is changed."
    named = ((name, label) for name, label in PARTICULARS.items() if name in told)
    parts = (
        f"{label} is now {_said(name, told[name])} (was {_said(name, told[f'{name}_was'])})" for name, label in named
    )
    return f"{user}: {', '.join(parts)}. Sessions ended: {ended}."


def _said(name: str, value: str) -> str:
    return (ROLE_NAMES.get(value, value) if name == "role" else value) or "empty"


def _row(person: Person) -> tuple[str, ...]:
    return (
        person.id,
        person.name,
        ROLE_NAMES.get(person.role, person.role),
        person.unit,
        person.officer,
        _how(person),
        f"{person.made_at:%Y-%m-%d}" if person.made_at else "",
        f"disabled {person.disabled_at:%Y-%m-%d}" if person.disabled_at else "active",
    )


def _how(person: Person) -> str:
    if person.demo:
        return "a click (demo, this computer only)"
    if not person.has_password:
        return "the agency's own sign-in"
    return "password and code" if person.has_totp else "password; code app not set up yet"


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"
