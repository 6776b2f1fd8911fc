"""The app, started again and again without loading its libraries each time: one process loads, its forks serve.

Each line on standard input starts one server, the real one, in a process of its own; its number is printed. Killing it
is the caller's business. Run as a program: `python forking_server.py PORT`.
"""

from __future__ import annotations

import os
import signal
import sys

from review import web
from review.screens import main


def fork_servers(port: int) -> None:
    """Start a server on this port for each line that comes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a killed server
    assert main  # the pages' own libraries, too
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(2, 1)  # what a server prints is not for the caller
            web.serve(port=port, open_browser=False)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    fork_servers(int(sys.argv[1]))
