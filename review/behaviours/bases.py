"""What an officer says that a search rests on, told by the wordings in bases.toml; never whether it holds in law."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Basis:
    """One basis of a search, with examples that say it and that do not."""

    id: str
    says: re.Pattern[str]
    strike: re.Pattern[str]  # words that are taken out first: a basis asked for, denied or only supposed
    hits: tuple[str, ...]
    misses: tuple[str, ...]

    def said_in(self, text: str) -> bool:
        """Whether this text, as `plain` gives it, says this basis."""
        return bool(self.says.search(self.strike.sub(" … ", text)))


@cache
def bases() -> tuple[Basis, ...]:
    """The bases of bases.toml, in its order."""
    raw = tomllib.loads(files(__package__).joinpath("bases.toml").read_text("utf-8"))["basis"]
    return tuple(
        Basis(
            one["id"],
            re.compile(rf"\b({one['says']})\b"),
            re.compile(rf"\b({one['strike']})\b"),
            tuple(one["hits"]),
            tuple(one["misses"]),
        )
        for one in raw
    )


def plain(text: str) -> str:
    """A text as the wordings read it.

    >>> plain("We’ve got a WARRANT.")
    "we've got a warrant."
    """
    return text.lower().replace("’", "'")


def said_in(text: str) -> list[str]:
    """The bases that this text, as `plain` gives it, says; empty when it says none.

    >>> said_in("i don't need a warrant, i have probable cause")
    ['probable cause']
    """
    return [basis.id for basis in bases() if basis.said_in(text)]
