"""The command that opens the app."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from review import policy
from review.cli.console import say
from review.cli.options import PolicyFile
from review.cli.root import Database, app
from review.store import URL_VARIABLE, database_url

DEFAULT_PORT = 8501  # Streamlit's own

Port = Annotated[int, typer.Option(help="Port on this machine.")]
OpenBrowser = Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")]


@app.command(name="app")
def open_app(
    port: Port = DEFAULT_PORT, open_browser: OpenBrowser = True, agency: PolicyFile = None, db: Database = None
) -> None:
    """Open the review app on this machine's own address.

    Example: `bodycam-review app --port 8600`
    """
    serve_store(port=port, db=db, agency=agency, open_browser=open_browser)


def serve_store(*, port: int, db: str | None, agency: Path | None = None, open_browser: bool = True) -> None:
    """Serve the app on this store until Ctrl-C."""
    from review import web  # Streamlit takes a second to load, which no other command should pay

    policy.current(agency)  # a policy that cannot be read is told here, not on every page
    if agency:
        os.environ[policy.VARIABLE] = str(agency.absolute())
    os.environ[URL_VARIABLE] = database_url(db)  # the pages run in this process and find their store there
    say(f"the app is at {web.address(port=port)}; Ctrl-C ends it")
    web.serve(port=port, open_browser=open_browser)
