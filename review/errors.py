"""Everything that can go wrong on purpose: one tree, each with words for the person who reads it.

Only these are caught by `batch` and the command line. A stage of the pipeline that fails in any other way is a bug, and
becomes a StageFailed, so that one recording does not end the work on a thousand others.
"""

from __future__ import annotations


class ReviewError(Exception):
    """Something went wrong."""

    exit_code = 1  # of the command, as documented in docs/how-it-works.md
    stage = ""  # of the pipeline, when it was there that it went wrong

    def __init__(self, message: str = "") -> None:
        """Take `message`, or the first docstring line of the class when it is empty."""
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


class WrongUse(ReviewError):
    """The command was called with arguments that do not fit together."""

    exit_code = 2


class UnreadableMedia(ReviewError):
    """This file could not be read as audio or video."""


class UnreadableTranscript(ReviewError):
    """This transcript could not be read."""


class UnreadableGold(ReviewError):
    """This gold file could not be read."""


class UnreadablePolicy(ReviewError):
    """This policy could not be read."""

    exit_code = 2


class UnreadableEncounter(ReviewError):
    """This encounter was written in a format that this version cannot read."""


class ModelError(ReviewError):
    """A model could not be used."""

    exit_code = 3


class MissingModel(ModelError):
    """A model file is not on this machine."""


class AlteredModel(ModelError):
    """A model file is not the one its card describes."""


class StageFailed(ReviewError):
    """A stage of the program failed in a way that nobody foresaw."""


class StoreError(ReviewError):
    """The store could not be used."""


class StoreUnavailable(StoreError):
    """The store could not be read or written."""


class UnknownRecording(StoreError):
    """No recording in the store has this id."""


class RefusedVerdict(StoreError):
    """This verdict could not be recorded."""


class OutputError(ReviewError):
    """The output could not be written."""


class MissingKey(StoreError):
    """The key to the secrets of one-time codes is missing."""


class Refused(ReviewError):
    """This is not allowed."""


class RefusedAct(StoreError):
    """This could not be recorded."""


class BrokenLog(StoreError):
    """The audit log was changed."""
