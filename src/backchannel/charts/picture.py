"""A figure with its words, so that it reaches readers who see it and readers who hear it.

JupyterLab 4.6 shows an ``image/png`` without any alternative text: its image renderer takes width and
height from the output's metadata, but not ``alt``. nbconvert does honour ``alt``, but prefers ``text/html``
as JupyterLab does. A picture therefore comes as HTML: the image with its ``alt``, then the whole text
version in a ``<details>`` that everybody can open. It needs no style and no script, so it also reads well
where both are stripped, and passes JupyterLab's sanitiser in a notebook that is not trusted. The plain
``image/png`` goes along for front-ends without HTML and for print.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from html import escape
from io import BytesIO
from typing import Any

from matplotlib.figure import Figure

from backchannel.charts.style import DPI, house_style
from backchannel.words import Language, say


@dataclass(frozen=True)
class Picture:
    """A chart and the words that stand for it.

    ``alt`` is made from the data: its first line says what the chart shows, each further line is one item
    with its values.
    """

    figure: Figure
    title: str
    alt: str
    language: Language = "en"

    @cached_property
    def png(self) -> bytes:
        """The image; the same data give the same bytes, since nothing of date or software is written."""
        buffer = BytesIO()
        with house_style():
            self.figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()

    @property
    def html(self) -> str:
        """The image with a short alternative text, followed by the whole text version."""
        first = self.alt.partition("\n")[0]
        width = round(self.figure.get_figwidth() * DPI)
        return (
            f'<div lang="{self.language}">'
            f'<img src="data:image/png;base64,{b64encode(self.png).decode("ascii")}" width="{width}"'
            f' alt="{escape(f"{self.title}. {first}")}">{self.text_html}</div>'
        )

    @property
    def text_html(self) -> str:
        """The whole text version, to be opened."""
        first, *items = self.alt.splitlines()
        rest = "".join(f"<li>{escape(item)}</li>" for item in items)
        return (
            f"<details><summary>{escape(say('charts.text_version', self.language))}</summary>"
            f"<p>{escape(first)}</p>{f'<ul>{rest}</ul>' if rest else ''}</details>"
        )

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle: dict[str, Any] = {
            "text/html": self.html,
            "image/png": b64encode(self.png).decode("ascii"),
            "text/plain": f"{self.title}\n{self.alt}",
        }
        return bundle, {"image/png": {"alt": f"{self.title}\n{self.alt}"}}
