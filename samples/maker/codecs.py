"""A track through the codec of a cheap camera or a telephone and back, as long as before and where it was."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType

import av
import numpy as np
from scipy.signal import fftconvolve

from maker.voices import Sound

LATEST = 0.25  # seconds that no codec's delay exceeds


@dataclass(frozen=True)
class Codec:
    """One encoder as PyAV names it, the container it goes into, its sampling rate in Hz and its bits a second."""

    encoder: str
    container: str
    rate: int
    bits: int


CODECS: Mapping[str, Codec] = MappingProxyType(
    {
        "amr": Codec("libopencore_amrnb", "amr", 8_000, 12_200),
        "aac": Codec("aac", "adts", 16_000, 16_000),
        "opus": Codec("libopus", "ogg", 16_000, 12_000),
        "telephone": Codec("pcm_mulaw", "wav", 8_000, 64_000),
    }
)


def through(sound: Sound, codec: Codec, *, rate: int) -> Sound:
    """The sound encoded and decoded, aligned with what went in; its length stays."""
    if not len(sound):
        return sound
    late = delay(codec, rate=rate)
    back = _round_trip(np.pad(sound, (0, round(LATEST * rate))), codec, rate)
    back = back[late:] if late >= 0 else np.pad(back, (-late, 0))
    return np.pad(back, (0, max(0, len(sound) - len(back))))[: len(sound)]


@cache
def delay(codec: Codec, *, rate: int) -> int:
    """By how many samples at `rate` a round trip is late, measured on a second of noise in the band of speech."""
    known = np.random.default_rng(1).standard_normal(rate)
    known = np.convolve(known, np.ones(6) / 6, "same").astype(np.float32) * 0.2
    padded = np.pad(known, (round(LATEST * rate), round(LATEST * rate)))
    back = _round_trip(padded, codec, rate)
    likeness = fftconvolve(back, known[::-1])
    return int(np.argmax(likeness)) - (len(known) - 1) - round(LATEST * rate)


def _round_trip(sound: Sound, codec: Codec, rate: int) -> Sound:
    file = io.BytesIO()
    exact = {"fflags": "+bitexact"}  # Ogg numbers its streams at random unless told to give the same bytes
    with av.open(file, "w", format=codec.container, options=exact) as container:
        stream = container.add_stream(codec.encoder, rate=codec.rate, layout="mono")
        stream.bit_rate = codec.bits
        stream.thread_count = 1
        for frame in _frames(sound, stream, rate):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    file.seek(0)
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    with av.open(file) as container:
        heard = [part.to_ndarray().ravel() for one in container.decode(audio=0) for part in resampler.resample(one)]
        heard += [part.to_ndarray().ravel() for part in resampler.resample(None)]
    return np.concatenate(heard).astype(np.float32)


def _frames(sound: Sound, stream: av.AudioStream, rate: int) -> list[av.AudioFrame]:
    """The sound in frames of the size, format and rate that the encoder takes."""
    context = stream.codec_context
    context.open()
    resampler = av.AudioResampler(format=context.format.name, layout="mono", rate=context.rate)
    whole = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None, :]), format="flt", layout="mono")
    whole.rate, whole.pts, whole.time_base = rate, 0, Fraction(1, rate)
    fifo = av.AudioFifo()
    for part in [*resampler.resample(whole), *resampler.resample(None)]:
        fifo.write(part)
    size = context.frame_size or 1024
    frames = []
    while frame := fifo.read(size, partial=False):
        frames.append(frame)
    if rest := fifo.read(0, partial=True):
        frames.append(rest)
    return frames
