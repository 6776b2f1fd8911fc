"""A file's sound laid out on the player's clock, one slice at a time: PyAV at work below `media` and `proxy`.

The player's clock is the media element's: second 0 is timestamp 0 of the container, not the first sound. Cameras start
their audio late (pre-event video has none) and drop out, so every decoded frame is laid where its timestamp says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import av
import av.logging
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition

from review.errors import UnreadableMedia
from review.sound import SAMPLE_RATE, Samples

av.logging.set_level(None)  # libav's own complaints never reach stderr; what matters becomes an error or a remark

GAP = 0.05  # seconds a timestamp may be off from the count of samples before silence is laid in (or an overlap cut)
SILENT = 0.001  # peak of full scale (-60 dB) below which a channel that never spoke stays out of the mix
SLICE = 1.0  # seconds mixed at a time, so that the mix does not depend on the caller's block length
BATCH = 0.5  # seconds resampled at a time; frame by frame it takes three times as long
LONGEST_GAP = 3600.0  # seconds; a longer jump forward is a fault of the file's clock, and the sound just goes on
CLOCK_RESET = 10.0  # seconds; so is a longer jump back, and no word may be lost to it
PATIENCE = 10.0  # seconds one track may lag behind another in the file before it counts as silent there
EARLY_END = 1.0  # seconds missing at the end before it is remarked
# Their length is not in the file and libav guesses it from the bit rate.
LENGTH_GUESSED = frozenset({"aac", "ac3", "amr", "amrnb", "amrwb", "eac3", "mp3"})
UNKNOWN_SIZE = 0xFFFFFFFF  # in the header of a WAV file that was written to a pipe
MATROSKA = "matroska,webm"
# A playlist inside a "recording" could pull in other files, whose content the checksum would not cover.
NO_OTHER_FILES = {"protocol_whitelist": "none"}


@dataclass
class Reading:
    """What was noticed while a file was read; complete once its last block has been taken."""

    name: str
    stated: float = 0.0  # seconds that the file says it has
    reached: float = 0.0  # seconds up to which packets came
    good: int = 0  # packets of sound decoded
    bad: int = 0  # packets of sound that could not be decoded
    drop_outs: int = 0  # times that the sound stopped and came back later
    missing: float = 0.0  # seconds of that
    broken: bool = False  # reading stopped at an error
    live: list[bool] = field(default_factory=list)  # per channel over all tracks: has it spoken yet

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences for the reviewer; empty when the whole file could be read."""
        said = []
        if self.stated - self.reached > EARLY_END or self.broken:
            said.append(f"the file ends early: {self.reached:.1f} of {self.stated:.1f} seconds could be read")
        if self.drop_outs:
            said.append(f"the sound drops out: {self.missing:.1f} seconds in all ({self.drop_outs} x), silent here")
        if self.bad:
            said.append(f"damaged pieces of sound were left out and are silent ({self.bad})")
        return tuple(said)


def stream(path: Path, reading: Reading, *, rate: int = SAMPLE_RATE, start: float = 0.0) -> Iterator[Samples]:
    """Mono sound at `rate` Hz from second `start` on, in slices of a second; `reading` is filled in on the way."""
    with opened(path) as container:
        sources = audio_tracks(container, path)
        reading.stated = 0.0 if container.format.name in LENGTH_GUESSED else stated_end(container) * _lost(path)
        tracks = {source.index: _Track(rate, start, reading) for source in sources}
        zero = origin(container)
        if start > 0 and container.format.name not in LENGTH_GUESSED:
            container.seek(int(max(0.0, start - SLICE) / sources[0].time_base), stream=sources[0])  # type: ignore[operator]
        size, position = round(SLICE * rate), round(start * rate)
        for index, frame in _frames(container, reading):
            tracks[index].add(frame, zero)
            furthest = max(track.filled for track in tracks.values())
            while (
                min(max(track.filled, furthest - round(PATIENCE * rate)) for track in tracks.values())
                >= position + size
            ):
                yield _mix([track.take(size) for track in tracks.values()], reading)
                position += size
        for track in tracks.values():
            track.flush()
        _refuse_if_nothing_came(path, reading, start)
        while (left := max(track.filled for track in tracks.values()) - position) > 0:
            yield _mix([track.take(min(size, left)) for track in tracks.values()], reading)
            position += min(size, left)


def _refuse_if_nothing_came(path: Path, reading: Reading, start: float) -> None:
    if reading.bad > reading.good:
        raise UnreadableMedia(f"{path} has an audio track but its sound cannot be decoded; export the recording again.")
    if not reading.good and start == 0:
        raise UnreadableMedia(f"{path} has an audio track but there is no sound in it; export the recording again.")


