"""axe-core on a page: what it finds there that is serious."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
SERIOUS = ("serious", "critical")
# In the dark only what looks at colours can find anything else than in the light.
SCHEMES: dict[str, dict[str, object]] = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}


def looked_at(page: Page) -> list[str]:
    """What is serious about what a page shows, light and dark, one a line."""
    found = []
    for scheme, which in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(400)  # colours fade over
        page.evaluate(AXE)
        told = page.evaluate("which => axe.run(document, {resultTypes: ['violations'], ...which})", which)
        found += [f"{scheme}: {one}" for one in serious(told["violations"])]
    page.emulate_media(color_scheme="light")
    return found


def serious(violations: list[dict[str, Any]]) -> list[str]:
    """The serious findings, one a line."""
    return [
        f"{rule['id']} ({rule['impact']}) {node['html'][:160]} {reason(node)[:300]}"
        for rule in violations
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def reason(node: dict[str, Any]) -> str:
    return " ".join(one["message"] for one in (*node["any"], *node["all"], *node["none"]))
