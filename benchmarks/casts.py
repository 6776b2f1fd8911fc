"""The number of people in other casts, by threshold: `python -m benchmarks.casts`.

Twelve recordings of 5 to 20 minutes, two to six voices each, some of them the same voice resampled by 6 to 8 %, joined
from the utterances of the tuning samples. `benchmarks.speakers` has one cast for each length; a threshold that is right
for three recordings by chance is found out by others.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.long_recordings import joined
from benchmarks.speakers import TUNING, Case, Sweep, found_with, table, table_row
from review import speakers
from review.speakers import windowed

RESULT = Path(__file__).parent / "results" / "casts.md"
NAMES = (*TUNING, "far_witness", "shouted_commands")
# Those that say enough; of `piper joe` and `hibari heart` there are resampled likenesses.
VOICES = (
    "kokoro jm_kumo", "piper joe", "hibari heart", "flite awb", "flite rms resampled 0.9", "piper joe resampled 1.06",
    "kokoro 1.35*jm_kumo+-0.35*jf_alpha", "hibari heart resampled 0.92", "piper joe resampled 1.08",
)  # fmt: skip
SEEDS = range(20, 32)
THRESHOLDS = (0.2, 0.25, 0.275, 0.3, 0.325, 0.35, 0.375, 0.4, 0.45)
ALIKE = (0.78, 0.8, 0.82, 0.84, 0.85, 0.86, 0.87, 0.88, 0.9, 2.0)
NOISE = 15  # dB, of pink noise under every third recording or so
HEAD = """# Who speaks when, in twelve other casts

Made by `python -m benchmarks.casts`: two to six synthetic voices of the tuning samples, near, far and shouting, some
of them resampled likenesses of one another (`piper joe` with 1.06 and 1.08, `hibari heart` with 0.92, the two of
`kokoro`), joined line by line to 5, 10 or 20 minutes, some with pink noise at {noise} dB. Harder than talk: the sound
around a voice changes from line to line, and a likeness differs from its voice by 6 to 8 % of pitch and pace and
nothing else. DER in percent with a collar of 0.25 s, people found in brackets; `known` is with the number of people
given. A threshold of {used} and a likeness of {alike} are used.

"""


def cases() -> Iterator[tuple[Case, tuple[str, ...]]]:
    draw = random.Random(5)
    for seed in SEEDS:
        cast = draw.sample(VOICES, draw.choice((2, 3, 3, 4, 4, 5, 5, 6)))
        minutes = draw.choice((5, 10, 10, 20))
        snr = draw.choice((None, None, NOISE))
        one = joined(NAMES, cast, minutes=minutes, seed=seed, snr=snr)
        name = f"{minutes} min, seed {seed}{', noise' if snr else ''}"
        yield Case(name, one.samples, one.voices), tuple(cast)


def measure() -> None:
    chosen = speakers.Settings()
    by_threshold = [replace(chosen, threshold=one) for one in THRESHOLDS]
    by_alike = [replace(chosen, alike=one) for one in ALIKE]
    thresholds: list[Sweep] = []
    alike: list[Sweep] = []
    casts = []
    for case, cast in cases():
        heard = windowed.heard(case.samples, chosen)
        for sweeps, settings in (
            (thresholds, [*by_threshold, replace(chosen, count=case.people)]),
            (alike, by_alike),
        ):
            found = tuple(found_with(case, heard, one) for one in settings)
            sweeps.append(Sweep(case.name, case.people, found))
        casts.append(f"- {case.name}: {', '.join(cast)}")
        sys.stderr.write(f"measured: {case.name}\n")
    body = [
        _table("By threshold", (*THRESHOLDS, "known"), thresholds),
        _table("By the likeness from which two people are one (2: never)", ALIKE, alike),
        "## Casts\n\n" + "\n".join(casts) + "\n",
    ]
    head = HEAD.format(used=chosen.threshold, alike=chosen.alike, noise=NOISE)
    RESULT.write_text(head + "\n".join(body), encoding="utf-8")


def _table(title: str, settings: Sequence[object], sweeps: Sequence[Sweep]) -> str:
    means = []
    for column in zip(*(sweep.found for sweep in sweeps), strict=True):
        off = [number - sweep.people for (_, number), sweep in zip(column, sweeps, strict=True)]
        few, many = -sum(one for one in off if one < 0), sum(one for one in off if one > 0)
        means.append(f"{sum(rate for rate, _ in column) / len(column):.1f} (-{few} +{many})")
    rows = [*(sweep.row for sweep in sweeps), table_row(("mean (people missed and added)", "", *means))]
    return table(title, ("recording", "people", *settings), rows)


if __name__ == "__main__":
    measure()
