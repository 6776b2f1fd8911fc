"""Plain pages without any script: sign-in, unlocking, one's own account; and the forms that they send."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from review.web.headers import source_hash

MAX_FORM_BYTES = 4096

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#f3f5f8, #0f141b); color: light-dark(#16202c, #e8edf3); }
main { box-sizing: border-box; width: min(34rem, 94vw); padding: 2rem; margin: 1rem 0; border-radius: 12px;
  background: light-dark(#fff, #1a222c); border: 1px solid light-dark(#d5dbe3, #33404f); }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
p { margin: .5rem 0 1rem; }
.notice { white-space: pre-line; font-size: .92rem; padding: .6rem .8rem; border-radius: 8px;
  background: light-dark(#eef2f7, #222c38); }
.demo { border-left: 4px solid #b45309; padding: .4rem .8rem; background: light-dark(#fff7e8, #33260f); }
[role=alert] { border-left: 4px solid #c0262d; padding: .4rem .8rem; background: light-dark(#fdecec, #3a1a1c); }
[role=status] { border-left: 4px solid #1d7a46; padding: .4rem .8rem; background: light-dark(#e9f7ef, #14301f); }
label { display: block; font-weight: 600; margin: .9rem 0 .25rem; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem .7rem; border-radius: 8px; color: inherit;
  border: 1px solid light-dark(#6b7889, #7c8b9d); background: light-dark(#fff, #10161d); }
button, a.button { box-sizing: border-box; display: block; width: 100%; text-align: left; font: inherit;
  padding: .8rem 1rem; margin: .6rem 0 0; border-radius: 8px; border: 1px solid light-dark(#6b7889, #7c8b9d);
  cursor: pointer; background: light-dark(#fff, #222c38); color: inherit; text-decoration: none; }
button.main { margin-top: 1.2rem; text-align: center; font-weight: 600; background: #1a5c9a; border-color: #1a5c9a;
  color: #fff; }
button:hover, a.button:hover { border-color: #1d6fb8; }
:focus-visible { outline: 3px solid #3b8fd9; outline-offset: 2px; }
button strong { display: block; } small { color: light-dark(#4a5867, #a9b6c4); font-weight: 400; }
code { overflow-wrap: anywhere; font-size: 1.05rem; letter-spacing: .04em; }
img { display: block; background: #fff; border-radius: 8px; margin: .8rem 0; width: 12rem; }
"""
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": f"default-src 'none'; style-src {source_hash(_STYLE)}; img-src data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}


def page(body: str, *, title: str, status: int = 200, refresh: str = "") -> Response:
    """A whole page around `body`, which is HTML; `refresh` is a path of this server that it goes on to by itself."""
    meta = f'<meta http-equiv="refresh" content="0;url={escape(refresh)}">' if refresh else ""
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - Body-camera review'
        f'</title><meta name="viewport" content="width=device-width, initial-scale=1">{meta}'
        f'<link rel="icon" href="data:,"><style>{_STYLE}</style></head><body><main>{body}</main></body></html>',
        status_code=status,
        headers=_HEADERS,
    )


def alert(text: str) -> str:
    """What went wrong, read out at once; nothing for no text."""
    return f'<p role="alert">{escape(text)}</p>' if text else ""


def field(name: str, label: str, *, kind: str = "text", hint: str = "", complete: str = "off", more: str = "") -> str:
    """One labelled field of a form."""
    small = f" <small>{escape(hint)}</small>" if hint else ""
    numeric = ' inputmode="numeric"' if complete == "one-time-code" else ""
    return (
        f'<label for="{name}">{escape(label)}{small}</label><input id="{name}" name="{name}" type="{kind}" '
        f'autocomplete="{complete}" autocapitalize="none" spellcheck="false"{numeric}{more}>'
    )


def hidden(name: str, value: str) -> str:
    """A value that a form carries along."""
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form; none when it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def next_path(wanted: str) -> str:
    """Where to go on: `wanted` if it is a path of this server, else the first page.

    >>> next_path("/listen?recording=ab"), next_path("//evil.example"), next_path("https://evil.example/")
    ('/listen?recording=ab', '/', '/')
    """
    if not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted or not wanted.isprintable():
        return "/"
    return wanted
