"""Noise of one kind for as long as it is wanted, made of numbers alone: what a body camera hears besides people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.random import Generator
from scipy.signal import butter, iirpeak, sosfilt, tf2sos

from maker import sound
from maker.voices import RATE, Sound

VOWELS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))  # Hz, formants
TALKERS = 7  # of a crowd
CAR_EVERY = 7.0  # seconds between two cars
BEAT = 0.52  # seconds, of music
STEPS = (0, 3, 5, 7, 10)  # semitones over 55 Hz, among which the bass moves from bar to bar


def hiss(samples: int, draw: Generator) -> Sound:
    """The hiss of a microphone's own electronics; the quietest of noises."""
    return _level(draw.standard_normal(samples))


def engine(samples: int, draw: Generator) -> Sound:
    """An idling engine: the harmonics of its firing, a little uneven, and the fan."""
    times = np.arange(samples) / RATE
    firing = 27.0 * (1 + 0.015 * np.sin(2 * np.pi * 0.31 * times + draw.uniform(0, 6)))
    phase = 2 * np.pi * np.cumsum(firing) / RATE
    harmonics = sum(np.sin(order * phase + draw.uniform(0, 6)) / order**0.7 for order in range(1, 14))
    fan = sound.noise_layer("street", samples, draw)
    return _level(harmonics / np.std(harmonics) + 0.4 * fan)


def siren(samples: int, draw: Generator) -> Sound:
    """A siren in the street that wails, then yelps, then wails again, nearer and further."""
    times = np.arange(samples) / RATE
    wail = 1000 + 380 * np.sin(2 * np.pi * times / 4.2 + draw.uniform(0, 6))
    yelp = 1000 + 380 * np.sin(2 * np.pi * times / 0.33)
    hertz = np.where(np.mod(times, 24.0) < 16.0, wail, yelp)
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    tone = np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase)
    nearer = 10 ** (3 * np.sin(2 * np.pi * times / 17.0 + draw.uniform(0, 6)) / 20)
    return _level(sound.far((tone * nearer).astype(np.float32), 0.8, draw)[:samples])


def cars(samples: int, draw: Generator) -> Sound:
    """Cars that pass, one about every seven seconds."""
    road = np.zeros(samples, np.float32)
    now = -draw.uniform(1, 3)  # the first is on its way already
    while now * RATE < samples:
        passing = sound.passing_noise("car", float(draw.uniform(4, 7)), draw) * float(draw.uniform(0.6, 1.4))
        first = int(now * RATE)
        passing = passing[max(0, -first) :]
        stretch = road[max(0, first) : max(0, first) + len(passing)]
        stretch += passing[: len(stretch)]
        now += float(draw.uniform(0.6, 1.4)) * CAR_EVERY
    return _level(road)


def crowd(samples: int, draw: Generator) -> Sound:
    """Several people who talk at once: the pitch, the vowels and the rhythm of talk, and not one word of it."""
    talk = sum(_talker(samples, draw) * draw.uniform(0.5, 1.0) for _ in range(TALKERS))
    return _level(sound.far(np.asarray(talk, np.float32), 0.5, draw)[:samples])


def music(samples: int, draw: Generator) -> Sound:
    """Dance music from loudspeakers across a yard: a beat, a bass and chords that change with each bar, no voice."""
    times = np.arange(samples) / RATE
    bars = (times // (4 * BEAT)).astype(int)
    roots = 55.0 * 2 ** (draw.choice(STEPS, bars[-1] + 1 if samples else 1) / 12)
    phase = np.cumsum(roots[bars]) / RATE
    beat, half = np.mod(times, BEAT), np.mod(times, BEAT / 2)
    kick = np.exp(-14 * beat) * np.sin(2 * np.pi * (48 * beat + 3 * (1 - np.exp(-30 * beat))))
    clap = np.exp(-20 * np.mod(times - BEAT, 2 * BEAT)) * draw.standard_normal(samples)
    bass = np.tanh(3 * np.sin(2 * np.pi * phase)) * np.exp(-3 * half)
    chord = sum(np.mod(4 * ratio * phase, 1.0) - 0.5 for ratio in (1.0, 1.2, 1.5)) * np.exp(-6 * half)
    played = kick + 0.2 * clap + 0.5 * bass + 0.4 * sosfilt(butter(2, 2000, fs=RATE, output="sos"), chord)
    return _level(sound.far(np.asarray(played, np.float32), 0.4, draw)[:samples])


def passing(kind: str, seconds: float, draw: Generator) -> Sound:
    """A noise that comes and goes, at an RMS of one; music does not pass, somebody turns it off."""
    return music(round(seconds * RATE), draw) if kind == "music" else sound.passing_noise(kind, seconds, draw)


def _talker(samples: int, draw: Generator) -> Sound:
    """A voice of pulses through vowels that change with each syllable, with breath between the phrases."""
    low = draw.uniform(95, 210)  # Hz
    tall = draw.uniform(0.92, 1.15)  # a shorter throat has higher formants
    count = int(samples / RATE * 6) + 8
    starts = np.cumsum(draw.uniform(0.14, 0.3, count))  # seconds, one syllable each
    melody = low * 2 ** (draw.normal(0, 2.5, count) / 12)
    said = draw.integers(0, len(VOWELS), count)
    loud = draw.uniform(0.3, 1.0, count) * (np.arange(count) % int(draw.integers(9, 16)) > 2)  # pauses between phrases
    times = np.arange(samples) / RATE
    hertz = np.interp(times, starts, melody)
    buzz = np.mod(np.cumsum(hertz) / RATE, 1.0) - 0.5 + 0.05 * draw.standard_normal(samples)
    syllable = np.minimum(np.searchsorted(starts, times), count - 1)
    within = np.clip((starts[syllable] - times) / 0.2, 0, 1)
    shape = loud[syllable] * np.sin(np.pi * np.clip(within, 0.05, 0.95))
    voice = np.zeros(samples, np.float32)
    for number, formants in enumerate(VOWELS):
        mine = (shape * (said[syllable] == number)).astype(np.float32)
        voice += _vowel(buzz, [tall * formant for formant in formants]) * mine
    return voice


def _vowel(buzz: Sound, formants: list[float]) -> Sound:
    heard = sum(
        sosfilt(tf2sos(*iirpeak(formant, formant / 110, fs=RATE)), buzz) / (number + 1)
        for number, formant in enumerate(formants)
    )
    return np.asarray(sosfilt(butter(1, 3500, fs=RATE, output="sos"), heard), np.float32)


def _layer(kind: str) -> Callable[[int, Generator], Sound]:
    return lambda samples, draw: sound.noise_layer(kind, samples, draw)


def _level(made: Sound) -> Sound:
    """The sound at an RMS of one."""
    return (made / np.sqrt(np.mean(np.asarray(made, np.float64) ** 2))).astype(np.float32)


KINDS: Mapping[str, Callable[[int, Generator], Sound]] = MappingProxyType(
    {kind: _layer(kind) for kind in ("street", "wind", "room", "rustle")}
    | {"hiss": hiss, "engine": engine, "siren": siren, "cars": cars, "crowd": crowd, "music": music}
)
