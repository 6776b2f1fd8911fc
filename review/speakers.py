"""Who speaks when, whose words are whose, and who is the officer: the one door to sherpa-onnx."""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import combinations, pairwise

import numpy as np
import sherpa_onnx
from numpy.typing import NDArray

from review import weights
from review.encounter import ModelUse, Role, Span, SpeakerRole, Turn, Voice, Word

Samples = NDArray[np.float32]
Progress = Callable[[float], None]

SAMPLE_RATE = 16_000  # samples per second that both models expect
PAUSE = 1.5  # seconds of silence after which the same speaker begins a new turn
FLICKER = 0.5  # seconds; a shorter run of words inside another's sentence is that other's
SIGNATURE = 30.0  # seconds of a voice that suffice to know it
ONLY_SPEAKER = "S1"  # whose the words are when no voice was told apart
SENTENCE_END = (".", "?", "!", "…")

# The first guess at roles. Evidence is in nats (log-odds): above 0 for an officer, below 0 for a civilian.
NOBODY = 1.5  # nats that a wearer must beat, since a recording may hold no officer at all
NEARNESS = 0.8  # nats for the voice nearest to the microphone, as the wearer's is
NEAR = 6.0  # decibels between two voices at which nearness is fully believed
ELSE_CIVILIAN = 1.0  # nats: beside an officer, a further voice is more often a civilian's
STRONG = 2.5  # nats in a voice's own words that make it another officer's, or a civilian's where no officer is known
FEWEST_WORDS = 4  # a voice that says less keeps an unknown role
LEAST_SURE, SUREST = 0.5, 0.97  # bounds of a role's confidence; below the first it is unknown
RADIO_SURE = 0.8  # confidence that a narrow voice among wide ones comes over the radio
RADIO_LOW, RADIO_HIGH = -9.0, -22.0  # decibels of both bands under the middle one; a voice below both is narrow
LOW, MIDDLE, HIGH = (90.0, 250.0), (300.0, 3400.0), (3800.0, 7500.0)  # Hz; a radio passes the middle band only
LEAST_SOUND = 1.0  # seconds of a voice, or of the background, from which its bands can be told
BLOCK = 512  # samples of one spectrum
MOST_HITS = 3  # of one cue; saying it again adds half as much each time


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


@dataclass(frozen=True)
class RoleCue:
    """Something people say that tells an officer (weight above 0) from a civilian (below 0)."""

    id: str
    pattern: re.Pattern[str]
    weight: float
    hits: tuple[str, ...]


@lru_cache(maxsize=1)
def role_cues() -> tuple[RoleCue, ...]:
    """The cues of review/role_cues.toml."""
    raw = tomllib.loads((files("review") / "role_cues.toml").read_text(encoding="utf-8"))["cue"]
    return tuple(RoleCue(one["id"], re.compile(one["pattern"]), one["weight"], tuple(one["hits"])) for one in raw)


def guess_roles(turns: Sequence[Turn], samples: Samples) -> tuple[SpeakerRole, ...]:
    """A first guess at who wears the camera and who is a civilian, from what is said and how near each voice is.

    At most one speaker is the officer. A role without enough evidence stays unknown.
    """
    said: dict[str, list[Turn]] = {}
    for turn in turns:
        said.setdefault(turn.speaker, []).append(turn)
    evidence = {speaker: _evidence(own) for speaker, own in said.items()}
    near = _nearness(said, samples)
    odds = {speaker: math.exp(evidence[speaker] + near[speaker]) for speaker in said}
    # What only a civilian says to police is evidence that somebody else here is the police.
    nobody = math.exp(NOBODY + sum(min(0.0, one) for one in evidence.values()) / 2)
    radios = _radios(said, samples)
    wearer = max(sorted(odds.keys() - radios), key=lambda speaker: odds[speaker], default="")
    sure = odds.get(wearer, 0.0) / (sum(odds.values()) + nobody)
    roles = []
    for speaker in sorted(said):
        if speaker in radios:
            roles.append(_role(speaker, Role.RADIO, RADIO_SURE))
        elif speaker == wearer and sure >= LEAST_SURE:
            roles.append(_role(speaker, Role.OFFICER, sure))
        else:
            words = sum(len(turn.words) for turn in said[speaker])
            roles.append(_further_role(speaker, evidence[speaker], words=words, wearer=sure))
    return tuple(roles)


def _further_role(speaker: str, evidence: float, *, words: int, wearer: float) -> SpeakerRole:
    """The role of a speaker who is not the wearer, when the wearer is as sure as `wearer`."""
    if words < FEWEST_WORDS:
        return SpeakerRole(speaker, Role.UNKNOWN, 0.0)
    if wearer < LEAST_SURE:
        return _role(speaker, Role.CIVILIAN, _probability(-evidence - STRONG))
    if evidence >= STRONG:
        return _role(speaker, Role.OTHER_OFFICER, wearer * _probability(evidence - ELSE_CIVILIAN))
    return _role(speaker, Role.CIVILIAN, wearer * _probability(ELSE_CIVILIAN - evidence))


