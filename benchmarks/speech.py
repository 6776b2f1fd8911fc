"""How well and how fast speech is recognised, peers included: `python -m benchmarks.speech [PART…]`.

Parts: samples, noise, engines, invention, repetition, peers; all when none is named. Results: speech.md and speech.json
in benchmarks/results; a part that is not measured again keeps its last numbers, and so does a peer that is not
installed (whisperX without WHISPERX_PYTHON), with the date of its run. Half an hour on two quiet cores.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jiwer
import numpy as np

from benchmarks.noises import motor, siren, wind, with_noise
from review import media, scoring, sound, speech, weights
from review.encounter import Encounter, Provenance, Recording, Span, Turn
from review.errors import MissingModel
from review.scoring import WordScore
from review.sound import SAMPLE_RATE, Samples
from review.speech import Heard, Settings, faster, openai

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "speech.json"
CLIPS = ROOT / "tests" / "data" / "speech"
SHARED = ROOT.parent / "shared" / "data" / "audio"
SNRS = (20, 10, 5, 0)  # dB
WHISPERX = os.environ.get("WHISPERX_PYTHON", "")  # a Python in which whisperX 3.8 is installed
NOISE_MINUTES = 10
PEER_SAMPLE = "calm_traffic_stop"
ENGINE_SAMPLES = ("calm_traffic_stop",)  # openai-whisper needs as long as the sound lasts, in noise several times that
REPEATED = {"drop_the_knife.flac": ("drop the knife", 6), "i_cant_breathe.flac": ("i can not breathe", 5)}
HEAD = """# Recognition of speech

Made by `python -m benchmarks.speech` ({cores} cores). The samples are acted by synthetic voices: these figures say that
the parts work together, not how the program does in the field. Held-out samples were never tuned on. WER is after
Whisper's English normaliser; far people are those whom the sample's script puts away from the camera.

WER differs from samples.md by up to 4.5 points on the same sample: here float samples are heard, there `process` hears
them rounded to 16 bits on disk. Words that are heard again may be sampled, which adds to it. The load of the machine is
not kept. "Real time" of the samples is of a machine that did other work, so it is no speed.
"""


def measure(parts: Sequence[str] = ()) -> None:
    """Measure the named parts, or all, and write the results."""
    kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.is_file() else {}
    for name in parts or PARTS:
        sys.stderr.write(f"{name} …\n")
        rows = list(PARTS[name]())
        if name == "peers":
            rows += not_run_again(kept.get(name), rows)
        kept[name] = {"at": datetime.now(UTC).strftime("%Y-%m-%d"), "rows": rows}
        RESULT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        RESULT.with_suffix(".md").write_text(page(kept), encoding="utf-8")


def not_run_again(before: dict[str, Any] | None, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of an earlier run whose engine this one could not run, each with the date on which it was measured."""
    ran = {row["engine"] for row in rows}
    earlier = before or {"at": "", "rows": []}
    return [{"at": earlier["at"], **row} for row in earlier["rows"] if row["engine"] not in ran]


def golds(*, held_out: bool | None = None) -> list[scoring.Gold]:
    """The samples in English with gold."""
    found = [scoring.read_gold(path) for path in scoring.gold_files(ROOT / "samples")]
    return [gold for gold in found if gold.language == "en" and held_out in (None, gold.held_out)]


def models() -> Iterator[str]:
    """The bundled speech models that are on this machine."""
    installed = {card.name for card in weights.cards()}
    return (name for name, card in weights.BUNDLED_SPEECH.items() if card in installed)


def scored(heard: Heard, gold: scoring.Gold, seconds: float) -> WordScore:
    """The words against gold, as if one person had said all of them."""
    everything = Span(0.0, seconds)
    turns = (Turn("S1", everything, heard.words),) if heard.words else ()
    recording = Recording("", gold.name, seconds)
    made_at = datetime(2025, 1, 1, tzinfo=UTC)
    return scoring.score_words(Encounter(recording, "en", turns, (), (), Provenance("benchmark", made_at)), gold)


def samples() -> Iterator[dict[str, Any]]:
    """A row for each sample and model, and two for each model over all of them."""
    for model in models():
        sets: dict[bool, WordScore] = {}
        for gold in golds():
            track = media.samples(gold.media)
            began = time.perf_counter()
            heard = speech.recognise(track, Settings(model=model, language="en"))
            took = time.perf_counter() - began
            found = scored(heard, gold, sound.seconds(track))
            sets[gold.held_out] = sets.get(gold.held_out, WordScore()) + found
            speed = round(took / sound.seconds(track), 3)
            yield row(gold.name, model, gold.held_out, found, distance(heard, gold), speed)
        for held_out, found in sorted(sets.items()):
            yield row("all held out" if held_out else "all tuned on", model, held_out, found, None, None)


