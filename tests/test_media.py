"""Recordings made with PyAV in every format that a camera may write; a burst of a tone tells where the clock is."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import wave
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from review import media, proxy
from review.encounter import Span
from review.errors import OutputError, UnreadableMedia

TOLERANCE = 0.02  # seconds
BURST = (1.5, 2.0)  # seconds of the player's clock
FRAMES = 25  # pictures per second


@dataclass(frozen=True)
class Take:
    """How a test recording is made: codecs, sound, and when each stream starts on the player's clock."""

    audio: str = "aac"
    rate: int = 48000
    layout: str = "stereo"
    video: str = ""
    pixels: str = "yuv420p"
    tracks: int = 1
    audio_at: float = 0.0
    video_at: float = 0.0
    seconds: float = 3.0
    pitch: float = 1000.0
    drop_out: tuple[float, float] = (0.0, 0.0)  # seconds without sound packets
    gains: tuple[float, ...] = ()  # per channel
    silent_tracks: tuple[int, ...] = ()


def film(path: Path, take: Take, **metadata: str) -> Path:
    """Write the recording; packets of all streams in the order of their times, as a camera does."""
    with av.open(str(path), "w") as out:
        out.metadata.update(metadata)
        frames = []
        if take.video:
            picture = out.add_stream(take.video, rate=FRAMES, options={"x265-params": "log-level=none"})
            picture.width, picture.height, picture.pix_fmt = 128, 96, take.pixels
            picture.codec_context.time_base = Fraction(1, FRAMES)
            frames += [(number / FRAMES + take.video_at, picture, shot) for number, shot in enumerate(shots(take))]
        for track in range(take.tracks if take.audio else 0):
            sound = out.add_stream(take.audio, rate=take.rate)
            sound.layout = take.layout
            if take.audio == "wmav2":
                sound.bit_rate = 128_000
            pieces = tones(take, sound.format.name, silent=track in take.silent_tracks)
            frames += [(float(piece.pts / take.rate), sound, piece) for piece in pieces]
        for _, stream, frame in sorted(frames, key=lambda entry: entry[0]):
            out.mux(stream.encode(frame))
        for stream in out.streams:
            out.mux(stream.encode(None))
    return path


def shots(take: Take) -> list[av.VideoFrame]:
    made = []
    for number in range(int(take.seconds * FRAMES)):
        shot = av.VideoFrame.from_ndarray(np.full((96, 128, 3), number * 3 % 256, np.uint8), format="rgb24")
        shot.pts, shot.time_base = number + round(take.video_at * FRAMES), Fraction(1, FRAMES)
        made.append(shot)
    return made


def tones(take: Take, form: str, *, silent: bool) -> list[av.AudioFrame]:
    """The sound in frames of 1024 samples: silence with one burst."""
    shaper = av.AudioResampler(format=form, layout=take.layout, rate=take.rate, frame_size=1024)
    channels = av.AudioLayout(take.layout).nb_channels
    gains = np.array(take.gains or [1.0] * channels, np.float32)
    times = take.audio_at + np.arange(int(take.seconds * take.rate)) / take.rate
    inside = (times >= BURST[0]) & (times < BURST[1])
    wave_form = np.where(inside, 0.5 * np.sin(2 * np.pi * take.pitch * times), 0.0) * (not silent)
    whole = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(gains[:, None] * wave_form[None, :], np.float32), format="fltp", layout=take.layout
    )
    whole.sample_rate, whole.pts, whole.time_base = take.rate, 0, Fraction(1, take.rate)
    made = []
    for index, frame in enumerate([*shaper.resample(whole), *shaper.resample(None)]):
        frame.pts, frame.time_base = index * 1024 + round(take.audio_at * take.rate), Fraction(1, take.rate)
        if not take.drop_out[0] <= frame.pts / take.rate < take.drop_out[1]:
            made.append(frame)
    return made


def burst(sound: media.Samples, *, rate: int = media.SAMPLE_RATE) -> tuple[float, float, float]:
    """When the burst starts and ends (seconds), and its pitch (Hz)."""
    loud = np.flatnonzero(np.abs(sound) > 0.4 * np.abs(sound).max())
    inside = sound[loud[0] : loud[-1]]
    spectrum = np.abs(np.fft.rfft(inside * np.hanning(len(inside))))
    return loud[0] / rate, loud[-1] / rate, float(spectrum.argmax() * rate / len(inside))


