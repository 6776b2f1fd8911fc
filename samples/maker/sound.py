"""Sound made of numbers: levels, rooms, radios, shouting, street, wind, cars and sirens, all seeded."""

from __future__ import annotations

import subprocess

import numpy as np
from numpy.random import Generator
from scipy.signal import butter, fftconvolve, sosfilt

from maker.voices import RATE, Sound

ACTIVE = 25.0  # dB under its loudest 20 ms: what of a voice counts as speech when its level is taken
DIRECT_OVER_ROOM = 6.0  # dB, a voice a few metres away over its own echo
RADIO_BAND = (300.0, 3400.0)  # Hz
KNEE = 0.55  # of full scale, where the camera's limiter begins
CEILING = 0.8  # of full scale; a lossy codec overshoots, and must not clip


def level(sound: Sound) -> float:
    """The level in dBFS of the active part of `sound`."""
    step = RATE // 50
    frames = sound[: len(sound) // step * step].reshape(-1, step).astype(np.float64)
    power = np.mean(frames**2, axis=1) + 1e-12
    active = power[power > power.max() * 10 ** (-ACTIVE / 10)]
    return float(10 * np.log10(active.mean()))


def active_rms(sound: Sound) -> float:
    """The active level of `sound` as an amplitude."""
    return float(10 ** (level(sound) / 20))


def at_level(sound: Sound, dbfs: float) -> Sound:
    """The sound, louder or quieter, so that its active level is `dbfs`."""
    return amplified(sound, dbfs - level(sound))


def amplified(sound: Sound, db: float) -> Sound:
    """The sound `db` decibels louder."""
    return (sound * 10 ** (db / 20)).astype(np.float32)


def rms(sound: Sound) -> float:
    """The level in dBFS of all of `sound`."""
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-12))


def shouted(sound: Sound, semitones: float) -> Sound:
    """The sound pitched up and brighter, as a raised voice is; its length stays."""
    raw = ["-t", "raw", "-r", str(RATE), "-e", "floating-point", "-b", "32", "-c", "1", "-"]
    command = ["sox", "-D", *raw, *raw, "gain", "-12", "pitch", str(round(semitones * 100)), "treble", "+5"]
    done = subprocess.run(command, input=sound.astype("<f4").tobytes(), check=True, capture_output=True)
    return np.frombuffer(done.stdout, "<f4").astype(np.float32)


def far(sound: Sound, echo: float, draw: Generator) -> Sound:
    """The sound from a few metres away: duller, and with the echo of the place."""
    times = np.arange(int(echo * RATE)) / RATE
    room = draw.standard_normal(len(times)) * 10 ** (-3 * times / echo)
    room[: int(0.004 * RATE)] = 0  # the first wall is more than a metre away
    room *= 10 ** (-DIRECT_OVER_ROOM / 20) / np.sqrt(np.sum(room**2))
    room[0] = 1
    dull = sosfilt(butter(1, 4500, "low", fs=RATE, output="sos"), sound)
    return fftconvolve(dull, room).astype(np.float32)


def over_radio(sound: Sound, draw: Generator) -> tuple[Sound, float]:
    """The sound as a shoulder radio plays it, with key click and squelch, and the seconds that they take before it."""
    band = butter(4, RADIO_BAND, "band", fs=RATE, output="sos")
    voice = np.tanh(4 * sosfilt(band, sound) / (np.abs(sound).max() + 1e-9))
    loud = np.sqrt(np.mean(voice**2))

    def hiss(seconds: float, db: float) -> Sound:
        noise = sosfilt(band, draw.standard_normal(int(seconds * RATE)))
        return (noise / np.sqrt(np.mean(noise**2)) * loud * 10 ** (db / 20)).astype(np.float32)

    voice = voice + hiss(len(voice) / RATE + 1, -28)[: len(voice)]
    before, after = hiss(0.07, -9), hiss(0.16, -6)
    pause = np.zeros(int(0.05 * RATE), np.float32)
    return np.concatenate([before, pause, voice, after]).astype(np.float32), (len(before) + len(pause)) / RATE


def limited(mix: Sound) -> Sound:
    """The mix with its peaks bent under full scale, as a camera's limiter does."""
    over = np.abs(mix) > KNEE
    bent = np.sign(mix) * (KNEE + (CEILING - KNEE) * np.tanh((np.abs(mix) - KNEE) / (CEILING - KNEE)))
    return np.where(over, bent, mix).astype(np.float32)


def noise_layer(kind: str, samples: int, draw: Generator) -> Sound:
    """`samples` of street, wind, room or rustle, at an RMS of one."""
    made = {"street": _street, "wind": _wind, "room": _room, "rustle": _rustle}[kind](samples, draw)
    return (made / np.sqrt(np.mean(made.astype(np.float64) ** 2))).astype(np.float32)


