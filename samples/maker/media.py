"""The mix as a media file: AAC, Opus, MP3 or FLAC, and one film with a burnt-in clock whose sound starts late."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.signal import resample_poly

from maker.script import Script
from maker.voices import RATE, Sound

FRAMES = 8  # a second of film
WIDTH, HEIGHT = 640, 360


def write(path: Path, script: Script, track: Sound) -> None:
    """Encode the track as the ending of `path` says, with the time of recording in its metadata."""
    codec, rate, options = {
        ".m4a": ("aac", RATE, {"b": "48k"}),
        ".mp4": ("aac", RATE, {"b": "48k"}),
        ".opus": ("libopus", RATE, {"b": "32k"}),
        ".mp3": ("libmp3lame", RATE, {"b": "48k"}),
        ".flac": ("flac", 16_000, {"compression_level": "12"}),
    }[path.suffix]
    sound = track if rate == RATE else resample_poly(track, rate, RATE).astype(np.float32)
    # Ogg numbers its streams at random unless it is told to give the same bytes each time.
    exact = {"fflags": "+bitexact"} if path.suffix == ".opus" else {}
    with av.open(str(path), "w", options=exact) as container:
        when = script.recorded_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        container.metadata.update({"creation_time": when, "date": when, "title": script.title})
        film = _film_stream(container) if path.suffix == ".mp4" else None
        voice = container.add_stream(codec, rate=rate, layout="mono")
        voice.options = options
        # a fixed thread count, so that the same sound gives the same bytes
        voice.thread_count = 1
        packets = list(sound_packets(voice, sound, rate, script.audio_start))
        if film:
            packets += list(_film_packets(film, script, len(track) / RATE + script.audio_start))
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            container.mux(packet)


def read(path: Path) -> tuple[Sound, float]:
    """The first sound track of `path` at RATE, and the seconds of the player's clock at which it begins."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
        start = float(frames[0].pts * frames[0].time_base) if frames[0].pts is not None else 0.0
        heard = [part.to_ndarray().ravel() for frame in frames for part in resampler.resample(frame)]
        heard += [part.to_ndarray().ravel() for part in resampler.resample(None)]
    return np.concatenate(heard), start


def sound_packets(stream: av.AudioStream, sound: Sound, rate: int, start: float) -> list[av.Packet]:
    """The sound at `rate` as the stream encodes it, beginning at `start` seconds of the player's clock."""
    context = stream.codec_context
    context.open()
    wanted = context.format.name
    size = context.frame_size or 4096
    resampler = av.AudioResampler(format=wanted, layout="mono", rate=rate)
    packets: list[av.Packet] = []
    for first in range(0, len(sound), size):
        frame = av.AudioFrame.from_ndarray(sound[None, first : first + size], format="flt", layout="mono")
        frame.rate, frame.pts, frame.time_base = rate, first + round(start * rate), Fraction(1, rate)
        for converted in resampler.resample(frame):
            packets += stream.encode(converted)
    packets += stream.encode(None)
    # Where the track starts late, the encoder's run-in of one packet would be heard as sound before its time.
    return packets[1:] if start else packets


def _film_stream(container: av.container.OutputContainer) -> av.VideoStream:
    stream = container.add_stream("libx264", rate=FRAMES)
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    stream.options = {"crf": "30", "preset": "slow", "threads": "1", "g": str(FRAMES * 4)}
    stream.thread_count = 1
    return stream


def _film_packets(stream: av.VideoStream, script: Script, seconds: float) -> list[av.Packet]:
    packets: list[av.Packet] = []
    for number in range(int(seconds * FRAMES) + 1):
        frame = av.VideoFrame.from_image(_picture(script, number / FRAMES))
        frame.pts, frame.time_base = number, Fraction(1, FRAMES)
        packets += stream.encode(frame)
    return packets + list(stream.encode(None))


def _picture(script: Script, seconds: float) -> Image.Image:
    """A street at night with the lights of a patrol car on it, and the camera's clock."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (14, 16, 24))
    draw = ImageDraw.Draw(picture)
    red = int(seconds * 2) % 2 == 0
    draw.rectangle((0, 215, WIDTH, HEIGHT), fill=(44, 26, 32) if red else (26, 30, 52))  # the road, lit in turn
    sway = round(4 * np.sin(seconds * 1.1))  # the wearer breathes and shifts
    draw.rectangle((180 + sway, 140, 470 + sway, 270), fill=(62, 64, 70))
    draw.rectangle((215 + sway, 100, 435 + sway, 150), fill=(34, 38, 46))
    for lamp in (195, 425):
        draw.rectangle((lamp + sway, 185, lamp + 30 + sway, 205), fill=(170, 28, 28))
    small, large = ImageFont.load_default(16), ImageFont.load_default(22)
    clock = (script.recorded_at + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")
    draw.text((14, 10), f"{clock}.{int(seconds * 10) % 10}Z", fill="white", font=large)
    draw.text((14, 38), f"ACTED SAMPLE   {script.name}   {seconds:06.2f} s", fill=(190, 190, 190), font=small)
    return picture
