"""What a person sees: messages and progress on stderr, tables and data on stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from review.errors import OutputError

STAGES = {"words": (0.0, 0.65), "voices": (0.65, 0.3), "behaviours": (0.95, 0.05)}  # start, length: shares of the time
PIPED = 160  # columns of a table that goes to a file or another program


def say(message: str) -> None:
    """Print one message on stderr, unbroken however long it is."""
    Console(stderr=True).print(Text(message), soft_wrap=True, highlight=False)


def complain(message: str) -> None:
    """Print what went wrong on stderr, as one line."""
    say(f"error: {' '.join(message.split())}")


def put(text: str) -> None:
    """Print data on stdout, as it is."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # the reader has seen enough; typer ends the command quietly
    except OSError as error:
        # What is left in the buffer would fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError(
            f"the output cannot be written ({error.strerror}); free some space or write elsewhere"
        ) from error


def put_json(value: Any) -> None:
    """Print one JSON value on one line of stdout."""
    put(json.dumps(value, ensure_ascii=False) + "\n")


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Print a table on stdout; the columns in `right` are aligned there."""
    console = Console() if sys.stdout.isatty() else Console(width=PIPED)
    table = Table(title=Text(title), title_justify="left")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


class Bar:
    """A progress bar on stderr over several recordings; it is gone when the work is done."""

    def __init__(self, bar: Progress, total: int) -> None:
        """Count `total` recordings on `bar`."""
        self._bar, self._total, self._done = bar, total, 0
        self._task = bar.add_task("", total=total)
        self.show("waiting", 0.0)

    def show(self, stage: str, share: float) -> None:
        """Tell which stage the current recording is in, and the share of that stage that is done."""
        before, length = STAGES.get(stage, (0.0, 0.0))
        number = min(self._done + 1, self._total)
        self._bar.update(
            self._task,
            description=f"recording {number} of {self._total}, {stage}",
            completed=self._done + before + length * share,
        )

    def step(self) -> None:
        """One recording more is done."""
        self._done += 1
        self.show("waiting", 0.0)


@contextmanager
def progress_bar(total: int) -> Iterator[Bar]:
    """A bar over `total` recordings."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield Bar(bar, total)
