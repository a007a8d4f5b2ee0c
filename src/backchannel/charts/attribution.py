"""Through how many mouths each claim came, who stands at the end, and who passes on whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.layers import Layout, Place, lay_out
from backchannel.charts.parts import (
    FOREIGN,
    Fill,
    break_edge,
    by_document,
    counts_in_words,
    draw_band,
    draw_key,
    draw_number,
    draw_stack,
    empty_page,
    flow,
    labels_of,
    page,
    share_words,
    standing_of,
)
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, WIDTH, Sheet, line_height, wrap
from backchannel.tables import rows_of
from backchannel.words import Language, say

# Hops ------------------------------------------------------------------------------------------------

# From light to dark, as the way grows longer.
_STEPS = ("#C4D8E8", "#8DB4D6", "#4C86B8", style.BLUE, "#063A66")
_BAR_LEFT = 0.95
_BAR_WIDTH = WIDTH - MARGIN - _BAR_LEFT


def hops_per_document(attributions: pd.DataFrame, documents: pd.DataFrame, language: Language) -> Picture:
    """Show through how many mouths the claims of each document came.

    Args:
        attributions: columns claim and hop; hop 1 is who prints the claim, the last is its origin.
        documents: columns id and label.
        language: of the words in the picture. Five mouths and more are taken together.
    """
    lengths = attributions.groupby("claim")["hop"].max().clip(upper=len(_STEPS))
    counts = _count_by_document(lengths, documents, range(1, len(_STEPS) + 1))
    names = {hop: say("attribution.mouths", language, n=hop) for hop in counts}
    names[1] = say("attribution.one_mouth", language)
    names[len(_STEPS)] = say("attribution.many_mouths", language, n=len(_STEPS))
    fills = {hop: Fill(colour) for hop, colour in enumerate(_STEPS, start=1)}
    return _stacks_picture("hops", counts, names, fills, language)


def _count_by_document(
    values: pd.Series, documents: pd.DataFrame, kinds: Sequence[object] | range
) -> pd.DataFrame:
    """Count what each claim has: documents' labels as rows, kinds as columns; ``values`` are by claim."""
    labels = labels_of(documents)
    home = by_document(values.index.to_series()).map(labels)
    table = pd.crosstab(home, values) if len(values) else pd.DataFrame()
    return table.reindex(index=list(labels.values()), columns=list(kinds), fill_value=0)


def _stacks_picture(
    key: str,
    counts: pd.DataFrame,
    names: Mapping[Any, str],
    fills: Mapping[Any, Fill],
    language: Language,
) -> Picture:
    """Draw one bar a document with the shares of its claims, and the same below in words."""
    title = say(f"attribution.{key}_title", language)
    if not counts.to_numpy().sum():
        return empty_page(title, say("attribution.empty", language), language)
    used = [kind for kind in counts.columns if counts[kind].sum()]
    words = {
        label: [
            f"{names[kind]} {share_words(row[kind] / row.sum())} ({row[kind]})" for kind in used if row[kind]
        ]
        or [say("attribution.no_claims", language)]
        for label, row in counts.iterrows()
    }

    def draw(sheet: Sheet, top: float) -> float:
        top = draw_key(sheet, top, [(fills[kind], names[kind]) for kind in used])
        for label, row in counts.iterrows():
            sheet.badge(MARGIN + 0.22, top + 0.14, str(label))
            total = max(1, row.sum())
            draw_stack(sheet, _BAR_LEFT, top, _BAR_WIDTH, [(row[kind] / total, fills[kind]) for kind in used])
            top = sheet.lines(_BAR_LEFT, top + 0.31, flow(words[label], _BAR_WIDTH), size=SMALL) + 0.17
        return sheet.foot(top, say(f"attribution.{key}_note", language))

    alt = [say(f"attribution.{key}_alt", language, n=len(counts))]
    alt += [f"{label}: {' · '.join(found)}." for label, found in words.items()]
    return page(title, say(f"attribution.{key}_subtitle", language), draw, alt, language)


# Named and anonymous ---------------------------------------------------------------------------------

ORIGINS: Mapping[str, Fill] = {
    "named": Fill(style.BLUE),
    "institution": Fill("#8DB4D6"),
    "described": Fill(style.VERMILION, "////"),
    "vague": Fill(style.OCHRE, "...."),
    "none": Fill("#B9B5AB"),
}
# How the dossier describes people who are neither named nor counted, nor a closed group.
_OPEN_CROWD = re.compile(r"nor counted|\bnot (named|stated|said)\b|neither governments")
_BODIES = ("agency", "office", "outlet", "state")