def _lost(path: Path) -> float:
    """How many times longer a WAV file should be than it is; 1.0 for a whole one and for other formats."""
    with readable(path) as file:
        head = file.read(12)
    promised = int.from_bytes(head[4:8], "little") + 8
    unknown = promised >= UNKNOWN_SIZE
    if head[:4] != b"RIFF" or head[8:] != b"WAVE" or unknown:
        return 1.0
    return max(1.0, promised / path.stat().st_size)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The file as a PyAV container, opened for reading only; raises UnreadableMedia with what to do."""
    with readable(path) as file:
        try:
            container = av.open(file, "r", options=NO_OTHER_FILES, metadata_errors="replace")
        except (FFmpegError, UnicodeDecodeError) as error:
            raise UnreadableMedia(why_not(path)) from error
        with container:
            yield container


@contextmanager
def readable(path: Path) -> Iterator[BinaryIO]:
    """The file opened for reading; raises UnreadableMedia with what to do when it cannot be."""
    try:
        if path.is_dir():
            raise UnreadableMedia(f"{path} is a folder, not a recording; name the files in it or run `batch` on it.")
        if path.exists() and not path.is_file():
            raise UnreadableMedia(f"{path} is not an ordinary file; copy the recording to a file first.")
        if path.exists() and path.stat().st_size == 0:
            raise UnreadableMedia(f"{path} is empty (0 bytes); copy it again from the camera or the evidence system.")
        file = path.open("rb")
    except FileNotFoundError as error:
        raise UnreadableMedia(f"{path} does not exist; check the spelling of the path.") from error
    except PermissionError as error:
        raise UnreadableMedia(f"{path} may not be read by this user; ask for read permission on it.") from error
    except OSError as error:
        raise UnreadableMedia(f"{path} cannot be opened ({error.strerror}); check the path and the disk.") from error
    with file:
        yield file


def why_not(path: Path) -> str:
    """The line that says why `path` is no recording and what to do."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head[4:8] == b"ftyp":
        return f"{path} is an MP4 cut off before its index (moov) was written; export it again or have it repaired."
    if b"\0" not in head and _is_text(head):
        return f"{path} holds text, not audio or video, whatever its name says; give the recording itself."
    return f"{path} is not audio or video that can be read, or it is damaged; export it again as MP4 or WAV."


def _is_text(head: bytes) -> bool:
    try:
        head[: len(head) - 3].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 8  # a character cut in two by the end of the block
    return True


def stated_end(container: InputContainer) -> float:
    """The second of the player's clock at which the file says that it ends."""
    if container.format.name == MATROSKA:  # counted from zero, not from the first stream's start
        return (container.duration or 0) / av.time_base
    ends = [
        start_of(stream) + float(stream.duration * stream.time_base)
        for stream in (*container.streams.audio, *container.streams.video)
        if stream.duration and stream.time_base and not is_picture(stream)
    ]
    if ends:
        return max(ends)
    return max(0.0, ((container.start_time or 0) + (container.duration or 0)) / av.time_base)


def is_picture(stream: Any) -> bool:
    """Whether a video stream is only a cover picture."""
    return bool(stream.disposition & Disposition.attached_pic)


def audio_tracks(container: InputContainer, path: Path) -> Sequence[AudioStream]:
    """The tracks of sound that can be decoded; raises UnreadableMedia when there is none."""
    tracks = [track for track in container.streams.audio if track.codec_context is not None and track.rate]
    if tracks:
        return tracks
    if any(not is_picture(stream) for stream in container.streams.video):
        raise UnreadableMedia(f"{path} has no audio track; video without sound cannot be reviewed by its words.")
    raise UnreadableMedia(why_not(path))


def start_of(stream: Any) -> float:
    """The timestamp at which a stream starts, in seconds."""
    return float(stream.start_time * stream.time_base) if stream.start_time is not None else 0.0


def origin(container: InputContainer) -> float:
    """The timestamp that the player calls second 0: in an MP3 file it skips the encoder's delay, up to 0.07 s."""
    return start_of(container.streams.audio[0]) if container.format.name == "mp3" else 0.0


