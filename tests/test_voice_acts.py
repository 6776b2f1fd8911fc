"""Talk made of harmonic tones, so that every decibel, semitone and second in it is known."""

import numpy as np
import pytest

from review import voice_acts
from review.encounter import Span, Turn, Voice, VoiceActKind, Word
from review.sound import SAMPLE_RATE, Spool
from review.voice_acts.hearing import listen
from review.voice_acts.parts import parts

WORD = 0.3  # seconds, of which a fifth is silence
VOWELS = (
    ((300, 60), (2200, 120), (2900, 160)),
    ((500, 80), (1500, 120), (2500, 160)),
    ((750, 90), (1200, 120), (2500, 160)),
)
PITCH = {"officer": 110.0, "driver": 210.0}  # Hz
LEVEL = {"officer": 0.1, "driver": 0.03}  # RMS of full scale
LINE = "put it on the dash for me now."
HISS = 0.001  # RMS of the background


def tone(pitch, seconds, *, vowel=1, top=4000.0):
    """A voice that hums one vowel: harmonics of `pitch` shaped by formants, RMS 1."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = np.zeros_like(time)
    for number in range(1, int(top / pitch) + 1):
        at = number * pitch
        shape = 1 + sum(6 * np.exp(-(((at - place) / (2 * width)) ** 2)) for place, width in VOWELS[vowel])
        sound += shape / number * np.sin(2 * np.pi * at * time + number**2)
    return (sound / np.sqrt(np.mean(sound**2))).astype(np.float32)


def noise(seconds, level, *, seed=1):
    return (level * np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32)


def siren(seconds, level):
    """A wail from 600 to 1350 Hz and back every four seconds, with the overtones of a loudspeaker driven hard."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(975 - 375 * np.cos(2 * np.pi * time / 4)) / SAMPLE_RATE
    return (level * 1.3 * (np.sin(phase) + np.sin(2 * phase) / 3 + np.sin(3 * phase) / 4)).astype(np.float32)


def gust(seconds, level):
    """Wind: noise that falls by 6 dB an octave."""
    low = np.cumsum(noise(seconds, 1.0, seed=2))
    low -= np.convolve(low, np.ones(1600) / 1600, "same")
    return (level * low / low.std()).astype(np.float32)


def said(*lines, pause=0.5, top=4000.0):
    """Turns and their sound; a line is (speaker, text) or (speaker, text, decibels, semitones, times as fast)."""
    turns, sounds, at = [], [], 0.0
    for number, line in enumerate(lines):
        speaker, text, decibels, semitones, speed = (*line, *(0.0, 0.0, 1.0)[len(line) - 2 :])
        words = []
        for place, word in enumerate(text.split()):
            length = WORD / speed
            words.append(Word(word, Span(at, at + length), 1.0))
            glide = (0.8, 0.0, -0.8)[place % 3]  # semitones: nobody speaks on one tone
            pitch = PITCH[speaker] * 2 ** ((semitones + glide) / 12)
            hum = tone(pitch, 0.8 * length, vowel=(place + number) % 3, top=top)
            sounds.append((at, LEVEL[speaker] * 10 ** (decibels / 20) * hum))
            at += length
        turns.append(Turn(speaker, Span(words[0].span.start, at), tuple(words)))
        at += pause
    track = noise(at + 1.0, HISS)
    for start, sound in sounds:
        first = round(start * SAMPLE_RATE)
        track[first : first + len(sound)] += sound
    return tuple(turns), track


def talk(*last, lines=12, **how):
    """Half a minute of even talk of an officer, then `last`."""
    return said(*[("officer", LINE)] * lines, *last, **how)


def found(kind, turns, track, **how):
    return [act for act in voice_acts.find(turns, track, **how) if act.kind is kind]


def raised(turns, track, **how):
    return found(VoiceActKind.RAISED_VOICE, turns, track, **how)


def test_a_voice_eight_decibels_louder_is_raised_and_says_by_how_much():
    turns, track = talk(("officer", LINE, 8.0))
    [act] = raised(turns, track)
    assert act.speaker == "officer"
    assert act.span == turns[-1].span
    assert act.details["decibels"] == pytest.approx(8.0, abs=1.0)
    assert act.details["semitones"] == pytest.approx(0.0, abs=0.5)
    assert act.details["seconds_of_speech"] == pytest.approx(13 * 8 * WORD, abs=0.1)


