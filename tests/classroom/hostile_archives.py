"""Damaged and hostile hand-ins, each built by a few lines, with what must become of it.

``CORPUS`` holds them. Each lies beside an honest neighbour in the same archive or folder, unless the whole
archive is what is damaged; then the neighbour comes in a folder of its own.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import stat
import struct
import tarfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from classroom.handed import NAME, journal, moodle, sheet, zipped

HONEST = moodle("Honest Neighbour", 900)
MALLORY = moodle("Mallory", 666)
NEIGHBOUR = {f"{HONEST}{NAME}.ipynb": sheet("Honest work."), f"{HONEST}journal.jsonl": journal(21, "Honest")}
GOOD = sheet("Mallory's own text.")
EVIL = f"{NAME}.ipynb"


@dataclass(frozen=True)
class Hostile:
    """Something hostile.

    Attributes:
        build: writes it into a folder and returns what to collect.
        said: what the sentence on it holds.
        outcome: what becomes of the file; where it is not ``refused``, it is taken in as Mallory's own.
        note: what a finding on Mallory's submission holds.
    """

    name: str
    build: Callable[[Path], Path]
    said: str
    outcome: str = "refused"
    note: str = ""


CORPUS: list[Hostile] = []


def add(
    name: str, said: str, outcome: str = "refused", note: str = ""
) -> Callable[..., Callable[[Path], Path]]:
    """Add what a function builds to the corpus."""

    def keep(build: Callable[[Path], Path]) -> Callable[[Path], Path]:
        CORPUS.append(Hostile(name, build, said, outcome, note))
        return build

    return keep


# --- zip archives, byte by byte --------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A file of a zip archive, of which everything may be a lie."""

    name: bytes
    content: bytes = b""
    flags: int = 0x800
    method: int = 8
    mode: int = stat.S_IFREG | 0o644
    size: int | None = None
    packed: int | None = None
    crc: int | None = None
    same_place_as: int | None = None
    extra: bytes = b""
    raw: bytes | None = None


def raw_zip(entries: list[Entry], *, end: bytes | None = None, middle: bytes = b"") -> bytes:
    """Return a zip archive with exactly these entries."""
    body, contents, places = bytearray(), bytearray(), []
    for entry in entries:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = deflate.compress(entry.content) + deflate.flush() if entry.method == 8 else entry.content
        packed = packed if entry.raw is None else entry.raw
        crc = zlib.crc32(entry.content) if entry.crc is None else entry.crc
        length = len(packed) if entry.packed is None else entry.packed
        size = len(entry.content) if entry.size is None else entry.size
        common = struct.pack(
            "<5H3L2H",
            20,
            entry.flags,
            entry.method,
            0,
            0,
            crc,
            length,
            size,
            len(entry.name),
            len(entry.extra),
        )
        if entry.same_place_as is None:
            places.append(len(body))
            body += b"PK\x03\x04" + common + entry.name + entry.extra + packed
        else:
            places.append(places[entry.same_place_as])
        contents += b"PK\x01\x02" + bytes((20, 3)) + common
        contents += struct.pack("<3H2L", 0, 0, 0, entry.mode << 16, places[-1]) + entry.name + entry.extra
    contents += middle
    tail = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(contents), len(body), 0
    )
    return bytes(body + contents + (tail if end is None else end))


def neighbours() -> list[Entry]:
    return [Entry(name.encode(), content) for name, content in NEIGHBOUR.items()]


def in_zip(*entries: Entry, **more: bytes) -> Callable[[Path], Path]:
    """Return a builder: these entries, with the neighbour's around them."""

    def build(folder: Path) -> Path:
        before, after = neighbours()
        path = folder / "moodle.zip"
        path.write_bytes(raw_zip([before, *entries, after], **more))
        return path

    return build


def path_of(name: str) -> bytes:
    return (MALLORY + name).encode()


def with_file(name: str, content: bytes) -> Callable[[Path], Path]:
    """Return a builder: one file of Mallory's, by this name."""
    return in_zip(Entry(path_of(name), content, method=0))


