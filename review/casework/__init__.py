"""What people do about a recording besides judging marks: review, notes, coaching, the officer's own answers."""

from review.casework.acts import ACTION, Act, Kind, checked
from review.casework.form import drawn, missing
from review.casework.holding import (
    Assignment,
    Casework,
    Session,
    Signing,
    heard,
    holding,
    item_key,
    joined,
    withdrawable,
)

__all__ = [
    "ACTION",
    "Act",
    "Assignment",
    "Casework",
    "Kind",
    "Session",
    "Signing",
    "checked",
    "drawn",
    "heard",
    "holding",
    "item_key",
    "joined",
    "missing",
    "withdrawable",
]
