"""Who begins while another still talks, and where nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from review.encounter import Span, Turn, Voice, VoiceAct, VoiceActKind, Word
from review.voice_acts.parts import Part

OVERLAP = 0.5  # seconds of two voices at once (codebook: interruption)
STOPS = 1.0  # seconds after the other begins in which the interrupted one stops (codebook)
GOES_ON = 1.0  # seconds for which the other goes on alone (codebook)
TALKING = 1.0  # seconds for which somebody must have talked to be interrupted; else both just began together
AROUND = 0.4  # seconds by which word times and voice times differ
# What listeners say to show that they listen (Yngve 1970; Jurafsky et al. 1997 list these as the commonest).
_BACKCHANNELS = """
mm mhm mm-hm mm-hmm mmhmm mhmm hmm hm uh-huh uhuh uh-hum uh huh um oh ah aha yeah yes yep yup ya no nope okay ok k
alright right sure really wow exactly i see all
"""
BACKCHANNELS = frozenset(_BACKCHANNELS.split())


@dataclass(frozen=True)
class Meeting:
    """Somebody begins (`came`) while another (`was`) still talks."""

    was: Voice
    came: Voice

    @property
    def shared(self) -> Span:
        """While both talk."""
        return Span(self.came.span.start, min(self.was.span.end, self.came.span.end))


def meetings(voices: Sequence[Voice]) -> tuple[Meeting, ...]:
    """Every two voices that share half a second and more, in the order in which they meet."""
    found: list[Meeting] = []
    open_still: list[Voice] = []
    for came in sorted(voices, key=lambda voice: (voice.span.start, voice.span.end, voice.label)):
        open_still = [voice for voice in open_still if voice.span.end > came.span.start]
        met = (Meeting(was, came) for was in open_still if was.label != came.label)
        found.extend(meeting for meeting in met if meeting.shared.seconds >= OVERLAP)
        open_still.append(came)
    return tuple(found)


def overlaps(found: Sequence[Meeting]) -> Iterator[VoiceAct]:
    """Two voices at once; the speaker is the one who came in."""
    for meeting in found:
        values = {"with": meeting.was.label, "seconds": meeting.shared.seconds}
        yield VoiceAct(VoiceActKind.OVERLAP, meeting.shared, meeting.came.label, values)


def interruptions(found: Sequence[Meeting], parts: Sequence[Part]) -> Iterator[VoiceAct]:
    """Who talks over another until that one stops, and then goes on; showing that one listens is none."""
    said: dict[str, list[Part]] = {}
    for part in parts:
        said.setdefault(part.speaker, []).append(part)
    for meeting in found:
        was, came = meeting.was.span, meeting.came.span
        stopped, went_on = round(was.end - came.start, 3), round(came.end - was.end, 3)
        if came.start - was.start < TALKING or stopped > STOPS or went_on < GOES_ON:
            continue
        within = Span(max(0.0, came.start - AROUND), was.end + GOES_ON)
        begun = [part for part in said.get(meeting.came.label, ()) if _words(part, within)]
        words = [word for part in begun for word in _words(part, within)]
        if not words or all(_backchannel(word) for word in words):
            continue
        # The quote is the sentence that broke in, from the word with which it did.
        first = next(part for part in begun if not all(map(_backchannel, _words(part, within))))
        span = Span(_words(first, within)[0].span.start, first.span.end)
        last = [word for part in said.get(meeting.was.label, ()) for word in part.words if word.span.start < was.end]
        values = {
            "of": meeting.was.label,
            "overlap_seconds": meeting.shared.seconds,
            "stopped_after_seconds": stopped,
            "went_on_seconds": went_on,
            "unfinished": bool(last) and not _ended(last[-1]),
        }
        yield VoiceAct(VoiceActKind.INTERRUPTION, span, meeting.came.label, values)


def silences(
    turns: Sequence[Turn], voices: Sequence[Voice], *, seconds: float, gap: float, silence: float
) -> Iterator[VoiceAct]:
    """Where nobody talks: `gap` seconds and more before another answers, `silence` and more as nobody's silence."""
    ends = [turn for turn in sorted(turns, key=lambda turn: turn.span) if turn.words]
    talk = sorted([turn.span for turn in ends] + [voice.span for voice in voices])
    for still in _between(talk, seconds):
        if still.seconds >= silence:
            yield VoiceAct(VoiceActKind.LONG_SILENCE, still, "", {"seconds": still.seconds})
        elif still.seconds >= gap:
            before = [turn for turn in ends if turn.span.end <= still.start + AROUND]
            after = [turn for turn in ends if turn.span.start >= still.end - AROUND]
            if before and after and before[-1].speaker != after[0].speaker:
                values = {
                    "after": before[-1].speaker,
                    "seconds": still.seconds,
                    "question": before[-1].words[-1].text.endswith("?"),
                }
                yield VoiceAct(VoiceActKind.RESPONSE_GAP, still, after[0].speaker, values)


def _between(talk: Sequence[Span], seconds: float) -> Iterator[Span]:
    """The stretches of the recording outside of all `talk`, which is in order."""
    reached = 0.0
    for span in (*talk, Span(seconds, seconds)):
        if span.start > reached:
            yield Span(reached, span.start)
        reached = max(reached, span.end)


def _words(part: Part, within: Span) -> list[Word]:
    return [word for word in part.words if within.start <= word.span.middle < within.end]


def _ended(word: Word) -> bool:
    return word.text.endswith((".", "?", "!")) and not word.text.endswith("..")


def _backchannel(word: Word) -> bool:
    return word.text.lower().strip(".,?!;:\"'…—-") in BACKCHANNELS