def row(
    name: str, model: str, held_out: bool, found: WordScore, apart: dict[str, float] | None, speed: float | None
) -> dict[str, Any]:
    """One line of the samples' table as JSON values."""
    return {
        "name": name,
        "model": model,
        "held_out": held_out,
        "words": found.errors.words,
        "wer": percent(found.errors.rate),
        "deleted": found.errors.deleted,
        "inserted": found.errors.inserted,
        "by_role": {role: percent(errors.rate) for role, errors in found.by_role.items() if errors.words},
        "apart": apart or {},
        "start_error": found.start_error,
        "worst_starts": found.worst_starts,
        "ece": found.calibration_error,
        "bins": [[one.words, one.right, round(one.confidence, 2)] for one in found.bins],
        "real_time": speed,
    }


def distance(heard: Heard, gold: scoring.Gold) -> dict[str, float]:
    """The share of near and of far people's words that were lost or misheard."""
    raw = json.loads((ROOT / "samples" / f"{gold.name}.gold.json").read_text(encoding="utf-8"))
    near = {label: person["near"] for label, person in raw["speakers"].items()}
    said = [(token, near[one.speaker]) for one in gold.in_time for token in scoring.normal(one.text)]
    tokens = scoring.normal(" ".join(word.text for word in heard.words)) or ["-"]
    output = jiwer.process_words(" ".join(token for token, _ in said), " ".join(tokens))
    parts = [part for part in output.alignments[0] if part.type == "equal"]
    right = {at for part in parts for at in range(part.ref_start_idx, part.ref_end_idx)}
    found = {}
    for label, wanted in (("near", True), ("far", False)):
        places = [at for at, (_, is_near) in enumerate(said) if is_near is wanted]
        if places:
            found[label] = percent(sum(at not in right for at in places) / len(places))
    return found


def noise() -> Iterator[dict[str, Any]]:
    """WER over the tuning samples with noise like a street's laid over them."""
    for model in models():
        for snr in SNRS:
            total = under_noise(golds(held_out=False), Settings(model=model, language="en"), snr)
            errors = total.errors
            yield {
                "snr": snr,
                "model": model,
                "wer": percent(errors.rate),
                "deleted": percent(errors.deleted / errors.words),
                "inserted": percent(errors.inserted / errors.words),
                "by_role": {role: percent(one.rate) for role, one in total.by_role.items() if one.words},
            }


def under_noise(some: Iterable[scoring.Gold], settings: Settings, snr: float | None) -> WordScore:
    """How these samples are heard, clean or with noise so many dB under all speech."""
    total = WordScore()
    for number, gold in enumerate(some):
        track = media.samples(gold.media)
        heard = speech.recognise(track if snr is None else with_noise(track, snr, seed=number), settings)
        total += scored(heard, gold, sound.seconds(track))
    return total


def engines() -> Iterator[dict[str, Any]]:
    """WER of both engines on the same weights: a tuning sample, clean and with noise over it."""
    for engine in ("faster-whisper", "openai-whisper"):
        settings = Settings(engine=engine, language="en")
        for snr in (None, *SNRS):
            some = [one for one in golds(held_out=False) if one.name in ENGINE_SAMPLES]
            errors = under_noise(some, settings, snr).errors
            yield {"engine": engine, "snr": snr, "words": errors.words, "wer": percent(errors.rate)}


def invention() -> Iterator[dict[str, Any]]:
    """Words heard in minutes of sound in which nobody says one."""
    seconds = NOISE_MINUTES * 60
    for name, make in NOISES.items():
        track = make(seconds)
        heard = speech.recognise(track, Settings(language="en"))
        yield {
            "sound": name,
            "minutes": NOISE_MINUTES,
            "like_speech": round(sum(span.seconds for span in speech.speech_in(track))),
            "read_and_dropped": heard.counts.get("invented_words", 0) + heard.counts.get("dropped_words", 0),
            "words": len(heard.words),
            "text": " ".join(word.text for word in heard.words)[:200],
        }


def crowd(seconds: float) -> Samples:
    """Twelve people at once, each a sample's speech played backwards from another place: voices without a word."""
    length = round(seconds * SAMPLE_RATE)
    speech_backwards = np.concatenate([media.samples(gold.media)[::-1] for gold in golds(held_out=False)])
    starts = np.random.default_rng(5).integers(0, len(speech_backwards), 12)
    total = np.zeros(length, np.float32)
    for start in starts:
        total += np.resize(np.roll(speech_backwards, -int(start)), length)
    return (total * 10 ** (-24 / 20) / np.sqrt(np.mean(total**2))).astype(np.float32)


