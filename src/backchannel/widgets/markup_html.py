"""Plain HTML for places without scripts or styles: GitHub, nbconvert, print."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from backchannel.markup import Segment


def tag(name: str, *content: str, **attributes: str) -> str:
    """Return an element around finished HTML; attribute values are escaped."""
    written = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(content)}</{name}>"


def words(name: str, text: str, **attributes: str) -> str:
    """Return an element around text that is escaped."""
    return tag(name, escape(text), **attributes)


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; cells are text."""
    head = tag("tr", *(words("th", cell, scope="col", align="left") for cell in header))
    body = [tag("tr", *(words("td", cell, align="left") for cell in row)) for row in rows]
    return tag("table", tag("thead", head), tag("tbody", *body))


def reading(segments: Iterable[Segment], language: str) -> str:
    """Return a reading: claims numbered, retold speech in italics, quotations in their marks."""
    parts = []
    for segment in segments:
        text = escape(segment.text)
        if segment.form == "retold":
            text = f"<i>{text}</i>"
        elif segment.form == "verbatim":
            text = f'<span lang="de">«{text}»</span>'
        if segment.claims:
            text += tag("sup", escape(",".join(map(str, segment.claims))))
        parts.append(text)
    return tag("p", *parts, lang=language)
