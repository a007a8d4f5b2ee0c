"""Take in files from strangers: folders, single files, zip and tar archives, and archives within them.

Nothing is ever unpacked under a name that an archive chose. What may be a notebook or a journal is copied
under a number into a folder of our own, a piece at a time, and everything else is told with the reason.
Every archive has a budget of files, bytes and depth, so that a bomb costs a sentence and nothing more.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import re
import stat
import unicodedata
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from backchannel.classroom.collecting import untar, unzip
from backchannel.classroom.collecting.unzip import CHUNK, DamagedError
from backchannel.classroom.folder import TIMESTAMP
from backchannel.errors import BackchannelError, UsageError

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """What one source may hold.

    Attributes:
        file: bytes of a notebook or a journal.
        archive: bytes of an archive within an archive.
        total: bytes unpacked from one source.
        files: how many files of one source are looked at.
        nested: how many files of an archive within an archive are looked at, with those of archives in it.
        share: bytes unpacked from an archive within an archive, so that none takes the room of the others.
        depth: how many archives may lie within one another.
        ratio: how many times a file may be larger than it is packed, where it has more bytes than ``file``.
        folders, name: how many folders may lie within one another; characters of a name.
    """

    file: int = 20 * _MEGABYTE
    archive: int = 500 * _MEGABYTE
    total: int = 4_000 * _MEGABYTE
    files: int = 50_000
    nested: int = 5_000
    share: int = 200 * _MEGABYTE
    depth: int = 3
    ratio: int = 200
    folders: int = 32
    name: int = 255


@dataclass(frozen=True)
class Item:
    """A file that may be a notebook or a journal.

    Attributes:
        source: name of the folder or archive that was named.
        parts: folders and archives below it, and the file's own name.
        path: where a copy of its bytes lies, under a name of ours.
        modified: seconds since 1970 as folder or archive have it, or None.
        nested: whether it lies in an archive within the source, which a student packed.
    """

    source: str
    parts: tuple[str, ...]
    path: Path
    size: int
    sha256: str
    modified: float | None
    nested: bool


@dataclass(frozen=True)
class Turned:
    """A file that was turned away.

    Attributes:
        why: half a sentence that follows its name.
        harmless: whether it is only what programs leave behind, and nobody has to look at it.
        spare: whether it is a file nobody needs where the same student's notebook came too.
    """

    source: str
    parts: tuple[str, ...]
    why: str
    harmless: bool = False
    spare: bool = False


@dataclass(frozen=True)
class _Entry:
    """A file in a folder or an archive, not read yet."""

    name: str
    modified: float | None
    size: int
    packed: int
    problem: str
    chunks: Callable[[], Iterator[bytes]]
    path: Path | None = None


class _BudgetError(Exception):
    """A source holds more than it may."""


@dataclass
class _Budget:
    """How much of a source may still be read."""

    files: int
    bytes: int

    def spend(self, count: int) -> None:
        self.bytes -= count
        if self.bytes < 0:
            raise _BudgetError


class _PathError(ValueError):
    """A name that leads elsewhere or that no file can have; the message is half a sentence."""


# --- what a file is ------------------------------------------------------------------------------------

_ASK = "ask for the notebook itself, the file that ends in .ipynb"
_CLEARED = "ask for journal.jsonl, and for the notebook with its outputs cleared"
_ALONE = "ask for the notebook and journal.jsonl alone"
_MARKS = (
    (b"%PDF", f"is a PDF; {_ASK}"),
    (b"MZ", "is a program for Windows; it was not opened"),
    (b"\x7fELF", "is a program; it was not opened"),
    (b"\xfe\xed\xfa", "is a program; it was not opened"),
    (b"\xcf\xfa\xed\xfe", "is a program; it was not opened"),
    (b"\xca\xfe\xba\xbe", "is a program; it was not opened"),
    (b"#!", "is a program; it was not opened"),
    (b"\xd0\xcf\x11\xe0", f"is an old Office document; {_ASK}"),
    (b"{\\rtf", f"is a text document; {_ASK}"),
    (b"\x89PNG", f"is a picture; {_ASK}"),
    (b"\xff\xd8\xff", f"is a picture; {_ASK}"),
    (b"GIF8", f"is a picture; {_ASK}"),
    (b"7z\xbc\xaf", "is a 7z archive, which cannot be read here; ask for a zip archive"),
    (b"Rar!", "is a RAR archive, which cannot be read here; ask for a zip archive"),
    (b"\xfd7zXZ", "is an xz archive, which cannot be read here; ask for a zip archive"),
    (b"BZh", "is a bz2 archive, which cannot be read here; ask for a zip archive"),
    (b"\xff\xfe", "is in UTF-16, not in UTF-8; ask for the file as JupyterLab saved it"),
    (b"\xfe\xff", "is in UTF-16, not in UTF-8; ask for the file as JupyterLab saved it"),
)
_DOCUMENTS = {"[Content_Types].xml": "an Office document", "META-INF/MANIFEST.MF": "a Java program"}
_HTML = re.compile(rb"\s*(<!doctype|<html|<\?xml|<head|<p)", re.IGNORECASE)
_HEAD = 4_096
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_EMPTY_ZIP = b"PK\x05\x06"


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def _is_json(head: bytes) -> bool:
    start = head.removeprefix(BOM_UTF8).lstrip()
    return start.startswith(b"{") and not start.startswith(b"{\\rtf")


def _why_not(name: str, head: bytes) -> str:
    """Say what a file is that is neither JSON nor an archive."""
    if not head:
        return f"is empty; {_ASK}" if name.lower().endswith(".ipynb") else "is empty"
    for mark, why in _MARKS:
        if head.startswith(mark):
            return why
    if _HTML.match(head.removeprefix(BOM_UTF8)):
        return f"is a web page; {_ASK}"
    if name.lower().endswith((".ipynb", ".jsonl")):
        return f"holds something else than its name says; {_ASK}"
    return f"is neither a notebook nor a journal; {_ASK}"


# --- names ---------------------------------------------------------------------------------------------

_CLUTTER = {"__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".git", ".venv", "venv", "node_modules"}
_CLUTTER |= {"__pycache__", ".ipynb_checkpoints", ".virtual_documents", ".idea", ".vscode"}


def _clutter(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the part of a path that programs leave behind, such as ``.ipynb_checkpoints``, or nothing."""
    for number, part in enumerate(parts, start=1):
        if part.lower() in _CLUTTER or part.startswith(("._", "~$")):
            return parts[:number]
    return ()


