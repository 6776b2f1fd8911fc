"""Which of up to three local voices speak in each frame of ten seconds: the one door to onnxruntime."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from review import weights
from review.sound import SAMPLE_RATE, Samples

WINDOW = 10 * SAMPLE_RATE  # samples that the network was trained on
SHIFT = 270  # samples from one frame to the next (the network's receptive field)
FIELD = 991  # samples that one frame looks at
FRAMES = (WINDOW - FIELD) // SHIFT + 1  # frames of one window
LOCALS = 3  # voices that are told apart within one window
# Which local voices each of the network's seven answers stands for, two at once at most.
ANSWERS = np.array(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=np.bool_
)  # fmt: skip

Activity = NDArray[np.bool_]  # (FRAMES, LOCALS)


def activity(samples: Samples) -> Activity:
    """Who speaks in each frame of one window of WINDOW samples; a shorter one is filled with silence."""
    window = np.zeros((1, 1, WINDOW), np.float32)
    window[0, 0, : len(samples)] = samples
    (scores,) = _network().run(None, {"x": window})
    likeliest: Activity = ANSWERS[np.asarray(scores)[0].argmax(axis=-1)]
    return likeliest


def frame_bounds(frame: int) -> tuple[int, int]:
    """The samples that this frame of a window stands for: the SHIFT ones around the middle of its field."""
    start = frame * SHIFT + (FIELD - SHIFT) // 2
    return start, start + SHIFT


@lru_cache(maxsize=1)
def _network() -> onnxruntime.InferenceSession:
    model, _ = weights.speaker_models()
    options = onnxruntime.SessionOptions()
    # One thread a window: windows are shared out over the cores, which wastes less than sharing out one window.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model.path), options, providers=["CPUExecutionProvider"])