def _role(speaker: str, role: Role, sure: float) -> SpeakerRole:
    if sure < LEAST_SURE:
        return SpeakerRole(speaker, Role.UNKNOWN, round(sure, 2))
    return SpeakerRole(speaker, role, round(min(sure, SUREST), 2))


def _probability(nats: float) -> float:
    return 1 / (1 + math.exp(-nats))


def _evidence(turns: Iterable[Turn]) -> float:
    """What these turns say for an officer (above 0) or a civilian (below 0), in nats."""
    texts = [turn.text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for turn in turns]
    total = 0.0
    for cue in role_cues():
        hits = min(MOST_HITS, sum(len(cue.pattern.findall(text)) for text in texts))
        total += cue.weight * (1 + (hits - 1) / 2) if hits else 0.0
    return total


def _nearness(said: Mapping[str, Sequence[Turn]], samples: Samples) -> dict[str, float]:
    """Nats for each speaker by how much louder it is than the loudest other one."""
    levels = {speaker: _level(turns, samples) for speaker, turns in said.items()}
    nats = {}
    for speaker, level in levels.items():
        others = [other for name, other in levels.items() if name != speaker]
        louder = level - max(others, default=level)
        nats[speaker] = NEARNESS * max(-1.0, min(1.0, louder / NEAR))
    return nats


def _level(turns: Iterable[Turn], samples: Samples) -> float:
    """The median level in dBFS of the words in these turns."""
    spans = (word.span for turn in turns for word in turn.words)
    powers = [float(np.mean(np.square(cut, dtype=np.float64))) for span in spans if len(cut := _cut(samples, span))]
    return 10 * math.log10(max(float(np.median(powers)), 1e-12)) if powers else -120.0


def _radios(said: Mapping[str, Sequence[Turn]], samples: Samples) -> frozenset[str]:
    """The speakers who sound as over a radio; none where every voice is narrow, as on the telephone."""
    spans = {speaker: [word.span for turn in turns for word in turn.words] for speaker, turns in said.items()}
    background = _background([span for own in spans.values() for span in own], samples)
    heard = {speaker: _spectrum([_cut(samples, span) for span in own]) for speaker, own in spans.items()}
    # Never below half of the background: what noise hides is not known to be absent.
    voices = {speaker: np.maximum(power - background, background / 2) for speaker, power in heard.items()}
    narrow = {
        speaker
        for speaker, power in voices.items()
        if sum(span.seconds for span in spans[speaker]) >= LEAST_SOUND
        and _under(power, LOW) < RADIO_LOW
        and _under(power, HIGH) < RADIO_HIGH
    }
    return frozenset(narrow) if len(narrow) < len(voices) else frozenset()


def _background(spans: Iterable[Span], samples: Samples) -> NDArray[np.float64]:
    """The mean power spectrum where nobody speaks; nothing when there is too little of that."""
    quiet = np.ones(len(samples), bool)
    for span in spans:
        quiet[max(0, int((span.start - PAUSE / 4) * SAMPLE_RATE)) : int((span.end + PAUSE / 4) * SAMPLE_RATE)] = False
    rest = samples[quiet]
    return _spectrum([rest]) if len(rest) >= LEAST_SOUND * SAMPLE_RATE else np.zeros(BLOCK // 2 + 1)


def _spectrum(cuts: Iterable[Samples]) -> NDArray[np.float64]:
    """The mean power spectrum over these pieces of sound."""
    total, blocks = np.zeros(BLOCK // 2 + 1), 0
    for cut in cuts:
        pieces = cut[: len(cut) // BLOCK * BLOCK].reshape(-1, BLOCK) * np.hanning(BLOCK)
        total += np.square(np.abs(np.fft.rfft(pieces, axis=1))).sum(axis=0)
        blocks += len(pieces)
    return total / max(blocks, 1)


def _under(power: NDArray[np.float64], band: tuple[float, float]) -> float:
    """Decibels of the power in `band` over the power in the middle band."""
    pitch = np.fft.rfftfreq(BLOCK, 1 / SAMPLE_RATE)

    def within(edges: tuple[float, float]) -> float:
        return max(float(power[(pitch >= edges[0]) & (pitch < edges[1])].sum()), 1e-12)

    return 10 * math.log10(within(band) / within(MIDDLE))


def _cut(samples: Samples, span: Span) -> Samples:
    return samples[int(span.start * SAMPLE_RATE) : int(span.end * SAMPLE_RATE)]