def _safe_parts(name: str, limits: Limits) -> tuple[str, ...]:
    """Return the parts of a name in an archive; some programs for Windows write backslashes.

    Raises:
        _PathError: it leads out of the archive, or is no name.
    """
    if "\0" in name:
        raise _PathError("has a zero byte in its name")
    plain = name.replace("\\", "/")
    if plain.startswith("/"):
        raise _PathError("has an absolute path, which leads out of the archive")
    if re.match(r"[A-Za-z]:", plain):
        raise _PathError("has a path with a drive letter, which leads out of the archive")
    parts = tuple(part for part in plain.split("/") if part not in ("", "."))
    if ".." in (part.strip(" ") for part in parts):
        raise _PathError("has a path with “..”, which leads out of the archive")
    if not parts:
        raise _PathError("has no name")
    if len(parts) > limits.folders:
        raise _PathError(f"lies in {len(parts) - 1:,} folders within one another")
    if (longest := max(map(len, parts))) > limits.name:
        raise _PathError(f"has a name of {longest:,} characters")
    return parts


def _unsafe_parts(name: str) -> tuple[str, ...]:
    """Return the parts of a name that must not be used, to tell whose file it is."""
    parts = tuple(part for part in name.replace("\\", "/").split("/") if part)
    return parts or (name,)


# --- reading -------------------------------------------------------------------------------------------


