import pytest

from review.behaviours import CATALOGUE, CODEBOOK_VERSION
from review.encounter import Direction, Role

OFFICERS = {Role.OFFICER, Role.OTHER_OFFICER}


def ids(direction):
    return {one.id for one in CATALOGUE.values() if one.direction is direction}


def test_the_codebook_is_whole():
    assert CODEBOOK_VERSION == 1
    assert ids(Direction.DEESCALATING) == {
        *("introduction", "reason_for_stop", "explanation", "courtesy", "open_question", "active_listening", "empathy"),
        *("reassurance", "apology", "choice", "time_and_space", "help", "appreciation", "suicide_question"),
        *("tactical_slowdown", "peer_intervention"),
    }
    assert ids(Direction.ESCALATING) == {
        *("threat_of_harm", "threat_of_sanction", "ultimatum", "profanity", "insult", "bias_remark", "dismissal"),
        *("medical_dismissal", "accusation", "asks_to_guess", "victim_blaming"),
    }
    assert ids(Direction.CIVILIAN) == {
        *("distress", "medical_complaint", "crisis", "asks_why", "asks_for_accountability", "lawyer_request"),
        *("rights_assertion", "verbal_resistance", "hostility", "threat_to_others", "cooperation", "calming"),
    }
    assert ids(Direction.EVENT) == {
        *("order", "force_warning", "consequence_stated", "force", "weapon", "rights_advisement"),
        *("questioning_after_invocation", "consent_request", "search", "detention", "free_to_go", "arrest"),
        *("medical_aid", "specialist_requested", "identification", "identification_refused", "recording_notice"),
        *("camera_stopped", "filming_interference", "parties_separated", "risk_question", "child_check"),
        "party_interprets",
    }
    assert ids(Direction.SIGNAL) == {
        *("repeated_order", "conflicting_orders", "interruption", "raised_voice", "undirected_profanity"),
    }


@pytest.mark.parametrize("behaviour", CATALOGUE.values(), ids=lambda one: one.id)
def test_every_entry_says_what_it_is_and_who_can_show_it(behaviour):
    assert behaviour.definition.endswith(".")
    assert behaviour.roles
    if behaviour.direction in {Direction.DEESCALATING, Direction.ESCALATING}:
        assert behaviour.roles == OFFICERS
        assert behaviour.counts
        assert behaviour.does_not_count
        assert behaviour.basis
    if behaviour.direction is Direction.CIVILIAN:
        assert behaviour.roles == {Role.CIVILIAN}


def test_the_radio_shows_no_behaviour_towards_a_person():
    over_radio = {one.direction for one in CATALOGUE.values() if Role.RADIO in one.roles}
    assert over_radio == {Direction.EVENT}


def test_the_codebook_cannot_be_changed_by_who_reads_it():
    with pytest.raises(TypeError):
        CATALOGUE["courtesy"] = CATALOGUE["insult"]


def speaker(behaviour):
    return next(role for role in (Role.OFFICER, Role.CIVILIAN) if role in behaviour.roles)


# Asked before a lawyer was asked for, this is a question like any other; test_structure.py asks it after.
IN_CONTEXT = {"questioning_after_invocation"}


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [pytest.param(one, said, id=f"{one.id}: {said}") for one in CATALOGUE.values() for said in one.counts],
)
def test_what_the_codebook_counts_is_marked(behaviour, said, heard):
    assert (behaviour.id in heard((speaker(behaviour), said))) is (behaviour.id not in IN_CONTEXT)


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [pytest.param(one, said, id=f"{one.id}: {said}") for one in CATALOGUE.values() for said in one.does_not_count],
)
def test_what_the_codebook_does_not_count_is_not_marked(behaviour, said, heard):
    """Some of these are descriptions rather than speech; those hold trivially."""
    assert behaviour.id not in heard((speaker(behaviour), said))
