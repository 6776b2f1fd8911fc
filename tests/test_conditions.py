"""The conditions of samples/maker: harder sound that repeats, keeps its time, and is as noisy as it says."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

SAMPLES = Path(__file__).parents[1] / "samples"
sys.path.append(str(SAMPLES))

from maker import codecs, conditions, harder, media, noises, sound  # noqa: E402

RATE = 16_000  # Hz
CUT = slice(12 * 24_000, 18 * 24_000)  # a greeting and the reason
OFF = 0.010  # seconds that a codec may be early or late
NOISY = [name for name, condition in conditions.CONDITIONS.items() if condition.noise]


@pytest.fixture(scope="module")
def speech():
    heard, _ = media.read(SAMPLES / "calm_traffic_stop.m4a")
    return conditions.resampled(heard[CUT], 24_000, RATE)


@pytest.mark.parametrize("name", conditions.CONDITIONS)
def test_a_condition_keeps_the_length_and_stays_within_full_scale(name, speech):
    harder_sound = conditions.degraded(speech, conditions.CONDITIONS[name], seed=1)
    assert harder_sound.dtype == np.float32
    assert len(harder_sound) == len(speech)
    assert 0.01 < np.abs(harder_sound).max() <= 1.0
    if name != "clean":
        assert not np.array_equal(harder_sound, speech)


@pytest.mark.parametrize("name", ["worst", "crowd", "radio"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(name, speech):
    first, again, other = (conditions.degraded(speech, conditions.CONDITIONS[name], seed=seed) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


@pytest.mark.parametrize("name", NOISY)
@pytest.mark.parametrize("snr", [0.0, 20.0])
def test_the_noise_is_as_loud_as_stated(name, snr, speech):
    apart = conditions.parts(speech, conditions.at(name, snr=snr), seed=1)
    assert sound.level(apart.speech) - sound.rms(apart.noise) == pytest.approx(snr, abs=0.5)
    assert apart.snr == pytest.approx(snr, abs=0.5)


def test_noise_that_fits_is_added_and_nothing_else_is_done(speech):
    apart = conditions.parts(speech, conditions.at("wind", snr=15.0), seed=1)
    mixed = conditions.degraded(speech, conditions.at("wind", snr=15.0), seed=1)
    assert np.abs(apart.speech + apart.noise).max() < 0.98
    assert np.array_equal(apart.speech, speech)
    assert np.abs(mixed - apart.noise - speech).max() < 1e-6


def test_speech_is_put_over_any_noise_at_the_ratio_asked_for(speech):
    noise = np.random.default_rng(1).standard_normal(RATE).astype(np.float32)
    mixed = conditions.at_snr(speech, noise, snr=7.0)
    assert sound.level(speech) - sound.rms(mixed - speech) == pytest.approx(7.0, abs=0.1)
    assert len(mixed) == len(speech)


def test_silence_has_no_signal_to_noise_ratio(speech):
    with pytest.raises(ValueError, match="silent"):
        conditions.at_snr(np.zeros_like(speech), speech, snr=5.0)
    with pytest.raises(ValueError, match="adds no noise"):
        conditions.at("telephone", snr=5.0)


@pytest.mark.parametrize("name", codecs.CODECS)
@pytest.mark.parametrize("rate", [16_000, 24_000])
def test_a_codec_moves_nothing_in_time(name, rate, speech):
    given = conditions.resampled(speech, RATE, rate)
    back = codecs.through(given, codecs.CODECS[name], rate=rate)
    edge = rate // 10
    likeness = [np.dot(given[edge:-edge], np.roll(back, shift)[edge:-edge]) for shift in range(-edge, edge)]
    assert abs(int(np.argmax(likeness)) - edge) / rate <= OFF
    assert len(back) == len(given)


def test_distance_makes_a_voice_quieter_by_as_much_as_it_says(speech):
    far = conditions.degraded(speech, conditions.CONDITIONS["distance"], seed=1)
    assert sound.level(speech) - sound.level(far) == pytest.approx(12.0, abs=0.5)


def test_a_radio_passes_the_middle_of_the_spectrum_only(speech):
    heard = conditions.degraded(speech, conditions.CONDITIONS["radio"], seed=1)
    power = np.abs(np.fft.rfft(heard)) ** 2
    hertz = np.fft.rfftfreq(len(heard), 1 / RATE)
    inside = power[(hertz > 300) & (hertz < 3400)].sum()
    assert inside > 100 * power[(hertz < 150) | (hertz > 5000)].sum()


def test_clipping_flattens_peaks(speech):
    heard = conditions.degraded(speech, conditions.CONDITIONS["clipping"], seed=1)
    assert np.mean(np.abs(heard) > 0.97) > 0.001 > np.mean(np.abs(speech) > 0.97)


def test_noise_without_speech_has_the_level_and_the_length_asked_for():
    kinds = {kind: conditions.noise(kind, 12.0, seed=1, db=-35.0) for kind in noises.KINDS}
    for kind, heard in kinds.items():
        assert len(heard) == 12 * RATE
        assert sound.rms(heard) == pytest.approx(-35.0, abs=0.5), kind
    for one, other in combinations(kinds, 2):
        assert abs(np.corrcoef(kinds[one], kinds[other])[0, 1]) < 0.2, (one, other)


def test_a_harder_copy_keeps_words_marks_and_times_also_of_a_film_with_late_sound(tmp_path):
    original = json.loads((SAMPLES / "heated_traffic_stop.gold.json").read_text(encoding="utf-8"))
    condition = conditions.at("street", snr=12.0)
    written = harder.harder(SAMPLES / "heated_traffic_stop.gold.json", condition, seed=1, out=tmp_path)
    copy = json.loads(written.read_text(encoding="utf-8"))
    assert copy["utterances"] == original["utterances"]
    assert copy["seconds"] == original["seconds"]
    assert copy["audio_start"] == 0.0
    assert copy["snr_db"] < 12.0
    file = tmp_path / copy["media"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == copy["sha256"]
    before, _ = media.read(SAMPLES / "heated_traffic_stop.mp4")
    after, _ = media.read(file)
    late = round(original["audio_start"] * 24_000)
    stretch = slice(late + 24_000, late + 6 * 24_000)
    likeness = [np.dot(before[24_000 : 6 * 24_000], np.roll(after, shift)[stretch]) for shift in range(-480, 481, 24)]
    assert abs(int(np.argmax(likeness)) - 20) * 24 / 24_000 <= OFF


def test_the_command_refuses_to_put_harder_copies_among_the_samples():
    command = [sys.executable, str(SAMPLES / "make.py"), "arrest", "--condition", "wind"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "--condition needs --out" in done.stderr