NOISES: dict[str, Callable[[float], Samples]] = {
    "silence": lambda seconds: np.zeros(round(seconds * SAMPLE_RATE), np.float32),
    "siren": siren,
    "wind": wind,
    "engine": motor,
    "crowd": crowd,
}


def repetition() -> Iterator[dict[str, Any]]:
    """How often a repeated sentence is heard that was said five or six times, clean and with noise."""
    for name, (said, times) in REPEATED.items():
        track = media.samples(CLIPS / name)
        for snr in (None, 10):
            noisy = track if snr is None else with_noise(track, snr, seed=1)
            heard = speech.recognise(noisy, Settings(language="en"))
            text = " ".join(scoring.normal(" ".join(word.text for word in heard.words)))
            yield {"clip": name, "snr": snr, "said": times, "heard": text.count(said)}


def peers() -> Iterator[dict[str, Any]]:
    """Seconds for the same sound by this program and by others, same weights and cores, one after the other."""
    shared = sorted(SHARED.glob("*.*")) if SHARED.is_dir() else []
    tracks = [media.samples(path) for path in shared if path.suffix in {".wav", ".flac"}]
    gold = next(gold for gold in golds() if gold.name == PEER_SAMPLE)
    tracks.append(media.samples(gold.media))
    settings = Settings(language="en")
    fast, _ = faster.loaded(settings)
    said = " ".join(token for one in gold.in_time for token in scoring.normal(one.text))
    seconds = sum(map(sound.seconds, tracks))

    def told(name: str, took: float, last: str, peak: float) -> dict[str, Any]:
        errors = jiwer.process_words(said, " ".join(scoring.normal(last)) or "-")
        figures = {"took": round(took, 1), "real_time": round(took / seconds, 3), "wer": percent(errors.wer)}
        return {"engine": name, "seconds_of_sound": round(seconds), **figures, "peak_mb": round(peak)}

    if WHISPERX:
        other = whisperx(tracks)
        yield told("whisperX (faster-whisper, batches of 8, int8)", other["took"], other["texts"][-1], other["peak"])
    for name, hear in ours_and_theirs(fast, settings):
        began = time.perf_counter()
        texts = [hear(track) for track in tracks]
        took = time.perf_counter() - began
        yield told(name, took, texts[-1], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


def whisperx(tracks: Sequence[Samples]) -> dict[str, Any]:
    """What whisperX needs for these tracks, in a Python of its own: its packages do not fit beside ours."""
    model = weights.speech_model("base").path
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.npy" for number in range(len(tracks))]
        for path, track in zip(paths, tracks, strict=True):
            np.save(path, track)
        command = [WHISPERX, str(Path(__file__).with_name("whisperx_peer.py")), str(model), *map(str, paths)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def ours_and_theirs(fast: Any, settings: Settings) -> Iterator[tuple[str, Callable[[Samples], str]]]:
    """Each engine by name, as the text of a track; openai-whisper last, as memory only grows."""
    yield "this program (faster-whisper, batches, int8)", lambda track: text(speech.recognise(track, settings))
    yield (
        "faster-whisper sequential, int8, VAD",
        lambda track: " ".join(
            segment.text
            for segment in fast.transcribe(track, language="en", beam_size=5, word_timestamps=True, vad_filter=True)[0]
        ),
    )
    plain = replace(settings, engine="openai-whisper")
    try:
        model, _ = openai.loaded(plain)
    except MissingModel as error:
        sys.stderr.write(f"{error}\n")
        return
    yield (
        "openai-whisper, float32, beam 5",
        lambda track: str(
            model.transcribe(track, language="en", beam_size=5, word_timestamps=True, fp16=False)["text"]
        ),
    )


def text(heard: Heard) -> str:
    """The words in one line."""
    return " ".join(word.text for word in heard.words)


def percent(share: float) -> float:
    """The share in percent, to a tenth."""
    return round(100 * share, 1)


PARTS: dict[str, Callable[[], Iterable[dict[str, Any]]]] = {
    "repetition": repetition,
    "samples": samples,
    "noise": noise,
    "engines": engines,
    "invention": invention,
    "peers": peers,
}


def page(kept: dict[str, Any]) -> str:
    """The results as a page of tables."""
    from benchmarks.speech_page import tables

    return HEAD.format(cores=os.cpu_count()) + "\n" + tables(kept)


if __name__ == "__main__":
    measure(sys.argv[1:])
