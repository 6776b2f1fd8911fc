"""Small pieces of text that the reports share."""

from __future__ import annotations

from review.encounter import Role

MACHINE = "Marked by machine unless it says verified."
ADVICE = (
    "Marks are made by a machine for a person to check. They advise and conclude nothing: no mark, good or bad, "
    "counts as verified until a person has confirmed the words and the speaker, and nothing heard is not nothing done."
)


def clock(seconds: float) -> str:
    """Seconds as a reader's clock.

    >>> clock(3725.4)
    '1:02:05'
    >>> clock(65)
    '1:05'
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def named(role: Role) -> str:
    """A role as a reader's word.

    >>> named(Role.OTHER_OFFICER)
    'Other officer'
    """
    return role.value.replace("_", " ").capitalize()


def md(text: str) -> str:
    """A text in one line that Markdown shows as it is."""
    flat = " ".join(text.split())
    for sign in "\\`*_|<>[]#":
        flat = flat.replace(sign, f"\\{sign}")
    return flat
