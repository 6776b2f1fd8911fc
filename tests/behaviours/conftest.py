"""Talk made by hand: who said what, every word a third of a second long, in one line of code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from review import behaviours, meaning
from review.encounter import Flag, Role, Span, SpeakerRole, Turn, Word

WORD_SECONDS = 0.3
LIKELY, UNLIKELY = 6.0, -9.0  # log-odds
RULES_ALONE = behaviours.Settings(taggers=("rules",), levels={}, unsure_only=())
Talk = tuple[tuple[Turn, ...], tuple[SpeakerRole, ...]]


def _talk(*lines: tuple[Role, str], pause: float = 0.5, confidence: float = 1.0, sure: float = 1.0) -> Talk:
    """Turns of one speaker per role, `pause` seconds apart, and the roles."""
    turns, at = [], 0.0
    for role, text in lines:
        words = tuple(
            Word(word, Span(at + n * WORD_SECONDS, at + (n + 1) * WORD_SECONDS), confidence)
            for n, word in enumerate(text.split())
        )
        end = words[-1].span.end if words else at
        turns.append(Turn(role.value, Span(at, end), words))
        at = end + pause
    return tuple(turns), tuple(SpeakerRole(role, Role(role), sure) for role in sorted({r.value for r, _ in lines}))


@pytest.fixture(scope="session")
def talk() -> Callable[..., Talk]:
    """Turns and roles of lines of talk."""
    return _talk


@pytest.fixture(scope="session")
def rules_alone() -> behaviours.Settings:
    """The rules without the model, and all that they mark shown as sure as it is."""
    return RULES_ALONE


@pytest.fixture(scope="session")
def flags_in() -> Callable[..., tuple[Flag, ...]]:
    """The flags that the rules alone make of lines of talk; a bare string is said by the officer."""

    def flags(*lines: str | tuple[Role, str], **how: float) -> tuple[Flag, ...]:
        told = [(Role.OFFICER, line) if isinstance(line, str) else line for line in lines]
        return behaviours.tag(*_talk(*told, **how), settings=RULES_ALONE)

    return flags


@pytest.fixture(scope="session")
def heard(flags_in: Callable[..., tuple[Flag, ...]]) -> Callable[..., set[str]]:
    """The behaviours in lines of talk."""
    return lambda *lines, **how: {flag.behaviour for flag in flags_in(*lines, **how)}


@pytest.fixture
def opinion(monkeypatch):
    """Lets the sentence model think what a test wants: behaviours that are likely in clauses with these words."""

    def think(**likely: str) -> None:
        names = meaning.behaviours()

        def logits(clauses):
            found = np.full((len(clauses), len(names)), UNLIKELY, np.float32)
            for row, clause in enumerate(clauses):
                for behaviour, words in likely.items():
                    if words in clause.text:
                        found[row, names.index(behaviour)] = LIKELY
            return found

        monkeypatch.setattr(meaning, "logits", logits)

    return think
