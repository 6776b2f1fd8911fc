"""The command `bodycam-review`: parse, call, print."""

from __future__ import annotations

import sys

from review.cli import accounts, auditing, checking, people, processing, reading, retagging, scores, serving, whose
from review.cli.console import complain
from review.cli.root import app
from review.errors import ReviewError

__all__ = [
    "accounts",
    "app",
    "auditing",
    "checking",
    "main",
    "people",
    "processing",
    "reading",
    "retagging",
    "scores",
    "serving",
    "whose",
]


def main() -> None:
    """Run the command; what goes wrong on purpose is one line on stderr and an exit code, never a traceback."""
    try:
        app()
    except ReviewError as error:
        complain(str(error))
        sys.exit(error.exit_code)
