"""How well behaviours are found in written talk, and how fast: `python -m benchmarks.behaviours [PART…]`.

Parts: levels, gate, talks, hours, parts, alarms, dialects, choices, samples, examples, speed; all when none is
named. Results: behaviours.md and .json in benchmarks/results; a part not measured again keeps its numbers. `choices`
needs ../shared; its peers need the packages vaderSentiment and convokit, which the product does not: where one is
missing its row stays.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import choices, examples
from benchmarks.behaviours_page import page
from benchmarks.choices import DRAWS, SEED
from benchmarks.codebook import FEWEST, LEAST_PRECISION
from review import behaviours, meaning, pipeline, scoring
from review.behaviours import clauses, search, wording
from review.cli import talk_scores
from review.scoring import Found, TalkScore
from review.transcripts import Line

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold"
RESULT = ROOT / "benchmarks" / "results" / "behaviours.json"
UNSURE_ONLY = ROOT / "review" / "behaviours" / "unsure_only.toml"
GATE = """# Made by `python -m benchmarks.behaviours gate`: behaviours whose marks above the threshold were right
# in less than {firm} of cases on the talks set aside, or fewer than {fewest}. They are shown as unsure only.
behaviours = [
{rows}]
"""
LEVELS = UNSURE_ONLY.with_name("levels.toml")
STEPS = (0.7, 0.75, 0.8, 0.85, 0.9)  # confidences among which a level is chosen; the first is that of all
RIGHT = 0.89  # share that is to be right from a behaviour's level on
ENOUGH = 8  # flags among the calibrating talks without which a behaviour keeps the common threshold
LEVELS_HEAD = """\
# Made by `python -m benchmarks.behaviours levels`: from which probability of the wording on the program stands by
# marks of these behaviours, so that {right} of them are right on the talks that no model was trained on and its
# numbers were fitted on; {highest} where none does that. By all others it stands from {common} on.
[levels]
"""
WORDS_AN_HOUR = 10_000
SPOKEN_A_MINUTE = 150  # words, of ordinary conversation


def measure(parts: Sequence[str] = ()) -> None:
    """Measure the named parts, or all, and write the results."""
    kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.is_file() else {}
    for name in parts or PARTS:
        sys.stderr.write(f"{name} …\n")
        kept[name] = PARTS[name]()
        RESULT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        RESULT.with_suffix(".md").write_text(page(kept), encoding="utf-8")


def levels() -> dict[str, Any]:
    """From which confidence on the program stands by each behaviour, by the talks that the model is calibrated on."""
    answered = _tagged(talk for talk, kept in scoring.tuning_talks(GOLD) if kept)
    found = {level: _from(answered, level).found for level in STEPS}
    chosen = {name: _level(name, found) for name in sorted(found[STEPS[0]])}
    rows = "".join(f"{name} = {level}\n" for name, level in chosen.items() if level > STEPS[0])
    LEVELS.write_text(LEVELS_HEAD.format(right=RIGHT, common=STEPS[0], highest=STEPS[-1]) + rows, encoding="utf-8")
    return chosen


def _level(name: str, found: Mapping[float, Mapping[str, Found]]) -> float:
    if found[STEPS[0]][name].right + found[STEPS[0]][name].wrong < ENOUGH:
        return STEPS[0]
    return next((level for level in STEPS if found[level][name].precision >= RIGHT), STEPS[-1])


def gate() -> dict[str, Any]:
    """Which behaviours the program may stand by: written down for the product, and how all did without the gate."""
    free = pipeline.Settings(behaviours=behaviours.Settings(unsure_only=()))
    files = sorted(GOLD.glob("set_aside_[0-9]*.jsonl"))
    total = scoring.talks_together(score for path in files for _, score in talk_scores.scored(path, free))
    held = {name: one for name, one in total.found.items() if _doubtful(one)}
    rows = "".join(f'    "{name}",  # {one.right} of {one.right + one.wrong} right\n' for name, one in held.items())
    UNSURE_ONLY.write_text(GATE.format(firm=LEAST_PRECISION, fewest=FEWEST, rows=rows), encoding="utf-8")
    return summary(total)


def _doubtful(found: Found) -> bool:
    return found.right + found.wrong < FEWEST or found.precision < LEAST_PRECISION


def talks() -> dict[str, Any]:
    """The talks tuned on and those set aside, by behaviour, role, style and confidence."""
    found = {}
    for name, pattern in (("tuned on", "tuning_*.jsonl"), ("set aside", "set_aside_[0-9]*.jsonl")):
        rows = [one for path in sorted(GOLD.glob(pattern)) for one in talk_scores.scored(path)]
        total = scoring.talks_together(score for _, score in rows)
        found[name] = summary(total) | {
            "style": {style: summary(own) for style, own in by("style", rows).items()},
            "worst": worst(total) if name == "tuned on" else [],
        }
    return found


def hours() -> dict[str, Any]:
    """The talks set aside, shuffled and joined to recordings of an hour: most of what is around a moment is foreign."""
    every = [talk for path in sorted(GOLD.glob("set_aside_[0-9]*.jsonl")) for talk in scoring.read_talks(path)]
    every = [talk for talk in every if talk.language == "en"]
    random.Random(SEED).shuffle(every)
    parts: list[list[scoring.Talk]] = [[]]
    for talk in every:
        if sum(len(line.text.split()) for one in parts[-1] for line in one.lines) >= WORDS_AN_HOUR:
            parts.append([])
        parts[-1].append(talk)
    return summary(scoring.talks_together(scoring.score_talk(one, pipeline.tag(one.lines)) for one in map(_one, parts)))


def _one(talks: Sequence[scoring.Talk]) -> scoring.Talk:
    """The talks as a single one, with the marks and near misses of each."""
    return replace(
        talks[0],
        id=f"{talks[0].id} and {len(talks) - 1} more",
        lines=tuple(line for talk in talks for line in talk.lines),
        marks=tuple(marks for talk in talks for marks in talk.marks),
        near=tuple(near for talk in talks for near in talk.near),
    )


def parts() -> dict[str, Any]:
    """The rules alone, without gate and levels, on the talks set aside; and rules and model at the same precision."""
    files = sorted(GOLD.glob("set_aside_[0-9]*.jsonl"))
    some = [talk for path in files for talk in scoring.read_talks(path)]
    rules, both = _from(_tagged(some, ("rules",)), 0.0).all_found, _tagged(some)
    level = next(at for at in np.arange(0.3, 1.0, 0.01) if _from(both, at).all_found.precision >= rules.precision)
    return {"rules alone": vars(rules), f"rules and model, from {level:.2f} on": vars(_from(both, level).all_found)}


Answered = list[tuple[scoring.Talk, list[dict[str, Any]]]]


def _tagged(some: Iterable[scoring.Talk], taggers: tuple[str, ...] = behaviours.Settings.taggers) -> Answered:
    free = pipeline.Settings(behaviours=behaviours.Settings(threshold=0.0, taggers=taggers, levels={}, unsure_only=()))
    return [(talk, pipeline.tag(talk.lines, free, language=talk.language)) for talk in some]


def _from(answered: Answered, level: float) -> TalkScore:
    """What is found by the flags that are at least so sure."""
    return scoring.talks_together(
        scoring.score_talk(
            talk,
            [line | {"flags": [one for one in line["flags"] if one["confidence"] >= level]} for line in lines],
        )
        for talk, lines in answered
    )


def by(kind: str, rows: Iterable[talk_scores.Scored]) -> dict[str, TalkScore]:
    """The talks grouped by their dialect or style."""
    groups: dict[str, list[TalkScore]] = {}
    for talk, score in rows:
        groups.setdefault(str(getattr(talk, kind)), []).append(score)
    return {name: scoring.talks_together(own) for name, own in sorted(groups.items())}


def summary(total: TalkScore) -> dict[str, Any]:
    """A score as JSON values."""
    everything = total.all_found
    return {
        "talks": total.talks,
        "words": total.words,
        "all": vars(everything),
        "found": {name: vars(one) for name, one in total.found.items()},
        "by_role": {role: vars(sum(own.values(), Found())) for role, own in total.by_role.items()},
        "by_role_and_behaviour": {
            role: {name: vars(one) for name, one in own.items()} for role, own in total.by_role.items()
        },
        "near": dict(total.near),
        "ece": total.calibration_error,
        "bins": list(scoring.by_tenths(total.bins)),
    }


def worst(total: TalkScore) -> list[Mapping[str, Any]]:
    """Mistakes of the ten behaviours with most of them, one each."""
    most = Counter(mistake["behaviour"] for mistake in total.mistakes).most_common(10)
    return [next(one for one in total.mistakes if one["behaviour"] == name) for name, _ in most]


def alarms() -> dict[str, Any]:
    """False flags in talk in which little happens, per hour of talking."""
    rows = {}
    for name in ("ordinary", "colleagues"):
        path = GOLD / f"set_aside_{name}.jsonl"
        total = scoring.talks_together(score for _, score in talk_scores.scored(path))
        hours = total.words / SPOKEN_A_MINUTE / 60
        wrong = {behaviour: one.wrong for behaviour, one in total.found.items() if one.wrong}
        rows[name] = summary(total) | {"false_an_hour": round(total.all_found.wrong / hours, 1), "wrong": wrong}
    return rows


def dialects() -> dict[str, Any]:
    """Flags and abstentions on the same content in several ways of speaking, held against the general one."""
    scores: dict[str, list[TalkScore]] = {}
    for talk, score in talk_scores.scored(GOLD / "set_aside_dialects.jsonl"):
        scores.setdefault(talk.dialect, []).append(score)
    counts = {
        dialect: np.array(
            [(one.right + one.wrong, one.unsure_right + one.unsure_wrong) for one in (own.all_found for own in every)]
        )
        for dialect, every in sorted(scores.items())
    }  # (talks, 2): sure and unsure flags of each talk
    found = {}
    for dialect, own in counts.items():
        sure, unsure = (int(one) for one in own.sum(axis=0))
        found[dialect] = summary(scoring.talks_together(scores[dialect])) | {"sure": sure, "unsure": unsure}
        found[dialect]["to_general_95"] = _ratios(own, counts["general"])
    return found


def _ratios(own: np.ndarray, general: np.ndarray) -> dict[str, list[float]]:
    """Within which bounds 95 % of drawn sets of contents have the ratios of sure and of unsure flags."""
    draw = np.random.default_rng(SEED).integers(0, len(own), (DRAWS, len(own)))
    ratios = own[draw].sum(axis=1) / np.maximum(general[draw].sum(axis=1), 1)
    low, high = np.percentile(ratios, [2.5, 97.5], axis=0)
    return {name: [round(float(low[at]), 2), round(float(high[at]), 2)] for at, name in enumerate(("sure", "unsure"))}


def samples() -> dict[str, Any]:
    """The words of each sample's gold, tagged as written: what the tagger does without a recogniser's mistakes."""
    rows = {}
    for path in scoring.gold_files(ROOT / "samples"):
        gold = scoring.read_gold(path)
        if gold.language != "en":
            continue
        lines = [Line(one.speaker, one.role, one.text, one.span.start, one.span.end) for one in gold.in_time]
        marks = tuple(
            tuple(scoring.QuotedMark(mark.behaviour, mark.quote) for mark in one.marks) for one in gold.in_time
        )
        talk = scoring.Talk(
            gold.name, "general", "clean", tuple(lines), marks, (frozenset(),) * len(lines), gold.held_out
        )
        rows[gold.name] = summary(scoring.score_talk(talk, pipeline.tag(talk.lines))) | {"held_out": gold.held_out}
    return rows


def speed() -> dict[str, Any]:
    """Seconds of one core to load, and to tag an hour of talk (10,000 words): the median of five in a process."""
    done = subprocess.run([sys.executable, "-c", TIMED], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    return dict(json.loads(done.stdout))


TIMED = """
import json, sys, time
began = time.process_time()
from review import behaviours
behaviours.warm()
loaded = time.process_time() - began
torch = "torch" in sys.modules  # the grammar imports it where it is installed, which the core does not
from benchmarks import behaviours as bench
turns, roles = bench.hour(bench.WORDS_AN_HOUR)
behaviours.tag(turns, roles)  # patterns are compiled when first needed
spent = []
for _ in range(5):
    began = time.process_time()
    flags = behaviours.tag(turns, roles)
    spent.append(round(time.process_time() - began, 2))
