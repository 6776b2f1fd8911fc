"""A first guess at who is who: the wearer of the camera, other officers, civilians, a radio, each with a confidence."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from review.encounter import Role, Span, SpeakerRole, Turn
from review.sound import NOTHING, SAMPLE_RATE, Samples, Track, cut, seconds

# The first guess at roles. Evidence is in nats (log-odds): above 0 for an officer, below 0 for a civilian.
NOBODY = 1.5  # nats that a wearer must beat, since a recording may hold no officer at all
NEARNESS = 0.8  # nats for the voice nearest to the microphone, as the wearer's is
AMONG_POLICE = 1.7  # nats more for it among voices that speak as police do: a chest camera hears its wearer best
MORE_POLICE = 0.2  # share of evidence beyond STRONG that counts for the wearer: partners speak as police, too
CONSTANT = 30  # words from which a voice's level says how near it is
NEAR = 6.0  # decibels between two voices at which nearness is fully believed
ELSE_CIVILIAN = 1.0  # nats: beside an officer, a further voice is more often a civilian's
STRONG = 2.5  # nats in a voice's own words that make it another officer's, or a civilian's where no officer is known
ENROLLED = 4.0  # nats for a voice that is like the profile of an officer who consented to one
FEWEST_WORDS = 4  # a voice that says less keeps an unknown role
LEAST_SURE, SUREST = 0.5, 0.97  # bounds of a role's confidence; below the first it is unknown
FACE_TO_FACE = 5.0  # nats of police talk from which even a narrow voice is there in person
RADIO_NARROW = 0.7  # confidence that a narrow voice among wide ones comes over the radio
RADIO_SURE = 0.85  # the same when it also speaks as one does there
RADIO_CODES = re.compile(
    r"\b(copy|copies|10-\d+|ten four|en route|unit \d+|dispatch|be advised|code \d|stand by|roger)\b"
)
RADIO_LOW, RADIO_HIGH = -9.0, -22.0  # decibels of both bands under the middle one; a voice below both is narrow
LOW, MIDDLE, HIGH = (90.0, 250.0), (300.0, 3400.0), (3800.0, 7500.0)  # Hz; a radio passes the middle band only
LEAST_SOUND = 1.0  # seconds of a voice, or of the background, from which its bands can be told
BLOCK = 512  # samples of one spectrum
SHORTEST_GAP = 0.05  # seconds; a shorter gap holds hardly a block, and spans are rounded to 1 ms
MOST_AT_ONCE = 60.0  # seconds of background looked at in one piece
AROUND = 0.375  # seconds around talk that are no background either
MOST_HITS = 3  # of one cue; saying it again adds half as much each time


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


def guess(turns: Sequence[Turn], track: Track, *, enrolled: Collection[str] = ()) -> tuple[SpeakerRole, ...]:
    """A first guess at who wears the camera and who is a civilian, from what is said and how near each voice is.

    `enrolled` are the speakers who sound like an officer whose voice is known. At most one speaker is the officer.
    A role without enough evidence stays unknown.
    """
    said: dict[str, list[Turn]] = {}
    for turn in turns:
        said.setdefault(turn.speaker, []).append(turn)
    evidence = {speaker: _evidence(own) + ENROLLED * (speaker in enrolled) for speaker, own in said.items()}
    near = _nearness(said, track)
    # Nobody on the radio introduces themselves to a person, asks for papers and gives orders.
    radios = {one for one in _radios(said, track) if evidence[one] < FACE_TO_FACE}
    police = sum(math.exp(evidence[speaker] + NEARNESS * near[speaker]) for speaker in said.keys() - radios)
    # What only a civilian says to police is evidence that somebody else here is the police.
    nobody = math.exp(NOBODY + sum(min(0.0, one) for one in evidence.values()) / 2)
    wearing = {speaker: math.exp(_wearing(evidence[speaker], near[speaker])) for speaker in said.keys() - radios}
    wearer = max(sorted(wearing), key=lambda speaker: wearing[speaker], default="")
    present = police / (police + nobody)
    sure = present * wearing[wearer] / sum(wearing.values()) if wearer else 0.0
    roles = []
    for speaker in sorted(said):
        if speaker in radios:
            codes = any(RADIO_CODES.search(turn.text.lower()) for turn in said[speaker])
            roles.append(_role(speaker, Role.RADIO, RADIO_SURE if codes else RADIO_NARROW))
        elif speaker == wearer and sure >= LEAST_SURE:
            roles.append(_role(speaker, Role.OFFICER, sure))
        else:
            words = _words(said[speaker])
            roles.append(_further_role(speaker, evidence[speaker], words=words, police=present))
    return tuple(roles)


def _wearing(evidence: float, near: float) -> float:
    """Nats for wearing the camera: words tell police from others, and among police the near one wears it."""
    like_police = max(0.0, min(1.0, evidence / STRONG))
    said = min(evidence, STRONG) + MORE_POLICE * max(0.0, evidence - STRONG)
    return said + (NEARNESS + AMONG_POLICE * like_police) * near


def _further_role(speaker: str, evidence: float, *, words: int, police: float) -> SpeakerRole:
    """The role of a speaker who is not the wearer, when police are present with probability `police`."""
    if words < FEWEST_WORDS:
        return SpeakerRole(speaker, Role.UNKNOWN, 0.0)
    if police < LEAST_SURE:
        return _role(speaker, Role.CIVILIAN, _probability(-evidence - STRONG))
    if evidence >= STRONG:
        return _role(speaker, Role.OTHER_OFFICER, police * _probability(evidence - ELSE_CIVILIAN))
    return _role(speaker, Role.CIVILIAN, police * _probability(ELSE_CIVILIAN - evidence))


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


def _nearness(said: Mapping[str, Sequence[Turn]], track: Track) -> dict[str, float]:
    """How near each speaker is to the microphone, -1 to 1: by how much louder it is than the loudest other one.

    A few shouted words are loud wherever they come from, so a voice counts by how much it says.
    """
    levels = {speaker: _level(turns, track) for speaker, turns in said.items()}
    constant = {speaker: min(1.0, _words(turns) / CONSTANT) for speaker, turns in said.items()}
    near = {}
    for speaker, level in levels.items():
        others = [other for name, other in levels.items() if name != speaker and constant[name] >= constant[speaker]]
        louder = level - max(others, default=level)
        near[speaker] = constant[speaker] * max(-1.0, min(1.0, louder / NEAR))
    return near


def _words(turns: Iterable[Turn]) -> int:
    return sum(len(turn.words) for turn in turns)


def _level(turns: Iterable[Turn], track: Track) -> float:
    """The median level in dBFS of the words in these turns."""
    spans = (word.span for turn in turns for word in turn.words)
    heard = (cut(track, span) for span in spans)
    powers = [float(np.mean(np.square(sound, dtype=np.float64))) for sound in heard if len(sound)]
    return 10 * math.log10(max(float(np.median(powers)), NOTHING)) if powers else -120.0


def _radios(said: Mapping[str, Sequence[Turn]], track: Track) -> frozenset[str]:
    """The speakers who sound as over a radio; none where every voice is narrow, as on the telephone."""
    spans = {speaker: [word.span for turn in turns for word in turn.words] for speaker, turns in said.items()}
    background = _background([span for own in spans.values() for span in own], track)
    heard = {speaker: _spectrum(cut(track, span) for span in own) for speaker, own in spans.items()}
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


def _background(spans: Iterable[Span], track: Track) -> NDArray[np.float64]:
    """The mean power spectrum where nobody speaks; nothing when there is too little of that."""
    quiet = _between(spans, until=seconds(track))
    if sum(span.seconds for span in quiet) < LEAST_SOUND:
        return np.zeros(BLOCK // 2 + 1)
    return _spectrum(cut(track, span) for span in quiet)


def _between(spans: Iterable[Span], *, until: float) -> list[Span]:
    """The stretches without talk, a little away from it, none longer than a minute, so that memory stays flat.

    >>> _between([Span(1.0, 2.0), Span(2.5, 3.0)], until=5.375)
    [Span(start=0.0, end=0.625), Span(start=3.375, end=5.375)]
    """
    gaps, at = [], 0.0
    for span in [*sorted(spans), Span(until + AROUND, until + AROUND)]:
        stop = min(span.start - AROUND, until)
        while stop - at > SHORTEST_GAP:
            gaps.append(Span(at, min(stop, at + MOST_AT_ONCE)))
            at = gaps[-1].end
        at = max(at, span.end + AROUND)
    return gaps


def _spectrum(cuts: Iterable[Samples]) -> NDArray[np.float64]:
    """The mean power spectrum over these pieces of sound."""
    total, blocks = np.zeros(BLOCK // 2 + 1), 0
    for sound in cuts:
        pieces = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK) * np.hanning(BLOCK)
        total += np.square(np.abs(np.fft.rfft(pieces, axis=1))).sum(axis=0)
        blocks += len(pieces)
    return total / max(blocks, 1)


def _under(power: NDArray[np.float64], band: tuple[float, float]) -> float:
    """Decibels of the power in `band` over the power in the middle band."""
    pitch = np.fft.rfftfreq(BLOCK, 1 / SAMPLE_RATE)

    def within(edges: tuple[float, float]) -> float:
        return max(float(power[(pitch >= edges[0]) & (pitch < edges[1])].sum()), NOTHING)

    return 10 * math.log10(within(band) / within(MIDDLE))
