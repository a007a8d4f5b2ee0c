"""What the tests of the pictures look for in a drawn figure, whichever chart drew it."""

import itertools
import re

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text as Words

from backchannel.charts import style

TALLEST = 13.4  # inches; a little more than a screen of 1,400 pixels


def texts(figure):
    return [text for text in figure.findobj(Words) if text.get_visible() and text.get_text().strip()]


def collisions(figure):
    """Name the texts which overlap each other or leave the figure."""
    with style.house_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts(figure)]
    width, height = figure.get_size_inches() * figure.dpi
    found = [
        f"outside: {words}"
        for words, box in boxes
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        # Boxes hold the room above and below the letters; lines of a paragraph may share a pixel of it.
        if across > 0.5 and down > 1.5:
            found.append(f"overlap: {one} | {other}")
    return found


def shapes_outside(figure):
    """Name the lines, bars and fields that leave the figure by more than half a line's width."""
    width, height = figure.bbox.size
    boxes = [
        (shape, shape.get_window_extent())
        for axes in figure.axes
        for shape in (*axes.lines, *axes.patches, *axes.collections)
    ]
    return [
        str(shape)
        for shape, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]


def faint_marks(figure):
    """Return the outlines of marks that stand out from the paper by less than 3:1."""
    edges = {
        mpl.colors.to_hex(line.get_markeredgecolor())
        for axes in figure.axes
        for line in axes.lines
        if line.get_marker() not in ("None", None, "")
    }
    return {edge for edge in edges if style.contrast(edge, style.PAPER) < 3}


def png_chunks(png):
    found, place = [], 8
    while place < len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        found.append(png[place + 4 : place + 8])
        place += length + 12
    return found


def assert_nothing_overlaps_is_cut_off_or_faint(picture):
    figure = picture.figure
    assert collisions(figure) == []
    assert shapes_outside(figure) == []
    assert faint_marks(figure) == set()
    for text in texts(figure):
        assert text.get_fontsize() >= 10, text.get_text()


def assert_both_languages_on_a_page_of_the_house(english, german):
    assert english.alt != german.alt
    assert english.title != german.title
    for picture in (english, german):
        assert re.search(r"\{\w*\}|\bnan\b|\bNone\b|<NA>", picture.alt) is None, picture.alt
        assert picture.figure.get_figwidth() == style.WIDTH
        assert picture.figure.get_figheight() <= TALLEST
        assert png_chunks(picture.png)
