"""Who speaks when, and whose words are whose: the one door to sherpa-onnx."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import sherpa_onnx
from numpy.typing import NDArray

from review import weights
from review.encounter import ModelUse, Span, Turn, Voice, Word

Samples = NDArray[np.float32]
Progress = Callable[[float], None]

SAMPLE_RATE = 16_000  # samples per second that both models expect
PAUSE = 1.5  # seconds of silence after which the same speaker begins a new turn
FLICKER = 0.5  # seconds; a shorter run of words inside another's sentence is that other's
SIGNATURE = 30.0  # seconds of a voice that suffice to know it
ONLY_SPEAKER = "S1"  # whose the words are when no voice was told apart
SENTENCE_END = (".", "?", "!", "…")


@dataclass(frozen=True)
class Settings:
    """How voices are told apart."""

    count: int | None = None  # how many people speak, where that is known
    threshold: float = 0.5  # cosine distance at which two voices are two people (docs/decisions/0004-speakers.md)
    same: float = 0.72  # cosine from which two whole voices are one person after all
    shortest: float = 0.3  # seconds; shorter stretches of one voice are dropped
    bridge: float = 0.5  # seconds; shorter silences inside one voice's talk are closed
    hop: float = 0.1  # windows of ten seconds begin this share of a window apart
    threads: int = 0  # 0 takes every core


def diarize(
    samples: Samples, settings: Settings = Settings(), *, progress: Progress | None = None
) -> tuple[Voice, ...]:
    """The stretches in which each voice speaks; labels S1, S2 … in the order in which they are first heard."""
    if len(samples) < SAMPLE_RATE * settings.shortest:
        return ()

    def told(done: int, of: int) -> int:
        if progress:
            progress(done / max(of, 1))
        return 0

    found = _diarizer(settings).process(samples, callback=told).sort_by_start_time()
    end = len(samples) / SAMPLE_RATE
    stretches = [(Span(max(0.0, one.start), min(one.end, end)), one.speaker) for one in found if one.start < end]
    if settings.count is None:
        people = same_people(_signatures(stretches, samples, settings.threads), least=settings.same)
        stretches = [(span, people.get(number, number)) for span, number in stretches]
    return _labelled(stretches)


def same_people(signatures: Mapping[int, tuple[NDArray[np.float64], float]], *, least: float) -> dict[int, int]:
    """Which numbers are one person's, the likest pair first: each number with the lowest number of its person.

    A signature is the direction of a voice and its seconds; two of cosine `least` and more are one person.
    """
    people = {number: number for number in signatures}
    sums = {number: direction * seconds for number, (direction, seconds) in signatures.items()}
    while len(sums) > 1:
        pairs = ((_cosine(sums[one], sums[two]), one, two) for one, two in combinations(sorted(sums), 2))
        alike, one, two = max(pairs, key=lambda pair: pair[0])
        if alike < least:
            break
        sums[one] = sums[one] + sums.pop(two)
        people = {number: one if person == two else person for number, person in people.items()}
    return people


def _cosine(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    return float(one @ two / (np.linalg.norm(one) * np.linalg.norm(two)))


def _signatures(
    stretches: Iterable[tuple[Span, int]], samples: Samples, threads: int
) -> dict[int, tuple[NDArray[np.float64], float]]:
    """The direction of each number's whole voice, and its seconds: surer than that of any ten seconds of it."""
    cuts: dict[int, list[Samples]] = {}
    for span, number in stretches:
        cuts.setdefault(number, []).append(_cut(samples, span))
    extractor = _extractor(threads)
    signatures = {}
    for number, own in cuts.items():
        sound = np.concatenate(own)
        stream = extractor.create_stream()
        stream.accept_waveform(SAMPLE_RATE, sound[: int(SIGNATURE * SAMPLE_RATE)])
        stream.input_finished()
        direction = np.asarray(extractor.compute(stream), np.float64)
        signatures[number] = (direction / np.linalg.norm(direction), len(sound) / SAMPLE_RATE)
    return signatures


@lru_cache(maxsize=1)
def _extractor(threads: int) -> sherpa_onnx.SpeakerEmbeddingExtractor:
    _, embedding = weights.speaker_models()
    config = sherpa_onnx.SpeakerEmbeddingExtractorConfig(
        model=str(embedding.path), num_threads=threads or os.cpu_count() or 1
    )
    return sherpa_onnx.SpeakerEmbeddingExtractor(config)


