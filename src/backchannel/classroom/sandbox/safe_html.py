"""HTML of strangers, cut down to what can do no harm: structure and text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape

_NAMES = """
p div section article h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tfoot tr th td b strong
i em u s span small sub sup code pre kbd samp br hr blockquote q cite abbr mark del ins time
"""
TAGS = frozenset(_NAMES.split())
_EMPTY = frozenset({"br", "hr"})
_WITH_CONTENT = frozenset({"script", "style", "template", "textarea", "title", "noscript", "iframe"})
_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[\s/][^>]*)?)>")
_SPAN = re.compile(r"""\s(colspan|rowspan)\s*=\s*["']?(\d{1,3})\b""", re.IGNORECASE)
_DEEPEST = 60


def safe_html(text: str) -> str:
    """Return HTML with tags of ``TAGS`` alone, closed in order, and no attribute but the spans of cells.

    It is made anew from what was recognised, so nothing that a browser might read in another way gets
    through; what is not recognised is shown as text. The time is linear in the length.
    """
    return "".join(_made_anew(text))


def _made_anew(text: str) -> Iterator[str]:
    """Yield the pieces of the new HTML."""
    first, *pieces = text.split("<")
    yield _shown(first)
    opened: list[str] = []
    hidden = ""
    for piece in pieces:
        found = _TAG.match(piece)
        name = found[2].lower() if found else ""
        if hidden:
            if not (found and found[1] and name == hidden):
                continue
            hidden = ""
        elif name in _WITH_CONTENT:
            hidden = "" if found and found[1] else name
            continue
        elif found and name in TAGS:
            yield from _closed(name, opened) if found[1] else _opened(name, found[3], opened)
        if piece.startswith("!--"):
            yield _shown(piece.partition("-->")[2])
        else:
            yield _shown(piece[found.end() :] if found else f"<{piece}")
    yield from (f"</{name}>" for name in reversed(opened))


def _shown(text: str) -> str:
    return escape(unescape(text))


def _opened(name: str, attributes: str, opened: list[str]) -> Iterator[str]:
    if name in _EMPTY:
        yield f"<{name}>"
    elif len(opened) < _DEEPEST:
        opened.append(name)
        yield f"<{name}{''.join(f' {span.lower()}={count}' for span, count in _SPAN.findall(attributes))}>"


def _closed(name: str, opened: list[str]) -> Iterator[str]:
    """Close an element with all that was opened in it; the end of one that is not open is left out."""
    while name in opened:
        yield f"</{opened[-1]}>"
        if opened.pop() == name:
            return
