"""Write a portfolio to disk: both files whole, or both as they were."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from errno import EISDIR
from pathlib import Path
from shutil import copy2
from stat import S_ISREG

from backchannel.errors import BackchannelError
from backchannel.portfolio.binder import Portfolio
from backchannel.portfolio.blocks import Image
from backchannel.portfolio.html import portfolio_html
from backchannel.portfolio.markdown import portfolio_markdown

HTML_NAME, MARKDOWN_NAME = "portfolio.html", "portfolio.md"
NAMES = (HTML_NAME, MARKDOWN_NAME)


@dataclass(frozen=True)
class OnDisk:
    """A file of a portfolio as it lies on disk; ``at`` is when it was written, in seconds since 1970."""

    path: Path
    size: int
    at: float


def write_portfolio(portfolio: Portfolio, folder: Path, image: Image | None = None) -> tuple[OnDisk, ...]:
    """Write the portfolio as HTML and as Markdown, in place of earlier ones.

    Args:
        portfolio: what to write.
        folder: where to; made if it is not there.
        image: a picture of the two tests, shown only where both may be.

    Raises:
        BackchannelError: it could not be written; what stood there still stands.
    """
    _write_all(
        {
            folder / HTML_NAME: portfolio_html(portfolio, image),
            folder / MARKDOWN_NAME: portfolio_markdown(portfolio),
        }
    )
    return files_in(folder)


def files_in(folder: Path) -> tuple[OnDisk, ...]:
    """Return the files of a portfolio that lie in a folder."""
    found = []
    for path in (folder / name for name in NAMES):
        with suppress(OSError):
            status = path.stat()
            if S_ISREG(status.st_mode):
                found.append(OnDisk(path, status.st_size, status.st_mtime))
    return tuple(found)


def _write_all(texts: Mapping[Path, str]) -> None:
    """Write all files beside their places first, so that a full disk leaves the earlier ones whole.

    The earlier ones are copied before any is replaced, so that a place that refuses gives back the others.
    """
    drafts = {path: path.with_name(f"{path.name}.{os.getpid()}.part") for path in texts}
    earlier = {path: draft.with_suffix(".old.part") for path, draft in drafts.items()}
    replaced: list[Path] = []
    place = next(iter(texts))
    try:
        for place, text in texts.items():
            if place.is_dir():
                raise OSError(EISDIR, "a folder has this name")
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(drafts[place], text)
            if place.exists():
                copy2(place, earlier[place])
        for place, draft in drafts.items():
            draft.replace(place)
            replaced.append(place)
    except OSError as error:
        for path in replaced:
            _put_back(path, earlier[path])
        raise BackchannelError(
            f"The portfolio was not written: {place} cannot be written ({error.strerror or error}); make "
            "room or choose a folder you may write to, then write it again; the journal holds everything."
        ) from error
    finally:
        for path in (*drafts.values(), *earlier.values()):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _put_back(path: Path, earlier: Path) -> None:
    """Put an earlier file back with its time; where there was none, there is none again."""
    with suppress(OSError):
        if earlier.exists():
            earlier.replace(path)
        else:
            path.unlink()


def _write(path: Path, text: str) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(text.encode("utf-8", "replace"))
        file.flush()
        os.fsync(file.fileno())