def test_a_voice_five_semitones_higher_is_raised_and_says_by_how_much():
    [act] = raised(*talk(("officer", LINE, 0.0, 5.0)))
    assert act.details["semitones"] == pytest.approx(5.0, abs=0.5)
    assert act.details["decibels"] == pytest.approx(0.0, abs=2.0)


@pytest.mark.parametrize(("decibels", "semitones"), [(0, 0), (3, 0), (4, 2), (-8, 0), (0, -6), (0, 3)])
def test_a_little_louder_or_higher_is_not_raised(decibels, semitones):
    assert raised(*talk(("officer", LINE, decibels, semitones))) == []


def test_what_is_raised_is_measured_against_the_same_speaker():
    loud, soft = ("officer", LINE), ("driver", LINE)
    assert raised(*said(*[loud, soft] * 10)) == []
    [act] = raised(*said(*[loud, soft] * 10, ("driver", LINE, 8.0)))
    assert act.speaker == "driver"


def test_less_than_twenty_seconds_of_speech_has_no_normal():
    assert raised(*talk(("officer", LINE, 12.0, 7.0), lines=6)) == []


def test_only_the_sentence_that_is_raised_is_marked():
    turns, track = talk(("officer", "you can sit down here."), ("officer", LINE, 9.0), ("officer", LINE), pause=0.1)
    one = Turn(
        "officer", turns[12].span.cover(turns[14].span), tuple(word for turn in turns[12:] for word in turn.words)
    )
    [act] = raised((*turns[:12], one), track)
    assert act.span == turns[13].span


def test_what_every_raised_voice_carries_bears_it_out():
    steps = ((7, 0), (0, 5), (8, 6), (6.5, 0))
    turns, track = talk(*[("officer", LINE, loud, high) for loud, high in steps], pause=0.1)
    last = turns[12:]
    one = Turn("officer", last[0].span.cover(last[-1].span), tuple(word for turn in last for word in turn.words))
    acts = raised((*turns[:12], one), track)
    assert acts
    for act in acts:
        assert act.details["decibels"] >= 6.0 or act.details["semitones"] >= 4.0


@pytest.mark.parametrize("level", [0.03, 0.1, 0.2])
def test_a_siren_under_the_words_is_no_raised_voice(level):
    turns, track = talk(("officer", LINE), ("officer", LINE))
    start = turns[-2].span.start
    for seconds in (6.0, 2.4):  # over pauses too, and over words alone
        louder = track.copy()
        first = round(start * SAMPLE_RATE)
        louder[first : first + round(seconds * SAMPLE_RATE)] += siren(seconds, level)[: len(track) - first]
        assert raised(turns, louder) == []


@pytest.mark.parametrize("level", [0.03, 0.1, 0.3])
@pytest.mark.parametrize("made_by", [gust, noise])
def test_a_gust_or_a_hiss_under_the_words_is_no_raised_voice(made_by, level):
    turns, track = talk(("officer", LINE))
    first = round(turns[-1].span.start * SAMPLE_RATE)
    track[first : first + round(2.4 * SAMPLE_RATE)] += made_by(2.4, level)
    assert raised(turns, track) == []


def test_a_shout_over_noise_is_still_raised():
    turns, track = talk(("officer", LINE, 9.0))
    track += noise(len(track) / SAMPLE_RATE, 0.02, seed=3)  # 14 dB under the normal voice
    [act] = raised(turns, track)
    assert act.details["decibels"] == pytest.approx(9.0, abs=1.5)


def test_another_voice_over_the_words_is_not_taken_for_theirs():
    turns, track = talk(("driver", LINE))
    span = turns[3].span
    for word in turns[3].words:
        first, over = round(word.span.start * SAMPLE_RATE), 0.4 * tone(PITCH["driver"], 0.8 * WORD)
        track[first : first + len(over)] += over
    assert raised(turns, track)
    assert raised(turns, track, voices=[Voice("driver", span)]) == []


def test_a_level_that_too_few_bands_tell_is_null():
    [act] = raised(*talk(("officer", LINE, 0.0, 5.0), top=500.0))
    assert act.details["decibels"] is None
    assert act.details["semitones"] == pytest.approx(5.0, abs=0.5)


def test_more_than_an_octave_higher_is_somebody_else():
    assert raised(*talk(("officer", LINE, 0.0, 14.0))) == []