for label, path, words in (
    ("dots", "../../outside/evil.ipynb", "“..”"),
    ("dots within a folder", f"{MALLORY}../../outside/evil.ipynb", "“..”"),
    ("dots with spaces", "a/.. /.. /outside/evil.ipynb", "“..”"),
    ("backslashes", "..\\..\\outside\\evil.ipynb", "“..”"),
    ("absolute path", "/tmp/outside/evil.ipynb", "absolute path"),
    ("network path", "\\\\server\\share\\evil.ipynb", "absolute path"),
    ("drive letter", "C:\\outside\\evil.ipynb", "drive letter"),
    ("drive letter with slashes", "c:/outside/evil.ipynb", "drive letter"),
    ("zero byte", f"{MALLORY}a.ipynb\0.png", "zero byte"),
    ("name of 10,000 characters", f"{MALLORY}{'x' * 10_000}.ipynb", "name of 10,006 characters"),
    ("200 folders", f"{MALLORY}{'x/' * 200}a.ipynb", "folders within one another"),
    ("no name", "./.", "has no name"),
):
    add(f"zip, {label}", words)(in_zip(Entry(path.encode(), GOOD)))

add("zip, name that is not UTF-8", "name that is not UTF-8")(in_zip(Entry(b"\xff\xfe\xfd.ipynb", GOOD)))
add("zip, symbolic link", "symbolic link")(
    in_zip(Entry(path_of(EVIL), b"/etc/passwd", method=0, mode=stat.S_IFLNK | 0o777))
)
add("zip, file below a symbolic link", "symbolic link")(
    in_zip(
        Entry(path_of("out"), b"../../outside", method=0, mode=stat.S_IFLNK | 0o777),
        Entry(path_of("out/evil.txt"), b"evil"),
    )
)
add("zip, pipe", "device or a pipe")(in_zip(Entry(path_of(EVIL), b"", mode=stat.S_IFIFO | 0o644)))
add("zip, device", "device or a pipe")(in_zip(Entry(path_of(EVIL), b"", mode=stat.S_IFBLK | 0o644)))
add("zip, encrypted", "is encrypted")(in_zip(Entry(path_of(EVIL), GOOD, flags=0x801)))
add("zip, strongly encrypted", "is encrypted")(in_zip(Entry(path_of(EVIL), GOOD, flags=0x841)))
add("zip, packed by another method", "number 99")(in_zip(Entry(path_of(EVIL), GOOD, method=99)))
add("zip, wrong checksum", "checksum is wrong")(in_zip(Entry(path_of(EVIL), GOOD, crc=1)))
add("zip, larger than it says", "more than the archive says")(in_zip(Entry(path_of(EVIL), GOOD, size=100)))
add("zip, smaller than it says", "checksum is wrong")(in_zip(Entry(path_of(EVIL), GOOD, size=len(GOOD) + 5)))
add("zip, cannot be unpacked", "cannot be unpacked")(in_zip(Entry(path_of(EVIL), GOOD, raw=b"\xff" * 50)))
add("zip bomb", "as a zip bomb does")(in_zip(Entry(path_of(EVIL), b"{" + b" " * 3_000_000)))
add("zip bomb that packs badly", "ask for journal.jsonl, and for the notebook with its outputs cleared")(
    in_zip(Entry(path_of(EVIL), b"{" + os.urandom(300_000) + b" " * 3_000_000))
)
add("zip bomb that lies about its size", "more than the archive says")(
    in_zip(Entry(path_of(EVIL), b"{" + b" " * 3_000_000, size=1000))
)
add("zip, terabytes claimed", "as a zip bomb does")(
    in_zip(
        Entry(path_of(EVIL), GOOD, size=0xFFFFFFFF, extra=struct.pack("<2HQ", 1, 8, 2**63 - 1)),
    )
)
add("zip bomb of overlapping files", "shares its bytes")(
    in_zip(
        Entry(path_of("a.ipynb"), GOOD),
        *(Entry(path_of(f"{n}.ipynb"), GOOD, same_place_as=1) for n in range(50)),
    )
)


