"""Sound as every stage takes it: 16 kHz mono on the player's clock, in memory or read from disk piece by piece."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from review.encounter import Span

Samples = NDArray[np.float32]

SAMPLE_RATE = 16_000  # samples per second that Whisper and the speaker models take
FULL_SCALE = 32767  # of the 16-bit samples that are kept on disk
FRAME = 0.02  # seconds over which a level is taken
NOTHING = 1e-12  # power that stands for digital silence (-120 dBFS)
BLOCK = 60.0  # seconds read at a time where a whole recording is gone through


class Track(Protocol):
    """The samples of a recording; an array is one, and so is a `Spool`."""

    def __len__(self) -> int:
        """How many samples there are."""

    def __getitem__(self, part: slice, /) -> Samples:
        """The samples of `part`, as an array."""


class Spool:
    """Samples kept in a nameless file (16 bit), so that hours of sound need the memory of a minute.

    The file never has a name, so nothing of the recording stays behind on the disk, whatever ends the program.
    """

    def __init__(self, pieces: Iterable[Samples]) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (closed by close)
        self._length = 0
        try:
            for piece in pieces:
                self._file.write((np.clip(piece, -1.0, 1.0) * FULL_SCALE).round().astype("<i2").tobytes())
                self._length += len(piece)
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        """How many samples there are."""
        return self._length

    def __getitem__(self, part: slice, /) -> Samples:
        """The samples of `part`, whose step must be 1."""
        start, stop, step = part.indices(self._length)
        if step != 1:
            raise ValueError("a spool is read forward, sample by sample")
        self._file.seek(2 * start)
        raw = np.frombuffer(self._file.read(2 * max(0, stop - start)), "<i2")
        return raw.astype(np.float32) / np.float32(FULL_SCALE)

    def close(self) -> None:
        """Give the disk space back."""
        self._file.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def seconds(track: Track) -> float:
    """The length in seconds."""
    return len(track) / SAMPLE_RATE


def cut(track: Track, span: Span) -> Samples:
    """The samples of `span`, as far as there are any."""
    return track[max(0, round(span.start * SAMPLE_RATE)) : max(0, round(span.end * SAMPLE_RATE))]


def pieces(track: Track, *, block: float = BLOCK) -> Iterator[Samples]:
    """The whole track, `block` seconds at a time."""
    size = round(block * SAMPLE_RATE)
    for start in range(0, len(track), size):
        yield track[start : start + size]


def levels(track: Track) -> NDArray[np.float32]:
    """The level of each frame of 20 ms in dBFS; a last part of a frame is left out."""
    size = round(FRAME * SAMPLE_RATE)
    found = [np.empty(0, np.float32)]
    for piece in pieces(track):  # a block holds whole frames
        frames = piece[: len(piece) // size * size].reshape(-1, size)
        power = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / size
        found.append((10 * np.log10(np.maximum(power, NOTHING))).astype(np.float32))
    return np.concatenate(found)
