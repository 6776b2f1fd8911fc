"""Words with times and confidence, and no word that nobody said, whatever the engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from review import media, speech
from review.encounter import Span
from review.errors import WrongUse
from review.sound import SAMPLE_RATE, Samples
from review.speech import Heard, Settings
from tests.speech.sounds import clicks, engine, made_up, noise, said, siren, wind

SPANISH = Path(__file__).parents[2] / "samples" / "spanish_stop.m4a"


@pytest.fixture
def with_an_engine_that_makes_up(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(speech, "ENGINES", {"made-up": made_up})
    return Settings(engine="made-up")


@pytest.mark.parametrize(
    "sound",
    [noise(30), siren(30), wind(30), engine(30), clicks(30), 3e-4 * noise(30)],
    ids=["hiss", "siren", "wind", "engine", "steps", "hum"],
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


def test_speech_like_sound_without_words_is_told_to_the_reviewer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(speech, "speech_in", lambda samples: (Span(0, 1), Span(61, 64), Span(70, 70.4)))
    monkeypatch.setattr(speech, "ENGINES", {"one-word": lambda *_, **__: Heard(said("hello"), "en", 1.0)})
    heard = speech.recognise(noise(80), Settings(engine="one-word"))
    assert heard.remarks == ("Sound like speech, but no words recognised: 61-64 s.",)


def test_an_unknown_engine_names_the_known_ones():
    with pytest.raises(WrongUse, match=r"'kaldi': use faster-whisper, openai-whisper or package\.module:attribute"):
        speech.recognise(noise(1), Settings(engine="kaldi"))


def test_an_engine_can_be_named_by_module_and_attribute():
    assert speech.engine_named("tests.speech.sounds:made_up") is made_up
    with pytest.raises(WrongUse, match="could not be imported"):
        speech.engine_named("nowhere.at_all:engine")


def test_a_language_that_there_is_not_is_refused_before_anything_is_heard():
    with pytest.raises(WrongUse, match="'klingon': give a code such as en"):
        speech.check(Settings(language="klingon"))


def test_spanish_is_told_from_its_sound_when_no_language_is_given():
    first_lines = media.samples(SPANISH)[: 22 * SAMPLE_RATE]
    heard = speech.recognise(first_lines, Settings(beam=1))
    assert heard.language == "es"
    assert heard.language_confidence > 0.9
    assert {"noches", "oficial", "policía"} <= {word.text.strip(".,?¿").lower() for word in heard.words}