@add("zip, points at nothing", "archive points at nothing")
def _zip_pointing_nowhere(folder: Path) -> Path:
    content = bytearray(raw_zip([*neighbours(), Entry(path_of(EVIL), GOOD)]))
    last = content.rfind(b"PK\x01\x02")
    content[last + 42 : last + 46] = struct.pack("<L", len(content) + 1000)
    path = folder / "moodle.zip"
    path.write_bytes(bytes(content))
    return path


def nested(depth: int) -> bytes:
    content = zipped({EVIL: GOOD})
    for _ in range(depth):
        content = zipped({"more.zip": content})
    return content


add("zip in zip in zip in zip", "archive within")(with_file("all.zip", nested(4)))
add("zip within, cut off", "cut off")(with_file("all.zip", zipped({EVIL: GOOD})[:-30]))
add("zip within, of thousands of files", "more than 50 files")(
    with_file("all.zip", zipped({f"{n}.txt": b"" for n in range(200)}))
)
add("zip within, empty", "with nothing in it")(with_file("all.zip", zipped({})))
NOWHERE = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 0xFFFF, 0, 0)
add("zip within, no table of contents", "damaged")(
    with_file("all.zip", raw_zip([Entry(b"a.ipynb", GOOD)], end=NOWHERE))
)
add("zip within, table of contents damaged", "table of contents")(
    with_file("all.zip", raw_zip([Entry(b"a.ipynb", GOOD)], middle=b"rubbish" * 20))
)
add("zip within, path to outside", "“..”")(with_file("all.zip", zipped({"../../../evil.ipynb": GOOD})))

# names that are only odd: the file is taken in under a name of ours, and its own is shown harmless
for label, odd, shown in (
    ("turns its direction", "evil\u202egnp.ipynb", "evil\\u202egnp.ipynb"),
    ("moves the cursor", "\x1b[2J\x1b[1;1H.ipynb", "\\x1b[2J"),
    ("rings and breaks the line", "a\x07\r\nFAKE LINE.ipynb", "a\\x07\\r\\nFAKE"),
    ("cannot be seen", "a\u200b\u2060.ipynb", "a\\u200b\\u2060.ipynb"),
    ("is a formula", "=cmd|' ∕C calc'!A0.ipynb", "=cmd|"),
    ("is a device of Windows", "CON.ipynb", "CON.ipynb"),
    ("ends in dots and spaces", "a.ipynb. . ", "a.ipynb"),
    ("is an option", "--take", "--take"),
):
    add(f"name that {label}", shown, "collected")(with_file(odd, GOOD))


@add("names that differ in case only", "an earlier version; kept in earlier", "earlier")
def _case(folder: Path) -> Path:
    entries = (Entry(path_of("A.ipynb"), sheet("first")), Entry(path_of("a.IPYNB"), GOOD))
    return in_zip(*entries)(folder)


@add("one name twice", "an earlier version; kept in earlier", "earlier")
def _twice(folder: Path) -> Path:
    return in_zip(Entry(path_of(EVIL), sheet("first")), Entry(path_of(EVIL), GOOD))(folder)


@add("a folder named as another student's, in an archive", "named as Moodle does")
def _impostor(folder: Path) -> Path:
    forged = zipped({f"{HONEST}{NAME}.ipynb": GOOD, f"{HONEST}journal.jsonl": journal(1, "Mallory")})
    target = folder / "hand-ins"
    (target / "Mallory").mkdir(parents=True)
    (target / "Mallory" / "all.zip").write_bytes(forged)
    return _with_neighbour(target)


# --- whole archives --------------------------------------------------------------------------------------


@add("whole zip cut off", "cut off or damaged")
def _cut(folder: Path) -> Path:
    path = folder / "moodle.zip"
    path.write_bytes(zipped({path_of(EVIL).decode(): GOOD})[:-40])
    return path


