"""The commands that check: tag a written transcript, verify the models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from review import pipeline, policy, transcripts, weights
from review.cli.console import complain, put, put_json, say, show_table
from review.cli.options import PolicyFile, marking_settings
from review.cli.root import AsJson, app
from review.errors import AlteredModel, MissingModel
from review.weights import Card, Check


@app.command()
def tag(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="A transcript; `-` reads standard input.")],
    form: Annotated[
        transcripts.Format | None,
        typer.Option("--format", help="How it is written.  [default: by the file's ending, else jsonl]"),
    ] = None,
    language: Annotated[
        str, typer.Option(help="The language of the words: en or es; in others nothing is marked.")
    ] = "en",
    agency: PolicyFile = None,
) -> None:
    """Mark the behaviours in a transcript that exists already, without any sound; one JSON object a line.

    Example: `bodycam-review tag stop.vtt`
    """
    chosen = policy.current(agency)
    lines, bad = transcripts.read(file, form or transcripts.format_of(file))
    if not lines and not bad:
        say(f"{file}: nothing was said in it")
    for answer in pipeline.tag(lines, marking_settings(chosen), hidden=chosen.hidden, language=language):
        put_json(answer)
    for line in bad:
        complain(f"{file}: line {line.number}: {line.message}")
    raise typer.Exit(1 if bad else 0)


models = typer.Typer(invoke_without_command=True)
app.add_typer(models, name="models")


@models.callback()
def list_models(context: typer.Context, as_json: AsJson = False) -> None:
    """Show every model: what it does, its licence and whether its files are the right ones; --json shows the cards.

    Example: `bodycam-review models verify`
    """
    if context.invoked_subcommand:
        return
    checked = [(card, weights.verify(card)) for card in weights.cards()]
    if as_json:
        for card, checks in checked:
            put_json(_card(card, checks))
        return
    rows = [
        (card.name, card.job, card.version, card.licence, ", ".join(sorted({check.state.value for check in checks})))
        for card, checks in checked
    ]
    show_table("Models", ("name", "job", "version", "licence", "files"), rows)


def _card(card: Card, checks: tuple[Check, ...]) -> dict[str, Any]:
    return {
        "name": card.name,
        "job": card.job,
        "version": card.version,
        "what": card.what,
        "source": card.source,
        "licence": card.licence,
        "measured": [dict(one) for one in card.measured],
        "known_failures": list(card.known_failures),
        "files": [_file(check) for check in checks],
    }


def _file(check: Check) -> dict[str, Any]:
    file = check.file
    return {"name": file.name, "bytes": file.bytes, "sha256": file.sha256, "state": check.state.value}


TOLD = {weights.State.PRESENT: "right", weights.State.ALTERED: "altered", weights.State.MISSING: "missing"}


@models.command()
def verify(as_json: AsJson = False) -> None:
    """Compare every model file with the checksum on its card; exit code 3 when one is missing or altered.

    Example: `bodycam-review models verify`
    """
    checks = [(card, check) for card in weights.cards() for check in weights.verify(card)]
    for card, check in checks:
        if as_json:
            put_json({"model": card.name, **_file(check)})
        else:
            put(f"{TOLD[check.state]:8} {card.name}/{check.file.name} sha256 {check.file.sha256}\n")
    bad = [check for _, check in checks if check.state is not weights.State.PRESENT]
    if bad:
        advice = "; ".join(check.advice for check in bad)
        missing = all(check.state is weights.State.MISSING for check in bad)
        raise MissingModel(advice) if missing else AlteredModel(advice)
