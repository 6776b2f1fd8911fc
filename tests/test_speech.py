"""Words with times and confidence, and no word that nobody said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from review import speech, weights
from review.encounter import Span, Word
from review.errors import AlteredModel, MissingModel, WrongUse
from review.speech import SAMPLE_RATE, Chunk, Heard, Progress, Samples, Settings

ORDERS = "drop the knife " * 20


def noise(seconds: float, level: float = 0.1) -> Samples:
    draws = np.random.default_rng(1).normal(0, level, int(seconds * SAMPLE_RATE))
    return draws.astype(np.float32)


def siren(seconds: float) -> Samples:
    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 900 + 400 * np.sin(2 * np.pi * 0.3 * at)
    tone = 0.2 * np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE)
    return (tone + 0.02 * noise(seconds)).astype(np.float32)


def wind(seconds: float) -> Samples:
    rumble = np.convolve(noise(seconds, 0.5), np.ones(200) / 200, mode="same")
    return rumble.astype(np.float32)


def clicks(seconds: float) -> Samples:
    steps = 0.001 * noise(seconds)
    for at in range(0, len(steps), SAMPLE_RATE // 2):
        steps[at : at + 400] += noise(0.025, 0.3)[: len(steps[at : at + 400])]
    return steps.astype(np.float32)


def said(text: str, *, start: float = 0.0, step: float = 0.3) -> tuple[Word, ...]:
    return tuple(
        Word(word, Span(start + at * step, start + (at + 1) * step), 0.9) for at, word in enumerate(text.split())
    )


def made_up(samples: Samples, spans: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
    """An engine that hears an arrest everywhere, whatever there is to hear."""
    progress(1.0)
    return Heard(said("You're under arrest", step=len(samples) / SAMPLE_RATE / 3), "en", 1.0, {"chunks": 1})


@pytest.fixture
def with_an_engine_that_makes_up(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(speech, "ENGINES", {"made-up": made_up})
    return Settings(engine="made-up")


@pytest.mark.parametrize(
    "sound",
    [noise(20), siren(20), wind(20), clicks(20), 3e-4 * noise(20)],
    ids=["hiss", "siren", "wind", "steps", "hum"],
)
def test_noise_without_speech_gives_no_word(sound: Samples):
    assert speech.recognise(sound).words == ()


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.2, 5.0, 70.0])
def test_silence_of_any_length_is_heard_as_nothing_and_says_so(seconds: float):
    heard = speech.recognise(np.zeros(int(seconds * SAMPLE_RATE), np.float32))
    assert heard.words == ()
    assert heard.language == "und"
    assert heard.remarks == ("No speech was heard.",)


def test_no_engine_can_put_words_where_there_is_no_speech(with_an_engine_that_makes_up: Settings):
    assert speech.recognise(np.zeros(10 * SAMPLE_RATE, np.float32), with_an_engine_that_makes_up).words == ()
    assert speech.recognise(noise(10), with_an_engine_that_makes_up).words == ()


def test_words_over_stretches_that_are_empty_are_dropped_and_counted(with_an_engine_that_makes_up: Settings):
    sound = np.zeros(30 * SAMPLE_RATE, np.float32)
    words, dropped = speech.without_empty(said("you're under arrest", step=10), [Span(0, 8)], samples=sound)
    assert [word.text for word in words] == ["you're"]
    assert dropped == 2


def test_a_loud_word_that_voice_activity_missed_is_kept():
    sound = 0.0001 * noise(30)
    sound[10 * SAMPLE_RATE : 11 * SAMPLE_RATE] = noise(1, 0.3)
    shout = Word("stop!", Span(10, 11), 0.6)
    assert speech.without_empty([shout], [Span(0, 5)], samples=sound) == ((shout,), 0)


def test_a_chunk_that_loops_or_is_unlikely_is_heard_again_and_counted():
    fine = Chunk(Span(0, 10), said("keep your hands where I can see them"), -0.3)
    looping = Chunk(Span(10, 20), said(ORDERS), -0.1)
    unlikely = Chunk(Span(20, 30), said("the the of"), -1.4)
    better = said("put it down")
    asked: list[Span] = []

    def redo(chunk: Chunk) -> Chunk:
        asked.append(chunk.span)
        return Chunk(chunk.span, better, -0.4)

    chunks, redone = speech.heard_again([fine, looping, unlikely], redo)
    assert asked == [Span(10, 20), Span(20, 30)]
    assert redone == 2
    assert [chunk.words for chunk in chunks] == [fine.words, better, better]


def test_an_order_said_three_times_is_no_loop():
    thrice = Chunk(Span(0, 10), said("Drop the knife! Drop the knife! Drop it! Drop the knife now!"), -0.3)
    assert not thrice.doubtful


def test_long_silence_parts_chunks_and_no_chunk_is_longer_than_the_model_hears():
    stretches = [Span(at, at + 4.0) for at in np.arange(0.0, 100.0, 4.5)] + [Span(200.0, 201.0)]
    chunks = speech.chunks_of(stretches)
    assert all(chunk.seconds <= speech.WINDOW for chunk in chunks)
    assert chunks[-1] == Span(200.0, 201.0)
    assert sum(chunk.overlap(one) for chunk in chunks for one in stretches) == sum(one.seconds for one in stretches)


def test_speech_like_sound_without_words_is_told_to_the_reviewer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(speech, "speech_in", lambda samples: (Span(0, 1), Span(61, 64), Span(70, 70.4)))
    monkeypatch.setattr(speech, "ENGINES", {"one-word": lambda *_, **__: Heard(said("hello"), "en", 1.0)})
    heard = speech.recognise(noise(80), Settings(engine="one-word"))
    assert heard.remarks == ("Sound like speech, but no words recognised: 61-64 s.",)


def test_a_line_that_the_batch_lost_is_heard_again_and_put_in_its_place():
    words = (*said("Hands behind your back."), *said("Stop.", start=8.0))
    asked: list[Span] = []

    def hear(span: Span) -> Chunk:
        asked.append(span)
        return Chunk(span, said("I can't breathe!", start=3.0), -0.5)

    whole, rescued = speech.with_rescued(words, [Span(0, 9)], hear=hear)
    assert asked == [Span(1.7, 7.5)]
    assert " ".join(word.text for word in whole) == "Hands behind your back. I can't breathe! Stop."
    assert rescued == 3


@pytest.mark.parametrize(
    ("confidence", "likelihood"), [(0.2, -0.5), (0.9, -1.3)], ids=["unsure words", "an unlikely sentence"]
)
def test_a_lost_line_is_not_guessed(confidence: float, likelihood: float):
    guess = tuple(Word(word.text, word.span, confidence) for word in said("you're under arrest", start=3))
    whole, rescued = speech.with_rescued((), [Span(0, 9)], hear=lambda span: Chunk(span, guess, likelihood))
    assert whole == ()
    assert rescued == 0


def test_an_unknown_engine_names_the_known_ones():
    with pytest.raises(WrongUse, match=r"'kaldi': use faster-whisper or package\.module:attribute"):
        speech.recognise(noise(1), Settings(engine="kaldi"))


def test_an_engine_can_be_named_by_module_and_attribute():
    assert speech.engine_named("review.speech:hear_with_faster_whisper") is speech.hear_with_faster_whisper
    with pytest.raises(WrongUse, match="could not be imported"):
        speech.engine_named("nowhere.at_all:engine")


def test_an_unknown_model_name_is_wrong_use_and_a_missing_folder_a_missing_model():
    with pytest.raises(WrongUse, match="no speech model 'enormous'"):
        speech.loaded(Settings(model="enormous", offline=True))
    with pytest.raises(MissingModel, match=r"holds no model\.bin"):
        speech.loaded(Settings(model="nowhere/at/all"))


def test_a_known_model_that_is_not_here_is_missing_when_offline(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(speech, "download_model", absent)
    with pytest.raises(MissingModel, match=r"'small\.en' is not on this machine"):
        speech.loaded(Settings(model="small.en", offline=True))
    with pytest.raises(MissingModel, match="could not be fetched"):
        speech.loaded(Settings(model="small.en"))


def absent(name: str, local_files_only: bool = False) -> str:
    raise FileNotFoundError("not in the cache, and there is no network")


def test_an_altered_model_is_never_loaded(tmp_path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "whisper-base").mkdir()
    (tmp_path / "whisper-base" / "model.bin").write_bytes(b"not the model")
    monkeypatch.setenv(weights.CACHE_VARIABLE, str(tmp_path))
    with pytest.raises(AlteredModel, match=r"model\.bin"):
        speech.loaded(Settings(threads=1))  # threads differ, so that no loaded model is taken from memory
