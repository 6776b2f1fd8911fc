"""Who speaks when, heard by the real models; and the seam through which another diarizer comes in."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from review import speakers
from review.encounter import Span, Voice
from review.errors import WrongUse
from review.sound import SAMPLE_RATE, Samples, Track
from review.speakers import Settings, segmentation, windows
from review.speakers.settings import Progress


class Watched:
    """Samples that count how they are read."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self.most = 0  # samples read at once

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, part: slice) -> Samples:
        read = self._samples[part]
        self.most = max(self.most, len(read))
        return read


OFFICER, RADIO, DRIVER = Span(1.6, 6.1), Span(6.5, 9.2), Span(18.2, 20.3)


def speaker_in(voices: tuple[Voice, ...], span: Span) -> str:
    return max(voices, key=lambda voice: voice.span.overlap(span)).label


@pytest.fixture(scope="module")
def heard(talk: Samples) -> tuple[Voice, ...]:
    return speakers.diarize(talk)


def test_the_officer_the_radio_and_the_driver_are_three_voices(heard: tuple[Voice, ...]):
    found = [speaker_in(heard, span) for span in (OFFICER, RADIO, DRIVER)]
    assert found == ["S1", "S2", "S3"]
    assert {voice.label for voice in heard} == {"S1", "S2", "S3"}


def test_the_pace_of_the_talk_is_kept(heard: tuple[Voice, ...]):
    assert abs(heard[0].span.start - OFFICER.start) < 0.25
    assert [voice.span for voice in heard] == sorted(voice.span for voice in heard)


def test_the_same_sound_gives_the_same_voices_with_any_number_of_threads(talk: Samples, heard: tuple[Voice, ...]):
    assert speakers.diarize(talk, Settings(threads=1)) == heard


def test_a_known_number_is_kept(talk: Samples):
    assert {voice.label for voice in speakers.diarize(talk, Settings(count=2))} == {"S1", "S2"}


def test_the_sound_is_read_a_window_at_a_time(talk: Samples):
    watched = Watched(talk)
    shares: list[float] = []
    speakers.diarize(watched, progress=shares.append)
    assert 0 < watched.most <= segmentation.WINDOW
    assert shares[-1] == 1.0
    assert all(before <= after for before, after in pairwise(shares))


@pytest.mark.parametrize("seconds", [0.0, 0.1, 1.0, 12.0])
def test_silence_of_any_length_has_no_voices(seconds: float):
    assert speakers.diarize(np.zeros(int(seconds * SAMPLE_RATE), np.float32)) == ()


@pytest.mark.parametrize("seconds", [0.3, 9.9, 10.0, 10.1, 33.3])
def test_the_windows_reach_from_the_first_sample_to_the_last(seconds: float):
    silence = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    heard = list(windows.listen(silence, step=2.5, threads=2))
    assert heard[0].start == 0
    assert heard[-1].start * segmentation.SHIFT + segmentation.WINDOW >= len(silence)
    assert all(0 < after.start - before.start <= segmentation.FRAMES for before, after in pairwise(heard))


def test_no_direction_of_a_voice_leaves_diarize(heard: tuple[Voice, ...]):
    assert all(set(vars(voice)) == {"label", "span"} for voice in heard)


def one_voice(track: Track, settings: Settings, progress: Progress | None) -> tuple[Voice, ...]:
    """A diarizer that hears one voice throughout."""
    if progress:
        progress(1.0)
    return (Voice("S1", Span(0, len(track) / SAMPLE_RATE)),)


def test_a_diarizer_of_ones_own_is_named_by_module_and_attribute(silence: Samples):
    chosen = Settings(diarizer=f"{__name__}:one_voice")
    assert speakers.diarize(silence, chosen) == (Voice("S1", Span(0, 12)),)
    assert [use.name for use in speakers.models(chosen)] == [f"{__name__}:one_voice"]


@pytest.mark.parametrize("name", ["windowd", "no.such.module:diarize", "review.speakers:no_such_thing"])
def test_a_diarizer_that_is_not_there_is_wrong_use(name: str, silence: Samples):
    with pytest.raises(WrongUse, match=name):
        speakers.diarize(silence, Settings(diarizer=name))


def test_the_models_are_told_for_provenance():
    assert [use.job for use in speakers.models()] == ["segmentation", "voices"]