@add("whole zip of nothing but zeros", "neither a notebook nor a journal")
def _zeros(folder: Path) -> Path:
    path = folder / "moodle.zip"
    path.write_bytes(bytes(5000))
    return path


@add("whole zip, a RAR archive", "is a RAR archive")
def _rar(folder: Path) -> Path:
    path = folder / "moodle.zip"
    path.write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(100))
    return path


# --- files that are something else -----------------------------------------------------------------------

DOCX = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})
ODT = zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})
for name, content, words in (
    (EVIL, b"MZ\x90\x00" + bytes(500), "program for Windows"),
    (EVIL, b"\x7fELF" + bytes(500), "is a program"),
    (EVIL, b"#!/bin/sh\nrm -rf /\n", "is a program"),
    ("a.html", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "is a web page"),
    ("a.pdf", b"%PDF-1.7\n", "is a PDF"),
    ("a.docx", DOCX, "an Office document"),
    ("a.odt", ODT, "an Office document"),
    ("a.jar", zipped({"META-INF/MANIFEST.MF": b"", "A.class": b""}), "a Java program"),
    ("a.rtf", b"{\\rtf1 hello}", "is a text document"),
    ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "is a picture"),
    (EVIL, b"", "is empty"),
    ("journal.jsonl", b"", "is empty"),
    (EVIL, b"just some words", "something else than its name says"),
    (EVIL, GOOD.decode().encode("utf-16"), "UTF-16"),
    (EVIL, GOOD.replace(b"Mallory", b"M\xe4llory"), "is not UTF-8 at byte"),
    (EVIL, GOOD[: len(GOOD) // 2], "damaged or cut off"),
    (EVIL, b'{"answer": 42}', "neither a notebook nor a journal"),
    (EVIL, sheet(nbformat=3), "nbformat 3"),
    (EVIL, json.dumps({"nbformat": 3, "worksheets": [{"cells": []}]}).encode(), "nbformat 3"),
    (EVIL, sheet(nbformat=5), "nbformat 5"),
    (EVIL, sheet(nbformat=True), "unknown here"),
    (EVIL, sheet(nbformat="4"), "unknown here"),
    (EVIL, sheet(cells={}), "cells that are none"),
    (EVIL, sheet(cells=[1, 2]), "cells that are none"),
    (EVIL, sheet(cells=[{"cell_type": "code", "metadata": {}, "source": [1]}]), "cells that are none"),
    (EVIL, sheet(cells=[{"cell_type": "code", "metadata": [], "source": ""}]), "cells that are none"),
    (EVIL, sheet(cells=[{"cell_type": "raw", "metadata": {}, "source": ""}] * 2_001), "2,001 cells"),
    ("other.ipynb", sheet(cells=[]), "of no exercise of this course"),
    (EVIL, GOOD.replace(b'"nbformat": 4', b'"nbformat": 4, "nbformat": 4'), "names an entry twice"),
    (EVIL, b'{"nbformat": 4, "cells": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "nested deeper"),
    (EVIL, b'{"nbformat": 4, "cells": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}", "nested deeper"),
    (EVIL, b'{"nbformat": 4, "cells": [' + b"[]," * 60_000 + b"[]]}", "cells that are none"),
    (EVIL, b'{"nbformat": ' + b"9" * 4_000 + b"}", "number of 4,000 digits"),
    (EVIL, b'{"nbformat": 4, "cells": [], "x": "' + b"x" * 300_000 + b'"}', "more than"),
    ("journal.jsonl", b'{"id": "1", "activity"\n{"what": "else"}\n', "no line of a journal"),
    ("journal.jsonl", b'{"id":' * 20_000, "nested deeper"),
    ("journal.jsonl", journal(3, "Mallory", "03-claims"), "journal of the lessons"),
):  # fmt: skip
    add(f"{name}, {words}", words)(with_file(name, content))


# --- journals that are damaged: what is left of them counts ----------------------------------------------

TORN = journal(20, "Mallory")
HALF = b'{"id": "\\ud800", "at": "", "activity": "", "item": "", "field": "", "value": ""}\n'
NUMBERS = b'{"id": 1, "at": 2, "activity": [], "item": {}, "field": null, "value": 1e999}\n'
SEVERAL = "more than one name: Ida\\x1b[31m (2), Mallory (20)"
for label, content, found in (
    ("with its last line torn", TORN + b'{"id": "to', "one line that cannot be read"),
    ("with foreign lines", b'{"a": 1}\n[1]\nnull\n"x"\nrubbish\n' + TORN, "5 lines that cannot be read"),
    ("with zeros from a crash", TORN + bytes(4096) + b"\n" + TORN, "one line that cannot be read"),
    ("with a line nested deeply", TORN + b"[" * 20_000 + b"\n", "one line that cannot be read"),
    ("with a line without end", TORN + b'{"id": "' + b"x" * 90_000 + b"\n", "one line that cannot be read"),
    ("with bytes that are not UTF-8", TORN + b'{"id": "\xff"}\n', "one line that cannot be read"),
    ("with half a character", TORN + HALF, "one line that cannot be read"),
    ("with numbers for text", TORN + NUMBERS, "one line that cannot be read"),
    ("with names of several", TORN + journal(2, "Ida\x1b[31m"), SEVERAL),
):  # fmt: skip

    def _journal(folder: Path, content: bytes = content) -> Path:
        return in_zip(Entry(path_of(EVIL), GOOD), Entry(path_of("journal.jsonl"), content))(folder)

    add(f"journal {label}", "journal, ", "collected", found)(_journal)


# --- tar archives ----------------------------------------------------------------------------------------


def tar(changes: Callable[[tarfile.TarFile], None], *, form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar archive with the neighbour's files around something else."""
    buffer = io.BytesIO()
    before, after = NEIGHBOUR.items()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        put(archive, *before)
        changes(archive)
        put(archive, *after)
    return buffer.getvalue()


def put(archive: tarfile.TarFile, name: str, content: bytes = b"", **about: object) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime = len(content), 1_795_000_000
    for key, value in about.items():
        setattr(info, key, value)
    archive.addfile(info, io.BytesIO(content))


def in_tar(name: str, said: str, change: Callable[[tarfile.TarFile], None], *, packed: bool = True) -> None:
    def build(folder: Path) -> Path:
        content = tar(change)
        path = folder / ("moodle.tar.gz" if packed else "moodle.tar")
        path.write_bytes(gzip.compress(content) if packed else content)
        return path

    add(f"tar, {name}", said)(build)


in_tar("dots", "“..”", lambda a: put(a, "../../outside/evil.ipynb", GOOD))
in_tar("absolute path", "absolute path", lambda a: put(a, "/tmp/outside/evil.ipynb", GOOD), packed=False)
in_tar(
    "symbolic link",
    "symbolic link",
    lambda a: put(a, MALLORY + EVIL, type=tarfile.SYMTYPE, linkname="/etc/passwd"),
)
in_tar(
    "hard link",
    "hard link",
    lambda a: put(a, MALLORY + EVIL, type=tarfile.LNKTYPE, linkname=f"{HONEST}{NAME}.ipynb"),
)
in_tar("pipe", "device or a pipe", lambda a: put(a, MALLORY + EVIL, type=tarfile.FIFOTYPE))
in_tar(
    "device",
    "device or a pipe",
    lambda a: put(a, MALLORY + EVIL, type=tarfile.CHRTYPE, devmajor=1, devminor=5),
)
in_tar("a type unknown", "is no file", lambda a: put(a, MALLORY + EVIL, type=b"Z"), packed=False)
in_tar("program", "is a program", lambda a: put(a, MALLORY + EVIL, b"\x7fELF" + bytes(100)))


def tar_after(name: str, said: str, tail: bytes, *, packed: bool = True) -> None:
    """Add an archive that is good as far as the neighbour's files go, and then this."""

    def build(folder: Path) -> Path:
        content = tar(lambda _: None).rstrip(b"\0")
        content += bytes(-len(content) % 512) + tail
        path = folder / "moodle.tgz"
        path.write_bytes(gzip.compress(content) if packed else content)
        return path

    add(f"tar, {name}", said)(build)


def _header(name: str, *, kind: bytes = tarfile.REGTYPE, size: int = 0) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


tar_after("cut off in a file", "cut off", _header(MALLORY + EVIL, size=5_000) + GOOD[:700])
tar_after(
    "with a header of gigabytes",
    "cut off or damaged",
    _header("x", kind=tarfile.XHDTYPE, size=8_000_000_000) + bytes(5_000),
)
tar_after(
    "with a long name of gigabytes",
    "cut off or damaged",
    _header("x", kind=tarfile.GNUTYPE_LONGNAME, size=8_000_000_000) + bytes(5_000),
)
tar_after(
    "that leads back", "cut off or damaged", _header(MALLORY + EVIL, size=-1_024) + bytes(1024), packed=False
)
tar_after("with rubbish at its end", "cut off or damaged", b"\x07rubbish" * 400)


@add("gzip bomb", "very many times its size")
def _gzip_bomb(folder: Path) -> Path:
    path = folder / "moodle.tar.gz"
    path.write_bytes(gzip.compress(tar(lambda _: None).rstrip(b"\0") + bytes(60_000_000)))
    return path


@add("gzip cut off", "cut off or damaged")
def _gzip_cut(folder: Path) -> Path:
    path = folder / "moodle.tar.gz"
    whole = gzip.compress(tar(lambda _: None).rstrip(b"\0") + bytes(512) + os.urandom(200_000))
    path.write_bytes(whole[:-100_000])
    return path


add("gzip of no archive", "is no archive of notebooks")(with_file("a.gz", gzip.compress(b"hello")))
add("tar within, cut off", "cut off")(with_file("a.tar.gz", gzip.compress(tar(lambda _: None))[:-500]))


# --- folders ---------------------------------------------------------------------------------------------


def _with_neighbour(folder: Path, files: Mapping[str, bytes] = NEIGHBOUR) -> Path:
    for name, content in files.items():
        path = folder / name.replace(HONEST, "Honest Neighbour/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def in_folder(name: str, said: str, make: Callable[[Path], None]) -> None:
    def build(folder: Path) -> Path:
        target = folder / "hand-ins"
        (target / "Mallory").mkdir(parents=True)
        make(target / "Mallory" / EVIL)
        return _with_neighbour(target)

    add(f"folder, {name}", said)(build)


def _hard_link(path: Path) -> None:
    secret = path.parents[2] / "secret.ipynb"
    secret.write_bytes(sheet("a secret"))
    path.hardlink_to(secret)


def _link_to_folder(path: Path) -> None:
    secret = path.parents[2] / "secret"
    secret.mkdir()
    (secret / EVIL).write_bytes(sheet("a secret"))
    path.symlink_to(secret)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the address of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def _deep(path: Path) -> None:
    path = path.parent
    for _ in range(40):
        path = path / "x"
    path.mkdir(parents=True)
    (path / EVIL).write_bytes(GOOD)


in_folder("symbolic link to a file", "symbolic link", lambda path: path.symlink_to("/etc/passwd"))
in_folder("symbolic link to a folder", "symbolic link", _link_to_folder)
in_folder("symbolic link to itself", "symbolic link", lambda path: path.symlink_to(path.name))
in_folder("hard link", "hard link", _hard_link)
in_folder("pipe", "device or a pipe", lambda path: os.mkfifo(path))
in_folder("socket", "device or a pipe", _socket)
in_folder("folders without end", "lies too deep", _deep)
in_folder(
    "name that is not UTF-8",
    "is a PDF",
    lambda path: Path(os.fsdecode(os.fsencode(path.parent) + b"/\xff.ipynb")).write_bytes(b"%PDF"),
)
