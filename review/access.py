"""Who may see and do what: pure functions of who asks, what they want to do, and the recording that it is about.

Every page, route, desk call and export asks `may`. What is not named here is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class ViewerRole(StrEnum):
    """What somebody with an account is there for."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    INTERNAL_AFFAIRS = "internal_affairs"
    TRAINER = "trainer"
    OVERSIGHT = "oversight"
    ADMIN = "admin"


class Purpose(StrEnum):
    """Why a recording is opened; asked each time that somebody begins with one, and logged."""

    ASSIGNED_REVIEW = "assigned_review"
    COMPLAINT = "complaint"
    COACHING = "coaching"
    OWN_DEBRIEF = "own_debrief"
    AUDIT = "audit"


class Action(StrEnum):
    """What can be done with a recording, or, from `search` on, with the program."""

    LIST = "list"  # know that it exists, its length and date; counts of marks where they may be read
    VIEW = "view"  # words, marks, what people said of them
    PLAY = "play"
    MOMENTS = "moments"  # hear and read the moments that were shared with one's role, and nothing around them
    DECIDE = "decide"  # say whether a mark is right
    CORRECT = "correct"  # who spoke, who they are, what was said
    REVIEW = "review"  # fill in the form, listen to the drawn stretch
    SIGN = "sign"  # sign a review off, or open a signed one again
    REFER = "refer"  # hold it and tell internal affairs
    RELEASE = "release"  # end such a hold
    NOTE = "note"  # notes, bookmarks
    PRAISE = "praise"
    ASSIGN = "assign"
    COACH = "coach"  # sessions, agenda, next step
    SHARE = "share"  # a moment with trainers or with oversight
    EXPORT = "export"
    ANSWER = "answer"  # an officer on their own recording: context, contest, ask for review, acknowledge
    STATEMENT = "statement"  # say that one's own report or statement is done; only who wears the camera
    SEE_VIEWS = "see_views"  # who opened it, and why
    SET_PRESENCE = "set_presence"  # who wears the camera, who else appears
    SEARCH = "search"
    UPLOAD = "upload"
    UNIT_FIGURES = "unit_figures"
    MANAGE_PEOPLE = "manage_people"
    READ_AUDIT = "read_audit"


@dataclass(frozen=True)
class Viewer:
    """A signed-in person: the id stored with all they do, the name shown, and what decides about access."""

    user: str
    name: str
    role: str  # a ViewerRole
    unit: str = ""
    officer: str = ""  # the agency's id of this person as one who can wear a camera or appear in a recording
    session: str = ""  # names the session that the person signed in with; no secret


@dataclass(frozen=True)
class Facts:
    """What access needs to know about one recording."""

    wearer: str = ""  # the agency's id of who wears the camera; empty when nobody has said
    unit: str = ""
    present: frozenset[str] = frozenset()  # ids of others known to appear in it
    statement_done: bool = False
    held: bool = False  # referred to internal affairs and not released
    shared_with: frozenset[str] = frozenset()  # roles that can hear a moment of it now
    assigned_to: frozenset[str] = frozenset()  # user ids


@dataclass(frozen=True)
class Rules:
    """What an agency's policy decides about access."""

    debrief_after_statement: bool = True  # officers see their own recording only after their statement is done


@dataclass(frozen=True)
class Decision:
    """Whether it is allowed, and, when not, why, in words for the person who asked."""

    allowed: bool
    why: str = ""

    def __bool__(self) -> bool:
        """Whether it is allowed."""
        return self.allowed


