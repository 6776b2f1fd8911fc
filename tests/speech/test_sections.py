"""Hours in sections: no word lost, doubled, moved or out of order, and what is done is not done again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import sound, speech
from review.encounter import Span, Word
from review.sound import SAMPLE_RATE, Samples, Spool
from review.speech import Heard, Progress, Settings
from review.speech.chunks import WINDOW
from review.speech.sections import LANGUAGE_NEEDS, SECTION, heard_in_sections, sections_of

HEARABLE = 0.5  # full scale: a sample this high is a word of the listening engine


def listening(samples: Samples, spans: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
    """An engine that hears one word wherever a sample is high, inside the stretches it is given."""
    at = np.flatnonzero(samples >= HEARABLE) / SAMPLE_RATE
    inside = [moment for moment in at if any(span.start <= moment < span.end for span in spans)]
    words = tuple(Word(f"{samples[round(m * SAMPLE_RATE)]:.4f}", Span(m, m + 0.01), 0.9) for m in inside)
    progress(1.0)
    return Heard(words, settings.language or "es", 1.0 if settings.language else 0.8, {"chunks": len(spans)})


def talk(pauses: Sequence[float], lengths: Sequence[float]) -> tuple[Span, ...]:
    spans, now = [], 0.0
    for pause, length in zip(pauses, lengths, strict=True):
        spans.append(Span(now + pause, now + pause + length))
        now = spans[-1].end
    return tuple(spans)


stretches = st.integers(1, 15).flatmap(
    lambda count: st.builds(
        talk,
        st.lists(st.floats(0.0, 12.0), min_size=count, max_size=count),
        st.lists(st.floats(0.1, WINDOW), min_size=count, max_size=count),
    )
)


@given(stretches, st.floats(1.0, 400.0))
def test_every_stretch_is_in_exactly_one_section_in_order_whatever_the_length(speech: tuple[Span, ...], length: float):
    sections = sections_of(speech, length=length)
    assert tuple(span for section in sections for span in section.speech) == speech
    assert all(section.span == section.speech[0].cover(section.speech[-1]) for section in sections)
    assert all(one.span.end <= other.span.start for one, other in pairwise(sections))
    assert all(section.span.seconds <= max(length, WINDOW) for section in sections[1:])


@given(stretches, st.floats(1.0, 400.0), st.data())
def test_no_word_is_lost_doubled_moved_or_out_of_order_at_any_cut(
    speech: tuple[Span, ...], length: float, data: st.DataObject
):
    track = np.zeros(round(speech[-1].end * SAMPLE_RATE) + 1, np.float32)
    spoken = []
    for number, span in enumerate(speech):
        at = round(span.start * SAMPLE_RATE) + data.draw(st.integers(0, round(span.seconds * SAMPLE_RATE) - 1))
        track[at] = HEARABLE + number / 1000
        spoken.append((f"{track[at]:.4f}", round(at / SAMPLE_RATE, 3)))
    heard = heard_in_sections(
        track, speech, listening, settings=Settings(), progress=lambda share: None, kept={}, length=length
    )
    assert [word.text for word in heard.words] == [text for text, _ in spoken]
    assert [word.span.start for word in heard.words] == pytest.approx([at for _, at in spoken], abs=0.0011)
    assert heard.language == "es"
    assert heard.counts == {"chunks": len(speech)}


def test_times_do_not_drift_over_an_hour(monkeypatch: pytest.MonkeyPatch):
    moments = np.arange(5.0, 3600.0, 7.3)
    speech_there = tuple(Span(at - 1, at + 1) for at in moments)

    def pieces():
        for start in range(0, 3600, 60):
            piece = np.zeros(60 * SAMPLE_RATE, np.float32)
            inside = moments[(moments >= start) & (moments < start + 60)]
            piece[np.round((inside - start) * SAMPLE_RATE).astype(int)] = 0.9
            yield piece

    monkeypatch.setattr(speech, "speech_in", lambda track: speech_there)
    monkeypatch.setattr(speech, "ENGINES", {"listening": listening})
    with Spool(pieces()) as track:
        heard = speech.recognise(track, Settings(engine="listening"))
    assert [word.span.start for word in heard.words] == pytest.approx(list(moments), abs=0.0011)


class Sparing:
    """A track that tells how much was ever read at once."""

    def __init__(self, seconds: float) -> None:
        self.length = round(seconds * SAMPLE_RATE)
        self.most = 0

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, part: slice) -> Samples:
        start, stop, _ = part.indices(self.length)
        self.most = max(self.most, stop - start)
        return np.zeros(max(0, stop - start), np.float32)


def test_four_hours_are_never_read_at_once(monkeypatch: pytest.MonkeyPatch):
    track = Sparing(4 * 3600.0)
    there = tuple(Span(at, at + 8.0) for at in np.arange(0.0, 4 * 3600.0 - 10, 10.0))
    asked: list[float] = []

    def nothing(samples: Samples, spans: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
        asked.append(len(samples) / SAMPLE_RATE)
        return Heard((), "en", 1.0)

    monkeypatch.setattr(speech, "speech_in", lambda track: there)
    monkeypatch.setattr(speech, "ENGINES", {"nothing": nothing})
    speech.recognise(track, Settings(engine="nothing"))
    assert track.most / SAMPLE_RATE <= SECTION
    assert max(asked) <= SECTION
    assert sum(asked) > 0.9 * 4 * 3600


def test_what_is_kept_is_not_heard_again_and_survives_json():
    there = tuple(Span(at, at + 20.0) for at in range(0, 900, 30))
    track = np.zeros(900 * SAMPLE_RATE, np.float32)
    track[[round((span.start + 1) * SAMPLE_RATE) for span in there]] = 0.75
    asked: list[float] = []

    def counting(samples: Samples, spans: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
        asked.append(spans[0].start)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return listening(samples, spans, settings=settings, progress=progress)

    kept: dict[str, object] = {}
    whole = heard_in_sections(track, there, listening, settings=Settings(), progress=lambda share: None, kept={})
    with pytest.raises(KeyboardInterrupt):
        heard_in_sections(track, there, counting, settings=Settings(), progress=lambda share: None, kept=kept)
    assert len(kept) == 2
    kept = json.loads(json.dumps(kept))
    resumed = heard_in_sections(track, there, counting, settings=Settings(), progress=lambda share: None, kept=kept)
    assert resumed == whole
    assert len(asked) == 3 + len(kept) - 2
    again = heard_in_sections(track, there, counting, settings=Settings(), progress=lambda share: None, kept=kept)
    assert again == whole
    assert len(asked) == 3 + len(kept) - 2, "a finished recording needs no engine"


def test_what_was_kept_under_other_settings_is_heard_anew_but_not_for_more_threads():
    there, track, kept = (Span(0.0, 5.0),), np.zeros(5 * SAMPLE_RATE, np.float32), {}
    for settings in (Settings(), Settings(threads=4), Settings(model="small.en")):
        heard_in_sections(track, there, listening, settings=settings, progress=lambda share: None, kept=kept)
    assert len(kept) == 2


def test_the_first_section_waits_for_enough_speech_to_know_the_language():
    sparse = tuple(Span(at, at + 2.0) for at in range(0, 1200, 30))
    first, second, *_ = sections_of(sparse)
    assert sum(span.seconds for span in first.speech) >= LANGUAGE_NEEDS
    assert first.span.seconds > SECTION >= second.span.seconds


def test_progress_rises_to_the_end():
    there = tuple(Span(at, at + 20.0) for at in range(0, 900, 30))
    told: list[float] = []
    track = np.zeros(900 * SAMPLE_RATE, np.float32)
    heard_in_sections(track, there, listening, settings=Settings(), progress=told.append, kept={})
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    assert len(told) > 3


def test_the_language_of_the_first_section_is_forced_on_the_rest():
    asked: list[str | None] = []

    def listing(samples: Samples, spans: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
        asked.append(settings.language)
        return replace(listening(samples, spans, settings=settings, progress=progress), language="es")

    there = tuple(Span(at, at + 20.0) for at in range(0, 900, 30))
    track = np.zeros(900 * SAMPLE_RATE, np.float32)
    heard = heard_in_sections(track, there, listing, settings=Settings(), progress=lambda share: None, kept={})
    assert asked == [None] + ["es"] * (len(sections_of(there)) - 1)
    assert heard.language == "es"
    assert heard.language_confidence == 0.8
    assert sound.seconds(track) == 900
