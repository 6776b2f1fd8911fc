"""The real command in a process of its own, forked from one that has imported it: as real, and seconds faster."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.preloaded"])
LONGEST = 120  # seconds


def run(*arguments, cwd=None, stdin="", db=None, **environment) -> subprocess.CompletedProcess[str]:
    """The command with these arguments: its exit code and what it printed."""
    known = {**os.environ, **environment}
    if db:
        known["BODYCAM_REVIEW_DB"] = str(db)
    said = [str(one) for one in arguments]
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in ("in", "out", "err")]
        streams[0].write_text(stdin, encoding="utf-8")
        process = FORKS.Process(target=_command, args=(said, str(cwd or Path.cwd()), known, list(map(str, streams))))
        process.start()
        process.join(LONGEST)
        assert process.exitcode is not None, f"still running after {LONGEST} s: {said}"
        out, err = (path.read_text(encoding="utf-8") for path in streams[1:])
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(said, process.exitcode, out, err)


def _command(arguments: Sequence[str], cwd: str, environment: Mapping[str, str], streams: Sequence[str]) -> None:
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for number, (path, mode) in enumerate(
        zip(streams, (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT), strict=True)
    ):
        os.dup2(os.open(path, mode, 0o600), number)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False) for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    sys.argv = ["bodycam-review", *arguments]
    from review.cli import main

    main()