def models() -> tuple[ModelUse, ...]:
    """The models that `diarize` uses, for provenance."""
    return tuple(files.use() for files in weights.speaker_models())


def attribute(words: Iterable[Word], voices: Sequence[Voice]) -> tuple[Turn, ...]:
    """Each word given to the voice it overlaps most, else the nearest; a turn is consecutive words of a speaker."""
    words = tuple(words)
    speakers = _steadied(words, [_speaker_of(word, voices) for word in words])
    turns: list[list[Word]] = []
    whose: list[str] = []
    for word, speaker in zip(words, speakers, strict=True):
        if turns and whose[-1] == speaker and word.span.start - turns[-1][-1].span.end <= PAUSE:
            turns[-1].append(word)
        else:
            turns.append([word])
            whose.append(speaker)
    return tuple(_turn(speaker, said) for speaker, said in zip(whose, turns, strict=True))


def _turn(speaker: str, words: Sequence[Word]) -> Turn:
    span = words[0].span
    for word in words[1:]:
        span = span.cover(word.span)
    return Turn(speaker, span, tuple(words))


def _speaker_of(word: Word, voices: Sequence[Voice]) -> str:
    shared: dict[str, float] = {}
    for voice in voices:
        shared[voice.label] = shared.get(voice.label, 0.0) + voice.span.overlap(word.span)
    if any(shared.values()):
        return max(sorted(shared), key=lambda label: shared[label])
    if not voices:
        return ONLY_SPEAKER
    return min(voices, key=lambda voice: (voice.span.distance(word.span.middle), voice.label)).label


def _steadied(words: Sequence[Word], speakers: Sequence[str]) -> list[str]:
    """The speakers without flicker: a short run inside one sentence of another speaker goes to that speaker."""
    steady = list(speakers)
    runs = _runs(steady)
    for (first, start), (_, stop) in pairwise(pairwise(runs)):
        inside = not any(words[at].text.endswith(SENTENCE_END) for at in range(start[0] - 1, start[1]))
        seconds = words[start[1] - 1].span.end - words[start[0]].span.start
        if inside and seconds < FLICKER and steady[first[0]] == steady[stop[0]]:
            steady[start[0] : start[1]] = [steady[first[0]]] * (start[1] - start[0])
    return steady


def _runs(speakers: Sequence[str]) -> list[tuple[int, int]]:
    """The half-open index ranges over which the speaker stays the same."""
    changes = [at for at, (before, after) in enumerate(pairwise(speakers), 1) if before != after]
    return list(pairwise([0, *changes, len(speakers)])) if speakers else []


def _labelled(stretches: Iterable[tuple[Span, int]]) -> tuple[Voice, ...]:
    ordered = sorted(stretches)
    names: dict[int, str] = {}
    for _, number in ordered:
        names.setdefault(number, f"S{len(names) + 1}")
    return tuple(Voice(names[number], span) for span, number in ordered)


@lru_cache(maxsize=1)
def _diarizer(settings: Settings) -> sherpa_onnx.OfflineSpeakerDiarization:
    segmentation, embedding = weights.speaker_models()
    threads = settings.threads or os.cpu_count() or 1
    return sherpa_onnx.OfflineSpeakerDiarization(
        sherpa_onnx.OfflineSpeakerDiarizationConfig(
            segmentation=sherpa_onnx.OfflineSpeakerSegmentationModelConfig(
                pyannote=sherpa_onnx.OfflineSpeakerSegmentationPyannoteModelConfig(
                    model=str(segmentation.path), window_shift_ratio=settings.hop
                ),
                num_threads=threads,
            ),
            embedding=sherpa_onnx.SpeakerEmbeddingExtractorConfig(model=str(embedding.path), num_threads=threads),
            clustering=sherpa_onnx.FastClusteringConfig(
                num_clusters=settings.count or -1, threshold=settings.threshold
            ),
            min_duration_on=settings.shortest,
            min_duration_off=settings.bridge,
        )
    )


def _cut(samples: Samples, span: Span) -> Samples:
    return samples[int(span.start * SAMPLE_RATE) : int(span.end * SAMPLE_RATE)]