def origin_of(actor: Mapping[str, object], hops: int) -> str:
    """Return how precisely an origin is named: named, institution, described, vague or none.

    This follows the scale of the codebook's dimension ``source_naming``, but looks at the origin of the chain
    as a whole and not, as a coder does, at what the very sentence shows.

    Args:
        actor: kind, anonymous and described_as.
        hops: length of the chain; where the document itself is the only mouth, there is no source.
    """
    if hops < 2:
        return "none"
    if actor["kind"] in _BODIES:
        return "institution"
    if _OPEN_CROWD.search(str(actor["described_as"])):
        return "vague" if actor["anonymous"] or actor["kind"] == "group" else "named"
    if actor["anonymous"]:
        return "described"
    return "institution" if actor["kind"] == "group" else "named"


def named_and_anonymous(
    attributions: pd.DataFrame, actors: pd.DataFrame, documents: pd.DataFrame, language: Language
) -> Picture:
    """Show how precisely the origins of the claims of each document are named.

    Args:
        attributions: columns claim, hop, actor.
        actors: columns id, kind, anonymous, described_as.
        documents: columns id and label.
        language: of the words in the picture.
    """
    known = {row["id"]: row for _, row in rows_of(actors)}
    ends = attributions.sort_values("hop").groupby("claim").tail(1).set_index("claim")
    found = [origin_of(known[actor], hop) for actor, hop in zip(ends["actor"], ends["hop"], strict=True)]
    counts = _count_by_document(pd.Series(found, index=ends.index, dtype=object), documents, list(ORIGINS))
    names = {kind: say(f"attribution.origin_{kind}", language) for kind in ORIGINS}
    return _stacks_picture("named", counts, names, ORIGINS, language)


# The network -----------------------------------------------------------------------------------------

_GAP, _PAD, _SLOT = 0.5, 0.06, 0.185
_THICKEST = 0.5
_FLOW = "#5B93C4"
# Seen together, sources of one document only with so few claims are gathered.
_FEW = 5


@dataclass(frozen=True)
class _Node:
    """An actor of the network.

    ``own`` counts the claims which begin with it, ``badges`` name the documents it prints, and ``end`` says
    that it passes on nobody, so that all claims which lead to it begin with it.
    """

    name: str
    anonymous: bool
    own: int
    badges: tuple[str, ...]
    end: bool

    @property
    def says_own(self) -> bool:
        """Whether the node has to say how many claims begin with it; at an end the links say it."""
        return bool(self.own and (self.badges or not self.end))


def attribution_network(
    attributions: pd.DataFrame,
    actors: pd.DataFrame,
    documents: pd.DataFrame,
    passages: pd.DataFrame,
    language: Language,
    document: str = "",
    *,
    threads: bool = False,
) -> Picture:
    """Show who passes on whom, from who prints a document back to the origins.

    Args:
        attributions: columns claim, hop, actor.
        actors: columns id, name_en, name_de, anonymous.
        documents: columns id and label.
        passages: columns id and kind.
        language: of the words in the picture.
        document: id of the only document to show; without one, all are shown together. Then sources of one
            document with few claims are gathered in the drawing, as are its further authors; the text
            version names each.
        threads: whether foreign threads, which stand in the same file, are shown; without them a note says
            how many claims they hold.
    """
    labels = labels_of(documents)
    hops = attributions
    if document:
        hops = hops[by_document(hops["claim"]) == document]
    hops, foreign = (hops, 0) if threads else _without_foreign(hops, passages)
    left_out = [say("attribution.threads_left_out", language, n=foreign)] if foreign else []
    which = labels.get(document, document) if document else say("attribution.all_documents", language)
    title = say("attribution.network_title", language, which=which)
    if hops.empty:
        return empty_page(title, " ".join(left_out) or say("attribution.empty", language), language)
    nodes, edges = _graph(hops, actors, labels, language)
    drawn = (nodes, edges) if document else _gathered(nodes, edges, language)

    def draw(sheet: Sheet, top: float) -> float:
        bottom = _draw_network(sheet, *drawn, top, language)
        return sheet.foot(bottom + 0.1, left_out[0]) if left_out else bottom

    alt = [say("attribution.network_alt", language, nodes=len(nodes), edges=len(edges))]
    alt += _network_in_words(nodes, edges, language)
    alt += left_out
    return page(title, say("attribution.network_subtitle", language), draw, alt, language)