YES = Decision(True)
_A = Action
_LOOK = frozenset({_A.LIST, _A.VIEW, _A.PLAY})
_JUDGE = frozenset(
    {_A.DECIDE, _A.CORRECT, _A.REVIEW, _A.SIGN, _A.REFER, _A.NOTE, _A.PRAISE, _A.ASSIGN, _A.SHARE, _A.EXPORT}
)
# What each role can do at all; the recording may still refuse it.
_CAN: Mapping[str, frozenset[Action]] = {
    ViewerRole.OFFICER: _LOOK | {_A.NOTE, _A.ANSWER, _A.STATEMENT, _A.SEE_VIEWS, _A.EXPORT},
    ViewerRole.SUPERVISOR: _LOOK
    | _JUDGE
    | {_A.COACH, _A.SEE_VIEWS, _A.SET_PRESENCE, _A.SEARCH, _A.UPLOAD, _A.UNIT_FIGURES},
    ViewerRole.INTERNAL_AFFAIRS: _LOOK
    | _JUDGE
    | {_A.RELEASE, _A.SEE_VIEWS, _A.SET_PRESENCE, _A.SEARCH, _A.UPLOAD, _A.UNIT_FIGURES, _A.READ_AUDIT},
    ViewerRole.TRAINER: frozenset({_A.MOMENTS}),
    ViewerRole.OVERSIGHT: frozenset({_A.MOMENTS, _A.UNIT_FIGURES, _A.READ_AUDIT}),
    ViewerRole.ADMIN: frozenset({_A.MANAGE_PEOPLE, _A.SET_PRESENCE, _A.READ_AUDIT, _A.UPLOAD}),
}
# Nobody judges a recording in which they appear.
_NOT_ON_OWN = frozenset(
    {_A.DECIDE, _A.CORRECT, _A.REVIEW, _A.SIGN, _A.RELEASE, _A.ASSIGN, _A.COACH, _A.SET_PRESENCE, _A.SHARE, _A.PRAISE}
)
# What nobody but internal affairs does while a recording is held; judging marks and filling in the form go on.
CLOSED_BY_HOLD = frozenset({_A.COACH, _A.ASSIGN, _A.SHARE, _A.CORRECT, _A.SIGN, _A.SET_PRESENCE})
HOLD_CLOSES = (
    "Until internal affairs release it, coaching on it is closed, and only they give it out, share, correct or sign "
    "it off, or change whose it is."
)
HELD_FOR = "This recording is held for internal affairs."
HELD = f"{HELD_FOR} {HOLD_CLOSES}"
# What whoever wears the camera can do, whatever their role.
_AS_WEARER = frozenset({_A.ANSWER, _A.STATEMENT, _A.SEE_VIEWS})
PURPOSES: Mapping[str, tuple[Purpose, ...]] = {
    ViewerRole.OFFICER: (Purpose.OWN_DEBRIEF,),
    ViewerRole.SUPERVISOR: (Purpose.ASSIGNED_REVIEW, Purpose.COACHING, Purpose.COMPLAINT, Purpose.OWN_DEBRIEF),
    ViewerRole.INTERNAL_AFFAIRS: (Purpose.AUDIT, Purpose.COMPLAINT, Purpose.ASSIGNED_REVIEW, Purpose.OWN_DEBRIEF),
    ViewerRole.TRAINER: (Purpose.COACHING,),
    ViewerRole.OVERSIGHT: (Purpose.AUDIT,),
    ViewerRole.ADMIN: (),
}


def may(viewer: Viewer, action: Action, facts: Facts | None = None, *, rules: Rules | None = None) -> Decision:
    """Whether `viewer` may do this, with the recording of these facts; without facts, with the program as such.

    >>> may(Viewer("a", "A", "admin"), Action.PLAY, Facts()).why
    'An account of the role admin is not for this.'
    """
    can = _CAN.get(viewer.role, frozenset())
    wears = facts is not None and bool(viewer.officer) and facts.wearer == viewer.officer and Action.PLAY in can
    if action not in can and not (wears and action in _AS_WEARER):
        return Decision(False, f"An account of the role {viewer.role.replace('_', ' ')} is not for this.")
    if facts is None:
        return YES
    if appears(viewer, facts):
        return _on_own(viewer, action, facts, rules or Rules())
    reached = _REACH[viewer.role](viewer, action, facts)
    # Whoever cannot reach the recording is not told that it is held.
    if reached and facts.held and action in CLOSED_BY_HOLD and viewer.role != ViewerRole.INTERNAL_AFFAIRS:
        return Decision(False, HELD)
    return reached


