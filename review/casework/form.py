"""What a review must have before it can be signed off, and the stretch that is drawn to be listened to."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from review.casework.holding import Casework, heard, joined
from review.encounter import Encounter, Span

DRAWN_SECONDS = 30.0  # long enough to notice what no mark points at, short enough to be really listened to
WORTH_SECONDS = 10.0  # of a stretch between two marks; in a shorter one little is said, so it is drawn only for want
HEARABLE_SECONDS = 1.0  # of a stretch without any word; of a shorter one nobody could show that they played it
HEARD_SHARE = 0.9  # of the drawn stretch; the ends of a played stretch are told to half a second


def drawn(encounter: Encounter) -> Span | None:
    """A stretch without any mark, in which somebody talks, drawn by chance with the recording's content as the seed.

    Where no word was recognised outside the marks, any time without a mark: what the machine did not hear is what a
    person has to listen for. The same for everybody and at each look; None where all is marked.
    """
    whole = Span(0.0, encounter.recording.seconds)
    free = _without(whole, (flag.span for flag in encounter.flags))
    ends = [span.end for span in free]  # in order: an hour has 10,000 words to look up
    talks = []
    for word in encounter.words:
        at = bisect_right(ends, word.span.start)
        if at < len(free) and free[at].start <= word.span.start:
            talks.append((word.span.start, free[at]))
    chance = random.Random(encounter.recording.sha256)
    if not talks:
        return _of_any(free, chance)
    longest = max(span.seconds for _, span in talks)
    worth = [one for one in talks if one[1].seconds >= min(WORTH_SECONDS, longest)]
    begin, around = chance.choice(worth)
    return _from(begin, around)


def _of_any(free: Sequence[Span], chance: random.Random) -> Span | None:
    """A stretch of the free time, every moment of which is as likely as any other."""
    longest = max((span.seconds for span in free), default=0.0)
    if longest < HEARABLE_SECONDS:
        return None
    worth = [span for span in free if span.seconds >= min(WORTH_SECONDS, longest)]
    [around] = chance.choices(worth, weights=[span.seconds for span in worth])
    return _from(round(chance.uniform(around.start, around.end), 1), around)


def _from(begin: float, around: Span) -> Span:
    start = max(around.start, min(begin, around.end - DRAWN_SECONDS))
    return Span(start, min(around.end, start + DRAWN_SECONDS))


def missing(
    casework: Casework, wanted: Iterable[tuple[str, str]], *, stretch: Span | None, person: str
) -> tuple[str, ...]:
    """What the review still needs before this person can sign it off, in plain words; `wanted` are keys and texts."""
    out = [f"Answer: {text}" for key, text in wanted if not _answered(casework, key)]
    if casework.disposition is None:
        out.append("Choose how the review ends.")
    if stretch is not None and heard(casework, person, stretch) < HEARD_SHARE * stretch.seconds:
        out.append("Listen to the stretch that was drawn by chance.")
    return tuple(out)


def _answered(casework: Casework, key: str) -> bool:
    answer = casework.answers.get(key)
    return answer is not None and bool(answer.body.get("reply"))


def _without(whole: Span, taken: Iterable[Span]) -> Sequence[Span]:
    free: list[Span] = []
    at = whole.start
    for span in joined(taken):
        if span.start > at:
            free.append(Span(at, min(span.start, whole.end)))
        at = max(at, span.end)
    if at < whole.end:
        free.append(Span(at, whole.end))
    return [span for span in free if span.seconds > 0]
