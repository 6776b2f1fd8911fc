"""Written talks whose marks are known: tagged lines against them, by behaviour, by role, and by how sure each flag was.

A file holds one talk a line; one whose name begins with `set_aside` is scored and never tuned on. A talk is annotated
in full: a flag that is not among its marks is wrong.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from review.encounter import Role, Status
from review.errors import UnreadableGold
from review.scoring.marks import Found
from review.scoring.words import BINS, Bin, calibration_error
from review.transcripts import Line

SET_ASIDE = "set_aside"
NEIGHBOURS = 12  # tuning talks of a block: they are often a likeness and its contrast, so a block is never parted
KEPT_BACK = 6  # every so many blocks one is kept from training, and a model's numbers are fitted on it
# From which file to which the authors were told where a model goes wrong: it is right less often there than in a
# recording, so that all of these are learnt from.
TOLD = ("tuning_996", "tuning_999999")
SPANISH = "_es"  # how the name of a file of Spanish talks ends
READ_AT_ONCE = "rights_advisement"
NORMAL_95 = 1.96  # standard deviations that hold 95 % of a normal distribution


@dataclass(frozen=True)
class QuotedMark:
    """A behaviour that a person marked on these words of a line."""

    behaviour: str
    quote: str


@dataclass(frozen=True)
class Talk:
    """A short exchange; for each line its marks, and the behaviours that it only looks like."""

    id: str
    dialect: str
    style: str  # "clean", or "asr": written as a machine hears it
    lines: tuple[Line, ...]
    marks: tuple[tuple[QuotedMark, ...], ...]
    near: tuple[frozenset[str], ...]
    held_out: bool = False
    language: str = "en"


@dataclass(frozen=True)
class TalkScore:
    """Flags against marks over some talks."""

    talks: int = 0
    words: int = 0
    found: Mapping[str, Found] = field(default_factory=dict)  # by behaviour
    by_role: Mapping[str, Mapping[str, Found]] = field(default_factory=dict)  # by role, then behaviour
    near: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # near misses, those with a sure flag
    bins: tuple[Bin, ...] = (Bin(),) * BINS  # flags by confidence, sure and unsure ones
    mistakes: tuple[Mapping[str, Any], ...] = ()

    @property
    def all_found(self) -> Found:
        """The flags of every behaviour together."""
        return sum(self.found.values(), Found())

    @property
    def calibration_error(self) -> float | None:
        """ECE: the mean distance between a flag's confidence and the share that is right, by flags."""
        return calibration_error(self.bins)


def read_talks(path: Path) -> tuple[Talk, ...]:
    """The talks of one file; raises UnreadableGold naming the file and the line."""
    try:
        rows = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableGold(f"{path} could not be read: {error}; give the path of a file of talks") from error
    talks = []
    for number, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        try:
            talks.append(_talk(json.loads(row), path))
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableGold(
                f"{path.name}, line {number} is no talk: {error!r}; see tests/gold/README.md for the format"
            ) from error
    return tuple(talks)


def tuning_talks(folder: Path) -> Iterator[tuple[Talk, bool]]:
    """Every talk that is tuned on, file by file, and whether it is kept from training."""
    every = ((path.stem, talk) for path in sorted(folder.glob("tuning_*.jsonl")) for talk in read_talks(path))
    for at, (stem, talk) in enumerate(every):
        yield talk, at // NEIGHBOURS % KEPT_BACK == 0 and not TOLD[0] <= stem <= TOLD[1]


def _talk(raw: Mapping[str, Any], path: Path) -> Talk:
    lines = raw["lines"]
    marks = tuple(_marks(line) for line in lines)
    for line, own in zip(lines, marks, strict=True):
        for mark in own:
            if mark.quote not in line["text"]:
                raise ValueError(f"{mark.quote!r} is not said in {line['text']!r}")
    return Talk(
        id=raw["id"],
        dialect=raw["dialect"],
        style=raw["style"],
        lines=tuple(
            Line(line["speaker"], Role(line["role"]), line["text"], line.get("start"), line.get("end"), number)
            for number, line in enumerate(lines, start=1)
        ),
        marks=marks,
        near=tuple(frozenset(line.get("near", ())) for line in lines),
        held_out=path.name.startswith(SET_ASIDE),
        language="es" if path.stem.endswith(SPANISH) else "en",
    )


def _marks(line: Mapping[str, Any]) -> tuple[QuotedMark, ...]:
    """The marks of a line; of one reading of rights the elements are told in the flag, which is one."""
    marks = [QuotedMark(mark["behaviour"], mark["quote"]) for mark in line.get("marks", ())]
    rights = [mark for mark in marks if mark.behaviour == READ_AT_ONCE]
    return tuple(mark for mark in marks if mark not in rights[1:])