def _without_foreign(hops: pd.DataFrame, passages: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return what is not of a foreign thread, and how many claims are."""
    standing = standing_of(hops, passages)
    return hops[hops["claim"].map(standing) != FOREIGN], int((standing == FOREIGN).sum())


def _graph(
    hops: pd.DataFrame, actors: pd.DataFrame, labels: Mapping[str, str], language: Language
) -> tuple[dict[str, _Node], dict[tuple[str, str], int]]:
    """Return the actors, printers first and by document, and how many claims each took over from each."""
    hops = hops.sort_values(["claim", "hop"], kind="stable")
    hops = hops.assign(
        next=hops.groupby("claim")["actor"].shift(-1), label=by_document(hops["claim"]).map(labels)
    )
    own = hops[hops["next"].isna()]["actor"].value_counts()
    passed = hops[hops["next"].notna()]
    printed = hops[hops["hop"] == 1].groupby("actor")["label"].unique()
    known = {row["id"]: row for _, row in rows_of(actors)}
    size = hops[hops["hop"] == 1]["actor"].value_counts()
    first = sorted(printed.index, key=lambda actor: (str(printed[actor][0]), -int(size[actor]), actor))
    passing_on = set(passed["actor"])
    nodes = {
        actor: _Node(
            known[actor][f"name_{language}"],
            bool(known[actor]["anonymous"]),
            int(own.get(actor, 0)),
            tuple(str(label) for label in printed.get(actor, ())),
            actor not in passing_on,
        )
        for actor in dict.fromkeys([*first, *hops["actor"]])
    }
    counts = passed.groupby(["actor", "next"], sort=False).size().reset_index(name="n")
    edges = {(row["actor"], row["next"]): int(row["n"]) for _, row in rows_of(counts)}
    return nodes, edges


def _gathered(
    nodes: Mapping[str, _Node], edges: Mapping[tuple[str, str], int], language: Language
) -> tuple[dict[str, _Node], dict[tuple[str, str], int]]:
    """Gather the further authors of a document, and the small sources that only one mouth passes on."""
    into = {actor: actor for actor in nodes}
    main: dict[tuple[str, ...], str] = {}
    for actor, node in nodes.items():
        if node.badges and main.setdefault(node.badges, actor) != actor:
            into[actor] = f"authors {node.badges}"
    leading = {other: [one for one, second in edges if second == other] for _, other in edges}
    passing_on = {one for one, _ in edges}
    for actor, before in leading.items():
        if len(before) == 1 and actor not in passing_on and nodes[actor].own <= _FEW:
            into[actor] = f"sources {into[before[0]]} {nodes[actor].anonymous}"
    members: dict[str, list[str]] = {}
    for actor, group in into.items():
        members.setdefault(group, []).append(actor)
    # A group of one keeps its name.
    names = {group: found[0] if len(found) == 1 else group for group, found in members.items()}
    gathered = {names[group]: _group([nodes[a] for a in found], language) for group, found in members.items()}
    links: dict[tuple[str, str], int] = {}
    for (one, other), n in edges.items():
        edge = (names[into[one]], names[into[other]])
        links[edge] = links.get(edge, 0) + n
    return gathered, links


def _group(nodes: Sequence[_Node], language: Language) -> _Node:
    """Return the only node, or one that stands for several."""
    first = nodes[0]
    if len(nodes) == 1:
        return first
    kind = "authors" if first.badges else "unnamed" if first.anonymous else "named"
    name = say(f"attribution.group_{kind}", language, n=len(nodes))
    own, end = sum(node.own for node in nodes), all(node.end for node in nodes)
    return _Node(name, first.anonymous, own, first.badges, end)


def _draw_network(
    sheet: Sheet,
    nodes: Mapping[str, _Node],
    edges: Mapping[tuple[str, str], int],
    top: float,
    language: Language,
) -> float:
    inches = _THICKEST / max(60, *edges.values(), 1)
    widths = {edge: max(0.02, n * inches) for edge, n in edges.items()}
    rough = lay_out(dict.fromkeys(nodes, 0.3), widths)
    box = (WIDTH - 2 * MARGIN - (rough.columns - 1) * _GAP) / max(2, rough.columns)
    words = {actor: _node_lines(node, box) for actor, node in nodes.items()}
    heights = {}
    for actor in nodes:
        into = sum(max(_SLOT, widths[edge]) for edge in edges if edge[1] == actor)
        out = sum(widths[edge] for edge in edges if edge[0] == actor)
        lines = len(words[actor]) + nodes[actor].says_own
        heights[actor] = max(lines * line_height(SMALL) + 0.08, into, out + 0.06)
    layout = lay_out(heights, widths, gap=0.06)
    left = {column: MARGIN + column * (box + _GAP) for column in range(layout.columns)}
    top += 0.05
    _draw_flows(sheet, layout, edges, widths, left, box, top)
    for actor, node in nodes.items():
        place = layout.places[actor]
        _draw_node(sheet, node, words[actor], left[place.column], top, place, box, language)
    return top + layout.height + 0.05


def _node_lines(node: _Node, box: float) -> list[str]:
    badges = [label for label in node.badges if label not in node.name]
    name = f"{' '.join(badges)}: {node.name}" if badges else node.name
    return wrap(name, box - 2 * _PAD, SMALL)


def _draw_node(
    sheet: Sheet,
    node: _Node,
    lines: Sequence[str],
    left: float,
    top: float,
    place: Place,
    box: float,
    language: Language,
) -> None:
    """Draw who prints dark, who has a name with a full outline, who has none with a broken one.

    On a dark field the broken line stands just inside its edge.
    """
    dark = bool(node.badges)
    patch = Rectangle(
        (left, top + place.top),
        box,
        place.bottom - place.top,
        fc=style.INK if dark else style.BAND if node.anonymous else "#FFFFFF",
        ec=style.VERMILION if node.anonymous and not dark else style.INK,
        ls=(0, (4, 2)) if node.anonymous and not dark else "-",
        lw=1.4,
        zorder=2.5,
    )
    sheet.page.add_patch(patch)
    if dark and node.anonymous:
        break_edge(sheet, left, top + place.top, box, place.bottom - place.top)
    colour = style.PAPER if dark else style.INK
    middle = top + (place.top + place.bottom) / 2
    count = say("attribution.own", language, n=node.own)
    total = len(lines) + node.says_own
    y = middle - total * line_height(SMALL) / 2 + 0.02
    y = sheet.lines(left + _PAD, y, lines, size=SMALL, colour=colour, italic=node.anonymous)
    if node.says_own:
        muted = style.RULE if dark else style.MUTED
        sheet.lines(left + _PAD, y, wrap(count, box - _PAD, SMALL)[:1], size=SMALL, colour=muted)


def _draw_flows(
    sheet: Sheet,
    layout: Layout,
    edges: Mapping[tuple[str, str], int],
    widths: Mapping[tuple[str, str], float],
    left: Mapping[int, float],
    box: float,
    top: float,
) -> None:
    """Draw each edge as a band through its stand-ins; its number stands before the node it leads to."""
    leaving = _slots(layout, widths, 0, 0.0)
    arriving = _slots(layout, widths, -1, _SLOT)
    for edge, route in layout.routes.items():
        ys = [leaving[edge]]
        ys += [(layout.places[name].top + layout.places[name].bottom) / 2 for name in route[1:-1]]
        ys.append(arriving[edge])
        columns = [layout.places[name].column for name in route]
        half = widths[edge] / 2
        for number in range(len(route) - 1):
            start, end = left[columns[number]] + box, left[columns[number + 1]]
            draw_band(sheet, start, end, top + ys[number], top + ys[number + 1], half, _FLOW)
            if number + 2 < len(route):
                flat = top + ys[number + 1]
                sheet.page.fill_between(
                    [end, end + box], flat - half, flat + half, color=_FLOW, lw=0, zorder=1
                )
        draw_number(sheet, left[columns[-1]] - 0.06, top + ys[-1], str(edges[edge]))


def _slots(
    layout: Layout, widths: Mapping[tuple[str, str], float], end: int, least: float
) -> dict[tuple[str, str], float]:
    """Return at which height each edge meets the node at one end of it (0 first, -1 last)."""
    at: dict[str, list[tuple[str, str]]] = {}
    for edge, route in layout.routes.items():
        at.setdefault(route[end], []).append(edge)
    found = {}
    for node, meeting in at.items():
        place = layout.places[node]
        beside = 1 if end == 0 else -2
        meeting.sort(key=lambda edge: layout.places[layout.routes[edge][beside]].top)
        sizes = [max(least, widths[edge]) for edge in meeting]
        y = (place.top + place.bottom - sum(sizes)) / 2
        for edge, size in zip(meeting, sizes, strict=True):
            found[edge] = y + size / 2
            y += size
    return found


def _network_in_words(
    nodes: Mapping[str, _Node], edges: Mapping[tuple[str, str], int], language: Language
) -> list[str]:
    """Return one line an actor: what it takes over from whom, and how many claims begin with it."""
    lines = []
    for actor, node in nodes.items():
        taken = {nodes[other].name: str(n) for (one, other), n in edges.items() if one == actor}
        parts = [say("attribution.takes_over", language, whom=counts_in_words(taken))] if taken else []
        if node.own:
            parts.append(say("attribution.own", language, n=node.own))
        hidden = f" [{say('attribution.anonymous', language)}]" if node.anonymous else ""
        prints = f" ({style.join(node.badges)})" if node.badges else ""
        lines.append(f"{node.name}{prints}{hidden}: {'; '.join(parts)}.")
    return lines
