"""Fit how sure the engine is of a word to how often it is right: `python models/fit_word_confidence.py [GOLD…]`.

Hears each sample that is not held out as it is and with noise 10 dB under it, compares the words with gold, and fits
review/speech/confidence.toml by logistic regression. Prints the calibration error before and after, each sample judged
by a fit on the others. Requirements: the product itself. Takes about as long as the samples last.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import jiwer
import numpy as np
from numpy.typing import NDArray

from review import media, scoring, speech
from review.encounter import Word
from review.speech import calibration
from review.speech.calibration import Map

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "review" / "speech" / "confidence.toml"
SNR = 10.0  # dB of the sample over the noise that is added
KEEN = 1.0  # how strongly weights are held near zero

Words = list[tuple[Word, bool]]
Numbers = NDArray[np.float64]


def main() -> None:
    """Hear, fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", nargs="*", type=Path, help="gold files; all in samples/ that are not held out")
    parser.add_argument("--out", type=Path, default=TARGET)
    arguments = parser.parse_args()
    golds = [scoring.read_gold(path) for path in arguments.gold or scoring.gold_files(ROOT / "samples")]
    heard = {gold.name: list(judged(gold)) for gold in golds if not gold.held_out and gold.language == "en"}
    told = np.concatenate([features(words) for recordings in heard.values() for words in recordings])
    right = np.concatenate([answers(words) for recordings in heard.values() for words in recordings])
    apart = np.concatenate([left_out(heard, name) for name in heard])
    found = fit(told, right)
    before = error(1 / (1 + np.exp(-told[:, 1])), right)
    print(f"{len(right)} words, {right.mean():.3f} right; calibration error {before:.4f} -> {error(apart, right):.4f}")
    arguments.out.write_text(text(found, len(right), sorted(heard)), encoding="utf-8")


def judged(gold: scoring.Gold) -> Iterator[Words]:
    """The words heard in the sample and in its noisy version, each with whether it is right."""
    samples = media.samples(gold.media)
    loud = np.sqrt(np.mean(samples**2)) * 10 ** (-SNR / 20)
    noise = np.random.default_rng(1).normal(0, loud, len(samples)).astype(np.float32)
    for sound in (samples, samples + noise):
        words = speech.recognise(sound, speech.Settings(language="en"), calibrate=False).words
        yield list(zip(words, rightness(words, gold), strict=True))


def rightness(words: tuple[Word, ...], gold: scoring.Gold) -> list[bool]:
    """Whether each word has only tokens that the alignment with gold calls equal."""
    said = [token for utterance in gold.in_time for token in scoring.normal(utterance.text)]
    tokens = [(token, at) for at, word in enumerate(words) for token in scoring.normal(word.text)]
    output = jiwer.process_words(" ".join(said), " ".join(token for token, _ in tokens))
    parts = [part for part in output.alignments[0] if part.type == "equal"]
    equal = {at for part in parts for at in range(part.hyp_start_idx, part.hyp_end_idx)}
    wrong = {tokens[at][1] for at in range(len(tokens)) if at not in equal}
    return [at not in wrong for at in range(len(words))]


def features(words: Words) -> Numbers:
    """A row for each word: one, its own log-odds, its neighbours'."""
    return np.array([(1.0, own, around) for own, around in calibration.evidence([word for word, _ in words])])


def answers(words: Words) -> Numbers:
    """One for each word that is right, zero for each that is not."""
    return np.array([float(right) for _, right in words])


def left_out(heard: dict[str, list[Words]], name: str) -> Numbers:
    """How likely each word of this sample is right by a fit on all others."""
    others = [words for other, recordings in heard.items() if other != name for words in recordings]
    told, right = (np.concatenate([part(words) for words in others]) for part in (features, answers))
    found = fit(told, right)
    own = np.concatenate([features(words) for words in heard[name]])
    return np.asarray(1 / (1 + np.exp(-own @ np.array([found.constant, found.own, found.around]))))


def fit(told: Numbers, right: Numbers) -> Map:
    """Logistic regression by Newton's method."""
    weights = np.zeros(told.shape[1])
    held = KEEN * np.diag([0.0, 1.0, 1.0])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-told @ weights))
        slope = told.T @ (likely - right) + held @ weights
        weights -= np.linalg.solve((told.T * (likely * (1 - likely))) @ told + held, slope)
    return Map(*(round(float(weight), 3) for weight in weights))


def error(likely: Numbers, right: Numbers) -> float:
    """Expected calibration error over ten bins."""
    bins = np.minimum((likely * 10).astype(int), 9)
    return float(sum(abs((likely[bins == one] - right[bins == one]).sum()) for one in range(10)) / len(right))


def text(found: Map, words: int, names: list[str]) -> str:
    """The file as it is written."""
    return f"""# From how sure the engine is of a word to the share that is right (models/fit_word_confidence.py):
# logistic regression on the log-odds of the word's own probability and the mean of its neighbours'.
fitted_on = "{words} words of {", ".join(names)}, as they are and with noise 10 dB under them, whisper-base int8"
constant = {found.constant}
own = {found.own}
around = {found.around}
"""


if __name__ == "__main__":
    main()
