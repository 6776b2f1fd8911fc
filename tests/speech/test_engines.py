"""The engines: the same weights in both, any size by name or path, nothing fetched when offline, plain errors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jiwer
import numpy as np
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from numpy.typing import NDArray

from review import media, scoring, speech, weights
from review.encounter import ModelUse, Span
from review.errors import AlteredModel, MissingModel, WrongUse
from review.sound import SAMPLE_RATE
from review.speech import Settings, checkpoint, faster, hub, openai

SAMPLE = Path(__file__).parents[2] / "samples" / "calm_traffic_stop.m4a"
PLEA = Path(__file__).parents[1] / "data" / "speech" / "i_cant_breathe.flac"
REAL = Path(__file__).parents[1] / "data" / "speech" / "real_speech.flac"
SAID = "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
PROMPTS = ("initial_prompt", "prompt", "prefix", "hotwords")  # arguments that put words before or into what is heard
HEARD_APART = 0.2  # WER between the engines on the words of one utterance or two; int8 and float32 differ in a word


@pytest.fixture(autouse=True, scope="module")
def _models_leave_memory_afterwards() -> Iterator[None]:
    yield
    openai._loaded.cache_clear()


@pytest.fixture(scope="module")
def ctranslate2_tensors() -> dict[str, NDArray[Any]]:
    files = weights.speech_model("base")
    assert files is not None
    return checkpoint.tensors(files.path / "model.bin")


@pytest.mark.filterwarnings("ignore:.*tiktoken:pytest.PytestUnraisableExceptionWarning")  # its tokenizer's open file
def test_both_engines_hear_nearly_the_same_in_an_acted_sample():
    pytest.importorskip("whisper")
    sound = media.samples(SAMPLE)[10 * SAMPLE_RATE : 22 * SAMPLE_RATE]
    heard = [
        speech.recognise(sound, Settings(engine=engine, language="en", beam=1))
        for engine in ("faster-whisper", "openai-whisper")
    ]
    ours, theirs = (" ".join(scoring.normal(" ".join(word.text for word in one.words))) for one in heard)
    assert len(ours.split()) >= 8
    assert jiwer.wer(ours, theirs) <= HEARD_APART
    assert heard[0].models == heard[1].models, "the same file with the same checksum"
    starts = [one.words[0].span.start for one in heard]
    assert starts[0] == pytest.approx(starts[1], abs=0.3)


@pytest.mark.filterwarnings("ignore:.*tiktoken:pytest.PytestUnraisableExceptionWarning")
def test_both_engines_hear_every_word_of_real_speech_at_the_same_second():
    pytest.importorskip("whisper")
    heard = [
        speech.recognise(media.samples(REAL), Settings(engine=engine, language="en"))
        for engine in ("faster-whisper", "openai-whisper")
    ]
    for one in heard:
        assert " ".join(scoring.normal(" ".join(word.text for word in one.words))) == SAID
    apart = np.abs(np.subtract(*([word.span.start for word in one.words] for one in heard)))
    assert np.median(apart) <= 0.05
    assert np.mean(apart <= 0.3) >= 0.9  # seconds; int8 and float32 lay a word before a pause differently


def test_openai_weights_are_ours_bit_for_bit(ctranslate2_tensors: dict[str, NDArray[Any]]):
    back = ctranslate2_names(checkpoint.state(ctranslate2_tensors))
    there = {name: values for name, values in ctranslate2_tensors.items() if values.ndim}
    assert set(back) == set(there)
    for name, values in there.items():
        assert values.dtype == np.float16
        assert np.array_equal(values.view(np.uint16), back[name].view(np.uint16)), name


def test_openai_whisper_takes_the_weights_as_its_own(ctranslate2_tensors: dict[str, NDArray[Any]]):
    whisper = pytest.importorskip("whisper")
    model = whisper.model.Whisper(whisper.model.ModelDimensions(**checkpoint.dimensions(ctranslate2_tensors)))
    assert set(model.state_dict()) == set(checkpoint.state(ctranslate2_tensors))
    assert model.dims.n_audio_head == model.dims.n_text_head == 8
    heads = whisper._ALIGNMENT_HEADS["base"]
    model.set_alignment_heads(heads)
    theirs = {tuple(pair) for pair in model.alignment_heads.indices().T.tolist()}
    files = weights.speech_model("base")
    assert files is not None
    assert set(checkpoint.alignment_heads(files.path)) == theirs


def ctranslate2_names(state: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The inverse of `checkpoint.state`, written from CTranslate2's side."""
    norm = {"gamma": "weight", "beta": "bias"}
    found = {
        "encoder/position_encodings/encodings": state["encoder.positional_embedding"],
        "decoder/position_encodings/encodings": state["decoder.positional_embedding"],
        "decoder/embeddings/weight": state["decoder.token_embedding.weight"],
    }
    for name, part in ((f"conv{n}", part) for n in (1, 2) for part in ("weight", "bias")):
        found[f"encoder/{name}/{part}"] = state[f"encoder.{name}.{part}"]
    for theirs, part in norm.items():
        found[f"encoder/layer_norm/{theirs}"] = state[f"encoder.ln_post.{part}"]
        found[f"decoder/layer_norm/{theirs}"] = state[f"decoder.ln.{part}"]
    for block in sorted({name.rsplit(".attn.out", 1)[0] for name in state if name.endswith(".attn.out.weight")}):
        side, _, layer = block.split(".")
        place = f"{side}/layer_{layer}"
        for theirs, part in norm.items():
            found[f"{place}/ffn/layer_norm/{theirs}"] = state[f"{block}.mlp_ln.{part}"]
            found[f"{place}/self_attention/layer_norm/{theirs}"] = state[f"{block}.attn_ln.{part}"]
        for part in ("weight", "bias"):
            found[f"{place}/ffn/linear_0/{part}"] = state[f"{block}.mlp.0.{part}"]
            found[f"{place}/ffn/linear_1/{part}"] = state[f"{block}.mlp.2.{part}"]
            found[f"{place}/self_attention/linear_0/{part}"] = fused(state, f"{block}.attn", "qkv", part)
            found[f"{place}/self_attention/linear_1/{part}"] = state[f"{block}.attn.out.{part}"]
            if side == "decoder":
                found[f"{place}/attention/linear_0/{part}"] = state[f"{block}.cross_attn.query.{part}"]
                found[f"{place}/attention/linear_1/{part}"] = fused(state, f"{block}.cross_attn", "kv", part)
                found[f"{place}/attention/linear_2/{part}"] = state[f"{block}.cross_attn.out.{part}"]
        if side == "decoder":
            for theirs, part in norm.items():
                found[f"{place}/attention/layer_norm/{theirs}"] = state[f"{block}.cross_attn_ln.{part}"]
    return found


