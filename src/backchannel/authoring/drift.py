"""Where a stored lesson differs from what it shows when it is run now.

nbval compares texts; it does not look at figures or at the form of the file. Both are compared here.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

import nbformat
import numpy as np
import numpy.typing as npt
from PIL import Image

from backchannel.authoring.canonical import written
from backchannel.authoring.lessons import Remark, joined

Pixels = npt.NDArray[np.float32]  # height × width × 4 (RGBA), each from 0 to 1

REMEDY = "run `make refresh` and look at the change"

# Mean absolute difference of two images in one block, from 0 (equal) to 1 (black against white).
# Measured on the charts of the course: the same versions give the same pixels (0), one changed letter in the
# calendar 0.012, one claim fewer in the overview 0.025, a share that changes by 0.005 0.042. Other text
# rendering gives 0.14, more than a real change: figures are only compared with the versions of the lock.
TOLERANCE = 0.005
BLOCK = 32  # pixels

_EMBEDDED = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")
_LONGEST_SHOWN = 60


def drift_of_form(
    name: str, text: str, stored: nbformat.NotebookNode, tidy: nbformat.NotebookNode
) -> Iterator[Remark]:
    """Yield where a file differs from its own canonical form, without looking at what its cells show now.

    Args:
        name: of the notebook.
        text: of the file.
        stored: the notebook read from it.
        tidy: its canonical form, code formatted, outputs still the stored ones.
    """
    found = False
    if stored["metadata"] != tidy["metadata"]:
        found = True
        yield Remark(name, "", "the metadata of the notebook holds more or less than belongs there", REMEDY)
    if [cell.get("id") for cell in stored["cells"]] != [cell["id"] for cell in tidy["cells"]]:
        found = True
        yield Remark(
            name, "", "a cell is empty, or its id is missing, repeated or made up by an editor", REMEDY
        )
    old = {cell.get("id"): cell for cell in stored["cells"]}
    for new in tidy["cells"]:
        for key, what in _PARTS_OF_A_CELL.items():
            cell = old.get(new["id"])
            if cell is not None and cell.get(key) != new.get(key):
                found = True
                yield Remark(name, new["id"], what, REMEDY)
    if not found and text != written(tidy):
        problem = "the file is not written as nbformat writes it (line ends, order of keys, indentation)"
        yield Remark(name, "", problem, REMEDY)


_PARTS_OF_A_CELL = {
    "source": "the source is not formatted",
    "metadata": "the metadata holds marks of an editor",
    "execution_count": "the cell was not run in its order, or not at all",
    "outputs": "the outputs hold what is not stored (the live view of a widget, a second copy of an image)",
}


def drift_of_outputs(
    name: str, stored: nbformat.NotebookNode, fresh: nbformat.NotebookNode
) -> Iterator[Remark]:
    """Yield where the stored outputs differ from fresh ones; both notebooks have the same cells."""
    for old, new in zip(stored["cells"], fresh["cells"], strict=True):
        if old["cell_type"] == "code":
            for problem in differences(old["outputs"], new["outputs"]):
                yield Remark(name, old["id"], problem, REMEDY)


def differences(old: list[Any], new: list[Any]) -> Iterator[str]:
    """Yield in what two lists of outputs differ, as half sentences."""
    if len(old) != len(new):
        yield f"it stores {_count(len(old))} and now has {_count(len(new))}"
        return
    for before, after in zip(old, new, strict=True):
        if before["output_type"] != after["output_type"] or before.get("name") != after.get("name"):
            yield f"an output stored as {_kind(before)} is now {_kind(after)}"
        elif before["output_type"] == "stream":
            yield from _text_differs("printed text", joined(before["text"]), joined(after["text"]))
        else:
            yield from _data_differs(before.get("data", {}), after.get("data", {}))


def _data_differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if missing := sorted(set(old) - set(new)):
        yield f"the output has no {', '.join(missing)} any more"
    if added := sorted(set(new) - set(old)):
        yield f"the output now has {', '.join(added)} too"
    for mime in sorted(set(old) & set(new)):
        before, after = old[mime], new[mime]
        if isinstance(before, dict) or isinstance(after, dict):
            before, after = (json.dumps(value, sort_keys=True) for value in (before, after))
        before, after = joined(before), joined(after)
        if mime == "image/png":
            yield from _figure_differs(before, after)
        else:
            yield from _text_differs(mime, _EMBEDDED.sub("figure", before), _EMBEDDED.sub("figure", after))
            figures = _EMBEDDED.findall(before), _EMBEDDED.findall(after)
            if len(figures[0]) == len(figures[1]):
                for one, other in zip(*figures, strict=True):
                    yield from _figure_differs(one, other)


def _text_differs(what: str, old: str, new: str) -> Iterator[str]:
    if old == new:
        return
    for number, (one, other) in enumerate(zip_longest(old.splitlines(), new.splitlines()), start=1):
        if one != other:
            one, other = _around(one or "", other or "")
            yield f"the {what} differs in line {number}: {one!r} is stored, {other!r} comes now"
            return
    yield f"the {what} differs in its line ends"


def _around(one: str, other: str) -> tuple[str, str]:
    """Return the part of two long lines in which they begin to differ."""
    same = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    start = max(0, same - _LONGEST_SHOWN // 3)
    return one[start : start + _LONGEST_SHOWN], other[start : start + _LONGEST_SHOWN]


def _figure_differs(old: str, new: str) -> Iterator[str]:
    if old == new:
        return
    try:
        one, other = _pixels(old), _pixels(new)
    except (ValueError, OSError, binascii.Error):
        yield "a figure is not a PNG image that can be read"
        return
    if one.shape != other.shape:
        yield f"the figure has {_size(other)} pixels and not the stored {_size(one)}"
    elif (distance := figure_distance(one, other)) > TOLERANCE:
        yield f"the figure differs (by {distance:.2f} of 1 where it differs most, more than {TOLERANCE})"


def figure_distance(one: Pixels, other: Pixels) -> float:
    """Return how far two images of one size differ where they differ most, from 0 to 1.

    It is the largest mean absolute difference of the pixels of one block of 32 by 32 pixels: over the whole
    image a changed number would drown in the white around it.
    """
    apart = np.abs(one - other).mean(axis=2)
    high, wide = (-length % BLOCK for length in apart.shape)
    padded = np.pad(apart, ((0, high), (0, wide)))
    blocks = padded.reshape(padded.shape[0] // BLOCK, BLOCK, padded.shape[1] // BLOCK, BLOCK)
    return float(blocks.mean(axis=(1, 3)).max())


def _pixels(encoded: str) -> Pixels:
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as image:
        return np.asarray(image.convert("RGBA"), dtype=np.float32) / np.float32(255)


def _size(pixels: Pixels) -> str:
    return f"{pixels.shape[1]} × {pixels.shape[0]}"


def _count(number: int) -> str:
    return "1 output" if number == 1 else f"{number or 'no'} outputs"


def _kind(output: Mapping[str, Any]) -> str:
    return f"{output['output_type']} {output.get('name', '')}".strip()
