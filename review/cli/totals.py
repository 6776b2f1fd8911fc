"""What became of all the recordings that a command was given, in one line at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from review.cli.console import say
from review.pipeline import Done, Failed

NAMES_SHOWN = 20  # of files


@dataclass(frozen=True)
class Totals:
    """What became of all that a command was given."""

    done: int = 0
    known: int = 0
    failed: tuple[Failed, ...] = ()
    passed_over: tuple[Path, ...] = ()  # files whose names do not end as those of recordings do

    def plus(self, outcome: Done | Failed) -> Totals:
        """The same with one recording more."""
        if isinstance(outcome, Failed):
            return replace(self, failed=(*self.failed, outcome))
        return replace(self, known=self.known + 1) if outcome.known else replace(self, done=self.done + 1)

    @property
    def told(self) -> str:
        """All of it in one line; each failure was told in full when it came.

        >>> Totals(done=2, failed=(Failed(Path("bad.wav"), "media", "no sound"),), passed_over=(Path("a.txt"),)).told
        '2 done, 1 failed: bad.wav, 1 passed over because of its ending: a.txt'
        """
        parts = [f"{self.done} done"]
        parts += [f"{self.known} known already"] if self.known else []
        parts += [f"{len(self.failed)} failed: {_some([one.path for one in self.failed])}"] if self.failed else []
        if self.passed_over:
            whose = "its ending" if len(self.passed_over) == 1 else "their endings"
            parts.append(f"{len(self.passed_over)} passed over because of {whose}: {_some(self.passed_over)}")
        return ", ".join(parts)


def finish(totals: Totals) -> None:
    """Say the totals of more than one file and end the command: exit code 0 only if nothing failed."""
    if totals.done + totals.known + len(totals.failed) + len(totals.passed_over) > 1:
        say(totals.told)
    raise typer.Exit(1 if totals.failed else 0)


def _some(paths: Sequence[Path]) -> str:
    more = f" and {len(paths) - NAMES_SHOWN} more" if len(paths) > NAMES_SHOWN else ""
    return ", ".join(path.name for path in paths[:NAMES_SHOWN]) + more