def fused(state: Mapping[str, NDArray[Any]], block: str, order: str, part: str) -> NDArray[Any]:
    names = {"q": "query", "k": "key", "v": "value"}
    like = state[f"{block}.value.{part}"]
    return np.concatenate([state.get(f"{block}.{names[one]}.{part}", np.zeros_like(like)) for one in order])


def test_a_file_that_is_no_ctranslate2_model_is_told_as_such(tmp_path: Path):
    (tmp_path / "model.bin").write_bytes(b"PK\x03\x04 a torch checkpoint")
    with pytest.raises(WrongUse, match=r"model\.bin is no CTranslate2 model"):
        checkpoint.tensors(tmp_path / "model.bin")


def test_integer_weights_cannot_be_openai_weights(ctranslate2_tensors: dict[str, NDArray[Any]]):
    quantised = {**ctranslate2_tensors, "encoder/conv1/weight_scale": np.ones(1, np.float32)}
    with pytest.raises(WrongUse, match="quantised to integers"):
        checkpoint.state(quantised)


def test_openai_whisper_that_is_not_installed_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "whisper", None)
    with pytest.raises(MissingModel, match=r"openai-whisper is not installed: pip install 'review\[openai-whisper\]'"):
        openai.loaded(Settings(threads=3))


@pytest.mark.parametrize("loaded", [faster.loaded, openai.loaded], ids=["faster-whisper", "openai-whisper"])
def test_an_unknown_model_name_is_wrong_use_and_a_missing_folder_a_missing_model(loaded):
    pytest.importorskip("whisper")
    with pytest.raises(WrongUse, match="no speech model 'enormous': give base, another Whisper size, or a folder"):
        loaded(Settings(model="enormous", offline=True))
    with pytest.raises(MissingModel, match=r"holds no model\.bin"):
        loaded(Settings(model="nowhere/at/all"))


@pytest.mark.parametrize("name", ["small.en", "large-v3-turbo"])
def test_offline_never_asks_the_hub(name: str, monkeypatch: pytest.MonkeyPatch):
    asked: list[bool] = []

    def absent(model: str, *, local_files_only: bool = False) -> str:
        asked.append(local_files_only)
        raise LocalEntryNotFoundError("Cannot find an appropriate cached snapshot folder … (raw hub text)")

    monkeypatch.setattr(hub, "download_model", absent)
    with pytest.raises(MissingModel, match=f"{name!r} is not on this machine: run once without --offline") as told:
        hub.speech_model(name, offline=True)
    assert asked == [True], "only this machine's cache was looked at"
    assert "raw hub text" not in str(told.value)
    with pytest.raises(MissingModel, match="could not be fetched from the model hub; 'base' is bundled") as told:
        hub.speech_model(name, offline=False)
    assert asked == [True, True, False]
    assert "raw hub text" not in str(told.value)


