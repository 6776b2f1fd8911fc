"""The one door to the sentence model: what a clause sounds like, given what was said to its speaker just before.

The model is all-MiniLM-L6-v2, fine-tuned by models/make_behaviour_model.py; models/behaviour-sentences/card.toml tells
what was measured. It runs on one core: an hour of talk takes it about a second.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from review import weights
from review.encounter import Role

BATCH = 32  # clauses of like length read at once
LONGEST = 64  # tokens of a clause that are read

_PARTS = ("own", "before", "same", "after", "bias", "role", "role_before", "role_after")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Clause:
    """A clause as it is read: plain words in lower case, its speaker's role, and what it follows.

    `before` is the index of the last clause that somebody else said before it, `same` that of the last one that its own
    speaker said, `after` that of the next one that anybody said; -1 for none.
    """

    text: str
    role: Role
    before: int = -1
    same: int = -1
    after: int = -1


@dataclass(frozen=True)
class _Head:
    """The last layer: each behaviour's weight for the clause, for those around it, and for the roles."""

    behaviours: tuple[str, ...]
    own: Floats  # (behaviours, size), as the next three
    before: Floats
    same: Floats
    after: Floats
    bias: Floats  # (behaviours,)
    role: Floats  # (roles, behaviours)
    role_before: Floats  # (roles + 1, behaviours), as the next; the last row is for nobody
    role_after: Floats
    roles: tuple[str, ...]


class SentenceModel:
    """A stored sentence model; `installed` is the one that the product uses."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime  # the command line starts without these two
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a batch of recordings has a process for each core already
        options.inter_op_num_threads = 1
        self._network = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._head = _head(folder)

    @property
    def behaviours(self) -> tuple[str, ...]:
        """The behaviours that the model knows, in the order of the columns of `logits`."""
        return self._head.behaviours

    def logits(self, clauses: Sequence[Clause]) -> Floats:
        """How much each clause sounds like each behaviour: (clauses, behaviours) log-odds, not calibrated."""
        head = self._head
        if not clauses:
            return np.zeros((0, len(head.behaviours)), np.float32)
        heard = self._vectors([clause.text for clause in clauses])
        around = np.concatenate([heard, np.zeros((1, heard.shape[1]), np.float32)])  # the last is what -1 stands for
        roles = [head.roles.index(clause.role.value) for clause in clauses]
        known = [*roles, len(head.roles)]
        before, same, after = ([getattr(clause, name) for clause in clauses] for name in ("before", "same", "after"))
        found = heard @ head.own.T + head.bias + head.role[roles]
        found += around[before] @ head.before.T + around[same] @ head.same.T + around[after] @ head.after.T
        found += head.role_before[[known[at] for at in before]] + head.role_after[[known[at] for at in after]]
        return np.asarray(found, np.float32)

    def _vectors(self, texts: Sequence[str]) -> Floats:
        """(texts, size) the meaning of each text; texts of like length are read together."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(tokens)), key=lambda at: len(tokens[at]))
        parts = []
        for start in range(0, len(order), BATCH):
            some = [tokens[at] for at in order[start : start + BATCH]]
            ids = np.zeros((len(some), len(some[-1])), np.int64)
            mask = np.zeros_like(ids)
            for row, own in enumerate(some):
                ids[row, : len(own)] = own
                mask[row, : len(own)] = 1
            (read,) = self._network.run(None, {"ids": ids, "mask": mask})
            parts.append(np.asarray(read, np.float32))
        vectors = np.empty((len(tokens), parts[0].shape[1]), np.float32)
        vectors[order] = np.concatenate(parts)
        return vectors


@cache
def installed() -> SentenceModel:
    """The model of this installation, read once per process; MissingModel where it is not."""
    return SentenceModel(weights.sentence_model().path)


def behaviours() -> tuple[str, ...]:
    """The behaviours that the installed model knows, in the order of the columns of `logits`."""
    return installed().behaviours


def logits(clauses: Sequence[Clause]) -> Floats:
    """`SentenceModel.logits` of the installed model."""
    return installed().logits(clauses)


def _head(folder: Path) -> _Head:
    told = json.loads((folder / "head.json").read_text("utf-8"))
    with np.load(folder / "head.npz") as arrays:
        parts = {name: arrays[name].astype(np.float32) for name in _PARTS}
    return _Head(tuple(told["behaviours"]), roles=tuple(told["roles"]), **parts)
