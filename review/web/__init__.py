"""The review app as a server: Streamlit's pages behind one gate, with own routes for media, transcript and verdicts."""

from __future__ import annotations

import os
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

from review.errors import WrongUse
from review.screens import viewer
from review.web import accounts, auditing, casework, corrections, debrief, oidc, peaks, routes, sign_in, uploads
from review.web.component_files import ComponentFiles
from review.web.gate import LOOPBACK, Gate
from review.web.headers import page_policy
from review.web.jobs import Worker
from review.web.refusals import Refusals
from review.web.sessions import Sessions
from review.web.shelf import Shelf

HOSTS_VARIABLE = "BODYCAM_REVIEW_HOSTS"
HOST = "127.0.0.1"
PORT = 8501
OPEN_AFTER = 1.0  # seconds until the browser is sent to the page; the socket listens by then
SCRIPT = Path(__file__).parent.parent / "screens" / "main.py"
# What no file, variable or flag may change: no request leaves the machine, and the gate tells the pages who looks.
FIXED: Mapping[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,  # they lead to search engines
    "client.toolbarMode": "minimal",
    "runner.magicEnabled": False,
    "server.enableAgentApi": False,
    "server.enableStaticServing": False,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.maxUploadSize": 1,
    "server.trustedUserHeaders": dict(viewer.IDENTITY_HEADERS),
}


def options() -> dict[str, Any]:
    """What `st.App` needs besides the script: the gate, our routes, and how their errors are answered."""
    for key, value in FIXED.items():
        config.set_option(key, value)
    shelf, marking = Shelf(), corrections.Marking()
    worker = Worker(shelf)
    sessions, refusals = Sessions(shelf.store), Refusals(shelf.store)
    door, elsewhere = sign_in.Door(sessions, shelf), oidc.configured()
    hosts = LOOPBACK | {str(host) for host in config.get_option("server.allowedHosts")} | named_hosts()

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
        worker.start()
        yield {}
        worker.stop()
        marking.close()
        refusals.close()
        shelf.close()

    return {
        "routes": [
            *sign_in.routes(door, offered=_listens_on_loopback, elsewhere=elsewhere.name if elsewhere else ""),
            *accounts.routes(door),
            *(oidc.routes(door, elsewhere) if elsewhere else ()),
            *casework.routes(shelf),
            *debrief.routes(shelf),
            *auditing.routes(shelf),
            *peaks.routes(shelf),
            *corrections.routes(shelf, marking),
            *uploads.routes(shelf),
            *routes.routes(shelf, correcting=marking.warm),
        ],
        "middleware": [
            Middleware(Gate, sessions=sessions, hosts=hosts, refused=refusals.note, policy=page_policy),
            Middleware(ComponentFiles),
        ],
        "exception_handlers": routes.EXCEPTION_HANDLERS,
        "lifespan": lifespan,
    }


def serve(*, host: str = HOST, port: int = PORT, open_browser: bool = True) -> None:
    """Serve the app from any folder until it is stopped; raises WrongUse when the port is taken."""
    _check_free(host, port)
    settings = {**FIXED, "server.address": host, "server.port": port}
    for key, value in settings.items():
        config.set_option(key, value)  # what Streamlit reads again below is then nothing new, and it warns of no change
    app = st.App(SCRIPT, **options())
    if open_browser:
        timer = threading.Timer(OPEN_AFTER, webbrowser.open, [address(host, port)])
        timer.daemon = True
        timer.start()
    app.run(config=settings)


def address(host: str = HOST, port: int = PORT) -> str:
    """Where a browser on this machine finds the app.

    >>> address(), address("::1", 8502)
    ('http://127.0.0.1:8501', 'http://[::1]:8502')
    """
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def named_hosts() -> frozenset[str]:
    """The names, besides those of this machine itself, that a proxy in front serves: BODYCAM_REVIEW_HOSTS."""
    return frozenset(os.environ.get(HOSTS_VARIABLE, "").replace(",", " ").split())


def _listens_on_loopback() -> bool:
    return config.get_option("server.address") in LOOPBACK


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise WrongUse(f"port {port} on {host} cannot be used ({error.strerror}); choose another one") from error
