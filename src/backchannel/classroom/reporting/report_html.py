"""The pieces that a report's page is made of: safe text, tables, folds, bars, pictures for both themes."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from io import StringIO

import matplotlib as mpl

from backchannel.charts import style
from backchannel.charts.picture import Picture
from backchannel.charts.style import house_style
from backchannel.portfolio.blocks import contained
from backchannel.portfolio.html import POLICY
from backchannel.words import Language

#: What each colour of the charts becomes on a dark page; all are tested for contrast.
DARK = {
    style.PAPER: "#1d1f22",
    style.INK: "#ece8df",
    style.MUTED: "#b9b3a6",
    style.RULE: "#45484d",
    style.BAND: "#2b2e32",
    style.BLUE: "#62a8ea",
    style.VERMILION: "#f0915f",
    style.GREEN: "#4fc09c",
    style.PURPLE: "#dc9acb",
    style.OCHRE: "#d6b04a",
}
_COLOURS = {colour.lower(): f"--c{number}" for number, colour in enumerate(DARK)}
_CODE = re.compile("`([^`]*)`")
_HEX = re.compile("#[0-9a-f]{6}")


class Html(str):
    """Words that are HTML already; all other words are escaped."""

    __slots__ = ()


Words = str | Html


def text(words: Words) -> Html:
    """Return words as HTML: escaped, without control characters, no direction of writing left open."""
    return words if isinstance(words, Html) else Html(escape(contained(words)))


def join(parts: Iterable[Words], between: str = "") -> Html:
    """Return parts as one piece of HTML."""
    return Html(between.join(text(part) for part in parts))


def tag(name: str, *inner: Words, **attributes: str) -> Html:
    """Return an element; ``class_`` stands for ``class``, and ``aria_label`` for ``aria-label``."""
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(contained(value))}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{named}>{join(inner)}</{name}>")


def paragraph(*inner: Words, **attributes: str) -> Html:
    """Return a paragraph."""
    return tag("p", *inner, **attributes)


def listing(items: Iterable[Words], **attributes: str) -> Html:
    """Return a list."""
    return tag("ul", *(tag("li", item) for item in items), **attributes)


def own(words: str) -> Html:
    """Return what a student wrote, or what may hold such words, as a run of its own direction."""
    return tag("bdi", " ".join(contained(words).split()))


def coded(words: str) -> Html:
    """Return words of ours in which a command stands between backticks."""
    return Html(_CODE.sub(r"<code>\1</code>", text(words)))


def fold(summary: Words, *inner: Words, open_: bool = False) -> Html:
    """Return something to be opened."""
    return Html(f"<details{' open' if open_ else ''}>{tag('summary', summary)}{join(inner)}</details>")


def bar(share: float) -> Html:
    """Return a share of 1 as a bar; its value has to stand beside it in words."""
    return Html(f'<span class="bar" aria-hidden="true"><span style="width:{100 * share:.1f}%"></span></span>')


def table(caption: str, header: Sequence[Words], rows: Iterable[Sequence[Words]], numbers: int = 1) -> Html:
    """Return a table whose first column names its rows; from the column ``numbers`` on it holds numbers.

    A table that is wider than the page can be scrolled by itself, also by keyboard.
    """
    head = join(tag("th", name, scope="col", **_side(n, numbers)) for n, name in enumerate(header))
    body = join(
        (
            tag(
                "tr",
                tag("th", first, scope="row"),
                *(tag("td", cell, **_side(n, numbers)) for n, cell in enumerate(rest, 1)),
            )
            for first, *rest in rows
        ),
        "\n",
    )
    inner = tag("table", tag("caption", caption), tag("thead", tag("tr", head)), tag("tbody", body))
    return tag("div", inner, class_="wide", role="group", tabindex="0", aria_label=caption)


def _side(column: int, numbers: int) -> dict[str, str]:
    return {"class_": "number"} if column >= numbers else {}


# --- pictures ------------------------------------------------------------------------------------------


def svg(picture: Picture) -> str:
    """Return a picture whose colours follow the reader's theme; the same data give the same text."""
    buffer = StringIO()
    with house_style():
        mpl.rcParams.update({"svg.hashsalt": "backchannel", "svg.fonttype": "path"})
        picture.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    drawn = buffer.getvalue()
    drawn = _HEX.sub(lambda found: f"var({_COLOURS[found[0]]})" if found[0] in _COLOURS else found[0], drawn)
    return drawn.replace("<defs>", f"<style>{_themes()}</style>\n <defs>", 1)


@cache
def _themes() -> str:
    light = "".join(f"{name}:{colour};" for colour, name in _COLOURS.items())
    dark = "".join(f"{_COLOURS[colour.lower()]}:{other};" for colour, other in DARK.items())
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def image(picture: Picture) -> Html:
    """Return a picture with its alternative text, and the whole text version to be opened.

    On a narrow screen it keeps its size and can be scrolled.
    """
    data = b64encode(svg(picture).encode()).decode("ascii")
    first = picture.alt.partition("\n")[0]
    shown = (
        f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(contained(f"{picture.title}. {first}"))}">'
    )
    inner = tag("div", Html(shown), class_="wide", role="group", tabindex="0", aria_label=picture.title)
    return tag("figure", inner, Html(picture.text_html))


# --- the page ------------------------------------------------------------------------------------------


@cache
def _style() -> str:
    return (files("backchannel.classroom.reporting") / "report.css").read_text(encoding="utf-8")


def document(title: str, body: Iterable[Html], language: Language) -> str:
    """Return a page of its own: no script, nothing from the network."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="robots" content="noindex">\n'
        f"<title>{text(title)}</title>\n<style>\n{_style()}</style>\n</head>\n"
        f"<body>\n<main>\n{join(body, chr(10))}\n</main>\n</body>\n</html>\n"
    )
