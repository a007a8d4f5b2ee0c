"""Places for a graph in columns: who passes on whom, from the page back to the origin.

The columns follow the longest way from a beginning (the layering of Sugiyama, Tagawa and Toda 1981), with
stand-ins where an edge passes a column; the order within a column follows the mean place of the neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[str, str]
_SWEEPS = 12


@dataclass(frozen=True)
class Place:
    """Where a node, or a stand-in for a passing edge, lies: its column, and its upper and lower end."""

    column: int
    top: float
    bottom: float


@dataclass(frozen=True)
class Layout:
    """Places of nodes; ``routes`` lists for each edge what it passes, from its first node to its last."""

    places: Mapping[str, Place]
    routes: Mapping[Edge, tuple[str, ...]]
    columns: int
    height: float


def columns_of(nodes: Iterable[str], edges: Iterable[Edge]) -> dict[str, int]:
    """Return the column of each node: one more than the last of those that lead to it.

    An edge that closes a circle is passed over, so that there is always an end.
    """
    following: dict[str, list[str]] = {node: [] for node in nodes}
    for first, second in edges:
        following[first].append(second)
    found = dict.fromkeys(following, 0)
    reached: set[str] = set()

    def visit(node: str, column: int, path: tuple[str, ...]) -> None:
        found[node] = max(found[node], column)
        reached.add(node)
        for other in following[node]:
            if other not in path and found[other] <= column:
                visit(other, column + 1, (*path, other))

    led_to = {second for first, second in edges if first != second}
    # Nodes which only a circle leads to come last, the first of them as a beginning.
    for node in sorted(following, key=lambda node: node in led_to):
        if node not in reached:
            visit(node, 0, (node,))
    return found


def lay_out(
    heights: Mapping[str, float], weights: Mapping[Edge, float], *, gap: float = 0.12, passing: float = 0.05
) -> Layout:
    """Place nodes in columns so that little overlaps and edges are short.

    Args:
        heights: height of each node, in the order in which the first column is wanted.
        weights: width of each edge at its thickest; edges within a column or backwards are left out.
        gap: room between two nodes of a column.
        passing: least room for an edge that passes a column.
    """
    column_of = columns_of(heights, weights)
    routes: dict[Edge, tuple[str, ...]] = {}
    sizes, columns = dict(heights), dict(column_of)
    for edge, weight in weights.items():
        first, second = edge
        between = range(column_of[first] + 1, column_of[second])
        stand_ins = [f"{first} {second} {column}" for column in between]
        for name, column in zip(stand_ins, between, strict=True):
            sizes[name], columns[name] = max(weight, passing), column
        if column_of[first] < column_of[second]:
            routes[edge] = (first, *stand_ins, second)
    stacks: dict[int, list[str]] = defaultdict(list)
    for name, column in columns.items():
        stacks[column].append(name)
    neighbours = _neighbours(routes, weights)
    middles = {name: float(n) for stack in stacks.values() for n, name in enumerate(stack)}
    _order(stacks, neighbours, middles)
    height = max((sum(sizes[n] + gap for n in stack) - gap for stack in stacks.values()), default=0.0)
    tops = _settle(stacks, neighbours, sizes, gap, height)
    places = {name: Place(columns[name], top, top + sizes[name]) for name, top in tops.items()}
    return Layout(places, routes, max(columns.values(), default=-1) + 1, height)


def _neighbours(
    routes: Mapping[Edge, tuple[str, ...]], weights: Mapping[Edge, float]
) -> dict[str, list[tuple[str, float]]]:
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for edge, route in routes.items():
        for one, other in pairwise(route):
            found[one].append((other, weights[edge]))
            found[other].append((one, weights[edge]))
    return found


def _mean(
    name: str, neighbours: Mapping[str, list[tuple[str, float]]], middles: Mapping[str, float]
) -> float:
    near = neighbours.get(name, [])
    weight = sum(w for _, w in near)
    return sum(middles[other] * w for other, w in near) / weight if weight else middles[name]


def _order(
    stacks: Mapping[int, list[str]],
    neighbours: Mapping[str, list[tuple[str, float]]],
    middles: dict[str, float],
) -> None:
    """Sort the columns behind the first by the mean place of their neighbours, forwards and backwards."""
    columns = sorted(stacks)
    for sweep in range(_SWEEPS):
        for column in columns[1:] if sweep % 2 == 0 else columns[-2:0:-1]:
            stack = stacks[column]
            stack.sort(key=lambda name: _mean(name, neighbours, middles))
            step = max(1.0, max(len(s) for s in stacks.values()) / len(stack))
            middles.update({name: n * step for n, name in enumerate(stack)})


def _settle(
    stacks: Mapping[int, list[str]],
    neighbours: Mapping[str, list[tuple[str, float]]],
    sizes: Mapping[str, float],
    gap: float,
    height: float,
) -> dict[str, float]:
    """Return the upper ends: near the neighbours, in order, without overlap, within the height."""
    tops: dict[str, float] = {}
    for stack in stacks.values():
        spare = height - sum(sizes[name] + gap for name in stack) + gap
        y, step = 0.0, spare / len(stack)
        for name in stack:
            tops[name] = y + step / 2
            y += sizes[name] + gap + step
    for sweep in range(_SWEEPS):
        for column in sorted(stacks, reverse=bool(sweep % 2)):
            stack = stacks[column]
            middles = {name: top + sizes[name] / 2 for name, top in tops.items()}
            for name in stack:
                tops[name] = _mean(name, neighbours, middles) - sizes[name] / 2
            _part(stack, tops, sizes, gap, height)
    return tops


def _part(
    stack: list[str], tops: dict[str, float], sizes: Mapping[str, float], gap: float, height: float
) -> None:
    """Push what overlaps downwards, then what has left the lower end upwards."""
    least = 0.0
    for name in stack:
        tops[name] = max(tops[name], least)
        least = tops[name] + sizes[name] + gap
    most = height
    for name in reversed(stack):
        tops[name] = min(tops[name], most - sizes[name])
        most = tops[name] - gap
