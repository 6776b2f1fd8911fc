"""A harder copy of a sample: its sound under a condition, its gold with the same words, times and marks."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import av
import numpy as np
from scipy.signal import resample_poly

from maker import gold, media
from maker.conditions import PROJECT_RATE, Condition, degraded
from maker.voices import RATE, Sound


def harder(gold_file: Path, condition: Condition, *, seed: int, out: Path, clean: Path | None = None) -> Path:
    """Write `<name>.<condition>.flac` and its gold into `out`; the gold file that was written is returned.

    The sound is that of the sample's own media, noise and all, or `<name>.wav` in the folder `clean`.
    The copy starts at zero of the player's clock, so that a film whose sound starts late keeps its times.
    """
    values = json.loads(gold_file.read_text(encoding="utf-8"))
    source = clean / f"{values['name']}.wav" if clean else gold_file.parent / values["media"]
    heard, _ = media.read(source)
    late = np.zeros(round(values["audio_start"] * RATE), np.float32)
    name = f"{values['name']}.{_label(condition)}"
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{name}.flac"
    _write(file, np.concatenate([late, degraded(heard, condition, seed=seed, rate=RATE)]))
    changed = {
        "name": name,
        "media": file.name,
        "audio_start": 0.0,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "made_by": f"samples/make.py --condition {_label(condition)} of {source.name}, seed {seed}",
        "snr_db": _together(None if clean else values["snr_db"], condition.snr),
    }
    written = out / f"{name}.gold.json"
    written.write_text(gold.text_of({**values, **changed}), encoding="utf-8")
    return written


def _label(condition: Condition) -> str:
    return condition.name if condition.snr is None else f"{condition.name}_{condition.snr:g}dB"


def _together(own: float | None, added: float | None) -> float | None:
    """The ratio in dB of speech to the noise that was there and the noise that came, whose powers add up."""
    ratios = [ratio for ratio in (own, added) if ratio is not None]
    if not ratios:
        return None
    return round(float(-10 * np.log10(sum(10 ** (-ratio / 10) for ratio in ratios))), 1)


def _write(file: Path, track: Sound) -> None:
    sound = resample_poly(track, PROJECT_RATE, RATE).astype(np.float32)
    with av.open(str(file), "w") as container:
        stream = container.add_stream("flac", rate=PROJECT_RATE, layout="mono")
        stream.thread_count = 1
        for packet in media.sound_packets(stream, sound, PROJECT_RATE, 0.0):
            container.mux(packet)
