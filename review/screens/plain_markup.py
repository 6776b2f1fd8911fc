"""Tables, lists and definitions of plain texts as HTML; every text is escaped, no streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def plain_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str = "") -> str:
    """A table of texts; the first cell of a row names it."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    told = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<table class="bcr-table">{told}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def definitions(pairs: Iterable[tuple[str, str]]) -> str:
    """Words with what they mean."""
    told = "".join(f"<div><dt>{escape(word)}</dt><dd>{escape(meaning)}</dd></div>" for word, meaning in pairs)
    return f'<dl class="bcr-definitions">{told}</dl>'


def bullets(texts: Iterable[str]) -> str:
    """A list of sentences."""
    return f'<ul class="bcr-told">{"".join(f"<li>{escape(text)}</li>" for text in texts)}</ul>'


def behaviour_entry(
    name: str,
    definition: str,
    *,
    facts: Iterable[tuple[str, str]],
    counts: Sequence[str],
    does_not_count: Sequence[str],
    notes: Sequence[str],
) -> str:
    """One behaviour of the codebook."""
    told = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in facts)
    examples = "".join(
        f"<p><strong>{label}</strong>: {escape(' · '.join(texts))}</p>"
        for label, texts in (("Counts", counts), ("Does not count", does_not_count))
        if texts
    )
    care = "".join(f'<p class="bcr-note">{escape(note[:1].upper() + note[1:])}.</p>' for note in notes)
    return (
        f'<section class="bcr-entry"><h4>{escape(name)}</h4><p>{escape(definition)}</p>'
        f'<dl class="bcr-facts">{told}</dl>{examples}{care}</section>'
    )
