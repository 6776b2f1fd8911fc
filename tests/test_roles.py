"""A careful first guess at who is who."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import roles
from review.encounter import Role, Span, SpeakerRole, Turn, Word
from review.roles import SAMPLE_RATE, Samples

SILENCE = np.zeros(60 * SAMPLE_RATE, np.float32)


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


@given(
    st.lists(st.tuples(st.floats(0, 300), st.floats(0, 20)), max_size=8),
    st.floats(0, 400).map(lambda length: length + 1 / SAMPLE_RATE / 3),
)
def test_the_background_is_looked_at_in_short_pieces_that_hold_no_talk(talk, until):
    spans = [Span(start, start + length) for start, length in talk]
    gaps = roles._between(spans, until=until)
    assert all(gap.seconds <= roles.MOST_AT_ONCE and gap.end <= until + 0.001 for gap in gaps)
    assert not any(gap.overlap(span) for gap in gaps for span in spans)
    assert [gap.start for gap in gaps] == sorted(gap.start for gap in gaps)


def roles_of(*lines: tuple[str, str], samples: Samples = SILENCE) -> dict[str, SpeakerRole]:
    return {one.speaker: one for one in roles.guess(talk(*lines), samples)}


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


def test_who_introduces_themselves_and_asks_for_papers_is_there_however_narrow_the_voice():
    lines = (
        ("S1", "I'm Officer Reyes with the Metro police. Can I see your license and registration, please?"),
        ("S2", "twelve thirteen fourteen fifteen sixteen seventeen"),
    )
    roles = roles_of(*lines, samples=sounding(lines, {"S1": NARROW, "S2": WIDE}, hiss=0.0001))
    assert roles["S1"].role is Role.OFFICER


def test_a_narrow_voice_that_speaks_in_codes_is_the_surer_radio():
    lines = (COUNTING[0], ("S2", "Unit 12, copy. One in custody, stand by."))
    coded = roles_of(*lines, samples=sounding(lines, {"S1": WIDE, "S2": NARROW}, hiss=0.0001))
    plain = roles_of(*COUNTING, samples=sounding(COUNTING, {"S1": WIDE, "S2": NARROW}, hiss=0.0001))
    assert coded["S2"].role is plain["S2"].role is Role.RADIO
    assert coded["S2"].confidence > plain["S2"].confidence


def test_an_enrolled_officers_voice_is_an_officers_whatever_it_says():
    turns = talk(
        ("S1", "so what happened here tonight can you tell me from the start"),
        ("S2", "he came over and he started yelling at my brother"),
    )
    before = {one.speaker: one for one in roles.guess(turns, SILENCE)}
    after = {one.speaker: one for one in roles.guess(turns, SILENCE, enrolled={"S1"})}
    assert before["S1"].role is Role.UNKNOWN
    assert after["S1"].role is Role.OFFICER


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
    assert roles.guess((), SILENCE) == ()


@pytest.mark.parametrize("cue", roles.role_cues(), ids=lambda cue: cue.id)
def test_a_cue_is_found_in_its_examples(cue: roles.RoleCue):
    assert cue.hits
    assert (cue.weight > 0) == cue.id.startswith("officer/")
    assert [hit for hit in cue.hits if not cue.pattern.search(hit.lower())] == []


def test_the_ids_of_cues_are_unique():
    ids = [cue.id for cue in roles.role_cues()]
    assert len(ids) == len(set(ids))


def test_a_near_officer_who_says_little_of_police_work_wears_the_camera_and_not_the_far_one_who_says_more():
    near = "Give me your license. I don't have to explain anything. Step out of the car. I said step out of the car."
    far = "I'm Officer Reyes. The reason I stopped you is your speed. Keep your hands where I can see them, sir."
    civilian = (
        "No, I don't know, why am I being stopped? Am I being detained, officer? Please, I did nothing wrong here."
    )
    lines = [("S1", near), ("S2", civilian), ("S3", far), ("S1", near), ("S2", civilian), ("S3", far)]
    turns = talk(*lines)
    samples = np.full(60 * SAMPLE_RATE, 0.02, np.float32)
    for spoken in turns:
        if spoken.speaker == "S1":
            samples[int(spoken.span.start * SAMPLE_RATE) : int(spoken.span.end * SAMPLE_RATE)] = 0.2
    found = {one.speaker: one.role for one in roles.guess(turns, samples)}
    assert found == {"S1": Role.OFFICER, "S2": Role.CIVILIAN, "S3": Role.OTHER_OFFICER}