def passing_noise(kind: str, seconds: float, draw: Generator) -> Sound:
    """A car, a siren or a knock that comes and goes, at an RMS of one."""
    made = {"car": _car, "siren": _siren, "knock": _knock, "bang": _knock}[kind](seconds, draw)
    return (made / np.sqrt(np.mean(made.astype(np.float64) ** 2))).astype(np.float32)


def _shaped(samples: int, draw: Generator, exponent: float, low: float, high: float) -> Sound:
    """Gaussian noise whose power falls with frequency to the `exponent`, between two soft edges in Hz."""
    spectrum = np.fft.rfft(draw.standard_normal(samples))
    hertz = np.fft.rfftfreq(samples, 1 / RATE)
    shape = np.maximum(hertz, 20.0) ** (-exponent / 2) / np.sqrt(1 + (hertz / high) ** 4)
    shape /= np.sqrt(1 + (low / np.maximum(hertz, 1.0)) ** 4)
    return np.fft.irfft(spectrum * shape, samples).astype(np.float32)


def _swell(samples: int, draw: Generator, hertz: float, depth: float) -> Sound:
    """A slow random change of loudness with a standard deviation of `depth` dB."""
    slow = sosfilt(butter(2, hertz, fs=200, output="sos"), draw.standard_normal(samples * 200 // RATE + 400))[200:]
    slow = slow / slow.std() * depth
    times = np.arange(samples) / RATE
    return (10 ** (np.interp(times, np.arange(len(slow)) / 200, slow) / 20)).astype(np.float32)


def _street(samples: int, draw: Generator) -> Sound:
    hum = _shaped(samples, draw, 1.3, 60, 3000)
    return hum * _swell(samples, draw, 0.15, 2.5)


def _wind(samples: int, draw: Generator) -> Sound:
    rumble = _shaped(samples, draw, 2.2, 30, 350) * _swell(samples, draw, 0.4, 6)
    flutter = _shaped(samples, draw, 1.0, 200, 1800) * _swell(samples, draw, 1.2, 7)
    return rumble / rumble.std() + 0.25 * flutter / flutter.std()


def _room(samples: int, draw: Generator) -> Sound:
    times = np.arange(samples) / RATE
    hum = sum(np.sin(2 * np.pi * hertz * times + draw.uniform(0, 6)) / (hertz / 60) for hertz in (60, 120, 180, 360))
    air = _shaped(samples, draw, 1.0, 80, 5000)
    # a television in another room: the rhythm of talk without a word of it
    talk = _shaped(samples, draw, 0.7, 300, 1600) * np.clip(_swell(samples, draw, 3.0, 9), 0, 3)
    return (0.5 * hum / hum.std() + air / air.std() + 0.8 * talk / talk.std()).astype(np.float32)


def _rustle(samples: int, draw: Generator) -> Sound:
    """Clothes and straps against the microphone, now and then."""
    cloth = _shaped(samples, draw, 0.5, 600, 7000)
    strokes = np.full(samples, 0.02, np.float32)
    for _ in range(samples // RATE // 3):
        start, length = int(draw.integers(0, samples)), int(draw.uniform(0.08, 0.35) * RATE)
        stroke = np.hanning(length)[: max(0, samples - start)] * draw.uniform(0.3, 1)
        strokes[start : start + len(stroke)] += stroke
    return cloth * strokes


def _car(seconds: float, draw: Generator) -> Sound:
    samples = int(seconds * RATE)
    tyres = _shaped(samples, draw, 0.9, 80, 1400)
    away = (np.arange(samples) / samples - 0.5) * seconds * 12  # metres, at 12 m/s
    return (tyres / (1 + (away / 9) ** 2)).astype(np.float32)


def _siren(seconds: float, draw: Generator) -> Sound:
    times = np.arange(int(seconds * RATE)) / RATE
    hertz = 1000 + 380 * np.sin(2 * np.pi * times / 4.2 + draw.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    wail = np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase)
    fade = np.minimum(1, np.minimum(times, times[-1] - times) / (seconds / 3))
    return far((wail * fade).astype(np.float32), 0.8, draw)[: len(times)]


def _knock(seconds: float, draw: Generator) -> Sound:
    samples = int(seconds * RATE)
    sound = np.zeros(samples, np.float32)
    for hit in np.arange(0.02, seconds - 0.1, 0.24):
        times = np.arange(int(0.1 * RATE)) / RATE
        thud = np.exp(-times * 60) * (np.sin(2 * np.pi * 140 * times) + 0.5 * draw.standard_normal(len(times)))
        start = int(hit * RATE)
        sound[start : start + len(thud)] += thud[: samples - start]
    return sound
