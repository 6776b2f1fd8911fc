"""The one door to the sentence model: what each clause of a talk sounds like, read together with what surrounds it.

The model is all-MiniLM-L6-v2, fine-tuned by models/make_behaviour_model.py; models/behaviour-sentences/card.toml tells
what was measured. It runs on one core.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from review import weights
from review.encounter import Role

WINDOW = 192  # tokens that are read together
SHARED = 24  # tokens that a window shares with the next
# Joined to the normalisations after them, sums take onnxruntime a tenth of the whole time; apart, a hundredth.
SLOW = ("SkipLayerNormFusion",)
LONGEST = 64  # tokens of a clause that are read, the two at a text's ends included
SAYS = {
    Role.OFFICER: "officer :",
    Role.OTHER_OFFICER: "colleague :",
    Role.CIVILIAN: "citizen :",
    Role.RADIO: "radio :",
    Role.UNKNOWN: "someone :",
}  # what stands before a clause when another person begins to speak
GOES_ON = ";"  # what stands before it when the same person goes on

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Clause:
    """A clause as it is read: plain words in lower case, its speaker's role, and whether they go on speaking."""

    text: str
    role: Role
    goes_on: bool = False  # the clause before is by the same person


@dataclass(frozen=True)
class Read:
    """A clause as tokens: what tells who speaks, and the words."""

    speaks: Sequence[int]
    words: Sequence[int]

    def __len__(self) -> int:
        return len(self.speaks) + len(self.words)

    @property
    def tokens(self) -> Sequence[int]:
        """All of them in order."""
        return [*self.speaks, *self.words]


class Reader:
    """Makes of clauses what the network reads; training and the product share it."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer  # the command line starts without it

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._begin, *_, self._end = self._tokenizer.encode("").ids
        self._says = {role: self._inner([text])[0] for role, text in SAYS.items()}
        self._goes_on = self._inner([GOES_ON])[0]

    def read(self, clauses: Sequence[Clause]) -> list[Read]:
        """Each clause as tokens."""
        said = self._inner([clause.text for clause in clauses])
        return [
            Read(self._goes_on if clause.goes_on else self._says[clause.role], own)
            for clause, own in zip(clauses, said, strict=True)
        ]

    def together(
        self, some: Sequence[Sequence[Read]]
    ) -> dict[str, NDArray[Any]]:  # ids and mask (n, tokens), pool (n, clauses, tokens)
        """Windows of clauses as the network's input; each row of `pool` has the mean over the words of a clause."""
        lengths = [2 + sum(map(len, window)) for window in some]
        ids = np.zeros((len(some), max(lengths)), np.int64)
        mask = np.zeros_like(ids)
        pool = np.zeros((len(some), max(map(len, some)), max(lengths)), np.float32)
        for row, (window, length) in enumerate(zip(some, lengths, strict=True)):
            ids[row, :length] = [self._begin, *(token for one in window for token in one.tokens), self._end]
            mask[row, :length] = 1
            end = 1
            for number, one in enumerate(window):
                end += len(one)
                pool[row, number, end - len(one.words) : end] = 1 / max(1, len(one.words))
        return {"ids": ids, "mask": mask, "pool": pool}

    def _inner(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids[1:-1] for encoding in self._tokenizer.encode_batch(list(texts))]


@dataclass(frozen=True)
class _Head:
    """The last layer: each behaviour's weight for the clause, and for its speaker's role."""

    behaviours: tuple[str, ...]
    own: Floats  # (behaviours, size)
    bias: Floats  # (behaviours,)
    role: Floats  # (roles, behaviours)
    roles: tuple[str, ...]


class SentenceModel:
    """A stored sentence model; `installed` is the one that the product uses."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime  # the command line starts without it

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a batch of recordings has a process for each core already
        options.inter_op_num_threads = 1
        self._network = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"], disabled_optimizers=list(SLOW)
        )
        self._reader = Reader(folder)
        self._head = _head(folder)

    @property
    def behaviours(self) -> tuple[str, ...]:
        """The behaviours that the model knows, in the order of the columns of `logits`."""
        return self._head.behaviours

    def logits(self, clauses: Sequence[Clause]) -> Floats:
        """How much each clause of a talk sounds like each behaviour: (clauses, behaviours) log-odds, not calibrated."""
        head = self._head
        if not clauses:
            return np.zeros((0, len(head.behaviours)), np.float32)
        heard = self._vectors(self._reader.read(clauses))
        roles = [head.roles.index(clause.role.value) for clause in clauses]
        return np.asarray(heard @ head.own.T + head.bias + head.role[roles], np.float32)

    def _vectors(self, clauses: Sequence[Read]) -> Floats:
        """(clauses, size) the meaning of each clause, from the window in which it has most around it."""
        spans = windows(list(map(len, clauses)))
        vectors = np.empty((len(clauses), self._head.own.shape[1]), np.float32)
        nearest = owners(spans, len(clauses))
        for number, (start, stop) in enumerate(spans):
            # One at a time: filling up shorter ones costs more than it saves, and int8 rounding looks at the others.
            (read,) = self._network.run(None, self._reader.together([clauses[start:stop]]))
            own = np.flatnonzero(nearest[start:stop] == number)
            vectors[start + own] = read[0, own]
        return vectors


def windows(lengths: Sequence[int], *, shared: int = SHARED) -> list[tuple[int, int]]:
    """Half-open ranges of clauses with at most WINDOW tokens, each sharing up to `shared` of them with the next.

    >>> windows([20] * 12)
    [(0, 9), (8, 12)]
    """
    found = []
    start = stop = 0
    while stop < len(lengths):
        size = sum(lengths[start:stop])
        stop += 1  # at least one more, however long it is
        size += lengths[stop - 1]
        while stop < len(lengths) and size + lengths[stop] <= WINDOW:
            size += lengths[stop]
            stop += 1
        found.append((start, stop))
        start, size = stop, 0
        while start - 1 > found[-1][0] and size + lengths[start - 1] <= shared:
            start -= 1
            size += lengths[start]
    return found


def owners(spans: Sequence[tuple[int, int]], count: int) -> NDArray[np.int64]:
    """(clauses,) The window in which each clause is farthest from an edge that cuts the talk.

    >>> owners([(0, 4), (2, 6)], 6).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    best = np.full(count, -1)
    owner = np.zeros(count, np.int64)
    for number, (start, stop) in enumerate(spans):
        places = np.arange(start, stop)
        before = np.where(start == 0, count, places - start)
        after = np.where(stop == count, count, stop - 1 - places)
        inner = np.minimum(before, after)
        better = inner > best[start:stop]
        owner[start:stop][better] = number
        best[start:stop][better] = inner[better]
    return owner


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
        parts = {name: arrays[name].astype(np.float32) for name in ("own", "bias", "role")}
    return _Head(tuple(told["behaviours"]), roles=tuple(told["roles"]), **parts)
