"""The files of our components, under addresses that change with what is in them, so that a browser fetches them once.

Streamlit serves them so that no browser may keep them, and a page of ours has some thirty. What Streamlit asks for by
name is sent on to an address with a version in it; what that file imports has the version, too, being beside it. The
version is part of the component's name, so that what one imports of another (`../review.player/…`) is found as well.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review import screens

SERVED = "/_stcore/bidi-components/review."
MARK = "@"
FOLDER = Path(screens.__file__).parent
# Signing out clears it (sign_in.py), and nothing in it is about a person.
KEPT = "private, max-age=31536000, immutable"


class ComponentFiles:
    """ASGI middleware behind the gate: gives each of our components' files an address with the version in it."""

    def __init__(self, app: ASGIApp, *, folder: Path = FOLDER) -> None:
        """Stand before `app`, which serves the files that lie in `folder`."""
        self._app = app
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send one request on to the version of today, or pass it on without its version."""
        if scope["type"] != "http" or not scope["path"].startswith(SERVED):
            await self._app(scope, receive, send)
            return
        component, _, file = scope["path"].removeprefix(SERVED).partition("/")
        component, marked, asked = component.partition(MARK)
        current = version(self._folder)
        if not marked:
            to = RedirectResponse(
                f"{SERVED}{component}{MARK}{current}/{file}", 307, headers={"cache-control": "no-store"}
            )
            await to(scope, receive, send)
            return
        path = f"{SERVED}{component}/{file}"
        inner = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(inner, receive, _keeping(send, asked == current))


def version(folder: Path) -> str:
    """Twelve digits that are others when any script or style in `folder` is another."""
    files = sorted(path for path in folder.glob("*/*") if path.suffix in {".js", ".css"})
    return _digest(tuple((path, (told := path.stat()).st_mtime_ns, told.st_size) for path in files))


@lru_cache(maxsize=4)
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    whole = hashlib.sha256()
    for path, _, size in files:
        whole.update(f"{path.parent.name}/{path.name} {size}\n".encode() + path.read_bytes())
    return whole.hexdigest()[:12]


def _keeping(send: Send, current: bool) -> Send:
    """Let a browser keep what is sent, when it is of the version that its address names."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            good = current and message["status"] == 200
            MutableHeaders(scope=message)["cache-control"] = KEPT if good else "no-store"
        await send(message)

    return told
