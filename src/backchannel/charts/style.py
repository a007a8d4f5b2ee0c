"""The look of all charts, and a sheet on which text is measured before it is set.

Sizes are in inches and points. Every text is set line by line at a measured place, so that nothing can
overlap or run off the sheet, whatever the language. The only font is DejaVu Sans, which comes with
matplotlib, so that all machines and the browser draw alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text as Words

from backchannel.dates import date_words as date_words
from backchannel.words import Language

DPI = 110
WIDTH = 8.8
MARGIN = 0.35

# An opaque, warm white paper: the same on light and dark pages.
PAPER = "#FBF9F4"
INK = "#22262B"
MUTED = "#575C63"
RULE = "#D9D3C5"
BAND = "#F0ECE2"
# Distinguishable with the common colour vision deficiencies (after Okabe and Ito 2008, darkened to at least
# 3:1 on the paper); never the only carrier of a meaning.
BLUE = "#0B5C9E"
VERMILION = "#B8400A"
GREEN = "#0A7356"
PURPLE = "#8A3A78"
OCHRE = "#856100"
# Vermilion for dark grounds.
GLOW = "#F5B692"

TEXT = 10.5
SMALL = 10.0
HEADING = 12.0
TITLE = 15.0
LEADING = 1.4

Align = Literal["left", "center", "right"]

_HOUSE: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT,
    "text.color": INK,
    # A dollar sign in a claim is a dollar sign.
    "text.parse_math": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "hatch.linewidth": 1.0,
    "savefig.facecolor": "auto",
}


_DOUBT = 0.05  # kerning and rounding change a line by less than this share of its width


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with our settings on top of matplotlib's own defaults, and leave the reader's untouched."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_HOUSE)
        yield


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=1)
def _renderer() -> RendererAgg:
    return RendererAgg(1, 1, DPI)


@lru_cache(maxsize=8192)
def text_width(words: str, size: float = TEXT, bold: bool = False) -> float:
    """Return how wide a line is, in inches."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return float(_renderer().get_text_width_height_descent(words, font, False)[0]) / DPI


@lru_cache(maxsize=2048)
def _advance(letter: str, size: float, bold: bool) -> float:
    """Return how much a letter adds to the width of a line, in inches."""
    return text_width(f"n{letter}n", size, bold) - text_width("nn", size, bold)


def _fits(words: str, width: float, size: float, bold: bool) -> bool:
    """Say whether a line fits; its letters are summed up, and the line is only measured where that is close.

    Measuring every line that a paragraph might have takes most of the time of a picture full of words.
    """
    rough = sum(_advance(letter, size, bold) for letter in words)
    if abs(rough - width) > _DOUBT * width:
        return rough < width
    return text_width(words, size, bold) <= width


def line_height(size: float = TEXT) -> float:
    """Return the distance of two baselines, in inches."""
    return size * LEADING / 72


def wrap(words: str, width: float, size: float = TEXT, bold: bool = False) -> list[str]:
    """Break words into lines that fit a width in inches; a word that is too long is broken itself."""
    lines: list[str] = []
    line = ""
    for word in _pieces(words, width, size, bold):
        longer = f"{line} {word}" if line else word
        if line and not _fits(longer, width, size, bold):
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line else lines


def _pieces(words: str, width: float, size: float, bold: bool) -> Iterator[str]:
    for whole in words.split():
        word = whole
        while not _fits(word, width, size, bold) and len(word) > 2:
            cut = max((n for n in range(2, len(word)) if _fits(word[:n] + "-", width, size, bold)), default=2)
            yield word[:cut] + "-"
            word = word[cut:]
        yield word


