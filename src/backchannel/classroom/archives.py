"""The course in two archives, one for students and one with ``solutions/``; how an archive is written."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from backchannel.classroom.folder import written_whole
from backchannel.errors import BackchannelError

PUBLIC = (
    "CITATION.cff",
    "LICENSE",
    "LICENSE-CONTENT",
    "Makefile",
    "README.md",
    "course_data",
    "docs",
    "environment.yml",
    "exercises",
    "notebooks",
    "pyproject.toml",
    "requirements.lock",
    "src",
)
ONLY_INSTRUCTORS = ("CHANGELOG.md", "CONTRIBUTING.md", "solutions")
_KEPT_BACK = re.compile(rb"\[([^\]]+)\]\((?:%s)[^)]*\)" % "|".join(ONLY_INSTRUCTORS).encode())
_LEFT_OUT = ("__pycache__", ".ipynb_checkpoints", "journal.jsonl")
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first a zip file can name: the same files give the same bytes


def files_for(project: Path, names: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file of some parts of the project, in order; links are left out."""
    for name in names:
        place = project / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            inside = path.relative_to(project)
            if path.is_file() and not path.is_symlink() and not set(inside.parts) & set(_LEFT_OUT):
                yield inside.as_posix(), path.read_bytes()


def for_students(project: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what students receive; the README there links to nothing that only instructors have."""
    for name, content in files_for(project, PUBLIC):
        yield name, _KEPT_BACK.sub(rb"\1", content) if name == "README.md" else content


def for_instructors(project: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what instructors receive: all that students have, the key, the masters, the guide."""
    return files_for(project, tuple(sorted((*PUBLIC, *ONLY_INSTRUCTORS))))


def write(path: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write an archive whole; the same files give the same bytes.

    Args:
        path: of the archive.
        files: name and content, in order.

    Returns:
        How many files it has.

    Raises:
        BackchannelError: it cannot be written; what stood there still stands.
    """
    count = 0
    try:
        with written_whole(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files:
                entry = zipfile.ZipInfo(name, _MOMENT)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content)
                count += 1
    except OSError as problem:
        raise BackchannelError(
            f"The archive {path} was not written ({problem.strerror or problem}); make room, or "
            "name another place."
        ) from problem
    return count
