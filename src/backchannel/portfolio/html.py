"""A portfolio as one HTML file: no script, nothing from the network, readable in the dark and on paper."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files

from backchannel.portfolio.binder import Portfolio
from backchannel.portfolio.blocks import (
    Block,
    Cell,
    Facts,
    Group,
    Heading,
    Image,
    Line,
    Link,
    Listing,
    Own,
    Share,
    Table,
    Words,
    Written,
    contained,
    parts,
)
from backchannel.portfolio.page import page_of, title_of

# Even if something a student wrote came through, a browser would neither run nor fetch it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@cache
def _style() -> str:
    return (files("backchannel.portfolio") / "portfolio.css").read_text(encoding="utf-8")


def portfolio_html(portfolio: Portfolio, image: Image | None = None) -> str:
    """Return the portfolio as a page of its own; the same portfolio gives the same page."""
    body = "\n".join(_block(block) for block in page_of(portfolio, image))
    return (
        f'<!DOCTYPE html>\n<html lang="{portfolio.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_text(title_of(portfolio))}</title>\n<style>\n{_style()}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _text(text: str) -> str:
    return escape(contained(text))


def _block(block: Block) -> str:
    match block:
        case Heading():
            anchor = f' id="{escape(block.anchor)}"' if block.anchor else ""
            return f"<h{block.level}{anchor}>{_text(block.text)}</h{block.level}>"
        case Line():
            language = f' lang="{escape(block.language)}"' if block.language else ""
            words = _words(block.words)
            return f"<p{language}>{f'<strong>{words}</strong>' if block.strong else words}</p>"
        case Written():
            return f'<blockquote class="own" dir="auto">{_text(block.text)}</blockquote>'
        case Listing():
            return f"<ul>{''.join(f'<li>{_words(item)}</li>' for item in block.items)}</ul>"
        case Facts():
            rows = (
                f"<div><dt>{_text(name)}</dt><dd>{_words(words)}</dd></div>" for name, words in block.rows
            )
            return f"<dl>{''.join(rows)}</dl>"
        case Table():
            return _table(block)
        case Image():
            data = b64encode(block.png).decode("ascii")
            return f'<p><img src="data:image/png;base64,{data}" alt="{_text(block.alt)}"></p>'


def _words(words: Words) -> str:
    return "".join(_cell(cell) for cell in parts(words))


def _cell(cell: Cell) -> str:
    match cell:
        case str():
            return _text(cell)
        case Own():
            return f'<bdi class="own">{_text(cell.text)}</bdi>'
        case Link():
            return f'<a href="#{escape(cell.anchor)}">{_text(cell.text)}</a>'
        case Share():
            full = round(100 * cell.done / cell.total)
            bar = f'<span class="bar" aria-hidden="true"><span style="width:{full}%"></span></span>'
            return f'<span class="share">{bar}{_text(cell.words)}</span>'


def _table(table: Table) -> str:
    """Return a table that a narrow page shows as cards; the roles keep it a table for readers by ear."""
    head = "".join(f'<th scope="col" role="columnheader">{_text(name)}</th>' for name in table.header)
    return (
        f'<table role="table"><caption>{_text(table.caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
        f"{''.join(_group(group, table.header) for group in table.groups)}</table>"
    )


def _group(group: Group, header: tuple[str, ...]) -> str:
    title = ""
    if group.title:
        title = (
            f'<tr class="title" role="row"><th scope="rowgroup" role="rowheader" colspan="{len(header)}">'
            f"{_words(group.title)}</th></tr>\n"
        )
    return f'<tbody role="rowgroup">{title}{"".join(_row(row, header[1:]) for row in group.rows)}</tbody>\n'


def _row(row: Iterable[Words], names: Iterable[str]) -> str:
    first, *rest = row
    cells = (
        f'<td role="cell" data-name="{_text(name)}">{_words(words)}</td>'
        for name, words in zip(names, rest, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{_words(first)}</th>{"".join(cells)}</tr>\n'