class Sheet:
    """A page of fixed width that grows downwards; places are inches from its upper left corner."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(WIDTH, 1), dpi=DPI, facecolor=PAPER)
        self.page: Axes = self.figure.add_axes((0, 0, 1, 1))
        self.page.set_axis_off()
        self._panels: list[tuple[Axes, float, float, float, float]] = []

    def text(
        self,
        x: float,
        baseline: float,
        words: str,
        *,
        size: float = TEXT,
        colour: str = INK,
        bold: bool = False,
        italic: bool = False,
        align: Align = "left",
        turned: bool = False,
    ) -> Words:
        """Set one line; ``turned`` lines run upwards from the given place."""
        return self.page.text(
            x,
            baseline,
            words,
            size=size,
            color=colour,
            weight="bold" if bold else "normal",
            style="italic" if italic else "normal",
            ha=align,
            va="bottom" if turned else "baseline",
            rotation=90 if turned else 0,
        )

    def lines(
        self,
        x: float,
        top: float,
        lines: Iterable[str],
        *,
        size: float = TEXT,
        colour: str = INK,
        bold: bool = False,
        italic: bool = False,
        align: Align = "left",
    ) -> float:
        """Set lines below one another and return where the next thing may begin."""
        for line in lines:
            baseline = top + size / 72
            self.text(x, baseline, line, size=size, colour=colour, bold=bold, italic=italic, align=align)
            top += line_height(size)
        return top

    def head(self, title: str, subtitle: str = "") -> float:
        """Set the title and an explanation below it, and return where the chart may begin."""
        inner = WIDTH - 2 * MARGIN
        bottom = self.lines(
            MARGIN, MARGIN - 0.05, wrap(title, inner, TITLE, bold=True), size=TITLE, bold=True
        )
        if subtitle:
            bottom = self.lines(MARGIN, bottom + 0.02, wrap(subtitle, inner, SMALL), size=SMALL, colour=MUTED)
        return bottom + 0.12

    def foot(self, top: float, words: str) -> float:
        """Set a note below the chart."""
        lines = wrap(words, WIDTH - 2 * MARGIN, SMALL)
        return self.lines(MARGIN, top, lines, size=SMALL, colour=MUTED)

    def rule(self, y: float, left: float = MARGIN, right: float = WIDTH - MARGIN) -> None:
        """Draw a thin line across."""
        self.page.plot([left, right], [y, y], color=RULE, lw=1, solid_capstyle="butt", zorder=1)

    def mark(
        self, x: float, y: float, marker: str, colour: str, size: float = 8, hollow: bool = False
    ) -> None:
        """Draw a marker; a hollow one is only outlined."""
        face = PAPER if hollow else colour
        self.page.plot([x], [y], marker=marker, ms=size, mfc=face, mec=colour, mew=1.6, ls="none", zorder=3)

    def bar(self, x: float, y: float, width: float, share: float) -> None:
        """Draw a share of 1 as a bar within its outline, centred on a height."""
        for end, colour, edge in ((x + width, PAPER, MUTED), (x + width * share, BLUE, BLUE)):
            self.page.fill_between([x, end], y - 0.075, y + 0.075, facecolor=colour, edgecolor=edge, lw=1)

    def badge(self, x: float, y: float, words: str, colour: str = INK) -> None:
        """Draw a short name in light letters on a dark field, centred on a place."""
        half_width, half_height = text_width(words, SMALL, bold=True) / 2 + 0.06, 0.105
        self.page.fill_between(
            [x - half_width, x + half_width], y - half_height, y + half_height, color=colour, lw=0, zorder=2
        )
        label = self.text(x, y + 0.05, words, size=SMALL, colour=PAPER, bold=True, align="center")
        label.set_zorder(4)

    def panel(self, x: float, top: float, width: float, height: float) -> Axes:
        """Add bare axes at a place on the sheet."""
        axes = self.figure.add_axes((0, 0, 1, 1), facecolor="none")
        axes.spines[:].set_visible(False)
        axes.tick_params(left=False, labelleft=False, bottom=False, labelbottom=False)
        self._panels.append((axes, x, top, width, height))
        return axes

    def finish(self, bottom: float) -> Figure:
        """Cut the sheet below its last line and return the figure."""
        height = bottom + MARGIN - 0.1
        self.figure.set_size_inches(WIDTH, height)
        self.page.set(xlim=(0, WIDTH), ylim=(height, 0))
        for axes, x, top, width, panel_height in self._panels:
            place = (x / WIDTH, 1 - (top + panel_height) / height, width / WIDTH, panel_height / height)
            axes.set_position(place)
        return self.figure


# Words of numbers and dates ---------------------------------------------------------------------------


def decimal(value: float, language: Language, digits: int = 2) -> str:
    """Return a number as the language writes it, with a true minus sign and without a negative zero."""
    words = f"{value:z.{digits}f}".replace("-", "−")
    return words.replace(".", ",") if language == "de" else words


def percent(share: float) -> str:
    """Return a share of 1 in per cent; both languages as German and SI usage set it, with a space."""
    return f"{100 * share:.0f} %"


def thousands(value: int, language: Language) -> str:
    """Return a count with the language's mark for thousands."""
    return f"{value:,}".replace(",", ".") if language == "de" else f"{value:,}"


def join(parts: Sequence[str]) -> str:
    """Return the parts that are not empty, separated by commas."""
    return ", ".join(part for part in parts if part)
