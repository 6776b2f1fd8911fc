"""What is done of a recording that is still being processed, on disk, so that a crash costs minutes and not hours."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from review.errors import OutputError

FORGOTTEN = 30 * 86_400.0  # seconds after which what nobody came back for is removed
OWNER_ONLY = 0o600  # it holds words from a recording


class Checkpoint(dict[str, Any]):
    """A mapping to JSON values whose entries are on disk as soon as they are set; entries are only ever added."""

    def __init__(self, path: Path) -> None:
        super().__init__(_entries(path))
        self._path = path

    def __setitem__(self, key: str, value: Any) -> None:
        """Keep `value`; raises OutputError when the disk does not take it."""
        line = json.dumps([key, value], ensure_ascii=False, separators=(",", ":")) + "\n"
        try:
            # Begun with a line end: the line before it may have been cut off by a crash.
            with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ONLY), "ab") as file:
                file.write(b"\n" + line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"{self._path} cannot be written ({error.strerror}); free some space there") from error
        super().__setitem__(key, value)


@contextmanager
def kept(folder: Path | None, *, recording: str, settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The checkpoint of this recording (its sha256) under these settings; it is removed when the block ends well.

    Without a folder nothing reaches the disk. Other settings have another checkpoint: their words are other words.
    """
    if folder is None:
        yield {}
        return
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()
    path = folder / f"{recording}.{digest[:16]}.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        checkpoint = Checkpoint(path)
    except OSError as error:
        raise OutputError(f"{folder} cannot be used ({error.strerror}); give the store a folder to write in") from error
    yield checkpoint
    path.unlink(missing_ok=True)


def _entries(path: Path) -> Iterator[tuple[str, Any]]:
    """The entries in the file; a line that a crash cut short is passed over."""
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            key, value = json.loads(line)
        except ValueError:
            continue
        yield key, value


def _sweep(folder: Path) -> None:
    for left in folder.glob("*.jsonl"):
        if time.time() - left.stat().st_mtime > FORGOTTEN:
            left.unlink(missing_ok=True)
