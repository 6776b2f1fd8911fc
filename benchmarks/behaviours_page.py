"""The results of `benchmarks.behaviours` as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.accuracy import table
from review import scoring
from review.scoring import Found

HEAD = """# Behaviours

Made by `python -m benchmarks.behaviours`. The talks of tests/gold are written text, no field data (see the README
there). Those set aside were never read while rules were written or the model was trained. Flags shown as unsure count
as neither right nor wrong, and leave what they meet missed. Intervals hold 95 %: Wilson's for shares, the bootstrap's
for the rest.
"""


def page(kept: Mapping[str, Any]) -> str:
    """The results as Markdown."""
    return (
        HEAD
        + "\n"
        + "\n\n".join(part for name, make in PAGES.items() if kept.get(name) for part in make(kept[name]))
        + "\n"
    )


FOUND = ("right", "wrong", "missed", "precision %", "95 %", "recall %", "unsure right", "unsure wrong")


def _found(raw: Mapping[str, int]) -> tuple[object, ...]:
    one = Found(**raw)
    low, high = scoring.interval(one.right, one.right + one.wrong)
    return (
        one.right, one.wrong, one.missed, _percent(one.precision) if one.right + one.wrong else "",
        f"{_percent(low)}-{_percent(high)}" if one.right + one.wrong else "",
        _percent(one.recall) if one.right + one.missed else "", one.unsure_right, one.unsure_wrong,
    )  # fmt: skip


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _talks(part: Mapping[str, Any]) -> Iterator[str]:
    for name, own in part.items():
        yield f"## Talks {name}: {own['talks']} talks, {own['words']} words, calibration error {_percent(own['ece'])} %"
        rows = [("all", *_found(own["all"]), "")]
        rows += [(f"said by {role}", *_found(raw), "") for role, raw in own["by_role"].items() if any(raw.values())]
        rows += [(f"style {style}", *_found(raw["all"]), "") for style, raw in own["style"].items()]
        rows += [
            (behaviour, *_found(raw), _near(own["near"].get(behaviour))) for behaviour, raw in own["found"].items()
        ]
        yield table(("what", *FOUND, "near misses flagged"), rows)
        steps = [(step, flags, _percent(sure), _percent(right)) for step, flags, sure, right in own["bins"]]
        yield table(("confidence", "flags", "mean confidence %", "right %"), steps)
        if own["worst"]:
            yield "Ten mistakes, one each of the behaviours with most of them:"
            yield "\n".join(
                f'- {one["behaviour"]} {one["kind"]} ({one["role"]}): "{one["quote"]}" in "{one["text"]}"'
                + (f", by {one['source']}" if one["source"] else "")
                for one in own["worst"]
            )


def _hours(part: Mapping[str, Any]) -> Iterator[str]:
    yield "## The same talks set aside, shuffled and joined to recordings of an hour"
    yield (
        "Most of what is around a moment is then foreign to it, which is harder than a real hour; and what is counted "
        "over several lines, as repeated orders, goes wrong where two talks meet."
    )
    rows = [("all", *_found(part["all"]))]
    rows += [(f"said by {role}", *_found(raw)) for role, raw in part["by_role"].items() if any(raw.values())]
    yield table(("what", *FOUND), rows)


def _parts(part: Mapping[str, Any]) -> Iterator[str]:
    yield "## What the learned part adds on the talks set aside, without gate and levels"
    yield table(("what", *FOUND[:6]), [(name, *_found(own)[:6]) for name, own in part.items()])


def _near(counts: Sequence[int] | None) -> str:
    return f"{counts[1]} of {counts[0]}" if counts else ""


def _alarms(part: Mapping[str, Any]) -> Iterator[str]:
    yield "## Talk in which little happens"
    rows = [
        (name, own["words"], own["false_an_hour"], *_found(own["all"]), _wrong(own["wrong"]))
        for name, own in part.items()
    ]
    yield table(("talk", "words", "false flags an hour", *FOUND, "which were wrong"), rows)


def _wrong(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{behaviour} {count}" for behaviour, count in counts.items())


def _dialects(part: Mapping[str, Any]) -> Iterator[str]:
    yield "## The same content in several ways of speaking"
    base = part["general"]
    rows = [
        (name, own["sure"], _ratio(own, base, "sure"), own["unsure"], _ratio(own, base, "unsure"),
         *_found(own["all"])[:6])
        for name, own in part.items()
    ]  # fmt: skip
    columns = ("dialect", "sure flags", "ratio to general (95 %)", "unsure flags", "ratio (95 %)", *FOUND[:6])
    yield table(columns, rows)


def _ratio(own: Mapping[str, Any], base: Mapping[str, Any], kind: str) -> str:
    low, high = own["to_general_95"][kind]
    return f"{own[kind] / max(1, base[kind]):.2f} ({low:.2f}-{high:.2f})"


def _choices(part: Mapping[str, Any]) -> Iterator[str]:
    yield f"## Officers' choices as trainers graded them ({part['lines']} lines, POL-COM, CC BY 4.0)"
    rows = [
        (name, own["auc"], "-".join(map(str, own["auc_95"])), own["spearman"], "-".join(map(str, own["spearman_95"])))
        for name, own in part["rows"].items()
    ]
    yield table(("by", "AUC, positive against negative", "95 %", "Spearman, four grades", "95 %"), rows)
    if part.get("flags_beyond"):
        yield "By how much the flags exceed each, on the same drawn lines (95 % of draws; from below 0: not clearly):"
        rows = [
            (name, *(" to ".join(map(str, own[kind])) for kind in ("auc_95", "spearman_95")))
            for name, own in part["flags_beyond"].items()
        ]
        yield table(("the flags less", "AUC", "Spearman"), rows)


def _samples(part: Mapping[str, Any]) -> Iterator[str]:
    yield "## The samples' words as they were written"
    rows = [(name + (" (held out)" if own["held_out"] else ""), *_found(own["all"])) for name, own in part.items()]
    yield table(("sample", *FOUND), rows)


def _speed(part: Mapping[str, Any]) -> Iterator[str]:
    yield "## Speed, one core"
    yield table(
        ("loading, processor s", "torch installed", "tagging, processor s (median of 5)", "words", "flags"),
        [
            (part["load_seconds"], "yes" if part["torch"] else "no", part["tag_seconds"], part["words"], part["flags"]),
        ],
    )
    yield table(("where the time of tagging goes", "processor s"), list(part["profile"].items()))


PAGES: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "talks": _talks,
    "hours": _hours,
    "parts": _parts,
    "alarms": _alarms,
    "dialects": _dialects,
    "choices": _choices,
    "samples": _samples,
    "speed": _speed,
}