@pytest.mark.parametrize("pitch", [70, 90, 110, 140, 180, 220, 280, 350, 420, 480])
@pytest.mark.parametrize("vowel", [0, 1, 2])
def test_pitch_is_right_to_five_cents_and_in_noise_to_twenty(pitch, vowel):
    clean = tone(pitch, 1.0, vowel=vowel)
    for level, cents in ((0.0, 5.0), (0.32, 20.0)):  # RMS under a voice of 1: none, and 10 dB below it
        heard = listen(clean + noise(1.0, level), [Span(0.0, 1.0)]).pitch[5:-5]
        assert (heard > 0).mean() > 0.95
        off = np.abs(1200 * np.log2(heard[heard > 0] / pitch))
        assert np.percentile(off, 95) < cents


def test_a_strong_second_harmonic_does_not_make_the_voice_an_octave_higher():
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    voice = sum(
        gain * np.sin(2 * np.pi * 120 * number * time) for number, gain in ((1, 0.3), (2, 1.0), (3, 0.4), (4, 0.4))
    )
    heard = listen(voice.astype(np.float32), [Span(0.0, 1.0)]).pitch[5:-5]
    assert np.median(heard) == pytest.approx(120.0, rel=0.01)


@pytest.mark.parametrize("sound", [siren(4.0, 0.3), noise(4.0, 0.3), np.zeros(4 * SAMPLE_RATE, np.float32)])
def test_sirens_hiss_and_silence_have_no_voice(sound):
    assert (listen(sound, [Span(0.0, 4.0)]).pitch > 0).mean() < 0.02


class Watched:
    """A track that remembers the longest piece that was asked of it."""

    def __init__(self, samples):
        self.samples, self.longest = samples, 0

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, part):
        self.longest = max(self.longest, len(self.samples[part]))
        return self.samples[part]


def test_the_track_is_read_in_pieces_and_a_spool_gives_the_same_acts():
    turns, track = talk(("officer", LINE, 8.0))
    watched = Watched(track)
    acts = voice_acts.find(turns, watched)
    assert 0 < watched.longest < 6 * SAMPLE_RATE
    with Spool([track]) as spool:
        assert voice_acts.find(turns, spool) == acts


def test_where_nobody_talks_nothing_is_listened_to():
    watched = Watched(np.zeros(100 * SAMPLE_RATE, np.float32))
    [act] = voice_acts.find((), watched)
    assert (act.kind, act.speaker, act.details) == (VoiceActKind.LONG_SILENCE, "", {"seconds": 100.0})
    assert watched.longest == 0


def test_words_past_the_end_of_the_sound_do_no_harm():
    turns, track = talk()
    assert raised(turns, track[: 5 * SAMPLE_RATE]) == []
    assert voice_acts.find((), np.empty(0, np.float32)) == ()


def test_a_turn_half_as_fast_again_is_fast_and_a_little_faster_is_not():
    kind = VoiceActKind.FAST_SPEECH
    long = LINE.replace(".", "") + " and then we can all go home again."
    [act] = found(kind, *said(*[("officer", long)] * 8, ("officer", long, 0.0, 0.0, 1.8)))
    assert act.details["words_per_second"] == pytest.approx(1.8 / WORD, abs=0.1)
    assert act.details["syllables_per_second"] == pytest.approx(1.8 * act.details["own_median"], rel=0.15)
    assert found(kind, *said(*[("officer", long)] * 8, ("officer", long, 0.0, 0.0, 1.25))) == []


def turn(speaker, start, text, *, word=WORD):
    words = text.split()
    told = tuple(Word(one, Span(start + n * word, start + (n + 1) * word), 1.0) for n, one in enumerate(words))
    return Turn(speaker, Span(start, start + len(words) * word), told)


def voice(label, start, end):
    return Voice(label, Span(start, end))


QUIET = np.zeros(60 * SAMPLE_RATE, np.float32)
DRIVER = turn("driver", 0.0, "I was just driving home from my job and I wasn't")


def meeting(
    kind, *, came, stops=3.3, until=6.0, text="I don't care where you were going. Shut up right now.", began=0.0
):
    turns = (DRIVER, turn("officer", came, text))
    voices = [voice("driver", began, stops), voice("officer", came, until)]
    return [act for act in voice_acts.find(turns, QUIET, voices=voices) if act.kind is kind]


def test_who_talks_over_another_until_that_one_stops_interrupts():
    [act] = meeting(VoiceActKind.INTERRUPTION, came=2.6)
    assert act.speaker == "officer"
    assert act.details == {
        "of": "driver",
        "overlap_seconds": 0.7,
        "stopped_after_seconds": 0.7,
        "went_on_seconds": 2.7,
        "unfinished": True,
    }
    assert act.span == Span(2.6, 2.6 + 7 * WORD)  # the sentence that broke in


