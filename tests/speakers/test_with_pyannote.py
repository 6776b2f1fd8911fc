"""The adapter for pyannote's pipeline, against a fake with the interface of pyannote.audio 4.0.7.

The real weights are gated on a model hub and were never run here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pyannote.core import Annotation, Segment

from review import speakers
from review.encounter import Span, Voice
from review.errors import MissingModel
from review.sound import Samples
from review.speakers import Settings, with_pyannote

CHOSEN = Settings(diarizer="pyannote")


class Tensor:
    """As much of a torch tensor as the adapter uses."""

    def __init__(self, samples: Samples) -> None:
        self.samples = samples

    def __getitem__(self, _: None) -> Tensor:
        return Tensor(self.samples[None])


class Pipeline:
    """Answers as SpeakerDiarization.__call__ does, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    def __call__(self, file: dict[str, Any], *, hook: Callable[..., None], **known: int) -> SimpleNamespace:
        self.asked = {"shape": file["waveform"].samples.shape, "rate": file["sample_rate"], **known}
        hook("segmentation", None, file=file, total=2, completed=1)
        hook("speaker_counting", None, file=file)
        hook("embeddings", None, file=file, total=4, completed=4)
        found = Annotation()
        found[Segment(2.0, 5.0), "a"] = "SPEAKER_01"
        found[Segment(4.0, 30.0), "b"] = "SPEAKER_00"
        return SimpleNamespace(speaker_diarization=found)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """An installed pyannote.audio and torch; `answer` is what `from_pretrained` gives, or raises."""
    state = SimpleNamespace(answer=Pipeline(), calls=[])

    def from_pretrained(name: str, token: str | None = None) -> Any:
        state.calls.append((name, token, with_pyannote.os.environ["PYANNOTE_METRICS_ENABLED"]))
        if isinstance(state.answer, Exception):
            raise state.answer
        return state.answer

    torch, audio = ModuleType("torch"), ModuleType("pyannote.audio")
    vars(torch)["from_numpy"] = Tensor
    vars(audio)["Pipeline"] = SimpleNamespace(from_pretrained=from_pretrained)
    audio.__spec__ = ModuleSpec("pyannote.audio", None)
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "pyannote.audio", audio)
    monkeypatch.setenv("HF_TOKEN", "hf_of_a_test")
    monkeypatch.delenv("BODYCAM_REVIEW_PYANNOTE", raising=False)
    monkeypatch.setenv("PYANNOTE_METRICS_ENABLED", "true")
    with_pyannote._pipeline.cache_clear()
    yield state
    with_pyannote._pipeline.cache_clear()


def test_its_voices_are_ours_overlaps_included(hub: SimpleNamespace, silence: Samples):
    shares: list[float] = []
    voices = speakers.diarize(silence, CHOSEN, progress=shares.append)
    assert voices == (Voice("S1", Span(2, 5)), Voice("S2", Span(4, 12)))
    assert shares == [0.25, 1.0]
    assert hub.answer.asked == {"shape": (1, len(silence)), "rate": 16000}


def test_a_known_number_is_passed_on(hub: SimpleNamespace, silence: Samples):
    speakers.diarize(silence, Settings(diarizer="pyannote", count=3))
    assert hub.answer.asked["num_speakers"] == 3


def test_it_is_asked_with_the_token_and_without_usage_metrics_once(hub: SimpleNamespace, silence: Samples):
    speakers.diarize(silence, CHOSEN)
    speakers.diarize(silence, CHOSEN)
    assert hub.calls == [("pyannote/speaker-diarization-community-1", "hf_of_a_test", "false")]


def test_a_local_copy_needs_no_hub(hub: SimpleNamespace, silence: Samples, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BODYCAM_REVIEW_PYANNOTE", "/models/community-1")
    speakers.diarize(silence, CHOSEN)
    assert hub.calls[0][0] == "/models/community-1"


@pytest.mark.parametrize("answer", [None, OSError("403 Client Error\nmore"), ValueError("no such pipeline")])
def test_no_access_is_one_line_of_advice(hub: SimpleNamespace, silence: Samples, answer: Exception | None):
    hub.answer = answer
    with pytest.raises(MissingModel, match="HF_TOKEN") as told:
        speakers.diarize(silence, CHOSEN)
    assert "\n" not in str(told.value)


def test_a_missing_package_is_named(hub: SimpleNamespace, silence: Samples, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(with_pyannote, "find_spec", lambda name: None if name == "pyannote.audio" else object())
    with pytest.raises(MissingModel, match=r"review\[pyannote\]"):
        speakers.diarize(silence, CHOSEN)


def test_it_is_named_in_provenance():
    assert [use.name for use in speakers.models(CHOSEN)] == ["pyannote/speaker-diarization-community-1"]


def test_an_empty_recording_has_no_voices(hub: SimpleNamespace):
    assert speakers.diarize(np.empty(0, np.float32), CHOSEN) == ()
    assert hub.calls == []
