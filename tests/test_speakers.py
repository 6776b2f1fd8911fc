"""Who speaks when, whose words are whose, and a careful first guess at who is the officer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import speakers
from review.encounter import Role, Span, SpeakerRole, Turn, Voice, Word
from review.speakers import SAMPLE_RATE, Samples, Settings

SILENCE = np.zeros(60 * SAMPLE_RATE, np.float32)

times = st.floats(0, 100, allow_nan=False).map(lambda at: round(at, 3))
spans = st.tuples(times, times).map(lambda ends: Span(min(ends), max(ends)))
some_words = st.lists(st.builds(Word, st.sampled_from(["yes", "no.", "stop!"]), spans, st.just(1.0)), max_size=30)
some_voices = st.lists(st.builds(Voice, st.sampled_from(["S1", "S2", "S3"]), spans), max_size=10)


def said(text: str, *, start: float = 0.0, step: float = 0.3) -> tuple[Word, ...]:
    return tuple(
        Word(word, Span(start + at * step, start + (at + 1) * step), 0.9) for at, word in enumerate(text.split())
    )


def turn(speaker: str, text: str, *, start: float = 0.0) -> Turn:
    words = said(text, start=start)
    return Turn(speaker, Span(start, words[-1].span.end), words)


def talk(*lines: tuple[str, str]) -> tuple[Turn, ...]:
    turns, at = [], 0.0
    for speaker, text in lines:
        turns.append(turn(speaker, text, start=at))
        at = turns[-1].span.end + 0.4
    return tuple(turns)


def roles_of(*lines: tuple[str, str], samples: Samples = SILENCE) -> dict[str, SpeakerRole]:
    return {one.speaker: one for one in speakers.guess_roles(talk(*lines), samples)}


@given(some_words, some_voices)
def test_no_word_is_lost_none_doubled_and_their_order_is_kept(words: list[Word], voices: list[Voice]):
    turns = speakers.attribute(words, voices)
    assert [word for turn in turns for word in turn.words] == words


@given(some_words, some_voices)
def test_every_word_goes_to_a_voice_there_is(words: list[Word], voices: list[Voice]):
    known = {voice.label for voice in voices} or {speakers.ONLY_SPEAKER}
    assert {turn.speaker for turn in speakers.attribute(words, voices)} <= known


@given(some_words, some_voices)
def test_a_turn_covers_its_words(words: list[Word], voices: list[Voice]):
    for one in speakers.attribute(words, voices):
        assert one.span.start == min(word.span.start for word in one.words)
        assert one.span.end == max(word.span.end for word in one.words)


def test_a_word_goes_to_the_voice_it_overlaps_most_and_else_to_the_nearest():
    voices = [Voice("S1", Span(0, 2)), Voice("S2", Span(1.8, 3))]
    words = (Word("hello.", Span(1.5, 2.1), 1), Word("yes.", Span(1.9, 2.3), 1), Word("well.", Span(3.2, 3.5), 1))
    assert [(turn.speaker, turn.text) for turn in speakers.attribute(words, voices)] == [
        ("S1", "hello."),
        ("S2", "yes. well."),
    ]


def test_without_voices_all_words_are_one_speakers():
    [only] = speakers.attribute(said("nobody was told apart"), ())
    assert only.speaker == "S1"


def test_a_long_pause_begins_a_new_turn_of_the_same_speaker():
    words = (*said("Stay there."), *said("Thank you.", start=5.0))
    assert [turn.text for turn in speakers.attribute(words, [Voice("S1", Span(0, 6))])] == ["Stay there.", "Thank you."]


def test_a_flicker_inside_a_sentence_does_not_split_it():
    words = said("I need you to stay in the car.")
    voices = [Voice("S1", Span(0, 0.9)), Voice("S2", Span(0.9, 1.2)), Voice("S1", Span(1.2, 3))]
    [whole] = speakers.attribute(words, voices)
    assert whole.text == "I need you to stay in the car."


def test_a_short_answer_between_two_sentences_stays_the_other_speakers():
    words = said("Are you hurt? No. Good.")
    voices = [Voice("S1", Span(0, 0.9)), Voice("S2", Span(0.9, 1.2)), Voice("S1", Span(1.2, 2))]
    assert [turn.speaker for turn in speakers.attribute(words, voices)] == ["S1", "S2", "S1"]


def test_like_voices_are_one_person_likest_first_and_unlike_ones_stay_apart():
    near, nearer, far = np.array([1.0, 0.5]), np.array([1.0, 0.2]), np.array([-1.0, 1.0])
    signatures = {0: (near, 5.0), 1: (far, 9.0), 2: (nearer, 1.0)}
    assert speakers.same_people(signatures, least=0.66) == {0: 0, 1: 1, 2: 0}
    assert speakers.same_people(signatures, least=0.999) == {0: 0, 1: 1, 2: 2}
    assert speakers.same_people({}, least=0.66) == {}


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.2, 1.0, 11.0])
def test_silence_of_any_length_has_no_voices(seconds: float):
    assert speakers.diarize(np.zeros(int(seconds * SAMPLE_RATE), np.float32), Settings(threads=1)) == ()


def test_who_asks_for_papers_is_the_officer_and_who_says_yes_officer_the_civilian():
    roles = roles_of(
        ("S1", "Good evening, I'm Officer Reyes. Can I see your license and registration, please?"),
        ("S2", "Yes, officer. It's in my glove box. Am I in trouble?"),
        ("S1", "The reason I stopped you is your tail light."),
    )
    assert roles["S1"].role is Role.OFFICER
    assert roles["S1"].confidence > 0.9
    assert roles["S2"].role is Role.CIVILIAN
    assert roles["S2"].confidence > 0.8


def test_a_civilian_who_asks_whether_he_is_detained_makes_the_other_an_officer():
    roles = roles_of(
        ("S1", "Am I being detained? I didn't do anything. I don't consent to any search, officer."),
        ("S2", "Just relax for a second and talk with me about it."),
    )
    assert roles["S1"].role is Role.CIVILIAN
    assert roles["S2"].role is Role.OFFICER


def test_a_private_talk_has_no_officer_and_no_civilian():
    roles = roles_of(
        ("S1", "Oh, I'm originally from Chicago also. I'm in New Jersey now though."),
        ("S2", "Well, there's not much difference. They all call me a Yankee down here."),
    )
    assert {one.role for one in roles.values()} == {Role.UNKNOWN}
    assert all(one.confidence < 0.5 for one in roles.values())


def test_there_is_at_most_one_wearer_and_a_second_officer_is_another():
    roles = roles_of(
        ("S1", "I'm Officer Reyes. Step out of the car. Keep your hands where I can see them."),
        ("S2", "You're under arrest. Put your hands behind your back. You have the right to remain silent."),
        ("S3", "Please don't hurt me, officer. What did I do?"),
    )
    assert sorted(one.role for one in roles.values()) == [Role.CIVILIAN, Role.OFFICER, Role.OTHER_OFFICER]
    assert roles["S3"].role is Role.CIVILIAN


def test_of_two_officers_the_nearer_voice_wears_the_camera():
    lines = [(who, "Keep your hands where I can see them. Step out of the car, sir.") for who in ("S1", "S2")]
    near, far = (0.2 * np.ones(SAMPLE_RATE * 4, np.float32), 0.02 * np.ones(SAMPLE_RATE * 30, np.float32))
    roles = roles_of(*lines, samples=np.concatenate([near, far]))
    assert roles["S1"].confidence > roles["S2"].confidence
    assert roles["S1"].role is Role.OFFICER


def coloured(seconds: float, low: float, high: float) -> Samples:
    """Noise with energy only between `low` and `high` Hz, as loud as speech."""
    spectrum = np.fft.rfft(np.random.default_rng(2).normal(0, 1, int(seconds * SAMPLE_RATE)))
    pitch = np.fft.rfftfreq(int(seconds * SAMPLE_RATE), 1 / SAMPLE_RATE)
    sound = np.fft.irfft(np.where((pitch > low) & (pitch < high), spectrum, 0))
    return (0.1 * sound / np.abs(sound).std()).astype(np.float32)


def sounding(lines: tuple[tuple[str, str], ...], bands: dict[str, tuple[float, float]], *, hiss: float) -> Samples:
    """Thirty seconds of hiss in which each speaker's words are noise of that speaker's band."""
    sound = hiss * np.random.default_rng(3).normal(0, 1, 30 * SAMPLE_RATE).astype(np.float32)
    for one in talk(*lines):
        at, voice = int(one.span.start * SAMPLE_RATE), coloured(one.span.seconds, *bands[one.speaker])
        sound[at : at + len(voice)] += voice
    return sound


COUNTING = (
    ("S1", "one two three four five six seven eight nine ten"),
    ("S2", "eleven twelve thirteen fourteen fifteen sixteen seventeen"),
)
WIDE, NARROW = (60.0, 8000.0), (300.0, 3000.0)


@pytest.mark.parametrize("hiss", [0.0, 0.0001, 0.003])
def test_a_narrow_voice_among_wide_ones_is_the_radio(hiss: float):
    roles = roles_of(*COUNTING, samples=sounding(COUNTING, {"S1": WIDE, "S2": NARROW}, hiss=hiss))
    assert roles["S1"].role is Role.UNKNOWN
    assert roles["S2"].role is Role.RADIO


def test_on_the_telephone_nobody_is_a_radio():
    roles = roles_of(*COUNTING, samples=sounding(COUNTING, {"S1": NARROW, "S2": NARROW}, hiss=0.0001))
    assert {one.role for one in roles.values()} == {Role.UNKNOWN}


def test_a_voice_in_loud_noise_is_not_taken_for_a_radio():
    roles = roles_of(*COUNTING, samples=sounding(COUNTING, {"S1": WIDE, "S2": NARROW}, hiss=0.1))
    assert {one.role for one in roles.values()} == {Role.UNKNOWN}


def test_a_voice_of_few_words_keeps_an_unknown_role():
    roles = roles_of(
        ("S1", "I'm Officer Reyes. Can I see your license and registration?"),
        ("S2", "Okay."),
    )
    assert roles["S2"] == SpeakerRole("S2", Role.UNKNOWN, 0.0)


def test_no_words_have_no_roles():
    assert speakers.guess_roles((), SILENCE) == ()


@pytest.mark.parametrize("cue", speakers.role_cues(), ids=lambda cue: cue.id)
def test_a_cue_is_found_in_its_examples(cue: speakers.RoleCue):
    assert cue.hits
    assert (cue.weight > 0) == cue.id.startswith("officer/")
    assert [hit for hit in cue.hits if not cue.pattern.search(hit.lower())] == []


def test_the_ids_of_cues_are_unique():
    ids = [cue.id for cue in speakers.role_cues()]
    assert len(ids) == len(set(ids))
