"""The command group that the others join, and the options they share."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

app = typer.Typer(
    name="bodycam-review",
    help="Review body-camera recordings: what was said, by whom, and the moments that calmed or heated it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

Database = Annotated[
    str | None,
    typer.Option(
        "--db", help="Store: a file or a SQLAlchemy URL.  [default: $BODYCAM_REVIEW_DB or bodycam-review.db here]"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, instead of a table.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bodycam-review {version('review')}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Hold the options that stand before a command."""
