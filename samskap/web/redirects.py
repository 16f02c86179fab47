"""Where one may be led after a form: only to paths of our own."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

LONGEST: Final = 400
"""Characters of a path that one is led back to."""
UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
"""Blanks, controls and backslashes, which browsers read in ways of their own."""


def own_path(wanted: str | None) -> str | None:
    """The path if it is one of ours, else None. Browsers take //x, /\\x and paths with controls for other hosts."""
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/") or wanted.startswith("//"):
        return None
    if UNSAFE.search(wanted) or UNSAFE.search(unquote(wanted).partition("?")[0]) or "//" in unquote(wanted)[:2]:
        return None
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return None
    return wanted if not parts.scheme and not parts.netloc else None