whole = sorted(spent)[2]
profile = bench.profile(turns, roles)
profile["the rest"] = round(whole - sum(profile.values()), 2)
print(json.dumps({"load_seconds": round(loaded, 2), "torch": torch, "profile": profile, "tag_seconds": whole,
                  "tag_all": spent, "words": sum(len(turn.words) for turn in turns), "flags": len(flags)}))
"""


def profile(turns: Any, roles: Any) -> dict[str, float]:
    """Seconds of one core that each step of marking takes."""
    began = time.process_time()
    heard = list(wording.stretches(search.spoken(turns, roles)))
    read = time.process_time()
    search.marked(heard, turns, roles)
    ruled = time.process_time()
    meaning.logits([piece.clause for piece in clauses.pieces(heard, roles)])
    ended = time.process_time()
    steps = {"words and grammar": read - began, "rules": ruled - read, "sentence model": ended - ruled}
    return {name: round(seconds, 2) for name, seconds in steps.items()}


def hour(words: int) -> tuple[Any, Any]:
    """So many words of the tuning talks as one encounter."""
    from review import transcripts

    lines: list[Line] = []
    count = 0
    for path in sorted(GOLD.glob("tuning_*.jsonl")):
        for talk in scoring.read_talks(path):
            for line in talk.lines:
                lines.append(line)
                count += len(line.text.split())
                if count >= words:
                    return transcripts.to_turns(lines)
    return transcripts.to_turns(lines)


PARTS: dict[str, Callable[[], Mapping[str, Any]]] = {
    "levels": levels,
    "gate": gate,
    "talks": talks,
    "hours": hours,
    "parts": parts,
    "alarms": alarms,
    "dialects": dialects,
    "choices": lambda: choices.measured(RESULT),
    "samples": samples,
    "examples": examples.measured,
    "speed": speed,
}


if __name__ == "__main__":
    began = time.monotonic()
    measure(sys.argv[1:])
    sys.stderr.write(f"{time.monotonic() - began:.0f} s\n")
