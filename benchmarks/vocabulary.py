"""Whether a vocabulary of names, places and unit codes helps: `python -m benchmarks.vocabulary [PART…]`.

The engine is told nothing, then the list as faster-whisper's `hotwords`, then as its `initial_prompt`. Parts: samples
(the English tuning samples as they are), noise (minutes in which nobody speaks), loud (samples in a street's noise);
all when none is named. Half of the list is said in the samples, the other half by nobody. Results:
benchmarks/results/vocabulary.md and vocabulary.json. About half an hour on two busy cores. Another list, another model
or an agency's own samples are measured by changing VOCABULARY, MODEL or SAMPLES.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import jiwer

from benchmarks.accuracy import percent, table
from benchmarks.speech import crowd
from review import media, scoring, speech
from review.encounter import Span
from review.sound import Samples
from review.speech import Heard, Settings, faster, reading
from review.speech.heard import Engine, Progress

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "vocabulary.json"
MODEL = "base"
SAMPLES = (
    "arrest", "calm_traffic_stop", "far_witness", "heated_traffic_stop", "mental_health_crisis", "shouted_commands",
)  # fmt: skip
LOUD = ("calm_traffic_stop", "far_witness", "shouted_commands")  # once more in a street's noise
SNR = 5.0  # dB of speech over that noise
NOISES = ("wind", "engine", "crowd")  # of samples/maker/noises.py
MINUTE = 60.0  # seconds of each noise
WINDOW = 30.0  # seconds that the engine hears at once when all of a noise is given to it as speech

SAID = ("Reyes", "Hayes", "Dunn", "Cole", "Sam", "Metro", "Unit 4", "Unit 5", "Unit 7", "Unit 9", "Unit 12")
UNSAID = (
    "Vasquez", "Kowalski", "Marsh", "Lowe", "Okafor", "Larkspur Avenue", "Delancey Street", "Bell Road",
    "Unit 3", "Unit 21", "Adam 14",
)  # fmt: skip
VOCABULARY = tuple(entry for pair in zip(SAID, UNSAID, strict=True) for entry in pair)
WAYS: Mapping[str, Mapping[str, str]] = {
    "nothing": {},
    "hotwords": {"hotwords": ", ".join(VOCABULARY)},
    "prompt": {"initial_prompt": ", ".join(VOCABULARY) + "."},
}
COUNTS = ("words", "substituted", "deleted", "inserted", "said", "right", "read", "put_in")
HEAD = """# A vocabulary for recognition

Made by `python -m benchmarks.vocabulary` ({cores} cores, model {model}). The vocabulary, in this order:
{vocabulary}.

The samples are acted by synthetic voices and none is held out. WER is after Whisper's English normaliser. "Heard" is
how often an entry of the vocabulary was heard where it was said; "put in" are words of the vocabulary that were heard
where something else or nothing was said, "never said" those of them that nobody says in any sample. What is dated
2026-11-22 was measured before loops inside a chunk were heard again (decision 3); speech.md has the words since.

"""

Row = dict[str, Any]


class Telling:
    """One of faster-whisper's transcribers that is told more than the program tells it."""

    def __init__(self, transcriber: Any, told: Mapping[str, str]) -> None:
        self._transcriber, self._told = transcriber, told

    def transcribe(self, *given: Any, **options: Any) -> Any:
        return self._transcriber.transcribe(*given, **options, **self._told)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transcriber, name)


class TellingReader(faster.FasterWhisper):
    def __init__(self, settings: Settings, told: Mapping[str, str]) -> None:
        super().__init__(*faster.loaded(settings), settings)
        self._batches = Telling(self._batches, told)
        self._model = Telling(self._model, told)


def hear(samples: Samples, spans: Sequence[Span], *, settings: Settings, progress: Progress, way: str) -> Heard:
    """The words over `spans` by an engine that is told the vocabulary in this way."""
    reader = TellingReader(settings, WAYS[way])
    return reading.heard(reader, samples, spans, settings=settings, progress=progress)


ENGINES: Mapping[str, Engine] = {way: partial(hear, way=way) for way in WAYS}
nothing, hotwords, prompt = (ENGINES[way] for way in WAYS)  # by name, so that Settings.engine can point to them


def measure(parts: Sequence[str] = ()) -> None:
    """Measure the named parts, or all, and write what there is after each sound."""
    kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.is_file() else {}
    for name in parts or PARTS:
        kept[name] = {"at": datetime.now(UTC).strftime("%Y-%m-%d"), "rows": []}
        for row in PARTS[name]():
            sys.stderr.write(f"{name}: {row}\n")
            kept[name]["rows"].append(row)
            write(kept)


def write(kept: Mapping[str, Any]) -> None:
    """Keep the results, and show them."""
    RESULT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    RESULT.with_suffix(".md").write_text(page(kept), encoding="utf-8")


def plain() -> Iterator[Row]:
    """The samples as they are."""
    for gold in golds(SAMPLES):
        yield from each_way(gold, media.samples(gold.media))


def loud() -> Iterator[Row]:
    """Some of the samples in the noise of a street."""
    conditions = maker_conditions()
    for number, gold in enumerate(golds(LOUD)):
        street = conditions.at("street", snr=SNR)
        yield from each_way(gold, conditions.degraded(media.samples(gold.media), street, seed=number))