@pytest.mark.parametrize(
    "how",
    [
        {"came": 3.0},  # 0.3 s of overlap
        {"came": 2.0},  # the other goes on for 1.3 s
        {"came": 2.6, "until": 4.0},  # goes on for 0.7 s alone
        {"came": 2.6, "until": 3.2},  # the other goes on
        {"came": 2.6, "began": 1.9},  # the other had talked for 0.7 s
        {"came": 2.6, "text": "mm-hm."},
        {"came": 2.6, "text": "Yeah. Yeah, okay. Right."},
        {"came": 2.6, "text": "Uh-huh."},
    ],
)
def test_what_is_no_interruption(how):
    assert meeting(VoiceActKind.INTERRUPTION, **how) == []


def test_a_word_of_listening_before_breaking_in_excuses_nothing():
    [act] = meeting(VoiceActKind.INTERRUPTION, came=2.6, text="Okay. Shut up and listen to me.")
    assert act.span == Span(2.6, 2.6 + 7 * WORD)


def test_two_voices_at_once_overlap_with_both_labels_whoever_goes_on():
    [act] = meeting(VoiceActKind.OVERLAP, came=2.6, text="mm-hm.", until=3.2)
    assert (act.speaker, act.details, act.span) == ("officer", {"with": "driver", "seconds": 0.6}, Span(2.6, 3.2))
    assert meeting(VoiceActKind.OVERLAP, came=2.9) == []


def test_without_voices_there_is_neither_overlap_nor_interruption():
    kinds = {act.kind for act in voice_acts.find((DRIVER, turn("officer", 2.6, "Shut up and listen.")), QUIET)}
    assert not kinds & {VoiceActKind.OVERLAP, VoiceActKind.INTERRUPTION}


def test_a_long_wait_for_an_answer_is_told_with_what_it_came_after():
    turns = (turn("officer", 0.0, "Where are you headed?"), turn("driver", 4.2, "Home."))
    [act] = found(VoiceActKind.RESPONSE_GAP, turns, QUIET)
    assert (act.speaker, act.span) == ("driver", Span(1.2, 4.2))
    assert act.details == {"after": "officer", "seconds": 3.0, "question": True}


@pytest.mark.parametrize(
    ("speaker", "start", "heard"),
    [
        ("driver", 2.2, ()),  # a second is no long wait
        ("officer", 4.2, ()),  # the same one goes on
        ("driver", 4.2, (voice("driver", 2.0, 4.2),)),  # something was answered, if no words came of it
        ("driver", 14.2, ()),  # that is a silence
    ],
)
def test_what_is_no_wait_for_an_answer(speaker, start, heard):
    turns = (turn("officer", 0.0, "Where are you headed?"), turn(speaker, start, "Home."))
    assert found(VoiceActKind.RESPONSE_GAP, turns, QUIET, voices=heard) == []


def test_ten_seconds_without_any_voice_are_a_silence_that_is_nobodys():
    turns = (turn("officer", 0.5, "Take your time."), turn("driver", 20.0, "I can't."))
    first, last = found(VoiceActKind.LONG_SILENCE, turns, QUIET)
    assert (first.speaker, first.span, first.details) == ("", Span(1.4, 20.0), {"seconds": 18.6})
    assert last.span == Span(20.6, 60.0)
    heard = [voice("driver", 9.0, 13.0)]
    assert [act.span for act in found(VoiceActKind.LONG_SILENCE, turns, QUIET, voices=heard)] == [last.span]


def test_acts_come_in_the_order_of_time_and_the_same_each_time():
    turns, track = said(*[("officer", LINE), ("driver", LINE)] * 10, ("officer", LINE, 9.0), pause=2.5)
    voices = [Voice(turn.speaker, turn.span) for turn in turns]
    acts = voice_acts.find(turns, track, voices=voices)
    assert len(acts) > 10
    assert list(acts) == sorted(acts, key=lambda act: act.span)
    assert acts == voice_acts.find(turns, track, voices=voices)


def test_parts_are_sentences_and_pieces_of_long_ones_and_lose_no_word():
    text = "Stop. Sit down here. And then we go on and on and on and on and on and on and on. Now go home!"
    one = turn("officer", 0.0, text)
    told = parts((one,))
    assert [word for part in told for word in part.words] == list(one.words)
    assert [" ".join(word.text for word in part.words) for part in told] == [
        "Stop. Sit down here.",
        "And then we go on and on and on and on and on",
        "and on and on.",
        "Now go home!",
    ]