class Intake:
    """Reads sources and copies what may be a notebook or a journal into a folder of ours.

    Args:
        store: the folder for the copies; it exists and is empty.
        limits: what one source may hold.
        avoid: a folder that is never read, since it is our own.
    """

    def __init__(self, store: Path, limits: Limits | None = None, avoid: Path | None = None) -> None:
        self._store, self._limits, self._avoid = store, limits or Limits(), avoid
        self._count = 0

    def take(self, source: Path) -> Iterator[Item | Turned]:
        """Yield everything a source holds, in the order of its names or of the archive.

        Raises:
            UsageError: there is no such source.
            BackchannelError: the copies cannot be written.
        """
        try:
            place = source.expanduser().resolve(strict=True)
        except (OSError, RuntimeError):
            raise UsageError(f"There is no file or folder {source}; check the path.") from None
        if not place.is_dir() and not place.is_file():
            raise UsageError(f"{source} is neither a file nor a folder; name what students handed in.")
        yield from _Source(self, place, self._limits, self._avoid).take()

    def new_file(self) -> Path:
        """Return a name of ours for a copy."""
        self._count += 1
        return self._store / f"{self._count:06}"


class _Source:
    """One source while it is read."""

    def __init__(self, intake: Intake, place: Path, limits: Limits, avoid: Path | None) -> None:
        self._intake, self._place, self._limits, self._avoid = intake, place, limits, avoid
        self._budget = _Budget(limits.files, limits.total)
        self._clutter_told: set[tuple[str, ...]] = set()

    def take(self) -> Iterator[Item | Turned]:
        limits = self._limits
        try:
            if self._place.is_dir():
                for path, parts in self._walk(self._place, ()):
                    yield from self._admit(_entry_of(path), parts, 0)
            else:
                yield from self._admit(_entry_of(self._place), (), 0)
        except _BudgetError:
            much = f"more than {limits.files:,} files or {_size(limits.total)}"
            yield self._turned((), f"holds {much}; what came after that was not read, so collect it in parts")

    def _turned(self, parts: tuple[str, ...], why: str, **more: bool) -> Turned:
        return Turned(self._place.name, parts or (self._place.name,), why, **more)

    # --- folders

    def _walk(self, folder: Path, above: tuple[str, ...]) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Yield the files of a folder; links, folders of ours and clutter go to ``_admit`` unopened."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
        except OSError:
            yield folder, above
            return
        for entry in entries:
            parts = (*above, unicodedata.normalize("NFC", entry.name))
            path = folder / entry.name
            inside = entry.is_dir(follow_symlinks=False) and len(parts) < self._limits.folders
            if inside and path != self._avoid and not _clutter(parts):
                yield from self._walk(path, parts)
            elif path != self._avoid:
                yield path, parts

    # --- one file

    def _admit(self, entry: _Entry, parts: tuple[str, ...], depth: int) -> Iterator[Item | Turned]:
        """Yield what a file is: an item, the content of an archive, or the reason why it is turned away."""
        if clutter := _clutter(parts):
            if clutter not in self._clutter_told:
                self._clutter_told.add(clutter)
                yield self._turned(clutter, "is left behind by a program; passed over", harmless=True)
            return
        self._budget.files -= 1
        if self._budget.files < 0:
            raise _BudgetError
        if entry.problem:
            yield self._turned(parts, entry.problem)
            return
        try:
            yield from self._read(entry, parts, depth)
        except DamagedError as problem:
            yield self._turned(parts, str(problem))

    def _read(self, entry: _Entry, parts: tuple[str, ...], depth: int) -> Iterator[Item | Turned]:
        limits = self._limits
        if entry.size > limits.file and entry.size > limits.ratio * max(entry.packed, 1):
            times = entry.size // max(entry.packed, 1)
            raise DamagedError(
                f"unpacks to {times:,} times its size, as a zip bomb does; it was not unpacked"
            )
        head, rest = _beginning(self._spent(entry.chunks()))
        name = (parts or (self._place.name,))[-1]
        if head.startswith((_ZIP, _EMPTY_ZIP, _GZIP)) or _is_tar(head):
            yield from self._archive(head, rest, entry, parts, depth)
        elif _is_json(head) or name == TIMESTAMP:
            path, digest, size = self._copy(head, rest, limits.file, _CLEARED)
            yield Item(
                *(self._place.name, parts or (name,), path, size, digest),
                *(_sensible(entry.modified), depth > (0 if self._place.is_dir() else 1)),
            )
        else:
            yield self._turned(parts, _why_not(name, head), spare=True)

    def _spent(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._budget.spend(len(chunk))
            yield chunk

    def _copy(self, head: bytes, rest: Iterator[bytes], most: int, ask: str) -> tuple[Path, str, int]:
        """Copy a file under a name of ours and return the copy, its fingerprint and its size."""
        path, digest, size = self._intake.new_file(), hashlib.sha256(), 0
        try:
            with path.open("wb") as copy:
                for piece in _chained(head, rest):
                    size += len(piece)
                    if size > most:
                        raise DamagedError(f"has more than {_size(most)}; {ask}")
                    digest.update(piece)
                    copy.write(piece)
        except OSError as problem:
            path.unlink(missing_ok=True)
            raise BackchannelError(
                f"What was handed in cannot be copied to {path.parent} ({problem.strerror or problem}); "
                "make room there, then collect again."
            ) from problem
        except (DamagedError, _BudgetError):
            path.unlink(missing_ok=True)
            raise
        return path, digest.hexdigest(), size

    # --- archives

    def _archive(
        self, head: bytes, rest: Iterator[bytes], entry: _Entry, parts: tuple[str, ...], depth: int
    ) -> Iterator[Item | Turned]:
        if depth >= self._limits.depth:
            raise DamagedError(f"is an archive within {depth} archives; ask for one without others in it")
        if entry.path:
            with _opened(entry.path) as file:
                yield from self._unpack_apart(file, head, parts, depth)
            return
        copy, _, _ = self._copy(head, rest, self._limits.archive, _ALONE)
        try:
            with copy.open("rb") as file:
                yield from self._unpack_apart(file, head, parts, depth)
        finally:
            copy.unlink(missing_ok=True)

    def _unpack_apart(
        self, file: BinaryIO, head: bytes, parts: tuple[str, ...], depth: int
    ) -> Iterator[Item | Turned]:
        """Unpack an archive; one that a student may have packed has a budget of its own, with all inside."""
        if depth != (0 if self._place.is_dir() else 1):
            yield from self._unpack(file, head, parts, depth)
            return
        of_all, limits = self._budget, self._limits
        files, total = (limits.nested, limits.share) if depth else (limits.files, limits.total)
        self._budget = _Budget(files, total)
        try:
            yield from self._unpack(file, head, parts, depth)
        except _BudgetError:
            much = f"more than {files:,} files or {_size(total)}"
            yield self._turned(parts, f"holds {much}; what came after that was not read")
        finally:
            self._budget = of_all

    def _unpack(
        self, file: BinaryIO, head: bytes, parts: tuple[str, ...], depth: int
    ) -> Iterator[Item | Turned]:
        if head.startswith(_GZIP):
            yield from self._gunzip(file, parts, depth)
        elif _is_tar(head):
            yield from self._contents(_tar_entries(file), parts, depth)
        else:
            archive = unzip.Zip(file)
            names = {entry.name for entry in archive.entries}
            for name, what in _DOCUMENTS.items():
                if name in names:
                    yield self._turned(parts, f"is {what}; {_ASK}", spare=True)
                    return
            if "mimetype" in names and "content.xml" in names:
                yield self._turned(parts, f"is an Office document; {_ASK}", spare=True)
                return
            if not archive.entries:
                yield self._turned(parts, "is an archive with nothing in it")
            yield from self._contents(_zip_entries(archive), parts, depth)

    def _gunzip(self, file: BinaryIO, parts: tuple[str, ...], depth: int) -> Iterator[Item | Turned]:
        """Unpack a ``.tar.gz``: first into a copy, as far as it goes, since tar is read back and forth."""
        problems: list[str] = []
        path, _, _ = self._copy(b"", self._gunzipped(file, problems), self._limits.total, _ALONE)
        try:
            with path.open("rb") as unpacked:
                if not _is_tar(unpacked.read(_HEAD)):
                    raise DamagedError(problems[0] if problems else f"is no archive of notebooks; {_ASK}")
                unpacked.seek(0)
                try:
                    yield from self._contents(_tar_entries(unpacked), parts, depth)
                except DamagedError as damage:
                    problems.append(str(damage))
            if problems:
                yield self._turned(parts, f"{problems[0]}; what could be read before that was taken")
        finally:
            path.unlink(missing_ok=True)

    def _gunzipped(self, file: BinaryIO, problems: list[str]) -> Iterator[bytes]:
        """Yield what a .gz holds as far as it is sound, and note why it goes no further."""
        packed, length = os.fstat(file.fileno()).st_size, 0
        try:
            with gzip.GzipFile(fileobj=file, mode="rb") as archive:
                while piece := archive.read(CHUNK):
                    self._budget.spend(len(piece))
                    length += len(piece)
                    if length > self._limits.file and length > self._limits.ratio * packed:
                        problems.append("unpacks to very many times its size, as a bomb does")
                        return
                    yield piece
        except (OSError, EOFError, zlib.error):
            problems.append("is cut off or damaged")

    def _contents(
        self, entries: Iterable[_Entry], parts: tuple[str, ...], depth: int
    ) -> Iterator[Item | Turned]:
        most = self._limits.nested if depth else self._limits.files
        for number, entry in enumerate(entries):
            if number >= most:
                yield self._turned(parts, f"holds more than {most:,} files; what came after was not read")
                return
            try:
                inside = (*parts, *_safe_parts(entry.name, self._limits))
            except _PathError as problem:
                yield self._turned((*parts, *_unsafe_parts(entry.name)), str(problem))
            else:
                yield from self._admit(entry, inside, depth + 1)


def _size(count: int) -> str:
    return f"{count // _MEGABYTE:,} MB" if count >= _MEGABYTE else f"{count // 1000:,} KB"


def _entry_of(path: Path) -> _Entry:
    """Return a file on disk, with what speaks against opening it."""
    try:
        about = path.lstat()
    except OSError as problem:
        return _Entry(path.name, None, 0, 0, f"cannot be read ({problem.strerror})", lambda: iter(()))
    return _Entry(
        *(path.name, about.st_mtime, 0, 0, _why_unopened(about)),
        lambda: _file_chunks(path),
        path,
    )


def _why_unopened(about: os.stat_result) -> str:
    if stat.S_ISLNK(about.st_mode):
        return "is a symbolic link, not a file"
    if stat.S_ISDIR(about.st_mode):
        return "is a folder that cannot be opened, or lies too deep"
    if not stat.S_ISREG(about.st_mode):
        return "is a device or a pipe, not a file"
    if about.st_nlink > 1:
        return "is a hard link, one file under several names; collect from a copy of the folder"
    return ""


def _opened(path: Path) -> BinaryIO:
    """Open a file, which must still be one: not a link, and nothing that would wait for a writer."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        file = os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb")
    except OSError as problem:
        raise DamagedError(f"cannot be read ({problem.strerror})") from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise DamagedError("is a device or a pipe, not a file")
    return file


def _file_chunks(path: Path) -> Iterator[bytes]:
    try:
        with _opened(path) as file:
            while piece := file.read(CHUNK):
                yield piece
    except OSError as problem:
        raise DamagedError(f"cannot be read ({problem.strerror})") from None


def _zip_entries(archive: unzip.Zip) -> Iterator[_Entry]:
    for packed in archive.entries:
        if not packed.is_folder:
            yield _Entry(
                *(packed.name, packed.modified, packed.size, packed.packed, packed.problem),
                lambda packed=packed: archive.chunks(packed),  # type: ignore[misc]
            )


def _tar_entries(file: BinaryIO) -> Iterator[_Entry]:
    for member in untar.members(file):
        yield _Entry(member.name, member.modified, 0, 0, member.problem, member.chunks)


def _beginning(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return enough of a file to tell what it is, and the rest of it."""
    head = b""
    while len(head) < _HEAD and (piece := next(chunks, None)) is not None:
        head += piece
    return head, chunks


def _chained(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _sensible(moment: float | None) -> float | None:
    """Return a time that calendars know, or None."""
    return moment if moment is not None and math.isfinite(moment) and 0 < moment < 4e9 else None