def noise() -> Iterator[Row]:
    """A minute each of sound without a word: as the program hears it, and with all of it given out as speech."""
    conditions = maker_conditions()
    tracks = {kind: conditions.noise(kind, MINUTE, seed=1) for kind in NOISES}
    tracks["twelve people backwards"] = crowd(MINUTE)
    spans = [Span(at, at + WINDOW) for at in (0.0, WINDOW)]
    for name, track in tracks.items():
        for way in WAYS:
            yield compared(name, way, speech.recognise(track, settings_for(way)), ())
        for way, engine in ENGINES.items():
            heard = engine(track, spans, settings=settings_for(way), progress=lambda share: None)
            yield compared(f"{name}, all given out as speech", way, heard, ())


PARTS: Mapping[str, Callable[[], Iterable[Row]]] = {"samples": plain, "noise": noise, "loud": loud}


def maker_conditions() -> Any:
    """The maker of body-camera conditions, which lies beside the samples and outside the package."""
    if str(ROOT / "samples") not in sys.path:
        sys.path.append(str(ROOT / "samples"))
    from maker import conditions

    return conditions


def golds(names: Sequence[str]) -> Iterator[scoring.Gold]:
    for name in names:
        gold = scoring.read_gold(ROOT / "samples" / f"{name}.gold.json")
        assert not gold.held_out, f"{name} is held out"
        yield gold


def each_way(gold: scoring.Gold, track: Samples) -> Iterator[Row]:
    said = [token for one in gold.in_time for token in scoring.normal(one.text)]
    for way in WAYS:
        yield compared(gold.name, way, speech.recognise(track, settings_for(way)), said)


def settings_for(way: str) -> Settings:
    return Settings(engine=f"benchmarks.vocabulary:{way}", model=MODEL, language="en")


def compared(name: str, way: str, heard: Heard, said: Sequence[str]) -> Row:
    """What was heard against the tokens that were said, as JSON values."""
    tokens = scoring.normal(" ".join(word.text for word in heard.words))
    # A token that is in nobody's mouth stands for no words, of which jiwer makes no alignment.
    output = jiwer.process_words(" ".join(said) or "-", " ".join(tokens) or "-")
    wrong = [one for one in output.alignments[0] if one.type != "equal"]
    missing = {at for one in wrong for at in range(one.ref_start_idx, one.ref_end_idx)}
    surplus = {at for one in wrong for at in range(one.hyp_start_idx, one.hyp_end_idx)}
    entries = [tuple(scoring.normal(entry)) for entry in VOCABULARY]
    starts = [(at, len(own)) for own in entries for at in range(len(said)) if tuple(said[at : at + len(own)]) == own]
    known = {token for entry in entries for token in entry}
    return {
        "sound": name,
        "told": way,
        "words": len(said),
        "substituted": output.substitutions if said and tokens else 0,
        "deleted": output.deletions if said and tokens else len(said),
        "inserted": output.insertions if said and tokens else len(tokens),
        "said": len(starts),
        "right": sum(missing.isdisjoint(range(at, at + length)) for at, length in starts),
        "read": len(heard.words),
        "put_in": [tokens[at] for at in sorted(surplus) if at < len(tokens) and tokens[at] in known],
    }


def page(kept: Mapping[str, Any]) -> str:
    """The results as tables."""
    titles = {"samples": "Samples as they are", "loud": f"Samples in a street's noise, {SNR:.0f} dB"}
    shares = ("words", "WER %", "substituted", "deleted", "inserted", "entries said", "heard")
    head = ("sample", "told", *shares, "put in", "never said", "which")
    sections = []
    for part, title in titles.items():
        if part in kept:
            rows = kept[part]["rows"]
            sections.append((title, table(head, map(_cells, [*rows, *totals(rows)])), kept[part]["at"]))
    if "noise" in kept:
        cells = ((row["sound"], row["told"], row["read"], *_put_in(row)) for row in kept["noise"]["rows"])
        head = ("60 s of", "told", "words read", "put in", "never said", "which")
        sections.append(("Where nobody speaks", table(head, cells), kept["noise"]["at"]))
    opening = HEAD.format(cores=os.cpu_count(), model=MODEL, vocabulary=", ".join(VOCABULARY))
    return opening + "\n\n".join(f"## {title}\n\n{rows}\n\nMeasured {at}." for title, rows, at in sections) + "\n"


def totals(rows: Sequence[Row]) -> Iterator[Row]:
    """All sounds of a part together, for each way that heard all of them; parts are added, never rates averaged."""
    sounds = {row["sound"] for row in rows}
    for way in WAYS:
        own = [row for row in rows if row["told"] == way]
        if {row["sound"] for row in own} == sounds:
            yield {"sound": "all", "told": way} | {count: _added([row[count] for row in own]) for count in COUNTS}


def _added(values: Sequence[Any]) -> Any:
    return sum(values[1:], values[0])


def _cells(row: Row) -> tuple[object, ...]:
    kinds = [row[kind] for kind in ("substituted", "deleted", "inserted")]
    rate = percent(sum(kinds), row["words"])
    return (row["sound"], row["told"], row["words"], rate, *kinds, row["said"], row["right"], *_put_in(row))


def _put_in(row: Row) -> tuple[object, ...]:
    said = {token for entry in SAID for token in scoring.normal(entry)}
    words = row["put_in"]
    return len(words), sum(word not in said for word in words), " ".join(words)


if __name__ == "__main__":
    measure(sys.argv[1:])