def test_a_model_from_the_hub_is_used_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hub, "download_model", lambda name, local_files_only=False: str(tmp_path))
    assert hub.speech_model("small.en", offline=True).path == tmp_path
    assert hub.speech_model("small.en", offline=True).use().name == "small.en"


def test_an_altered_model_is_never_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "whisper-base").mkdir()
    (tmp_path / "whisper-base" / "model.bin").write_bytes(b"not the model")
    monkeypatch.setenv(weights.CACHE_VARIABLE, str(tmp_path))
    with pytest.raises(AlteredModel, match=r"model\.bin"):
        faster.loaded(Settings(threads=1))  # threads differ, so that no loaded model is taken from memory


@pytest.mark.parametrize(
    ("asked", "cards", "placed"),
    [
        (("auto", "auto"), 0, ("cpu", "int8")),
        (("auto", "auto"), 1, ("cuda", "float16")),
        (("cpu", "auto"), 1, ("cpu", "int8")),
        (("cuda", "int8_float16"), 1, ("cuda", "int8_float16")),
    ],
)
def test_a_graphics_card_is_used_where_there_is_one(asked, cards, placed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(faster.ctranslate2, "get_cuda_device_count", lambda: cards)
    assert faster.placed(*asked) == placed


def test_a_batch_encodes_as_its_windows_do_one_by_one():
    model, _ = faster.loaded(Settings())
    windows = np.random.default_rng(1).normal(0, 0.3, (2, 80, 3000)).astype(np.float32)
    together = np.array(model.encode(windows))
    assert together.shape == (2, 1500, 512)
    assert np.array_equal(together[1:], np.array(model.encode(windows[1])))


def test_each_chunk_gets_its_own_words_on_its_own_clock():
    clip = media.samples(PLEA)
    sound = np.concatenate([clip, np.zeros(8 * SAMPLE_RATE, np.float32), clip])
    settings = Settings(language="en")
    reader = faster.FasterWhisper(*faster.loaded(settings), settings)
    late = len(clip) / SAMPLE_RATE + 8
    first, second = reader.together(sound, [Span(0.2, 7.2), Span(late + 0.2, late + 7.2)], language="en")
    assert [word.text for word in first.words] == [word.text for word in second.words]
    assert second.words[0].span.start - first.words[0].span.start == pytest.approx(late, abs=0.05)


def test_neither_a_prompt_nor_hotwords_reach_faster_whisper_by_default(monkeypatch: pytest.MonkeyPatch):
    given: list[dict[str, Any]] = []
    for owner in (faster.BatchedInferencePipeline, faster.WhisperModel):
        monkeypatch.setattr(owner, "transcribe", spied(owner.transcribe, given))
    clip = media.samples(PLEA)
    speech.recognise(clip, Settings())
    assert given, "the batches were asked"
    asked = len(given)
    reader = faster.FasterWhisper(*faster.loaded(Settings()), Settings())
    reader.alone(clip, Span(0.0, 3.0), language="en", temperatures=(0.0,))
    assert len(given) > asked, "the model was asked by itself"
    assert [name for one in given for name in PROMPTS if one.get(name)] == []
    assert [one.get("condition_on_previous_text") for one in given[asked:]] == [False]


def test_neither_a_prompt_nor_hotwords_reach_openai_whisper_by_default():
    pytest.importorskip("torch")
    given: list[dict[str, Any]] = []
    nothing = spied(lambda *_, **__: {"segments": []}, given)
    model = SimpleNamespace(is_multilingual=True, device=SimpleNamespace(type="cpu"), transcribe=nothing)
    reader = openai.OpenAIWhisper(model, ModelUse("speech", "made up", "0"), Settings())
    sound = np.zeros(SAMPLE_RATE, np.float32)
    reader.together(sound, [Span(0.0, 0.4), Span(0.5, 1.0)], language="en")
    reader.alone(sound, Span(0.0, 1.0), language="en", temperatures=(0.0, 0.2))
    assert len(given) == 3
    assert [name for one in given for name in PROMPTS if one.get(name)] == []
    assert {one["condition_on_previous_text"] for one in given} == {False}


def spied(transcribe: Callable[..., Any], given: list[dict[str, Any]]) -> Callable[..., Any]:
    """The same function, which leaves the named arguments of each call in `given`."""

    def spy(*values: Any, **named: Any) -> Any:
        given.append(named)
        return transcribe(*values, **named)

    return spy


@pytest.mark.parametrize("loaded", [faster.loaded, openai.loaded], ids=["faster-whisper", "openai-whisper"])
def test_a_process_loads_a_speech_model_once_whatever_else_is_set(loaded: Callable[[Settings], tuple[object, object]]):
    pytest.importorskip("whisper")
    first, _ = loaded(Settings())
    again, _ = loaded(Settings())
    other_words, _ = loaded(Settings(language="es", beam=1, batch=2))
    assert first is again is other_words
