"""Which marks should be listened to first: one list for the queue, the library's filter, Today and the unit view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from review.encounter import Flag, Status

# With the reason; nothing about a person follows from one.
SERIOUS: Mapping[str, str] = {
    "bias_remark": "words on a protected group always go to a person",
    "threat_of_harm": "somebody may be in danger, and a complaint likely",
    "threat_of_sanction": "a consequence that the order does not explain; a complaint is likely",
    "medical_dismissal": "somebody may need aid still",
    "questioning_after_invocation": "somebody had asked for a lawyer or wanted to be silent, and questions went on",
    "threat_to_others": "somebody may be in danger",
    "crisis": "somebody spoke of harming themselves, or may need help of another kind",
    "weapon": "somebody may be in danger",
    "medical_complaint": "somebody said they are hurt or cannot breathe; listed unless medical aid was marked for sure",
    "force_warning": "force was announced; whoever listens hears whether it followed",
    "force": "force, listed unless medical aid was marked for sure in the recording",
}
WITHOUT = {"force": "medical_aid", "medical_complaint": "medical_aid"}  # serious unless the other was marked for sure


def is_serious(flag: Flag, flags: Iterable[Flag]) -> bool:
    """Whether this mark is serious among all `flags` of its recording; `filters.is_serious_unread` asks it in SQL."""
    if flag.behaviour not in SERIOUS:
        return False
    relief = WITHOUT.get(flag.behaviour)
    # An unsure mark of aid silences nobody who says they cannot breathe.
    return relief is None or not any(one.behaviour == relief and one.status is not Status.UNSURE for one in flags)