@dataclass(frozen=True)
class Reach:
    """Which recordings a person's lists and searches can hold; `may` still decides on each."""

    everything: bool = False
    unit: str | None = None  # recordings of this unit
    assigned_to: str = ""  # recordings that were assigned to this user
    wearer: str = ""  # recordings of this officer

    @property
    def nothing(self) -> bool:
        """Whether there is none."""
        return not (self.everything or self.wearer or self.assigned_to or self.unit is not None)


def reach(viewer: Viewer) -> Reach:
    """Which recordings this person's lists can hold."""
    if viewer.role == ViewerRole.INTERNAL_AFFAIRS:
        return Reach(everything=True)
    if viewer.role == ViewerRole.SUPERVISOR:
        return Reach(unit=viewer.unit, assigned_to=viewer.user, wearer=viewer.officer)
    if viewer.role == ViewerRole.OFFICER:
        return Reach(wearer=viewer.officer)
    return Reach()


def appears(viewer: Viewer, facts: Facts) -> bool:
    """Whether this person wears the camera or appears in the recording."""
    return bool(viewer.officer) and viewer.officer in {facts.wearer, *facts.present}


def purposes(viewer: Viewer, facts: Facts) -> tuple[Purpose, ...]:
    """For which purposes this person may open this recording; their own only for a debrief."""
    known = PURPOSES.get(viewer.role, ())
    own = appears(viewer, facts)
    return tuple(one for one in known if (one is Purpose.OWN_DEBRIEF) == own)


def _on_own(viewer: Viewer, action: Action, facts: Facts, rules: Rules) -> Decision:
    if action in _NOT_ON_OWN:
        return Decision(False, "You appear in this recording, so somebody else has to do this.")
    if action is _A.LIST or (action is _A.STATEMENT and facts.wearer == viewer.officer):
        return YES
    if facts.wearer != viewer.officer and viewer.role == ViewerRole.OFFICER:
        return Decision(False, "This is another officer's recording.")
    if rules.debrief_after_statement and not facts.statement_done:
        return Decision(False, "You can watch your own recording once your report or statement is marked as done.")
    return YES


def _officer(_viewer: Viewer, _action: Action, _facts: Facts) -> Decision:
    return Decision(False, "This is another officer's recording.")


def _supervisor(viewer: Viewer, _action: Action, facts: Facts) -> Decision:
    # An agency that has no units has none on accounts and recordings alike.
    if viewer.user in facts.assigned_to or viewer.unit == facts.unit:
        return YES
    why = "This recording belongs to another unit." if facts.unit else "Nobody has said yet whose recording this is."
    return Decision(False, why)


def _internal_affairs(_viewer: Viewer, _action: Action, _facts: Facts) -> Decision:
    return YES


def _shared(viewer: Viewer, _action: Action, facts: Facts) -> Decision:
    return YES if viewer.role in facts.shared_with else Decision(False, "Nobody has shared a moment of this recording.")


def _admin(_viewer: Viewer, action: Action, _facts: Facts) -> Decision:
    return YES if action is _A.SET_PRESENCE else Decision(False, "Administrators do not see recordings.")


_REACH: Mapping[str, Callable[[Viewer, Action, Facts], Decision]] = {
    ViewerRole.OFFICER: _officer,
    ViewerRole.SUPERVISOR: _supervisor,
    ViewerRole.INTERNAL_AFFAIRS: _internal_affairs,
    ViewerRole.TRAINER: _shared,
    ViewerRole.OVERSIGHT: _shared,
    ViewerRole.ADMIN: _admin,
}
