"""CTranslate2's Whisper weights as OpenAI's: the same numbers under other names, so that both engines hear alike.

CTranslate2 keeps query, key and value of self-attention as one matrix, and key and value of cross-attention as another;
OpenAI keeps each by itself, and no bias for the key. The output projection is the token embedding in both.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from review.errors import WrongUse

Tensors = Mapping[str, NDArray[Any]]

_VERSION = 6  # of CTranslate2's binary format
_KINDS = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}  # CTranslate2's DataType
_NORM = {"gamma": "weight", "beta": "bias"}
_FEED_FORWARD = {"linear_0": "mlp.0", "linear_1": "mlp.2"}


def tensors(model: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a CTranslate2 `model.bin` by their names; raises WrongUse for one that holds something else."""
    try:
        return dict(_read(model.read_bytes()))
    except (struct.error, KeyError, ValueError) as error:
        raise WrongUse(f"{model} is no CTranslate2 model of format {_VERSION}: use faster-whisper for it") from error


def _read(raw: bytes) -> Iterator[tuple[str, NDArray[Any]]]:
    at = 0

    def number(kind: str) -> int:
        nonlocal at
        value: int = struct.unpack_from(f"<{kind}", raw, at)[0]
        at += struct.calcsize(kind)
        return value

    def text() -> str:
        nonlocal at
        length = number("H")
        at += length
        return raw[at - length : at - 1].decode()

    if number("I") != _VERSION:
        raise ValueError("another version")
    text(), number("I")  # the name and the revision of the specification
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        kind, size = _KINDS[number("B")], number("I")
        yield name, np.frombuffer(raw, kind, size // np.dtype(kind).itemsize, at).reshape(shape)
        at += size


def dimensions(found: Tensors) -> dict[str, int]:
    """The sizes of the model as OpenAI's ModelDimensions names them."""
    width, mels, _ = found["encoder/conv1/weight"].shape
    vocabulary, text_width = found["decoder/embeddings/weight"].shape
    return {
        "n_mels": mels,
        "n_audio_ctx": found["encoder/position_encodings/encodings"].shape[0],
        "n_audio_state": width,
        "n_audio_head": int(found["encoder/num_heads"]),
        "n_audio_layer": _layers(found, "encoder"),
        "n_vocab": vocabulary,
        "n_text_ctx": found["decoder/position_encodings/encodings"].shape[0],
        "n_text_state": text_width,
        "n_text_head": int(found["decoder/num_heads"]),
        "n_text_layer": _layers(found, "decoder"),
    }


def state(found: Tensors) -> dict[str, NDArray[Any]]:
    """OpenAI's state dictionary with the very numbers of `found`; raises WrongUse for integer weights."""
    if any(name.endswith("weight_scale") for name in found):
        raise WrongUse("this model's weights are quantised to integers: openai-whisper needs float16 or float32 ones")
    named: dict[str, NDArray[Any]] = {
        "encoder.positional_embedding": found["encoder/position_encodings/encodings"],
        "decoder.positional_embedding": found["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": found["decoder/embeddings/weight"],
    }
    for conv in ("conv1", "conv2"):
        for part in ("weight", "bias"):
            named[f"encoder.{conv}.{part}"] = found[f"encoder/{conv}/{part}"]
    for theirs, part in _NORM.items():
        named[f"encoder.ln_post.{part}"] = found[f"encoder/layer_norm/{theirs}"]
        named[f"decoder.ln.{part}"] = found[f"decoder/layer_norm/{theirs}"]
    for side in ("encoder", "decoder"):
        for layer in range(_layers(found, side)):
            named.update(_block(found, f"{side}/layer_{layer}", f"{side}.blocks.{layer}"))
    return named


def _block(found: Tensors, theirs: str, ours: str) -> Iterator[tuple[str, NDArray[Any]]]:
    for part in ("weight", "bias"):
        for linear, name in _FEED_FORWARD.items():
            yield f"{ours}.{name}.{part}", found[f"{theirs}/ffn/{linear}/{part}"]
        query, key, value = np.split(found[f"{theirs}/self_attention/linear_0/{part}"], 3)
        yield from _attention(f"{ours}.attn", part, query, key, value)
        yield f"{ours}.attn.out.{part}", found[f"{theirs}/self_attention/linear_1/{part}"]
        if f"{theirs}/attention/linear_0/{part}" in found:
            key, value = np.split(found[f"{theirs}/attention/linear_1/{part}"], 2)
            yield from _attention(f"{ours}.cross_attn", part, found[f"{theirs}/attention/linear_0/{part}"], key, value)
            yield f"{ours}.cross_attn.out.{part}", found[f"{theirs}/attention/linear_2/{part}"]
    norms = {"ffn": "mlp_ln", "self_attention": "attn_ln", "attention": "cross_attn_ln"}
    for place, name in norms.items():
        for their_part, part in _NORM.items():
            if f"{theirs}/{place}/layer_norm/{their_part}" in found:
                yield f"{ours}.{name}.{part}", found[f"{theirs}/{place}/layer_norm/{their_part}"]


def _attention(
    name: str, part: str, query: NDArray[Any], key: NDArray[Any], value: NDArray[Any]
) -> Iterator[tuple[str, NDArray[Any]]]:
    yield f"{name}.query.{part}", query
    yield f"{name}.value.{part}", value
    if part == "weight":
        yield f"{name}.key.{part}", key
    elif np.any(key):
        raise WrongUse("this model has a bias for the key, which no Whisper model has")


def _layers(found: Tensors, side: str) -> int:
    return sum(name.startswith(f"{side}/layer_") and name.endswith("/ffn/linear_0/weight") for name in found)


def alignment_heads(folder: Path) -> tuple[tuple[int, int], ...]:
    """The (layer, head) pairs whose attention tells the times of words, from the model's config.json."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return tuple((int(layer), int(head)) for layer, head in config["alignment_heads"])
