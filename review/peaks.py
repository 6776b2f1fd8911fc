"""The outline of a recording's sound for a waveform: the least and the greatest sample, fifty times a second.

An outline is bytes: pairs of int8 (least, greatest), full scale 127, on the player's clock.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from review.errors import OutputError
from review.sound import Samples
from review.soundtrack import Reading, stream

PER_SECOND = 50  # pairs; 360 KB for an hour
RATE = 16_000  # Hz; what the words are heard at, and quicker to make than the file's own
_EACH = RATE // PER_SECOND  # samples in one pair
_FULL = 127


def make_peaks(path: Path, to: Path) -> Path:
    """Write the outline of the sound of `path` to `to` and return `to`; it appears whole or not at all.

    The sound is read as a stream. Raises UnreadableMedia, and OutputError when the outline cannot be written.
    """
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=to.parent, prefix=".peaks-", suffix=".part")
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            for outline in outlines(stream(path, Reading(path.name), rate=RATE)):
                file.write(outline.tobytes())
        part.replace(to)
    except OSError as error:
        raise OutputError(
            f"{to} cannot be written ({error.strerror}); free some space or choose another folder."
        ) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return to


def outlines(pieces: Iterator[Samples]) -> Iterator[NDArray[np.int8]]:
    """Pairs of least and greatest, shape (n, 2), for pieces of sound at RATE; a rest at the end makes a last pair."""
    left = np.zeros(0, dtype=np.float32)
    for piece in pieces:
        sound = np.concatenate((left, piece))
        whole = len(sound) // _EACH * _EACH
        if whole:
            yield _pairs(sound[:whole].reshape(-1, _EACH))
        left = sound[whole:]
    if len(left):
        yield _pairs(left[None, :])


def _pairs(sound: Samples) -> NDArray[np.int8]:
    both = np.stack((sound.min(axis=1), sound.max(axis=1)), axis=1)
    pairs: NDArray[np.int8] = np.rint(np.clip(both, -1.0, 1.0) * _FULL).astype(np.int8)
    return pairs
