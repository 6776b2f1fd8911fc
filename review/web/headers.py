"""The headers that tell a browser what no page of this program ever needs."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import streamlit as st

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with it browsers send `Origin: null` on a form, and the origin check could not pass.
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
HSTS = "max-age=31536000"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def source_hash(text: str) -> str:
    """How a content security policy names an inline script or style.

    >>> source_hash("alert(1)")
    "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def page_policy() -> str:
    """The content security policy of Streamlit's pages: nothing from elsewhere, no script but its own.

    Its styles are made by scripts while it runs, so inline styles stay allowed; the hashes are those of the inline
    scripts in the page that this version of Streamlit serves.
    """
    page = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    scripts = " ".join(sorted({source_hash(text) for text in _INLINE.findall(page)}))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' {scripts}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
