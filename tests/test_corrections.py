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
    assert SpeakerRole("S4", Role.UNKNOWN, 0.2) in roles


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


def reworded(speaker, was, now, *, start, end):
    return Correction("ab" * 32, CorrectionKind.TEXT, speaker, Span(start, end), was, now, "reviewer-1", AT)


def test_words_that_a_person_typed_stand_where_the_old_ones_were_and_are_certain():
    said, _ = corrections.applied(TURNS, ROLES, [reworded("S2", "What did I", "Who are you", start=6.9, end=9.9)])
    assert said[1].text == "Why? Who are you do?"
    new = said[1].words[1:4]
    assert (new[0].span.start, new[-1].span.end) == (TURNS[1].words[1].span.start, TURNS[1].words[3].span.end)
    assert {word.confidence for word in new} == {1.0}


def test_words_that_were_never_said_can_be_taken_out_whole():
    said, roles = corrections.applied(TURNS, ROLES, [reworded("S3", "Get out now!", "", start=11.0, end=16.0)])
    assert [turn.speaker for turn in said] == ["S1", "S2", "S1"]
    assert "S3" not in {who.speaker for who in roles}


@pytest.mark.parametrize(
    ("speaker", "was", "start", "end"),
    [("S1", "Step out", 0.0, 30.0), ("S1", "Sit down", 0.0, 2.0), ("S2", "Why?", 40.0, 50.0)],
)
def test_words_that_are_not_there_or_of_several_turns_are_not_changed(speaker, was, start, end):
    with pytest.raises(WrongUse):
        corrections.applied(TURNS, ROLES, [reworded(speaker, was, "x", start=start, end=end)])


def test_a_turn_can_be_split_and_made_one_again():
    split = correction(CorrectionKind.BOUNDARY, "S2", "split", start=8.0, end=10.8)
    said, _ = corrections.applied(TURNS, ROLES, [split])
    assert [turn.text for turn in said][1:3] == ["Why? What", "did I do?"]
    merged = correction(CorrectionKind.BOUNDARY, "S2", "merged", start=6.0, end=10.8)
    again, _ = corrections.applied(said, ROLES, [merged])
    assert again == TURNS


@pytest.mark.parametrize(
    "wrong",
    [correction(CorrectionKind.BOUNDARY, "S1", "merged", start=0.0, end=20.0),
     correction(CorrectionKind.BOUNDARY, "S1", "split", start=0.0, end=20.0),
     correction(CorrectionKind.BOUNDARY, "S1", "split", start=40.0, end=50.0),
     correction(CorrectionKind.BOUNDARY, "S1", "moved", start=1.0, end=2.0)],
)  # fmt: skip
def test_a_boundary_that_makes_no_sense_is_told(wrong):
    with pytest.raises(WrongUse):
        corrections.applied(TURNS, ROLES, [wrong])


def test_two_swapped_voices_change_places_with_everything_they_said():
    swap = [correction(CorrectionKind.SPEAKER, *pair) for pair in (("S1", "S9"), ("S2", "S1"), ("S9", "S2"))]
    said, roles = corrections.applied(TURNS, ROLES, swap)
    assert [turn.speaker for turn in said] == ["S2", "S1", "S3", "S2"]
    assert words(said) == words(TURNS)
    assert {who.speaker: who.role for who in roles}["S1"] is Role.OFFICER


def test_a_voice_that_only_gets_a_name_keeps_its_role():
    _, roles = corrections.applied(TURNS, ROLES, [correction(CorrectionKind.SPEAKER, "S2", "Witness")])
    assert {who.speaker: who.role for who in roles}["Witness"] is Role.CIVILIAN


@pytest.mark.parametrize("name", ["", " ", "S1 ", "x" * 41, "a\nb"])
def test_a_name_that_cannot_be_shown_is_refused(name):
    with pytest.raises(WrongUse):
        corrections.applied(TURNS, ROLES, [correction(CorrectionKind.SPEAKER, "S2", name)])


@given(st.integers(0, 17), st.sampled_from(["S1", "S2", "S3"]))
def test_a_split_anywhere_loses_no_word_or_is_refused(at, speaker):
    made = correction(CorrectionKind.BOUNDARY, speaker, "split", start=float(at))
    try:
        said, _ = corrections.applied(TURNS, ROLES, [made])
    except WrongUse:
        return
    assert words(said) == words(TURNS)
