"""What a student wrote, as HTML in which nothing acts: the blocks that the marking page shows too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from backchannel.classroom.rubric.prose import Block, Run, blocks

_TAGS = {"strong": "strong", "emphasis": "em", "code": "code"}
_DEEPEST = 6  # a list that goes deeper is not moved further


def prose_html(text: str) -> str:
    """Return paragraphs, lists, tables and emphasis; links, pictures and tags stay as they were typed.

    There is no white space between the elements, since the page shows it as it stands.
    """
    found = groupby(blocks(text), key=_together)
    return "".join(part for kind, group in found for part in _part(kind, group))


def _together(block: Block) -> str:
    """Return what a block is part of."""
    if block.kind == "item":
        return "list"
    return "table" if block.kind in ("header", "row") else "text"


def _part(kind: str, found: Iterable[Block]) -> Iterator[str]:
    if kind == "list":
        yield f"<ul>{''.join(map(_item, found))}</ul>"
    elif kind == "table":
        yield f"<table><tbody>{''.join(map(_row, found))}</tbody></table>"
    else:
        for block in found:
            yield _single(block)


def _single(block: Block) -> str:
    shown = _runs(block.cells[0])
    if block.kind == "code":
        return f'<pre dir="auto">{shown}</pre>'
    if block.kind == "quote":
        return f'<blockquote dir="auto">{shown}</blockquote>'
    # A heading of a student's is none of the page.
    heading = ' class="heading"' if block.kind == "heading" else ""
    return f'<p{heading} dir="auto">{shown}</p>'


def _item(block: Block) -> str:
    indent = f' style="margin-inline-start: {min(block.depth, _DEEPEST) * 1.2:g}em"' if block.depth else ""
    return f'<li dir="auto"{indent}>{escape(block.mark)} {_runs(block.cells[0])}</li>'


def _row(block: Block) -> str:
    tag = 'th scope="col"' if block.kind == "header" else "td"
    cells = (f'<{tag} dir="auto">{_runs(cell)}</{tag[:2]}>' for cell in block.cells)
    return f"<tr>{''.join(cells)}</tr>"


def _runs(cell: Iterable[Run]) -> str:
    return "".join(map(_run, cell))


def _run(run: Run) -> str:
    text, tag = escape(run.text), _TAGS.get(run.form)
    return f"<{tag}>{text}</{tag}>" if tag else text
