"""Where somebody seems to speak: Silero's voice activity, carried on from block to block, so that a join is no seam."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from review import sound
from review.encounter import ModelUse, Span
from review.sound import SAMPLE_RATE, Track
from review.speech.chunks import WINDOW

MODEL = ModelUse("voice activity", "silero-vad", "6")
STEP = 512  # samples that Silero judges at once (32 ms)
BEFORE = 64  # samples before a step that it also sees
SPEAKING = 0.35  # probability from which somebody speaks; low, so that shouts and distant voices stay
SILENT = 0.2  # probability under which nobody does; between the two all stays as it was
PAUSE = 0.5  # seconds of silence that end a stretch
SHORTEST = 0.09  # seconds; anything shorter is a click
AROUND = 0.4  # seconds laid around each stretch
BLOCK = STEP * 4000  # samples judged in one go (128 s)

Probabilities = NDArray[np.float32]


def speech_in(track: Track) -> tuple[Span, ...]:
    """The stretches in which somebody seems to speak, in order, none longer than Whisper hears at once.

    Each is a little wider than the speech. Where somebody talks on for longer, the cut is at the likeliest pause.
    """
    if not len(track):
        return ()
    spoken = probabilities(track)
    found = [part for run in _runs(spoken) for part in _parted(run, spoken)]
    return tuple(_widened(found, sound.seconds(track)))


def probabilities(track: Track) -> Probabilities:
    """For each STEP of the track, how likely somebody speaks in it; a last part of a step counts as a whole one."""
    session = get_vad_model().session
    state = {"h": np.zeros((1, 1, 128), np.float32), "c": np.zeros((1, 1, 128), np.float32)}
    before = np.zeros(BEFORE, np.float32)
    found = []
    for first in range(0, len(track), BLOCK):
        samples = track[first : first + BLOCK]
        steps = np.pad(samples, (0, -len(samples) % STEP)).reshape(-1, STEP)
        tails = np.vstack([before, steps[:-1, -BEFORE:]])
        told, state["h"], state["c"] = session.run(None, {"input": np.hstack([tails, steps]), **state})
        found.append(np.asarray(told, np.float32).reshape(-1))
        before = steps[-1, -BEFORE:]
    return np.concatenate(found) if found else np.empty(0, np.float32)


def _runs(spoken: Probabilities) -> Iterator[tuple[int, int]]:
    """Half-open runs of steps in which somebody speaks, pauses shorter than PAUSE included."""
    pause, shortest = PAUSE * SAMPLE_RATE / STEP, SHORTEST * SAMPLE_RATE / STEP
    start = last = -1  # step in which the run began, and the last one that was not silent
    for at, probability in enumerate(spoken):
        if probability >= SPEAKING and start < 0:
            start = at
        if start >= 0 and probability >= SILENT:
            last = at
        if start >= 0 and at - last >= pause:
            if last + 1 - start > shortest:
                yield start, last + 1
            start = -1
    if start >= 0 and last + 1 - start > shortest:
        yield start, last + 1


def _parted(run: tuple[int, int], spoken: Probabilities) -> Iterator[tuple[int, int]]:
    """The run in parts that stay under WINDOW when they are widened, cut where speech is least likely."""
    longest = int((WINDOW - 2 * AROUND) * SAMPLE_RATE / STEP)
    start, end = run
    while end - start > longest:
        half = start + longest // 2
        cut = half + int(np.argmin(_smooth(spoken[half : start + longest])))
        yield start, cut
        start = cut
    yield start, end


def _smooth(values: Probabilities) -> Probabilities:
    """Means over five steps (0.16 s), so that a cut needs a pause and not a dip."""
    return np.convolve(np.pad(values, 2, mode="edge"), np.full(5, 0.2, np.float32), mode="valid")


def _widened(runs: Sequence[tuple[int, int]], seconds: float) -> Iterator[Span]:
    """The runs in seconds, wider by AROUND; two that would meet share the pause between them."""
    at = [(start * STEP / SAMPLE_RATE, min(end * STEP / SAMPLE_RATE, seconds)) for start, end in runs]
    for number, (start, end) in enumerate(at):
        before = at[number - 1][1] if number else -1.0
        after = at[number + 1][0] if number + 1 < len(at) else seconds + 1.0
        yield Span(
            max(0.0, start - AROUND, (before + start) / 2 if number else 0.0),
            min(seconds, end + AROUND, (end + after) / 2 if number + 1 < len(at) else seconds),
        )
