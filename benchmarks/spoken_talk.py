"""How marks suffer from the recogniser's mistakes: `python -m benchmarks.spoken_talk`.

A part of the talks that are set aside is spoken by flite's voices, with noise like a street's laid over it, recognised,
and tagged again; whose line a word is comes from where the line was laid, so that only words are at stake. Needs the
Debian package flite. Results: benchmarks/results/spoken_talk.md.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import jiwer
import numpy as np
from scipy.signal import resample_poly

from benchmarks.accuracy import table
from benchmarks.noises import with_noise
from review import behaviours, scoring, speech, transcripts
from review.encounter import Span, Turn, Word
from review.scoring import Talk
from review.sound import SAMPLE_RATE, Samples
from review.transcripts import Line

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "spoken_talk.md"
EVERY = 12  # one talk in so many of those set aside
VOICES = ("rms", "slt", "awb")  # by speaker, in the order in which they speak
GAP = 0.7  # seconds of silence between two lines
SNRS = (None, 20.0, 10.0, 5.0)  # dB; None for no noise
HEAD = """# Marks after recognition

Made by `python -m benchmarks.spoken_talk`: {talks} talks that are set aside ({words} words), spoken by flite's voices,
pink noise laid over them, recognised by Whisper base, tagged. Whose line a word is was given. "as written" is the same
talks without recognition. The voices are synthetic: the direction of the fall is meant, not its depth on real footage.

"""


def measure() -> None:
    """Measure and write the results."""
    if shutil.which("flite") is None:
        sys.stderr.write("left out: there is no flite on this machine (apt-get install flite)\n")
        return
    everything = [
        talk
        for path in sorted((ROOT / "tests/gold").glob("set_aside_[1-4].jsonl"))
        for talk in scoring.read_talks(path)
    ]
    talks = everything[::EVERY]
    sound, places = spoken(talks)
    rows = [_row("as written", 0.0, [_lines(talk) for talk in talks], talks)]
    for snr in SNRS:
        noisy = sound if snr is None else with_noise(sound, snr, seed=1)
        words = speech.recognise(noisy, speech.Settings(language="en")).words
        heard = [[_words_in(words, place) for place in own] for own in places]
        said = _normal(line.text for talk in talks for line in talk.lines)
        rate = jiwer.wer(said, _normal(word.text for own in heard for line in own for word in line))
        rows.append(_row("no noise" if snr is None else f"{snr:g} dB", rate, heard, talks))
    columns = (
        "condition",
        "WER %",
        "right",
        "wrong",
        "missed",
        "precision %",
        "recall %",
        "unsure right",
        "unsure wrong",
    )
    words_said = sum(len(line.text.split()) for talk in talks for line in talk.lines)
    head = HEAD.format(talks=len(talks), words=words_said)
    RESULT.write_text(head + table(columns, rows) + "\n", encoding="utf-8")


def _normal(texts: Iterable[str]) -> str:
    return " ".join(scoring.normal(" ".join(texts)))


def spoken(talks: Sequence[Talk]) -> tuple[Samples, list[list[Span]]]:
    """All talks one after the other, and where each line lies."""
    parts: list[np.ndarray] = []
    places: list[list[Span]] = []
    at = 0
    silence = np.zeros(round(GAP * SAMPLE_RATE), np.float32)
    for talk in talks:
        speakers = list(dict.fromkeys(line.speaker for line in talk.lines))
        own = []
        for line in talk.lines:
            voice = _said(line.text, VOICES[speakers.index(line.speaker) % len(VOICES)])
            own.append(Span(at / SAMPLE_RATE, (at + len(voice)) / SAMPLE_RATE))
            parts += [voice, silence]
            at += len(voice) + len(silence)
        places.append(own)
    return np.concatenate(parts), places


def _said(text: str, voice: str) -> Samples:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
        with wave.open(str(path)) as file:
            rate, frames = file.getframerate(), file.readframes(file.getnframes())
    sound = np.frombuffer(frames, "<i2").astype(np.float32) / 32768
    return (0.5 * resample_poly(sound, SAMPLE_RATE, rate)).astype(np.float32)


def _words_in(words: Sequence[Word], place: Span) -> list[Word]:
    wide = Span(place.start - GAP / 2, place.end + GAP / 2)
    return [word for word in words if wide.start <= word.span.middle < wide.end]


def _lines(talk: Talk) -> list[list[Word]]:
    turns, _ = transcripts.to_turns(talk.lines)
    return [list(turn.words) for turn in turns]


def _row(
    name: str, rate: float, heard: Sequence[Sequence[Sequence[Word]]], talks: Sequence[Talk]
) -> tuple[object, ...]:
    scores = (_score(talk, words) for talk, words in zip(talks, heard, strict=True))
    total = scoring.talks_together(scores).all_found
    return (
        name, f"{100 * rate:.1f}", total.right, total.wrong, total.missed, f"{100 * total.precision:.1f}",
        f"{100 * total.recall:.1f}", total.unsure_right, total.unsure_wrong,
    )  # fmt: skip


def _score(talk: Talk, words: Sequence[Sequence[Word]]) -> scoring.TalkScore:
    """The talk with these words in its lines, tagged with the confidence that each word has."""
    _, roles = transcripts.to_turns(talk.lines)
    lines = [
        replace(line, text=" ".join(word.text for word in own)) for line, own in zip(talk.lines, words, strict=True)
    ]
    turns = list(_turns(lines, words))
    answers = transcripts.line_flags(lines, turns, behaviours.tag(turns, roles))
    return scoring.score_talk(replace(talk, lines=tuple(lines)), answers)


def _turns(lines: Sequence[Line], words: Sequence[Sequence[Word]]) -> Iterator[Turn]:
    at = 0.0
    for line, own in zip(lines, words, strict=True):
        start, end = (own[0].span.start, max(word.span.end for word in own)) if own else (at, at)
        at = end
        yield Turn(transcripts.speaker_label(line), Span(start, end), tuple(own))


if __name__ == "__main__":
    measure()
