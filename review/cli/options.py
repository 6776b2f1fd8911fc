"""The options that say how recordings are processed, the same on every command that has them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from review import pipeline, policy

Engine = Annotated[
    str, typer.Option(help="Speech engine: faster-whisper, openai-whisper, or `package.module:attribute`.")
]
Model = Annotated[
    str,
    typer.Option(
        help="Speech model: `base` comes with the program; a folder; or a name such as small.en, large-v3-turbo, "
        "which is downloaded once."
    ),
]
Language = Annotated[str | None, typer.Option(help="Spoken language, such as `en`.  [default: detected]")]
Offline = Annotated[bool, typer.Option("--offline", help="Never reach out for a model that is not on this machine.")]
SpeakerCount = Annotated[int | None, typer.Option("--speakers", min=1, help="How many people speak, if known.")]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy", metavar="FILE", help="The agency's policy.  [default: $BODYCAM_REVIEW_POLICY or the built-in one]"
    ),
]


def marking_settings(chosen: policy.Policy) -> pipeline.Settings:
    """The settings for marking words that are known already, as this policy asks for."""
    return pipeline.Settings(behaviours=chosen.tagging())


def chosen_settings(
    engine: str,
    model: str,
    *,
    language: str | None,
    offline: bool,
    speakers: int | None = None,
    workers: int = 1,
    cluster: bool = False,
    agency: policy.Policy | None = None,
) -> pipeline.Settings:
    """The settings that a command line asks for; several workers, and those of a cluster, have one thread each."""
    plain = marking_settings(agency or policy.current())
    # Several workers with several threads each would fight for the same cores, as they may on a cluster's machine.
    threads = 1 if workers > 1 or cluster else 0
    return replace(
        plain,
        speech=replace(plain.speech, engine=engine, model=model, language=language, threads=threads, offline=offline),
        speakers=replace(plain.speakers, count=speakers, threads=threads),
    )
