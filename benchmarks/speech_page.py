"""The results of `benchmarks.speech` as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def tables(kept: Mapping[str, Any]) -> str:
    """One section for each part that was measured."""
    sections = {
        "samples": _samples,
        "noise": _noise,
        "engines": _engines,
        "invention": _invention,
        "repetition": _repetition,
        "peers": _peers,
    }
    parts = [
        make(kept[name]["rows"]) + f"\n\nMeasured {kept[name]['at']}."
        for name, make in sections.items()
        if name in kept
    ]
    return "\n\n".join(parts) + "\n"


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [f"## {title}", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(
        [*lines, *("| " + " | ".join("" if one is None else str(one) for one in row) + " |" for row in rows)]
    )


def _samples(rows: Sequence[Row]) -> str:
    roles = sorted({role for row in rows for role in row["by_role"]})
    shares = ("WER %", *(f"{role} %" for role in roles), "near lost %", "far lost %")
    times = ("start s", "start s (90 %)", "real time")
    head = ("sample", "model", "held out", "words", *shares, "deleted", "inserted", *times)
    main = _table(
        "Samples",
        head,
        (
            (
                row["name"],
                row["model"],
                "yes" if row["held_out"] else "",
                row["words"],
                row["wer"],
                *(row["by_role"].get(role) for role in roles),
                row["apart"].get("near"),
                row["apart"].get("far"),
                row["deleted"],
                row["inserted"],
                row["start_error"],
                row["worst_starts"],
                row["real_time"],
            )
            for row in rows
        ),
    )
    return "\n\n".join([main, *(_reliability(row) for row in rows if row["name"].startswith("all ") and row["words"])])


def _reliability(row: Row) -> str:
    title = f"How far to trust a word: {row['name']}, {row['model']} (ECE {row['ece']})"
    found = (
        (f"{at / 10:.1f} to {(at + 1) / 10:.1f}", words, round(told / words, 2), round(right / words, 2))
        for at, (words, right, told) in enumerate(row["bins"])
        if words
    )
    return _table(title, ("confidence", "words", "mean confidence", "share that is right"), found)


def _noise(rows: Sequence[Row]) -> str:
    roles = sorted({role for row in rows for role in row["by_role"]})
    return _table(
        "The tuning samples with pink noise at a stated distance under all speech",
        ("SNR dB", "model", "WER %", "deleted %", "inserted %", *(f"{role} %" for role in roles)),
        (
            (row["snr"], row["model"], row["wer"], row["deleted"], row["inserted"], *map(row["by_role"].get, roles))
            for row in rows
        ),
    )


def _engines(rows: Sequence[Row]) -> str:
    return _table(
        "Both engines on the same weights: calm_traffic_stop, clean and with that noise",
        ("engine", "SNR dB", "words", "WER %"),
        ((row["engine"], "clean" if row["snr"] is None else row["snr"], row["words"], row["wer"]) for row in rows),
    )


def _invention(rows: Sequence[Row]) -> str:
    return _table(
        "Words in sound without words",
        ("sound", "minutes", "seconds like speech", "words read and dropped", "words kept", "text"),
        (
            (row["sound"], row["minutes"], row["like_speech"], row["read_and_dropped"], row["words"], row["text"])
            for row in rows
        ),
    )


def _repetition(rows: Sequence[Row]) -> str:
    return _table(
        "Repetition",
        ("clip", "SNR dB", "said", "heard"),
        ((row["clip"], row["snr"] or "clean", row["said"], row["heard"]) for row in rows),
    )


def _peers(rows: Sequence[Row]) -> str:
    slowest = max(row["took"] for row in rows if "at" not in row)
    return _table(
        "Against others, same weights and cores, one run (a row with a date is of an earlier one)",
        ("engine", "seconds of sound", "took s", "real time", "times as fast as the slowest", "WER % (one sample)",
         "peak memory so far, MB"),
        (
            (
                row["engine"] + (f", on {row['at']}" if "at" in row else ""),
                row["seconds_of_sound"],
                row["took"],
                row["real_time"],
                None if "at" in row else round(slowest / row["took"], 1),  # ratios hold within one run
                row["wer"],
                row["peak_mb"],
            )
            for row in rows
        ),
    )  # fmt: skip
