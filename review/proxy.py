"""A copy that Chromium plays, for recordings that it cannot play or would play on another clock.

Measured with Chromium: HEVC, MPEG-4 part 2, Motion JPEG, AVI, AMR, AC-3 and ALAC have no picture, no sound or neither;
the length of raw AAC and MP3 is guessed; only the first of several tracks is heard; and after a camera drop-out of two
seconds everything sounds two seconds before its timestamp, because the media element does not wait for missing sound.
The original is never touched.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.filter import Graph
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from review.errors import OutputError
from review.sound import Samples
from review.soundtrack import GAP, Reading, audio_tracks, is_picture, opened, stream

SOUND_RATE = 48_000  # Hz
SOUND_BIT_RATE = 96_000  # bits per second, mono AAC
WIDEST = 1280  # pixels; enough to see who speaks
VIDEO_CLOCK = Fraction(1, 90_000)  # seconds per tick
H264 = {"preset": "veryfast", "crf": "26", "g": "60"}  # a key frame every two seconds or so keeps seeking quick
UNKNOWN_FRAME = 0.1  # seconds of sound in one packet when the codec does not say

SHORT = {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "webm": "matroska,webm"}
PLAIN_PIXELS = frozenset({"yuv420p", "yuvj420p"})
PLAYED_PCM = frozenset({"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le", "pcm_mulaw", "pcm_alaw"})
# (container, video codec or "") -> audio codecs, all of which were heard at the right time in Chromium
PLAYED: dict[tuple[str, str], frozenset[str]] = {
    (SHORT["mov"], "h264"): frozenset({"aac", "mp3", "mp3float", "opus"}),
    (SHORT["webm"], "vp8"): frozenset({"opus", "vorbis"}),
    (SHORT["webm"], "vp9"): frozenset({"opus", "vorbis"}),
    (SHORT["mov"], ""): frozenset({"aac"}),
    (SHORT["webm"], ""): frozenset({"opus", "vorbis"}),
    ("ogg", ""): frozenset({"opus", "vorbis", "flac"}),
    ("flac", ""): frozenset({"flac"}),
    ("wav", ""): PLAYED_PCM,
}


def playable(path: Path) -> bool:
    """Whether Chromium shows and sounds all of `path`, on the same clock as its transcript; raises UnreadableMedia."""
    with opened(path) as container:
        sounds, pictures = audio_tracks(container, path), _pictures(container)
        if len(sounds) != 1 or len(pictures) > 1:
            return False
        codec = pictures[0].codec_context.name if pictures else ""
        if pictures and pictures[0].codec_context.pix_fmt not in PLAIN_PIXELS:
            return False
        played = PLAYED.get((container.format.name, codec), frozenset())
        return sounds[0].codec_context.codec.canonical_name in played and not _drops_out(container, sounds[0])


def make_proxy(path: Path, to: Path) -> Path:
    """Write an MP4 (H.264 and AAC, or AAC alone) of `path` to `to`, on the same clock, and return `to`.

    It appears whole or not at all. Raises UnreadableMedia, and OutputError when it cannot be written.
    """
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=to.parent, prefix=".proxy-", suffix=".part")
        os.close(handle)
        part = Path(name)
        _write(path, part)
        part.replace(to)
    except OSError as error:
        raise OutputError(
            f"{to} cannot be written ({error.strerror}); free some space or choose another folder."
        ) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return to


def _write(path: Path, part: Path) -> None:
    with opened(path) as source, av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        picture = next(iter(_pictures(source)), None)
        packets = _Ahead(_picture_packets(source, picture, out)) if picture is not None else None
        sound = out.add_stream("aac", rate=SOUND_RATE)
        sound.layout, sound.bit_rate = "mono", SOUND_BIT_RATE
        position = 0
        for piece in stream(path, Reading(path.name), rate=SOUND_RATE):
            out.mux(sound.encode(_sound_frame(piece, position)))
            position += len(piece)
            for packet in packets.until(position / SOUND_RATE) if packets else ():
                out.mux(packet)
        out.mux(sound.encode(None))
        for packet in packets.until(float("inf")) if packets else ():
            out.mux(packet)


def _sound_frame(piece: Samples, position: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(piece[None, :]), format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, position, Fraction(1, SOUND_RATE)
    return frame


def _pictures(container: InputContainer) -> list[VideoStream]:
    return [
        picture for picture in container.streams.video if picture.codec_context is not None and not is_picture(picture)
    ]


def _drops_out(container: InputContainer, sound: AudioStream) -> bool:
    """Whether timestamps of the sound jump: the media element would play on without waiting."""
    if container.format.name in ("wav", "flac"):
        return False
    usual = sound.codec_context.frame_size / sound.rate or UNKNOWN_FRAME
    before: float | None = None
    for packet in container.demux(sound):
        if packet.pts is None:
            continue
        now = float(packet.pts * packet.time_base)
        if before is not None and not 0 <= now - before <= usual + GAP:
            return True
        before = now
    return False


class _Ahead:
    """Packets with their seconds, handed out up to an instant."""

    def __init__(self, packets: Iterator[tuple[float, Packet[VideoStream]]]) -> None:
        self.packets = packets
        self.next = next(packets, None)

    def until(self, second: float) -> Iterator[Packet[VideoStream]]:
        """All packets before `second` that were not handed out yet."""
        while self.next is not None and self.next[0] < second:
            yield self.next[1]
            self.next = next(self.packets, None)


def _picture_packets(
    source: InputContainer, picture: VideoStream, out: OutputContainer
) -> Iterator[tuple[float, Packet[VideoStream]]]:
    """The picture for `out`: copied where only container or sound stand in the way, encoded anew otherwise."""
    codec, frames = picture.codec_context, _frames(source, picture)
    first = next(frames, None)
    if first is None:
        return iter(())
    plain = codec.name == "h264" and codec.pix_fmt in PLAIN_PIXELS and not first.rotation
    if plain and source.format.name in SHORT.values():
        source.seek(0)
        return _copied(source, picture, out.add_stream_from_template(picture))
    upright = _Upright(first)
    target = out.add_stream("libx264", rate=picture.average_rate or 30, options=H264)
    target.width, target.height, target.pix_fmt = upright.width, upright.height, "yuv420p"
    target.codec_context.time_base = VIDEO_CLOCK
    return _encoded(chain([first], frames), upright, target)


def _frames(source: InputContainer, picture: VideoStream) -> Iterator[VideoFrame]:
    """Every frame that can be decoded and has a time; damaged ones are passed over."""
    with suppress(FFmpegError):
        for packet in source.demux(picture):
            with suppress(FFmpegError):
                yield from (frame for frame in packet.decode() if frame.time is not None)


def _copied(
    source: InputContainer, picture: VideoStream, target: VideoStream
) -> Iterator[tuple[float, Packet[VideoStream]]]:
    step = max(1, round(1 / (picture.average_rate or 30) / picture.time_base)) if picture.time_base else 1
    waiting: list[Packet[VideoStream]] = []  # Matroska has no decoding times for the first packets of reordered video
    with suppress(FFmpegError):
        for packet in source.demux(picture):
            if packet.size:
                waiting.append(packet)
            if packet.dts is None or not waiting:
                continue
            for behind, ready in enumerate(reversed(waiting)):
                ready.dts = packet.dts - behind * step if ready.dts is None else ready.dts
            for ready in waiting:
                second = float((ready.dts or 0) * ready.time_base)
                ready.stream = target
                yield second, ready
            waiting = []


def _encoded(
    frames: Iterable[VideoFrame], upright: _Upright, target: VideoStream
) -> Iterator[tuple[float, Packet[VideoStream]]]:
    last, second = -1, 0.0
    for frame in frames:
        ticks = round(frame.time / VIDEO_CLOCK)
        if ticks <= last:
            continue
        turned = upright.turn(frame)
        turned.pts, turned.time_base, turned.pict_type = ticks, VIDEO_CLOCK, PictureType.NONE
        last, second = ticks, frame.time
        yield from ((second, packet) for packet in target.encode(turned))
    yield from ((second, packet) for packet in target.encode(None))


class _Upright:
    """Turns frames as the camera says that they should be seen, and makes them no wider than needed."""

    TURNS: Mapping[int, tuple[tuple[str, str], ...]] = {
        90: (("transpose", "clock"),),
        180: (("hflip", ""), ("vflip", "")),
        270: (("transpose", "cclock"),),
    }

    def __init__(self, frame: VideoFrame) -> None:
        clockwise = -frame.rotation % 360
        wide, high = (frame.height, frame.width) if clockwise in (90, 270) else (frame.width, frame.height)
        scale = min(1.0, WIDEST / wide)
        self.width, self.height = (max(2, round(side * scale) // 2 * 2) for side in (wide, high))
        self.turns = self.TURNS.get(clockwise, ())
        self.form: object = None
        self.graph = Graph()

    def turn(self, frame: VideoFrame) -> VideoFrame:
        """The frame upright, in the size and pixels of the copy."""
        form = (frame.width, frame.height, frame.format.name)
        if form != self.form:
            self.form, self.graph = form, self._graph(frame)
        self.graph.vpush(frame)
        return self.graph.vpull()

    def _graph(self, frame: VideoFrame) -> Graph:
        graph = Graph()
        nodes = [graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=VIDEO_CLOCK)]
        steps = (*self.turns, ("scale", f"{self.width}:{self.height}"), ("format", "yuv420p"), ("buffersink", ""))
        for name, arguments in steps:
            nodes.append(graph.add(name, arguments) if arguments else graph.add(name))
            nodes[-2].link_to(nodes[-1])
        graph.configure()
        return graph
