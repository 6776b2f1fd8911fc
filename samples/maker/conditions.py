"""Body-camera conditions: clean speech made harder, at a stated signal-to-noise ratio, the same for the same seed.

Needs numpy, scipy and PyAV only; no voice is made here. All sound is mono float32 within ±1, shape (samples,), at
`rate` Hz; inside, everything happens at RATE. Times of the speech stay what they were, also through a codec.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.random import Generator, default_rng
from scipy.signal import butter, resample_poly, sosfilt

from maker import codecs, noises, sound
from maker.script import Layer
from maker.voices import RATE, Sound

PROJECT_RATE = 16_000  # Hz, what the product listens to
LOUDEST = 0.98  # of full scale: nothing that leaves here is louder
SPEECH_LEVEL = -24.0  # dBFS, active level of a wearer as in samples/; what noise alone is held against
QUIETEST = -90.0  # dBFS: a track whose active level is under this holds no speech


@dataclass(frozen=True)
class Distance:
    """A voice from further off: quieter, duller, and with the echo of the place."""

    db: float  # how much quieter than it was
    echo: float  # seconds until the room has died away by 60 dB


@dataclass(frozen=True)
class Condition:
    """One way in which body-camera sound is harder than clean speech; steps apply from the top to the bottom."""

    name: str
    distance: Distance | None = None
    radio: bool = False  # 300 to 3400 Hz, overdriven, with hiss and squelch around each transmission
    noise: tuple[Layer, ...] = ()  # kinds of noises.KINDS, in dB against one another
    snr: float | None = None  # dB, active speech over all noise, whatever the kinds; None adds no noise
    drive: float = 0.0  # dB into a hard clip at full scale, over a peak that would just reach it
    codec: str = ""  # a name of codecs.CODECS, or none


@dataclass(frozen=True)
class Parts:
    """What a condition makes of speech before limiter and codec, kept apart so that it can be measured."""

    speech: Sound
    noise: Sound

    @property
    def snr(self) -> float:
        """The level in dB of active speech over all of the noise."""
        return active_level(self.speech) - sound.rms(self.noise)


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        condition.name: condition
        for condition in (
            Condition("clean"),
            Condition("distance", distance=Distance(db=12.0, echo=0.35)),
            Condition("rustle", noise=(Layer("rustle"),), snr=10.0),
            Condition("wind", noise=(Layer("wind"),), snr=10.0),
            Condition("siren", noise=(Layer("siren"), Layer("street", -12.0)), snr=10.0),
            Condition("cars", noise=(Layer("cars"), Layer("street", -10.0)), snr=10.0),
            Condition("engine", noise=(Layer("engine"),), snr=10.0),
            Condition("crowd", noise=(Layer("crowd"),), snr=10.0),
            Condition("street", noise=(Layer("street"),), snr=10.0),
            Condition("radio", radio=True),
            Condition("clipping", drive=12.0),
            Condition("amr", codec="amr"),
            Condition("aac", codec="aac"),
            Condition("opus", codec="opus"),
            Condition("telephone", codec="telephone"),
            # everything that a cheap camera does to a voice across the road on a bad night
            Condition(
                "worst",
                distance=Distance(db=6.0, echo=0.3),
                noise=(Layer("wind"), Layer("street", -3.0), Layer("cars", -3.0), Layer("rustle", -3.0)),
                snr=5.0,
                drive=6.0,
                codec="aac",
            ),
        )
    }
)


def at(condition: str | Condition, *, snr: float) -> Condition:
    """The condition with its noise at another level.

    >>> at("wind", snr=5.0).snr
    5.0
    """
    named = CONDITIONS[condition] if isinstance(condition, str) else condition
    if not named.noise:
        raise ValueError(f"{named.name} adds no noise, so it has no signal-to-noise ratio.")
    return replace(named, snr=float(snr))


def at_snr(speech: Sound, noise: Sound, *, snr: float) -> Sound:
    """Speech plus noise, the noise so loud that active speech lies `snr` dB over it; not limited, so it may exceed ±1.

    Noise that is too short is repeated; `ValueError` when either is silent.
    """
    return (speech + noise_at(speech, noise, snr=snr)).astype(np.float32)


def noise_at(speech: Sound, noise: Sound, *, snr: float) -> Sound:
    """The noise as `at_snr` adds it: as long as the speech and `snr` dB under its active level."""
    spread = np.resize(noise, len(speech))
    if active_level(speech) < QUIETEST or sound.rms(spread) < QUIETEST:
        raise ValueError("A signal-to-noise ratio needs speech and noise; one of them is silent.")
    return sound.amplified(spread, active_level(speech) - snr - sound.rms(spread))


def active_level(speech: Sound) -> float:
    """The level in dBFS of the 20 ms frames within 25 dB of the loudest, as samples/ states its levels."""
    return sound.level(speech)


def noise(kind: str, seconds: float, *, seed: int, rate: int = PROJECT_RATE, db: float = SPEECH_LEVEL) -> Sound:
    """Noise of one kind of `noises.KINDS` without any speech, at an RMS of `db` dBFS, peaks held under full scale."""
    made = noises.KINDS[kind](round(seconds * RATE), _draw(seed, kind))
    heard = resampled(made, RATE, rate)[: round(seconds * rate)]
    return _within(sound.amplified(heard, db - sound.rms(heard)))


def degraded(speech: Sound, condition: Condition, *, seed: int, rate: int = PROJECT_RATE) -> Sound:
    """The speech under the condition: as long as it was, words where they were, within full scale.

    The same speech, condition and seed give the same sound. `condition.snr` holds before clipping and codec.
    """
    apart = parts(speech, condition, seed=seed, rate=rate)
    # Peaks that fit are left as they are, so that a condition changes nothing that it does not name.
    mixed = _within(apart.speech + apart.noise)
    if condition.drive:
        peak = float(np.abs(mixed).max()) or 1.0
        mixed = np.clip(mixed * (10 ** (condition.drive / 20) / peak), -1.0, 1.0) * LOUDEST
    if condition.codec:
        mixed = codecs.through(mixed, codecs.CODECS[condition.codec], rate=rate)
    return _within(mixed)


def parts(speech: Sound, condition: Condition, *, seed: int, rate: int = PROJECT_RATE) -> Parts:
    """The speech at its distance or through its radio, and the noise under it, apart and not yet limited."""
    voice = np.asarray(speech, np.float32)
    if condition.distance or condition.radio:
        voice = resampled(_elsewhere(resampled(speech, rate, RATE), condition, seed), RATE, rate)[: len(speech)]
    if condition.snr is None or not condition.noise:
        return Parts(voice, np.zeros_like(voice))
    return Parts(voice, noise_at(voice, _bed(condition, len(speech), seed, rate), snr=condition.snr))


def _elsewhere(voice: Sound, condition: Condition, seed: int) -> Sound:
    """The voice at RATE from its distance, through its radio, or both."""
    draw = _draw(seed, condition.name)
    if condition.distance:
        heard = sound.far(voice, condition.distance.echo, draw)[: len(voice)]
        voice = sound.at_level(heard, active_level(voice) - condition.distance.db)
    return _radio(voice, draw) if condition.radio else voice


def _bed(condition: Condition, samples: int, seed: int, rate: int) -> Sound:
    """All kinds of noise of a condition together, at the levels that they have against one another."""
    seconds = samples / rate
    layers = [noise(one.kind, seconds + 1, seed=seed, rate=rate, db=-40.0 + one.db) for one in condition.noise]
    return np.sum([layer[:samples] for layer in layers], axis=0, dtype=np.float32)


def _radio(speech: Sound, draw: Generator) -> Sound:
    """Speech as a shoulder radio plays it: band, overdrive, hiss while it is open, a burst of squelch as it closes."""
    band = butter(4, sound.RADIO_BAND, "band", fs=RATE, output="sos")
    loudness = sound.active_rms(speech)
    # overdriven, and filtered again by the small loudspeaker
    driven = sosfilt(band, np.tanh(2.5 * sosfilt(band, speech) / (loudness + 1e-9)))
    driven = sound.at_level(driven, active_level(speech))
    hiss = sosfilt(band, draw.standard_normal(len(speech)))
    hiss *= loudness / np.sqrt(np.mean(hiss**2))
    key = _keyed(speech)
    closing = np.zeros(len(speech), np.float32)
    for last in np.flatnonzero((key[:-1] > 0) & (key[1:] == 0)):
        closing[last : last + int(0.16 * RATE)] = 1
    return (driven + hiss * (key * 10 ** (-28 / 20) + closing * 10 ** (-6 / 20))).astype(np.float32)


def _keyed(speech: Sound) -> Sound:
    """One where the radio is open: from 0.1 s before speech until 0.4 s after it; zero elsewhere."""
    step = RATE // 50
    frames = np.pad(speech, (0, -len(speech) % step)).reshape(-1, step).astype(np.float64)
    power = np.mean(frames**2, axis=1)
    talk = np.flatnonzero(power > max(power.max() * 10 ** (-sound.ACTIVE / 10), 1e-9))
    key = np.zeros(len(frames), np.float32)
    for frame in talk:
        key[max(0, frame - 5) : frame + 20] = 1
    return np.repeat(key, step)[: len(speech)]


def _within(mixed: Sound) -> Sound:
    """The sound as it is where it fits under full scale, and otherwise bent under it as a camera's limiter does."""
    if not len(mixed) or np.abs(mixed).max() <= LOUDEST:
        return np.asarray(mixed, np.float32)
    return np.clip(sound.limited(mixed), -LOUDEST, LOUDEST)


def resampled(heard: Sound, rate: int, wanted: int) -> Sound:
    """The sound at `wanted` Hz instead of `rate` Hz."""
    if rate == wanted:
        return np.asarray(heard, np.float32)
    return np.asarray(resample_poly(heard, wanted, rate), np.float32)


def _draw(seed: int, name: str) -> Generator:
    return default_rng([seed, zlib.crc32(name.encode())])
