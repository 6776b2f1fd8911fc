"""Looks at what a file is, in a process of its own, so that a crafted file can neither stop nor stall the server.

`python -m review.desk.probing FILE` prints {"seconds", "video"} or {"error"} and ends with 0 or 1.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path

from review import media
from review.errors import ReviewError

MEMORY = 4 << 30  # bytes that a look at a file may take
LONGEST = 24 * 3600.0  # seconds; no camera records longer in one file


def main(path: Path) -> int:
    """Look at the file; the answer is the exit code."""
    _limit()
    try:
        what = media.probe(path)
    except ReviewError as error:
        told: dict[str, str | float | bool] = {"error": str(error)}
    else:
        too_long = f"It says that it is {what.seconds / 3600:.0f} hours long, which no recording is."
        told = {"error": too_long} if what.seconds > LONGEST else {"seconds": what.seconds, "video": what.has_video}
    sys.stdout.write(json.dumps(told))
    return 1 if "error" in told else 0


def _limit() -> None:
    with suppress(ImportError, ValueError, OSError):  # there are no such limits on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
