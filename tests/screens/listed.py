"""What the library's list was given to show."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def listed(at: AppTest) -> dict[str, Any]:
    """The list's rows and ticks."""
    [found] = [one for one in at.get("bidi_component") if one.proto.component_name == "review.rows"]
    told: dict[str, Any] = json.loads(found.proto.json)
    return told


def rows(at: AppTest) -> str:
    """The rows as HTML."""
    return str(listed(at)["html"])
