"""What a person puts right holds for the whole voice, and nothing that was said is lost."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import corrections
from review.encounter import Correction, CorrectionKind, Role, Span, SpeakerRole, Turn, VoiceAct, VoiceActKind, Word
from review.errors import WrongUse

AT = datetime(2026, 1, 1, tzinfo=UTC)
ROLES = (
    SpeakerRole("S1", Role.OFFICER, 0.8),
    SpeakerRole("S2", Role.CIVILIAN, 0.7),
    SpeakerRole("S3", Role.UNKNOWN, 0.2),
)


def turn(speaker, start, text, second=""):
    words = tuple(Word(word, Span(start + at, start + at + 0.8), 0.9, second) for at, word in enumerate(text.split()))
    return Turn(speaker, Span(start, words[-1].span.end), words)


TURNS = (
    turn("S1", 0, "Step out of the car."),
    turn("S2", 6, "Why? What did I do?", second="S3"),
    turn("S3", 12, "Get out now!"),
    turn("S1", 16, "Sir, please."),
)


def correction(kind, speaker, now, *, start=0.0, end=100.0):
    return Correction("ab" * 32, kind, speaker, Span(start, end), "", now, "reviewer-1", AT)


def words(turns):
    return [word.text for turn in turns for word in turn.words]


def test_a_role_given_by_a_person_is_certain_and_holds_for_the_whole_voice():
    said, roles = corrections.applied(TURNS, ROLES, [correction(CorrectionKind.ROLE, "S3", "other_officer")])
    assert roles[2] == SpeakerRole("S3", Role.OTHER_OFFICER, 1.0)
    assert said == TURNS


def test_two_swapped_roles_are_put_right_by_two_corrections():
    made = [
        correction(CorrectionKind.ROLE, "S1", "civilian"),
        correction(CorrectionKind.ROLE, "S2", "officer"),
    ]
    _, roles = corrections.applied(TURNS, ROLES, made)
    assert [who.role for who in roles] == [Role.CIVILIAN, Role.OFFICER, Role.UNKNOWN]


def test_a_voice_that_is_another_ones_goes_to_it_wherever_it_speaks():
    said, roles = corrections.applied(TURNS, ROLES, [correction(CorrectionKind.SPEAKER, "S3", "S1")])
    assert [turn.speaker for turn in said] == ["S1", "S2", "S1", "S1"]
    assert [who.speaker for who in roles] == ["S1", "S2"]


def test_only_the_words_inside_the_span_change_hands():
    made = [correction(CorrectionKind.SPEAKER, "S2", "S1", start=8.0, end=10.0)]
    said, _ = corrections.applied(TURNS, ROLES, made)
    assert [(turn.speaker, turn.text) for turn in said][1:4] == [
        ("S2", "Why? What"),
        ("S1", "did I"),
        ("S2", "do?"),
    ]


def test_a_person_does_not_talk_over_themselves():
    said, _ = corrections.applied(TURNS, ROLES, [correction(CorrectionKind.SPEAKER, "S2", "S3")])
    assert {word.second for word in said[1].words} == {""}


def test_words_can_be_given_to_somebody_who_was_not_told_apart():
    said, roles = corrections.applied(TURNS, ROLES, [correction(CorrectionKind.SPEAKER, "S3", "S4")])
    assert said[2].speaker == "S4"
    assert SpeakerRole("S4", Role.UNKNOWN, 0.0) in roles


@pytest.mark.parametrize(
    "wrong", [correction(CorrectionKind.ROLE, "S9", "officer"), correction(CorrectionKind.ROLE, "S1", "suspect")]
)
def test_what_is_not_there_is_refused_by_name(wrong):
    with pytest.raises(WrongUse, match=r"S9|suspect"):
        corrections.applied(TURNS, ROLES, [wrong])


def test_what_was_heard_in_a_voice_goes_with_it():
    act = VoiceAct(VoiceActKind.RAISED_VOICE, Span(12, 14), "S3", {"decibels": 8.0})
    silence = VoiceAct(VoiceActKind.LONG_SILENCE, Span(30, 45), "", {"seconds": 15.0})
    made = [correction(CorrectionKind.SPEAKER, "S3", "S1")]
    assert [act.speaker for act in corrections.renamed([act, silence], made)] == ["S1", ""]


def test_nobody_interrupts_themselves():
    act = VoiceAct(VoiceActKind.INTERRUPTION, Span(12, 14), "S3", {"of": "S2"})
    made = correction(CorrectionKind.SPEAKER, "S2", "S1")
    assert corrections.renamed([act], [made])[0].details == {"of": "S1"}
    assert corrections.renamed([act], [correction(CorrectionKind.SPEAKER, "S2", "S3")]) == ()


@given(st.lists(st.tuples(st.sampled_from(["S1", "S2", "S3"]), st.floats(0, 20), st.floats(0, 20)), max_size=4))
def test_no_correction_loses_a_word_or_changes_the_order(changes):
    made = [
        correction(CorrectionKind.SPEAKER, speaker, "S1", start=min(one, two), end=max(one, two) + 0.1)
        for speaker, one, two in changes
    ]
    said, roles = corrections.applied(TURNS, ROLES, [one for one in made if one.speaker == "S2"])
    assert words(said) == words(TURNS)
    assert {turn.speaker for turn in said} == {who.speaker for who in roles}
