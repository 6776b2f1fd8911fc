"""A script spoken and mixed: one track of sound, and the utterances with the times that they really have in it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng

from maker import noises, sound
from maker.script import Line, Person, Script
from maker.voices import RATE, Sound, Studio

NATURAL_GAP = (0.2, 0.7)  # seconds between one speaker and the next


@dataclass(frozen=True)
class Utterance:
    """One line of the script where it is in the mix, in seconds of the mix."""

    line: Line
    start: float
    end: float


@dataclass(frozen=True)
class Mix:
    """The finished sound, its parts for measuring, and who says what when."""

    track: Sound
    speech: Sound
    noise: Sound
    utterances: tuple[Utterance, ...]

    @property
    def snr(self) -> float:
        """The active speech level over all noise, in dB, as it came out."""
        return sound.level(self.speech) - sound.rms(self.noise)


def mixed(script: Script, studio: Studio, *, seed: int) -> Mix:
    """The script as a camera would have recorded it."""
    draw = default_rng([seed, zlib.crc32(script.name.encode())])
    utterances, parts, now = [], [], script.lead_in
    for line in script.lines:
        person = script.people[line.who]
        dry = studio.speak(line.spoken or line.text, person.voice, pace=line.pace)
        gap = draw.uniform(*NATURAL_GAP)
        start = round(now + (gap if line.after is None else line.after), 3)
        utterances.append(Utterance(line, start, round(start + len(dry) / RATE, 3)))
        heard, early = placed(dry, person, line, draw)
        parts.append((int((start - early) * RATE), heard))
        now = max(now, utterances[-1].end)
    samples = int((now + script.tail) * RATE)
    speech = np.zeros(samples, np.float32)
    for first, heard in parts:
        stretch = speech[first : first + len(heard)]
        stretch += heard[: len(stretch)]
    noise = background(script, samples, draw)
    return Mix(sound.limited(speech + noise), speech, noise, tuple(utterances))


def placed(dry: Sound, person: Person, line: Line, draw: Generator) -> tuple[Sound, float]:
    """The voice as the camera hears this person, and by how many seconds it begins before the first word."""
    voice = sound.shouted(dry, line.pitch) if line.pitch else dry
    if person.role == "radio":
        voice, early = sound.over_radio(voice, draw)
        return sound.at_level(voice, person.level + line.gain), early
    heard = voice if person.near else sound.far(voice, person.echo, draw)
    return sound.at_level(heard, person.level + line.gain), 0.0


def background(script: Script, samples: int, draw: Generator) -> Sound:
    """The noise bed at the script's distance under the wearer's speech, and what comes and goes over it."""
    bed = sum(sound.amplified(noises.KINDS[layer.kind](samples, draw), layer.db) for layer in script.layers)
    wearer = next(person for person in script.people.values() if person.role == "officer")
    floor = wearer.level - script.snr
    bed = sound.amplified(bed, floor - sound.rms(bed))
    for event in script.passing:
        heard = sound.amplified(noises.passing(event.kind, event.seconds, draw), floor + event.db)
        first = int(event.at * RATE)
        stretch = bed[first : first + len(heard)]
        stretch += heard[: len(stretch)]
    return bed