def _frames(container: InputContainer, reading: Reading) -> Iterator[tuple[int, AudioFrame]]:
    """Every decoded frame of sound with its track; damaged packets are counted and passed over."""
    ticks = {stream.index: float(stream.time_base or 0) for stream in container.streams}  # a Fraction a packet is slow
    try:
        for packet in container.demux():
            if packet.pts is not None:
                reached = (packet.pts + (packet.duration or 0)) * ticks[packet.stream_index]
                reading.reached = max(reading.reached, reached)
            if not isinstance(packet.stream, AudioStream):
                continue
            try:
                frames = packet.decode()
            except FFmpegError:
                reading.bad += packet.size > 0
                continue
            reading.good += bool(frames)
            yield from ((packet.stream.index, frame) for frame in frames if isinstance(frame, AudioFrame))
    except FFmpegError:
        reading.broken = True
    except OSError as error:
        raise UnreadableMedia(
            f"{reading.name} cannot be read to its end ({error.strerror}); check the disk."
        ) from error


def _mix(parts: Sequence[Samples], reading: Reading) -> Samples:
    """The mean of all channels of all tracks that have spoken so far: a dead channel must not halve the sound."""
    lanes = np.nan_to_num(np.concatenate(parts), nan=0.0, posinf=1.0, neginf=-1.0)
    loud = np.abs(lanes).max(axis=1) > SILENT
    before = reading.live + [False] * (len(lanes) - len(reading.live))
    reading.live = [bool(now or then) for now, then in zip(loud, before, strict=True)]
    spoken = lanes[reading.live] if any(reading.live) else lanes
    mixed: Samples = np.clip(spoken.mean(axis=0), -1.0, 1.0)
    return mixed


class _Track:
    """One audio track laid out on the player's clock, channels apart, from a starting second on."""

    def __init__(self, rate: int, start: float, reading: Reading) -> None:
        self.rate, self.reading = rate, reading
        self.filled = round(start * rate)  # samples of the clock laid out so far
        self.parts: list[Samples] = []  # (channels, samples), not yet taken
        self.channels = 0
        self.layout = ""
        self.form: object = None
        self.resampler: av.AudioResampler | None = None
        self.waiting = av.AudioFifo()
        self.expected = start  # second at which the next frame is due
        self.skip = 0  # samples to drop because that time is filled already

    def add(self, frame: AudioFrame, zero: float = 0.0) -> None:
        """Lay `frame` at its timestamp less `zero`; without one that can be believed it follows the last."""
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        at = self._believed(None if frame.time is None else frame.time - zero)
        if form != self.form or abs(at - self.expected) > GAP:
            self.flush()
            self._begin(frame, form, at)
        self.expected += frame.samples / frame.sample_rate
        frame.pts = None
        self.waiting.write(frame)
        if self.waiting.samples >= BATCH * frame.sample_rate:
            self._resample()

    def take(self, count: int) -> Samples:
        """The next `count` samples, silence where there are none."""
        have = np.concatenate([np.zeros((max(1, self.channels), 0), np.float32), *self.parts], axis=1)
        self.parts = [have[:, count:]] if have.shape[1] > count else []
        missing = count - have.shape[1]
        if missing <= 0:
            return have[:, :count]
        return np.pad(have, ((0, 0), (0, missing)))

    def flush(self) -> None:
        """Bring out what waits and what the resampler still holds."""
        if self.resampler is not None:
            self._resample()
            self._lay(self.resampler.resample(None))
            self.resampler, self.waiting = None, av.AudioFifo()

    def _resample(self) -> None:
        frame = self.waiting.read()
        if frame is not None and self.resampler is not None:
            self._lay(self.resampler.resample(frame))

    def _believed(self, at: float | None) -> float:
        if at is None or at - self.expected > LONGEST_GAP:
            return self.expected
        return self.expected if self.form is not None and self.expected - at > CLOCK_RESET else at

    def _begin(self, frame: AudioFrame, form: object, at: float) -> None:
        self.layout = self.layout or frame.layout.name
        self.channels = self.channels or frame.layout.nb_channels
        if self.form is not None and at - self.expected > GAP:
            self.reading.drop_outs += 1
            self.reading.missing += at - self.expected
        self.form, self.expected = form, at
        self.resampler = av.AudioResampler(format="fltp", layout=self.layout, rate=self.rate)
        lead = round(at * self.rate) - self.filled
        self.skip = max(0, -lead)
        if lead > 0:
            self._put(np.zeros((self.channels, lead), np.float32))

    def _lay(self, frames: Iterable[AudioFrame]) -> None:
        for frame in frames:
            planes: Samples = frame.to_ndarray()  # type: ignore[assignment]
            dropped = min(self.skip, planes.shape[1])
            self.skip -= dropped
            self._put(planes[:, dropped:])

    def _put(self, planes: Samples) -> None:
        self.parts.append(planes)
        self.filled += planes.shape[1]