def score_talk(talk: Talk, answers: Sequence[Mapping[str, Any]]) -> TalkScore:
    """One talk against the lines that `tag` answered for it.

    A flag is right when its line has a mark of its behaviour that no other flag has met; one whose words overlap the
    mark's comes first.
    """
    found: dict[str, dict[str, Counter[str]]] = {}
    near: dict[str, Counter[str]] = {}
    bins = [Bin()] * BINS
    mistakes: list[Mapping[str, Any]] = []
    for line, marks, almost, answer in zip(talk.lines, talk.marks, talk.near, answers, strict=True):
        tally = found.setdefault(line.role.value, {})
        met = _meet(line.text, marks, answer["flags"])
        for flag, right in met:
            sure = flag["status"] == Status.FLAGGED.value
            kind = "right" if right else "wrong"
            tally.setdefault(flag["behaviour"], Counter())[kind if sure else f"unsure_{kind}"] += 1
            bins[_bin(flag["confidence"])] += Bin(1, int(right), flag["confidence"])
            if sure and not right:
                mistakes.append(_mistake("wrong", talk, line, flag["behaviour"], flag["quote"], flag["source"]))
        for behaviour, mark in _missed(marks, met):
            tally.setdefault(behaviour, Counter())["missed"] += 1
            mistakes.append(_mistake("missed", talk, line, behaviour, mark, ""))
        flagged = {flag["behaviour"] for flag, _ in met if flag["status"] == Status.FLAGGED.value}
        for behaviour in almost:
            near.setdefault(behaviour, Counter()).update(all=1, flagged=int(behaviour in flagged))
    by_role = {role: {name: Found(**counts) for name, counts in tally.items()} for role, tally in found.items()}
    return TalkScore(
        talks=1,
        words=sum(len(line.text.split()) for line in talk.lines),
        found=_added(by_role.values()),
        by_role=by_role,
        near={behaviour: (counts["all"], counts["flagged"]) for behaviour, counts in near.items()},
        bins=tuple(bins),
        mistakes=tuple(mistakes),
    )


def _meet(
    text: str, marks: Sequence[QuotedMark], flags: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], bool]]:
    """Each flag with whether it met a mark; sure flags choose first."""
    left = list(marks)
    met = []
    for flag in sorted(flags, key=lambda flag: (flag["status"] == Status.UNSURE.value, flag["start_char"])):
        alike = [mark for mark in left if mark.behaviour == flag["behaviour"]]
        best = max(alike, key=lambda mark: _shared(text, mark.quote, flag), default=None)
        if best:
            left.remove(best)
        met.append((flag, best is not None))
    return met


def _shared(text: str, quote: str, flag: Mapping[str, Any]) -> int:
    """Characters that the quote and the flag have in common, below 0 for those between them."""
    start, (begin, end) = text.find(quote), (int(flag["start_char"]), int(flag["end_char"]))
    return min(start + len(quote), end) - max(start, begin)


def _missed(marks: Sequence[QuotedMark], met: Iterable[tuple[Mapping[str, Any], bool]]) -> Iterable[tuple[str, str]]:
    """The marks that no sure flag met, as behaviour and quote; unsure flags leave theirs missed."""
    sure = Counter(flag["behaviour"] for flag, right in met if right and flag["status"] == Status.FLAGGED.value)
    for mark in marks:
        if sure[mark.behaviour]:
            sure[mark.behaviour] -= 1
        else:
            yield mark.behaviour, mark.quote


def _mistake(kind: str, talk: Talk, line: Line, behaviour: str, quote: str, source: str) -> dict[str, Any]:
    return {
        "kind": kind, "talk": talk.id, "line": line.number, "role": line.role.value, "behaviour": behaviour,
        "quote": quote, "text": line.text, "source": source,
    }  # fmt: skip


def _bin(confidence: float) -> int:
    return min(BINS - 1, math.floor(confidence * BINS))


def _added(parts: Iterable[Mapping[str, Found]]) -> dict[str, Found]:
    total: dict[str, Found] = {}
    for part in parts:
        for behaviour, one in part.items():
            total[behaviour] = total.get(behaviour, Found()) + one
    return dict(sorted(total.items()))


def talks_together(scores: Iterable[TalkScore]) -> TalkScore:
    """Several talks as one: parts are added, never rates averaged."""
    rows = list(scores)
    roles = sorted({role for row in rows for role in row.by_role})
    near: dict[str, tuple[int, int]] = {}
    for row in rows:
        for behaviour, (all_, flagged) in row.near.items():
            before = near.get(behaviour, (0, 0))
            near[behaviour] = (before[0] + all_, before[1] + flagged)
    return TalkScore(
        talks=sum(row.talks for row in rows),
        words=sum(row.words for row in rows),
        found=_added(row.found for row in rows),
        by_role={role: _added(row.by_role.get(role, {}) for row in rows) for role in roles},
        near=dict(sorted(near.items())),
        bins=tuple(sum(column, Bin()) for column in zip(*(row.bins for row in rows), strict=True)) or (Bin(),) * BINS,
        mistakes=tuple(mistake for row in rows for mistake in row.mistakes),
    )


def interval(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927, JASA 22:209); 0 to 1 when nothing was counted."""
    if not whole:
        return 0.0, 1.0
    share, z2 = part / whole, NORMAL_95**2
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    reach = NORMAL_95 * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    return max(0.0, middle - reach), min(1.0, middle + reach)
