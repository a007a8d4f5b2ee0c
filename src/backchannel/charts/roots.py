"""Through which mouths the claims of several documents pass alike: the root, or the roots, they share.

A mouth is shared if claims of at least two of the documents pass through it, whichever way they came to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pandas as pd
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.layers import Layout, Place, columns_of, lay_out
from backchannel.charts.parts import (
    FOREIGN,
    INNER,
    OWN,
    RESIDUE,
    break_edge,
    by_document,
    centred,
    counts_in_words,
    draw_band,
    draw_number,
    empty_page,
    labels_of,
    page,
    standing_of,
)
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, TEXT, Sheet, line_height, wrap
from backchannel.tables import rows_of
from backchannel.words import Language, say

# Documents differ in hue and lightness; the label on each band says the same in words.
_COLOURS = (style.BLUE, style.OCHRE, style.GREEN, style.PURPLE, style.VERMILION)
_SHARED, _PALE = 0.72, 0.3
_PAD, _GAP, _WIDEST_BOX = 0.06, 0.56, 2.05
# The room of a number; a narrower band has it above or below.
_NUMBER = 0.17
# Inches of a band for each claim, and for all claims together at most.
_CLAIM, _ALL = 0.027, 4.6
# How many mouths of one document alone are named, and the room between boxes: the first that is not too tall.
# The text version names all.
_TALLEST = 9.5
_LOOSE_TO_TIGHT = ((5, 0.22), (3, 0.16), (1, 0.1))

_Way = tuple[str, ...]
_Band = tuple[str, str, str]


@dataclass(frozen=True)
class _Apart:
    """Where ways of one document part from the shared ones; ``mouths`` counts claims by the first beyond."""

    document: str
    mouths: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Flows:
    """The ways of some documents, as bands from node to node; nodes are documents, actors and what is apart.

    Attributes:
        ways: the mouths behind each claim, by document.
        through: claims of each document that pass through each shared actor, the nearest first.
        bands: claims of a document that go from a node to the next: (from, to, document).
        apart: the nodes that stand for mouths of one document alone.
        skips: whether mouths of one document alone stand before a shared one, where no band shows them.
    """

    ways: Mapping[str, Sequence[_Way]]
    through: Mapping[str, Counter[str]]
    bands: Counter[_Band]
    apart: Mapping[str, _Apart]
    skips: bool

    @property
    def nodes(self) -> tuple[str, ...]:
        """All nodes: documents, what they share, what each has apart."""
        return (*self.ways, *self.through, *self.apart)

    @property
    def back(self) -> Sequence[_Band]:
        """The bands between mouths that one document has in this order and another the other way round."""
        column = columns_of(self.nodes, dict.fromkeys(band[:2] for band in self.bands))
        return [band for band in self.bands if column[band[0]] >= column[band[1]]]

    def own(self, document: str) -> int:
        """Return how many claims a document makes in its own voice."""
        return sum(not way for way in self.ways[document])

    def cited(self, document: str) -> int:
        """Return how many claims a document takes from others."""
        return sum(bool(way) for way in self.ways[document])

    def begin_with(self, actor: str) -> Counter[str]:
        """Return how many claims of each document begin with an actor."""
        return Counter({d: sum(way[-1:] == (actor,) for way in ways) for d, ways in self.ways.items()})


@dataclass(frozen=True)
class _Names:
    """How documents and actors are called: the documents' labels and printers, the actors' names.

    ``unnamed`` are the documents whose printers have no name.
    """

    labels: Mapping[str, str]
    printers: Mapping[str, str]
    actors: Mapping[str, str]
    anonymous: Collection[str]
    unnamed: Collection[str]
    language: Language

    @property
    def which(self) -> str:
        """All documents in a row."""
        return self.list_of(list(self.labels.values()))

    def list_of(self, words: Sequence[str]) -> str:
        """Return words with commas and an ``and``."""
        return self.say("charts.and").join([style.join(words[:-1]), words[-1]] if words[1:] else words)

    def counts(self, counts: Mapping[str, int]) -> str:
        """Return the counts of documents behind their labels, without those that have none."""
        return counts_in_words({label: str(counts[d]) for d, label in self.labels.items() if counts.get(d)})

    def say(self, key: str, **fields: object) -> str:
        """Return words in the language of the picture."""
        return say(key, self.language, **fields)


def common_root(
    attributions: pd.DataFrame,
    actors: pd.DataFrame,
    documents: pd.DataFrame,
    passages: pd.DataFrame,
    language: Language,
    of: Sequence[str] = ("d1", "d2"),
) -> Picture:
    """Show through which mouths claims of at least two documents pass, and what each document has apart.

    What is left over from a page, and foreign threads in the same file, are not counted; a note says how
    many claims that leaves out.

    Args:
        attributions: columns claim, hop, actor.
        actors: columns id, name_en, name_de, anonymous.
        documents: columns id and label.
        passages: columns id and kind.
        language: of the words in the picture.
        of: ids of the documents.
    """
    hops = attributions[by_document(attributions["claim"]).isin(list(of))]
    standing = standing_of(hops, passages)
    hops = hops[hops["claim"].map(standing) == OWN]
    names = _names(hops, actors, documents, of, language)
    title = names.say("common_root.title", which=names.which)
    if hops.empty:
        return empty_page(title, names.say("attribution.empty"), language)
    flows = _flows(hops, of)
    subtitle, finding = names.say("common_root.subtitle"), _finding(flows, names)
    first = finding
    if flows.through:
        subtitle = f"{subtitle} {names.say('common_root.subtitle_shared')}"
        first = f"{_shared_in_words(flows, names)} {finding}"
    notes = _notes(flows, standing, names)

    def draw(sheet: Sheet, top: float) -> float:
        top = sheet.lines(MARGIN, top, wrap(finding, INNER, TEXT, bold=True), bold=True) + 0.15
        top = _Drawing(sheet, flows, names).draw(top) + 0.14
        for note in notes:
            top = sheet.foot(top, note)
        return top

    return page(title, subtitle, draw, [first, *_in_words(flows, names), *notes], language)


# What the chains say ---------------------------------------------------------------------------------


def _names(
    hops: pd.DataFrame, actors: pd.DataFrame, documents: pd.DataFrame, of: Sequence[str], language: Language
) -> _Names:
    known, labels = {row["id"]: row for _, row in rows_of(actors)}, labels_of(documents)
    names = {actor: known[actor][f"name_{language}"] for actor in hops["actor"].unique()}
    first = hops[hops["hop"] == 1]
    # Who prints most comes first.
    printing = {
        str(document): list(group["actor"].value_counts().index)
        for document, group in first.groupby(by_document(first["claim"]))
    }
    printers = {document: style.join([names[a] for a in found]) for document, found in printing.items()}
    anonymous = {actor for actor in names if known[actor]["anonymous"]}
    unnamed = {document for document, found in printing.items() if anonymous.issuperset(found)}
    return _Names({d: labels.get(d, d.upper()) for d in of}, printers, names, anonymous, unnamed, language)


def _flows(hops: pd.DataFrame, of: Sequence[str]) -> _Flows:
    ways: dict[str, list[_Way]] = {document: [] for document in of}
    for claim, chain in hops.sort_values("hop", kind="stable").groupby("claim", sort=False)["actor"]:
        ways[str(claim).split("-")[0]].append(tuple(chain)[1:])
    everyone = dict.fromkeys(actor for found in ways.values() for way in found for actor in way)
    counts = {
        actor: Counter({d: n for d, found in ways.items() if (n := sum(actor in way for way in found))})
        for actor in everyone
    }
    through = {actor: by_each for actor, by_each in counts.items() if len(by_each) > 1}
    bands: Counter[_Band] = Counter()
    apart: dict[str, _Apart] = {}
    skips = False
    for document, found in ways.items():
        for way in found:
            stops = [n for n, actor in enumerate(way) if actor in through]
            skips |= stops != list(range(len(stops)))
            nodes = [document, *(way[n] for n in stops)]
            beyond = way[stops[-1] + 1 if stops else 0 :]
            if beyond:
                name = f"{document} apart from {nodes[-1]}"
                apart.setdefault(name, _Apart(document)).mouths[beyond[0]] += 1
                nodes.append(name)
            bands.update((one, other, document) for one, other in pairwise(nodes))
    return _Flows(ways, through, bands, apart, skips)


# In words --------------------------------------------------------------------------------------------


def _shared_in_words(flows: _Flows, names: _Names) -> str:
    key = "common_root.alt" if len(flows.through) > 1 else "common_root.alt_one"
    mouths = style.join([names.actors[actor] for actor in flows.through])
    return names.say(key, which=names.which, n=len(flows.through), names=mouths)


def _finding(flows: _Flows, names: _Names) -> str:
    """Say which share of what each document has from others comes through the widest of the shared mouths."""
    if not flows.through:
        return names.say("common_root.nothing", which=names.which)
    root = max(flows.through, key=lambda actor: flows.through[actor].total())
    shares = [
        names.say("common_root.share", document=label, n=flows.through[root][d], all=flows.cited(d))
        for d, label in names.labels.items()
        if flows.through[root][d]
    ]
    return names.say("common_root.finding", root=names.actors[root], shares=style.join(shares))


def _notes(flows: _Flows, standing: pd.Series, names: _Names) -> list[str]:
    """Say what a shared mouth means, and what the picture leaves out."""
    notes = [names.say("common_root.caution")] if flows.through else []
    if flows.skips:
        notes.append(names.say("common_root.between"))
    ways = [
        f"{names.labels[band[2]]} {flows.bands[band]} {names.actors[band[0]]} → {names.actors[band[1]]}"
        for band in flows.back
    ]
    if ways:
        notes.append(names.say("common_root.back", ways=style.join(ways)))
    parts = []
    for kind in (RESIDUE, FOREIGN):
        left_out = standing[standing == kind].index.to_series().astype(str)
        if counts := Counter(by_document(left_out)):
            parts.append(names.say(f"common_root.{kind}", counts=names.counts(counts)))
    if parts:
        notes.append(names.say("common_root.left_out", parts=names.list_of(parts)))
    return notes


def _in_words(flows: _Flows, names: _Names) -> list[str]:
    """Return one line a document, then one line a shared mouth."""
    lines = []
    for document, label in names.labels.items():
        cited, own = flows.cited(document), flows.own(document)
        words = names.say("common_root.alt_document", n=cited + own, own=own, cited=cited)
        by = f" ({names.printers[document]})" if document in names.printers else ""
        lines.append("; ".join([f"{label}{by}: {words}", *_apart_in_words(flows, document, names)]))
    for actor in flows.through:
        parts = [names.say("common_root.alt_through", counts=names.counts(flows.through[actor]))]
        parts += [
            names.say("attribution.takes_over", whom=f"{names.actors[following]} {counts}")
            for following in flows.through
            if (counts := names.counts({d: flows.bands[actor, following, d] for d in names.labels}))
        ]
        if begun := names.counts(flows.begin_with(actor)):
            parts.append(names.say("common_root.alt_end", counts=begun))
        parts += _apart_in_words(flows, actor, names)
        hidden = f" [{names.say('attribution.anonymous')}]" if actor in names.anonymous else ""
        lines.append(f"{names.actors[actor]}{hidden}: {'; '.join(parts)}")
    return [f"{line}." for line in lines]


def _apart_in_words(flows: _Flows, node: str, names: _Names) -> list[str]:
    found = []
    for name, apart in flows.apart.items():
        if flows.bands[node, name, apart.document]:
            mouths = counts_in_words({names.actors[a]: str(n) for a, n in apart.mouths.most_common()})
            label = names.labels[apart.document]
            found.append(names.say("common_root.alt_apart", document=label, counts=mouths))
    return found


# The drawing -----------------------------------------------------------------------------------------


def _tint(colour: str, share: float) -> str:
    """Return a colour thinned with the paper."""
    red, green, blue = (
        share * one + (1 - share) * other
        for one, other in zip(to_rgb(colour), to_rgb(style.PAPER), strict=True)
    )
    return to_hex((red, green, blue))


class _Drawing:
    """The bands and boxes on a sheet."""

    def __init__(self, sheet: Sheet, flows: _Flows, names: _Names) -> None:
        self.sheet, self.flows, self.names, self.labels = sheet, flows, names, names.labels
        self.colours = {d: _COLOURS[n % len(_COLOURS)] for n, d in enumerate(self.labels)}
        self.claim = min(_CLAIM, _ALL / max(1, sum(len(ways) for ways in flows.ways.values())))
        weights: Counter[tuple[str, str]] = Counter()
        for (one, other, _), n in flows.bands.items():
            weights[one, other] += n
        self.weights = {edge: n * self.claim for edge, n in weights.items()}
        columns = max(2, lay_out(dict.fromkeys(flows.nodes, 0.3), self.weights).columns)
        self.box = min(_WIDEST_BOX, (INNER - (columns - 1) * _GAP) / columns)
        step = (INNER - self.box) / (columns - 1)
        self.left = {column: MARGIN + column * step for column in range(columns)}

    def draw(self, top: float) -> float:
        """Draw everything from a height downwards and return where it ended."""
        layout = self._lay_out()
        self._draw_bands(layout, top)
        for node in self.flows.nodes:
            place = layout.places[node]
            place = Place(place.column, top + place.top, top + place.bottom)
            if node in self.labels:
                self._draw_document(node, place)
            elif node in self.flows.apart:
                self._draw_apart(self.flows.apart[node], place)
            else:
                self._draw_mouth(node, place)
        return top + layout.height

    # heights and words

    def _lay_out(self) -> Layout:
        for self.named, gap in _LOOSE_TO_TIGHT:
            heights = {node: self._height(node) for node in self.flows.nodes}
            layout = lay_out(heights, self.weights, gap=gap)
            if layout.height <= _TALLEST:
                break
        return layout

    def _lines(self, words: str, size: float = SMALL, bold: bool = False) -> list[str]:
        return wrap(words, self.box - 2 * _PAD, size, bold)

    def _printer_lines(self, document: str) -> list[str]:
        return self._lines(self.names.printers.get(document, ""))

    def _document_lines(self, document: str) -> tuple[list[str], list[str]]:
        """Return the lines of what a document has from others, without its label, and of what it says."""
        who = self._printer_lines(document)
        n = self.flows.cited(document)
        cited = self._lines(self.names.say(f"common_root.{'cited_one' if n == 1 else 'cited'}", n=n))
        own = self._lines(self.names.say("common_root.own", n=self.flows.own(document)))
        return [*who, *cited], own

    def _cited_height(self, document: str) -> float:
        lines = self._document_lines(document)[0]
        return max(self._leaving(document), (1 + len(lines)) * line_height(SMALL) + 0.1)

    def _leaving(self, node: str) -> float:
        return sum(width for edge, width in self.weights.items() if edge[0] == node)

    def _arriving(self, node: str) -> float:
        """Return the room that bands need where they arrive with their numbers."""
        counts = [n for band, n in self.flows.bands.items() if band[1] == node]
        return sum(n * self.claim + _NUMBER * self._is_narrow(n) for n in counts)

    def _is_narrow(self, claims: int) -> bool:
        """Whether a band is too narrow for its number."""
        return claims * self.claim < _NUMBER

    def _height(self, node: str) -> float:
        if node in self.labels:
            own, lines = self.flows.own(node), self._document_lines(node)[1]
            voice = max(own * self.claim, len(lines) * line_height(SMALL) + 0.1) if own else 0.0
            return self._cited_height(node) + voice
        if node in self.flows.apart:
            apart = self.flows.apart[node]
            count = len(self._apart_head(apart)) + sum(len(lines) for _, lines, _ in self._apart_items(apart))
            return max(count * line_height(SMALL) + 0.1, self._arriving(node))
        count = len(self._mouth_lines(node)) + len(self._end_lines(node))
        return max(count * line_height(SMALL) + 0.12, self._arriving(node), self._leaving(node))

    def _mouth_lines(self, actor: str) -> list[str]:
        return self._lines(self.names.actors[actor])

    def _end_lines(self, actor: str) -> list[str]:
        """Say how many claims begin with a mouth which also passes on others; at an end the bands say it."""
        begun = self.flows.begin_with(actor).total()
        if not begun or not self._leaving(actor):
            return []
        return self._lines(self.names.say("attribution.own", n=begun))

    def _apart_head(self, apart: _Apart) -> list[str]:
        return self._lines(
            self.names.say("common_root.only", document=self.labels[apart.document]), bold=True
        )

    def _apart_items(self, apart: _Apart) -> list[tuple[str, list[str], bool]]:
        """Return number and name of the mouths, and whether they are anonymous.

        One alone needs no number, since its band has it.
        """
        mouths = apart.mouths.most_common()
        unnamed = self.names.anonymous
        items = [(str(n), self.names.actors[actor], actor in unnamed) for actor, n in mouths]
        if len(items) == 1:
            return [("", self._lines(items[0][1]), items[0][2])]
        if len(items) > self.named + 1:
            more = self.names.say("common_root.more", n=len(items) - self.named)
            items[self.named :] = [(str(sum(n for _, n in mouths[self.named :])), more, False)]
        room = self.box - 2 * _PAD - self._indent([number for number, _, _ in items])
        return [(number, wrap(words, room, SMALL), hidden) for number, words, hidden in items]

    @staticmethod
    def _indent(numbers: Iterable[str]) -> float:
        widest = max(style.text_width(number, SMALL) if number else 0.0 for number in numbers)
        return widest + 0.07 if widest else 0.0

    # shapes

    def _field(self, place: Place, fill: str, edge: str, broken: bool = False) -> None:
        self.sheet.page.add_patch(
            Rectangle(
                (self.left[place.column], place.top),
                self.box,
                place.bottom - place.top,
                fc=fill,
                ec=edge,
                ls=(0, (4, 2)) if broken else "-",
                lw=1.4,
                zorder=2.5,
            )
        )

    def _draw_document(self, document: str, place: Place) -> None:
        x, cut = self.left[place.column] + _PAD, place.top + self._cited_height(document)
        cited, own = self._document_lines(document)
        colour = self.colours[document]
        self._field(place, style.PAPER, colour)
        self._field(Place(place.column, place.top, cut), colour, colour)
        y = (place.top + cut - (1 + len(cited)) * line_height(SMALL)) / 2 + 0.02
        label = [self.labels[document]]
        y = self.sheet.lines(x, y, label, size=SMALL, colour=style.PAPER, bold=True)
        hidden, who = document in self.names.unnamed, self._printer_lines(document)
        y = self.sheet.lines(x, y, who, size=SMALL, colour=style.PAPER, italic=hidden)
        self.sheet.lines(x, y, cited[len(who) :], size=SMALL, colour=style.PAPER)
        if hidden:
            break_edge(self.sheet, self.left[place.column], place.top, self.box, cut - place.top)
        if self.flows.own(document):
            centred(self.sheet, x, (cut + place.bottom) / 2, own, size=SMALL)

    def _draw_mouth(self, actor: str, place: Place) -> None:
        hidden = actor in self.names.anonymous
        edge = style.VERMILION if hidden else style.INK
        self._field(place, style.BAND if hidden else "#FFFFFF", edge, broken=hidden)
        lines, end = self._mouth_lines(actor), self._end_lines(actor)
        y = (place.top + place.bottom - (len(lines) + len(end)) * line_height(SMALL)) / 2 + 0.02
        x = self.left[place.column] + _PAD
        y = self.sheet.lines(x, y, lines, size=SMALL, italic=hidden)
        self.sheet.lines(x, y, end, size=SMALL, colour=style.MUTED)

    def _draw_apart(self, apart: _Apart, place: Place) -> None:
        self._field(place, style.PAPER, _tint(self.colours[apart.document], _PALE))
        head, items = self._apart_head(apart), self._apart_items(apart)
        count = len(head) + sum(len(lines) for _, lines, _ in items)
        y = (place.top + place.bottom - count * line_height(SMALL)) / 2 + 0.02
        x, indent = self.left[place.column] + _PAD, self._indent([number for number, _, _ in items])
        y = self.sheet.lines(x, y, head, size=SMALL, colour=style.MUTED, bold=True)
        for number, lines, hidden in items:
            if number:
                self.sheet.lines(
                    x + indent - 0.07, y, [number], size=SMALL, colour=style.MUTED, align="right"
                )
            y = self.sheet.lines(x + indent, y, lines, size=SMALL, colour=style.MUTED, italic=hidden)

    # bands

    def _draw_bands(self, layout: Layout, top: float) -> None:
        drawn = [band for band in self.flows.bands if band[:2] in layout.routes]
        stops = self._leave(layout, drawn)
        for band in drawn:
            stops[band] += [self._passing(layout, band, stop) for stop in layout.routes[band[:2]][1:-1]]
        arriving = self._arrive(layout, {band: ys[-1] for band, ys in stops.items()})
        # What is pale lies below.
        for band in sorted(drawn, key=lambda band: band[1] not in self.flows.apart):
            middle, number = arriving[band]
            self._draw_band(layout, band, [top + y for y in (*stops[band], middle)])
            words = f"{self.labels[band[2]]} {self.flows.bands[band]}"
            draw_number(self.sheet, self.left[layout.places[band[1]].column] - 0.06, top + number, words)

    def _draw_band(self, layout: Layout, band: _Band, ys: Sequence[float]) -> None:
        """Draw a band from its first node to its last, straight where it passes a column."""
        route = layout.routes[band[:2]]
        columns = [layout.places[stop].column for stop in route]
        share = _PALE if band[1] in self.flows.apart else _SHARED
        colour, half = _tint(self.colours[band[2]], share), self.flows.bands[band] * self.claim / 2
        for number, (y, following) in enumerate(pairwise(ys)):
            start, end = self.left[columns[number]] + self.box, self.left[columns[number + 1]]
            draw_band(self.sheet, start, end, y, following, half, colour)
            if number + 2 < len(route):
                draw_band(self.sheet, end, end + self.box, following, following, half, colour)

    def _meeting(self, layout: Layout, bands: Iterable[_Band], end: int) -> Iterator[tuple[str, list[_Band]]]:
        """Yield each node with the bands that meet it at one end of theirs (0 first, -1 last), from above."""
        order, at = list(self.labels), dict[str, list[_Band]]()
        for band in bands:
            at.setdefault(layout.routes[band[:2]][end], []).append(band)
        for node, meeting in at.items():
            beside = {band: layout.routes[band[:2]][-2 if end else 1] for band in meeting}
            meeting.sort(key=lambda band: (layout.places[beside[band]].top, order.index(band[2])))
            yield node, meeting

    def _stack(self, bands: Iterable[_Band], top: float) -> dict[_Band, float]:
        """Return the middles of bands below one another."""
        middles = {}
        for band in bands:
            width = self.flows.bands[band] * self.claim
            middles[band] = top + width / 2
            top += width
        return middles

    def _leave(self, layout: Layout, bands: Iterable[_Band]) -> dict[_Band, list[float]]:
        """Return at which height each band leaves its first node."""
        found: dict[_Band, list[float]] = {}
        for node, meeting in self._meeting(layout, bands, 0):
            place = layout.places[node]
            bottom = place.top + self._cited_height(node) if node in self.labels else place.bottom
            width = sum(self.flows.bands[band] for band in meeting) * self.claim
            middles = self._stack(meeting, (place.top + bottom - width) / 2)
            found.update((band, [middle]) for band, middle in middles.items())
        return found

    def _arrive(self, layout: Layout, before: Mapping[_Band, float]) -> dict[_Band, tuple[float, float]]:
        """Return at which height each band meets its last node, and at which its number stands.

        The number stands upon a band that is wide enough. Those of the others stand between the bands that
        fall towards the node and those that rise, where no band comes through.

        Args:
            layout: the places.
            before: the height from which each band comes.
        """
        found = {}
        for node, meeting in self._meeting(layout, before, -1):
            place = layout.places[node]
            middle, room = (place.top + place.bottom) / 2, self._arriving(node)
            falling = [band for band in meeting if before[band] <= middle]
            rising = [band for band in meeting if before[band] > middle]
            upper = self._stack(falling, middle - room / 2)
            width = sum(self.flows.bands[band] for band in rising) * self.claim
            at = {**upper, **self._stack(rising, middle + room / 2 - width)}
            y = middle - room / 2 + sum(self.flows.bands[band] for band in falling) * self.claim
            for band in (*falling, *rising):
                narrow = self._is_narrow(self.flows.bands[band])
                found[band] = (at[band], y + _NUMBER / 2 if narrow else at[band])
                y += _NUMBER * narrow
        return found

    def _passing(self, layout: Layout, band: _Band, stop: str) -> float:
        """Return at which height a band passes a column, the documents' bands below one another."""
        one, other, document = band
        place, order = layout.places[stop], list(self.labels)
        above = sum(self.flows.bands[one, other, before] for before in order[: order.index(document)])
        upper = (place.top + place.bottom - self.weights[one, other]) / 2
        return upper + (above + self.flows.bands[band] / 2) * self.claim