def assert_on_the_clock(sound: media.Samples, *, pitch: float = 1000.0, late: float = 0.0) -> None:
    start, end, heard = burst(sound)
    assert start == pytest.approx(BURST[0] + late, abs=TOLERANCE)
    assert end == pytest.approx(BURST[1] + late, abs=TOLERANCE)
    assert heard == pytest.approx(pitch, abs=10)


FORMATS = {
    "camera.mp4": Take(video="libx264"),
    "hevc.mp4": Take(video="libx265"),
    "quicktime.mov": Take("pcm_s16le", video="mjpeg", pixels="yuvj420p"),
    "pcm24.mov": Take("pcm_s24le", 96000, video="libx264"),
    "film.mkv": Take("libopus", video="libx264"),
    "flac.mkv": Take("flac", 44100, video="libx265"),
    "dvr.avi": Take("pcm_s16le", 8000, "mono", video="mpeg4"),
    "web.webm": Take("libopus", video="libvpx"),
    "phone.3gp": Take("libopencore_amrnb", 8000, "mono", video="libx264"),
    "mp3.mp4": Take("libmp3lame", 44100, video="libx264"),
    "plain.wav": Take("pcm_s16le", 16000, "mono"),
    "eight.wav": Take("pcm_u8", 8000, "mono"),
    "telephone.wav": Take("pcm_mulaw", 8000, "mono"),
    "float.wav": Take("pcm_f32le", 96000),
    "studio.wav": Take("pcm_s24le", 88200, "5.1"),
    "plain.flac": Take("flac", 96000),
    "plain.m4a": Take("aac", 44100),
    "lossless.m4a": Take("alac", 48000),
    "slow.m4a": Take("aac", 8000, "mono"),
    "plain.ogg": Take("libopus", 48000, "mono"),
    "plain.mp3": Take("libmp3lame", 44100),
    "dictation.mp3": Take("libmp3lame", 16000, "mono"),
    "dictation.amr": Take("libopencore_amrnb", 8000, "mono"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_tone_comes_out_at_its_time_and_pitch_from_every_format(name: str, tmp_path: Path):
    take = FORMATS[name]
    path = film(tmp_path / name, take)
    assert_on_the_clock(media.samples(path))
    what = media.probe(path)
    assert what.seconds == pytest.approx(take.seconds, abs=0.1)
    assert what.has_video is bool(take.video)


@pytest.mark.parametrize(
    ("name", "take", "delay"),
    [
        ("dvr.avi", Take("libmp3lame", 44100, video="libx264"), 0.025),
        ("raw.aac", Take("aac", 44100), 0.023),
        ("windows.wmv", Take("wmav2", 44100, video="wmv2"), 0.046),
    ],
)
def test_formats_that_cannot_tell_their_encoders_delay_are_late_by_it(
    name: str, take: Take, delay: float, tmp_path: Path
):
    assert_on_the_clock(media.samples(film(tmp_path / name, take)), late=delay)


@pytest.mark.parametrize("name", ["late.mp4", "late.mov", "late.mkv", "late.m4a"])
def test_sound_that_starts_after_the_picture_stays_where_the_player_has_it(name: str, tmp_path: Path):
    """The sync trap: extracted plainly, this file's words come out 0.776 s early."""
    path = film(tmp_path / name, Take(video="" if name.endswith("m4a") else "libx264", audio_at=0.776))
    sound = media.samples(path)
    assert_on_the_clock(sound)
    assert not sound[: int(0.7 * media.SAMPLE_RATE)].any()
    assert media.probe(path).audio_start == pytest.approx(0.776, abs=0.025)  # less the encoder's priming


def test_a_picture_that_starts_after_the_sound_moves_nothing(tmp_path: Path):
    assert_on_the_clock(media.samples(film(tmp_path / "a.mp4", Take(video="libx264", video_at=0.52))))


def test_a_container_that_starts_late_keeps_its_clock(tmp_path: Path):
    path = film(tmp_path / "a.mp4", Take(video="libx264", video_at=1.2, audio_at=1.2))
    assert_on_the_clock(media.samples(path))
    assert media.probe(path).seconds == pytest.approx(4.2, abs=0.05)


@pytest.mark.parametrize("name", ["gap.mp4", "gap.mkv", "gap.webm"])
def test_a_drop_out_of_the_camera_becomes_silence_and_later_words_do_not_drift(name: str, tmp_path: Path):
    web = name.endswith("webm")
    take = Take("libopus" if web else "aac", video="libvpx" if web else "libx264", drop_out=(0.4, 1.3))
    with media.decoded(film(tmp_path / name, take)) as whole:
        sound = whole.samples[:]
    assert whole.remarks == ("the sound drops out: 0.9 seconds in all (1 x), silent here",)
    assert_on_the_clock(sound)
    assert not sound[int(0.6 * media.SAMPLE_RATE) : int(1.1 * media.SAMPLE_RATE)].any()


@pytest.mark.parametrize("pitch", [300.0, 3000.0])
def test_pitch_survives_resampling(pitch: float, tmp_path: Path):
    assert_on_the_clock(media.samples(film(tmp_path / "a.wav", Take("pcm_s16le", 44100, pitch=pitch))), pitch=pitch)


def test_nothing_above_half_the_sample_rate_folds_back(tmp_path: Path):
    sound = media.samples(film(tmp_path / "a.wav", Take("pcm_s16le", 48000, pitch=12000.0)))
    assert np.abs(sound[: int(1.4 * media.SAMPLE_RATE)]).max() < 0.01
    assert np.abs(sound[int(1.55 * media.SAMPLE_RATE) : int(1.95 * media.SAMPLE_RATE)]).max() < 0.01


def test_equal_channels_do_not_clip_and_a_dead_channel_does_not_halve_the_sound(tmp_path: Path):
    both = media.samples(film(tmp_path / "both.wav", Take("pcm_s16le", 16000, gains=(1.9, 1.9))))
    dead = media.samples(film(tmp_path / "dead.wav", Take("pcm_s16le", 16000, gains=(1.0, 0.0))))
    assert np.abs(both).max() == pytest.approx(0.95, abs=0.01)
    assert np.abs(dead).max() == pytest.approx(0.5, abs=0.01)


def test_every_track_is_heard_and_a_silent_one_weighs_nothing(tmp_path: Path):
    path = film(tmp_path / "two.mp4", Take(video="libx264", layout="mono", tracks=3, silent_tracks=(0, 2)))
    sound = media.samples(path)
    assert_on_the_clock(sound)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.06)
    assert media.probe(path).audio_tracks == 3


def test_sound_kept_on_disk_is_the_sound_of_the_file(tmp_path: Path):
    path = film(tmp_path / "a.mp4", Take(video="libx264", audio_at=0.776))
    whole = media.samples(path)
    with media.decoded(path) as sound:
        assert len(sound.samples) == len(whole)
        assert np.abs(sound.samples[:] - whole).max() < 1 / 32767
        assert np.array_equal(sound.samples[100:200], sound.samples[:][100:200])
        assert sound.samples[:].dtype == np.float32


def test_a_recording_cut_off_at_the_end_gives_what_is_there_and_says_so(tmp_path: Path):
    whole = film(tmp_path / "whole.wav", Take("pcm_s16le", 16000, "mono", seconds=10.0)).read_bytes()
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole[: len(whole) // 2])
    with media.decoded(cut) as sound:
        assert sound.seconds == pytest.approx(5.0, abs=0.2)
        assert_on_the_clock(sound.samples[:])
    assert sound.remarks == ("the file ends early: 5.0 of 10.0 seconds could be read",)
    with media.decoded(tmp_path / "whole.wav") as whole_one:
        assert whole_one.remarks == ()


def test_damage_inside_a_recording_is_left_silent_and_remarked(tmp_path: Path):
    path = film(tmp_path / "a.mkv", Take("flac", 16000, "mono", seconds=10.0, video="libx264"))
    body = bytearray(path.read_bytes())
    body[len(body) // 2 : len(body) // 2 + 2000] = np.random.default_rng(1).bytes(2000)
    path.write_bytes(bytes(body))
    with media.decoded(path) as sound:
        assert_on_the_clock(sound.samples[:])
    assert sound.remarks


def test_the_checksum_is_of_the_original_and_the_original_is_only_read(tmp_path: Path):
    path = film(tmp_path / "a.mp4", Take(video="libx264"))
    before = path.read_bytes()
    path.chmod(0o444)
    assert media.probe(path).sha256 == hashlib.sha256(before).hexdigest()
    media.samples(path)
    media.clip(path, Span(0.5, 1.0))
    proxy.make_proxy(path, tmp_path / "copy.mp4")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "said", "meant"),
    [
        ("a.mp4", {"creation_time": "2024-03-01T22:15:04.000000Z"}, datetime(2024, 3, 1, 22, 15, 4, tzinfo=UTC)),
        ("a.mkv", {"creation_time": "2024-03-01T22:15:04Z"}, datetime(2024, 3, 1, 22, 15, 4, tzinfo=UTC)),
        ("a.mp3", {"date": "2024-03-01T22:15:04"}, datetime(2024, 3, 1, 22, 15, 4, tzinfo=UTC)),
        ("a.mp4", {"creation_time": "1970-01-01T00:00:00Z"}, None),
        ("a.mp4", {"creation_time": "1904-01-01T00:00:00Z"}, None),
        ("a.mp3", {"date": "2024"}, None),
        ("a.mp4", {}, None),
    ],
)
def test_the_recording_time_comes_from_the_file_where_it_is_sane(
    name: str, said: dict[str, str], meant: datetime | None, tmp_path: Path
):
    path = film(tmp_path / name, Take("libmp3lame" if name.endswith("mp3") else "aac"), **said)
    assert media.probe(path).recorded_at == meant


def test_a_broadcast_wav_tells_its_day_and_time_apart(tmp_path: Path):
    plain = film(tmp_path / "plain.wav", Take("pcm_s16le", 16000, "mono")).read_bytes()
    body = bytes(256 + 32 + 32) + b"2024-03-01" + b"22:15:04" + bytes(8 + 2 + 254)
    chunk = b"bext" + len(body).to_bytes(4, "little") + body
    path = tmp_path / "broadcast.wav"
    path.write_bytes(plain[:12] + chunk + plain[12:])
    assert media.probe(path).recorded_at == datetime(2024, 3, 1, 22, 15, 4, tzinfo=UTC)


@pytest.mark.parametrize("name", ["камера-一号 «Ω» 🎥.wav", "n" * 251 + ".wav", "new\nline.wav", "%d%s{}.wav"])
def test_any_name_that_a_file_can_have_works(name: str, tmp_path: Path):
    path = film(tmp_path / "a.wav", Take("pcm_s16le", 16000, "mono")).rename(tmp_path / name)
    assert media.probe(path).name == name
    assert_on_the_clock(media.samples(path))
    assert proxy.playable(path)


def test_a_name_that_is_not_utf8_is_refused_since_nothing_could_store_it(tmp_path: Path):
    odd = Path(os.fsdecode(os.fsencode(str(tmp_path)) + b"/caf\xe9.wav"))
    film(tmp_path / "a.wav", Take("pcm_s16le", 16000, "mono")).rename(odd)
    with pytest.raises(UnreadableMedia, match=r"caf\?\.wav has a name that is not in UTF-8; rename"):
        media.probe(odd)


def write_truncated(path: Path) -> None:
    whole = film(path.with_name("whole.mp4"), Take(video="libx264")).read_bytes()
    path.write_bytes(whole[: whole.index(b"moov") - 4])


SOUNDLESS = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\0\0\0\0"

BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "nowhere.mp4": (lambda path: None, "does not exist"),
    "folder.mp4": (Path.mkdir, "is a folder"),
    "empty.mp4": (Path.touch, "is empty"),
    "text.mp4": (lambda path: path.write_text("Officer: good evening.\n" * 50), "holds text"),
    "umlauts.mp4": (lambda path: path.write_text("Grüße, naïve façade — " * 400), "holds text"),
    "subtitles.mp4": (lambda path: path.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n"), "holds text"),
    "playlist.mp4": (lambda path: path.write_text("#EXTM3U\n#EXTINF:5,\n/etc/passwd\n"), "holds text"),
    "list.mp4": (lambda path: path.write_text("ffconcat version 1.0\nfile a.wav\n"), "holds text"),
    "truncated.mp4": (write_truncated, "moov"),
    "mute.mp4": (lambda path: film(path, Take("", video="libx264")), "has no audio track"),
    "pipe.mp4": (os.mkfifo, "not an ordinary file"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("use", [media.probe, media.samples, proxy.playable])
def test_what_is_no_recording_is_refused_in_one_line_that_names_it(
    name: str, use: Callable[[Path], object], tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    make, why = BAD[name]
    make(tmp_path / name)
    capfd.readouterr()
    with pytest.raises(UnreadableMedia, match=why) as caught:
        use(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")  # libav says nothing by itself


def test_an_audio_track_without_sound_is_refused(tmp_path: Path):
    (tmp_path / "soundless.wav").write_bytes(SOUNDLESS)
    with pytest.raises(UnreadableMedia, match=r"soundless\.wav has an audio track but there is no sound in it"):
        media.samples(tmp_path / "soundless.wav")


@pytest.mark.parametrize("name", ["noise.mp4", "noise.wav", "noise.mp3", "noise.aac", "noise.mkv"])
@pytest.mark.parametrize("seed", range(4))
def test_random_bytes_are_refused_whatever_they_are_called(name: str, seed: int, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(np.random.default_rng(seed).bytes(200_000))
    with pytest.raises(UnreadableMedia, match=name):
        (media.probe(path), media.samples(path))


def test_a_file_that_may_not_be_read_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = film(tmp_path / "locked.wav", Take("pcm_s16le", 16000, "mono"))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything, so the system's own refusal is played
    with pytest.raises(UnreadableMedia, match=r"locked\.wav may not be read by this user; ask for"):
        media.probe(path)


def test_a_clip_is_a_wav_of_just_that_stretch(tmp_path: Path):
    path = film(tmp_path / "a.mp4", Take(video="libx264", audio_at=0.776))
    with wave.open(io.BytesIO(media.clip(path, Span(1.4, 2.1)))) as clip:
        assert (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) == (16000, 1, 2)
        assert clip.getnframes() == pytest.approx(0.7 * 16000, abs=1)
        sound = np.frombuffer(clip.readframes(-1), "<i2").astype(np.float32) / 32768
    start, end, pitch = burst(sound)
    assert (start, end, pitch) == (
        pytest.approx(0.1, abs=0.02),
        pytest.approx(0.6, abs=0.02),
        pytest.approx(1000, 0.01),
    )
    assert sound[0] == sound[-1] == 0.0


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi", "a.wav", "a.flac", "a.ogg", "a.amr", "a.m4a", "a.webm"])
def test_a_clip_from_deep_inside_a_recording_is_on_the_same_clock(name: str, tmp_path: Path):
    codec = {"a.wav": "pcm_s16le", "a.flac": "flac", "a.ogg": "libopus", "a.amr": "libopencore_amrnb"}.get(name, "aac")
    codec = {"a.avi": "pcm_s16le", "a.webm": "libopus"}.get(name, codec)
    rate = 8000 if name == "a.amr" else 48000
    video = {"a.mp4": "libx264", "a.mkv": "libx264", "a.avi": "mpeg4"}.get(name, "")
    path = film(tmp_path / name, Take(codec, rate, "mono", video=video, seconds=20.0, audio_at=0.0))
    body = np.frombuffer(media.clip(path, Span(12.0, 13.0))[44:], "<i2")
    assert len(body) == 16000
    assert not np.abs(body).max() > 200
    start, _, _ = burst(np.frombuffer(media.clip(path, Span(1.25, 3.0))[44:], "<i2").astype(np.float32))
    assert start == pytest.approx(0.25, abs=TOLERANCE)


def test_a_clip_past_the_end_is_as_long_as_there_is_sound(tmp_path: Path):
    path = film(tmp_path / "a.wav", Take("pcm_s16le", 16000, "mono"))
    assert len(media.clip(path, Span(2.5, 9.0))) == pytest.approx(44 + 0.5 * 32000, abs=4)
    assert len(media.clip(path, Span(8.0, 9.0))) == 44


def test_loudness_is_in_decibels_of_full_scale():
    tone = np.sin(np.arange(16000) / 5).astype(np.float32)
    assert media.loudness(tone) == pytest.approx(-3.0, abs=0.1)
    assert media.loudness(tone / 10) == pytest.approx(-23.0, abs=0.1)
    assert media.loudness(np.zeros(100, np.float32)) == float("-inf")


@pytest.mark.parametrize(
    ("name", "take", "plays"),
    [
        ("camera.mp4", Take(video="libx264"), True),
        ("late.mp4", Take(video="libx264", audio_at=0.776), True),
        ("web.webm", Take("libopus", video="libvpx"), True),
        ("plain.wav", Take("pcm_s16le"), True),
        ("plain.ogg", Take("libopus"), True),
        ("plain.flac", Take("flac"), True),
        ("plain.m4a", Take(), True),
        ("hevc.mp4", Take(video="libx265"), False),
        ("deep.mp4", Take(video="libx264", pixels="yuv422p10le"), False),
        ("pcm.mov", Take("pcm_s16le", video="libx264"), False),
        ("dvr.avi", Take("pcm_s16le", video="mpeg4"), False),
        ("windows.wmv", Take("wmav2", 44100, video="wmv2"), False),
        ("phone.3gp", Take("libopencore_amrnb", 8000, "mono", video="libx264"), False),
        ("dictation.amr", Take("libopencore_amrnb", 8000, "mono"), False),
        ("tracks.mp4", Take(video="libx264", tracks=2), False),
        ("gap.mp4", Take(video="libx264", drop_out=(0.4, 1.3)), False),
        ("film.mkv", Take("flac", video="libx264"), False),
        ("guessed.mp3", Take("libmp3lame", 44100), False),
    ],
)
def test_what_the_browser_cannot_play_gets_a_copy_on_the_same_clock(name: str, take: Take, plays: bool, tmp_path: Path):
    path = film(tmp_path / name, take)
    assert proxy.playable(path) is plays
    copy = proxy.make_proxy(path, tmp_path / "copy.mp4")
    assert copy == tmp_path / "copy.mp4"
    assert proxy.playable(copy)
    original, copied = media.samples(path), media.samples(copy)
    assert burst(copied)[0] == pytest.approx(burst(original)[0], abs=0.005)
    assert media.probe(copy).has_video is bool(take.video)
    body = copy.read_bytes()
    assert body.index(b"moov") < body.index(b"mdat")  # plays before it is loaded
    assert sorted(left.name for left in tmp_path.iterdir()) == sorted([name, "copy.mp4"])
    if take.video:
        times, before = shot_times(copy), shot_times(path)
        assert len(times) == pytest.approx(take.seconds * FRAMES, abs=1)
        assert times[0] == pytest.approx(before[0], abs=1 / FRAMES)
        assert times[-1] == pytest.approx(before[-1], abs=1 / FRAMES)


def shot_times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0) if frame.time is not None]


def test_a_copy_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path):
    path = film(tmp_path / "a.avi", Take("pcm_s16le", video="mpeg4"))
    with pytest.raises(OutputError, match=r"copy\.mp4 cannot be written"):
        proxy.make_proxy(path, tmp_path / "no such folder" / "copy.mp4")
    (tmp_path / "text.mp4").write_text("hello")
    with pytest.raises(UnreadableMedia, match=r"text\.mp4"):
        proxy.make_proxy(tmp_path / "text.mp4", tmp_path / "copy.mp4")
    assert sorted(left.name for left in tmp_path.iterdir()) == ["a.avi", "text.mp4"]


def test_nothing_needs_ffmpeg_and_nothing_is_said_on_stderr(tmp_path: Path):
    path = film(tmp_path / "a.mp4", Take(video="libx264", audio_at=0.776))
    program = (
        "import shutil, sys; from pathlib import Path\n"
        "from review import media, proxy; from review.encounter import Span\n"
        "assert shutil.which('ffmpeg') is None and shutil.which('ffprobe') is None\n"
        "path = Path(sys.argv[1])\n"
        "print(len(media.samples(path)), len(media.clip(path, Span(1.0, 2.0))))\n"
        "proxy.make_proxy(path, path.with_name('copy.mp4'))\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(path)],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    count, clip_bytes = map(int, run.stdout.split())
    assert count == pytest.approx(3.776 * media.SAMPLE_RATE, abs=400)
    assert clip_bytes == 44 + 32000
