"""Read a zip archive that may be hostile: its table of contents first, then each file by itself.

Python's own ``zipfile`` gives up on a whole archive for one bad name, and from version to version it sees
other dangers. Here a bad entry is told and its neighbours stay readable. Only what students' programs make
is understood: stored and deflated files, with or without zip64. The form is that of PKWARE's APPNOTE 6.3.
"""

from __future__ import annotations

import stat
import struct
import time
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

MOST_CONTENTS = 16_000_000  # bytes of a table of contents; one entry takes about a hundred
CHUNK = 64 * 1024

_END = struct.Struct("<4s4H2LH")
_END_64_PLACE = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s2B5H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _IN_UTF_8 = 0x2041, 0x800
_UNIX = (3, 19)  # the systems that write the kind of a file beside its name: Unix and macOS
_UNKNOWN_32 = 0xFFFFFFFF
_ZIP_64, _TIMES, _UNICODE_NAME = 0x0001, 0x5455, 0x7075


class DamagedError(ValueError):
    """An archive, or a file in it, that cannot be read; the message is half a sentence."""


@dataclass(frozen=True)
class Packed:
    """A file in an archive.

    Attributes:
        name: as the archive has it.
        modified: seconds since 1970, or None where the archive does not say.
        size, packed: bytes unpacked, as the archive says, and packed.
        problem: why it must not be read, as half a sentence; empty where it may.
    """

    name: str
    modified: float | None
    size: int
    packed: int
    problem: str
    _method: int
    _crc: int
    _offset: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, which holds nothing by itself."""
        return self.name.endswith(("/", "\\"))


class Zip:
    """A zip archive opened for reading.

    Args:
        file: the archive; it must allow seeking.

    Raises:
        DamagedError: it has no table of contents, or one that cannot be read.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._size = file, file.seek(0, 2)
        contents, self._shift = self._contents()
        self.entries = tuple(_marked_overlaps(list(_entries(contents))))

    def _contents(self) -> tuple[bytes, int]:
        """Return the table of contents, and how many bytes stand before the archive proper."""
        tail = self._read(max(0, self._size - _END.size - 0xFFFF), _END.size + 0xFFFF)
        place = tail.rfind(b"PK\x05\x06")
        if place < 0 or len(tail) - place < _END.size:
            raise DamagedError("is cut off or damaged")
        end = self._size - len(tail) + place
        *_, length, offset, _comment = _END.unpack_from(tail, place)
        if _UNKNOWN_32 in (length, offset) or self._has_64(end):
            end -= _END_64_PLACE.size + _END_64.size
            if end < 0:
                raise DamagedError("is damaged: its end points nowhere")
            signature, *_, length, offset = _END_64.unpack(self._read(end, _END_64.size))
            if signature != b"PK\x06\x06":
                raise DamagedError("is damaged: its end points nowhere")
        start = end - length
        if start < 0 or start < offset:
            raise DamagedError("is cut off or damaged")
        if length > MOST_CONTENTS:
            raise DamagedError(f"has a table of contents of {length // 1_000_000} MB, as no submission has")
        return self._read(start, length), start - offset

    def _has_64(self, end: int) -> bool:
        place = end - _END_64_PLACE.size
        return place >= 0 and self._read(place, 4) == b"PK\x06\x07"

    def _read(self, start: int, length: int) -> bytes:
        if start >= self._size:
            return b""
        self._file.seek(start)
        return self._file.read(length)

    def chunks(self, entry: Packed) -> Iterator[bytes]:
        """Yield the content of a file in pieces of 64 KB at most.

        Raises:
            DamagedError: it is not what the archive says it is.
        """
        start = entry._offset + self._shift
        header = self._read(start, _LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
            raise DamagedError("is damaged: the archive points at nothing")
        *_, name, extra = _LOCAL.unpack(header)
        start += _LOCAL.size + name + extra
        crc = length = 0
        for piece in self._unpacked(entry, start):
            crc, length = zlib.crc32(piece, crc), length + len(piece)
            if length > entry.size:
                raise DamagedError("is damaged: it unpacks to more than the archive says")
            yield piece
        if length != entry.size or crc != entry._crc:
            raise DamagedError("is damaged: its checksum is wrong")

    def _unpacked(self, entry: Packed, start: int) -> Iterator[bytes]:
        if entry._method == _STORED:
            yield from self._raw(start, entry.packed)
            return
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for raw in self._raw(start, entry.packed):
                waiting = raw
                while waiting and not inflate.eof:
                    yield inflate.decompress(waiting, CHUNK)
                    waiting = inflate.unconsumed_tail
            while not inflate.eof and (piece := inflate.decompress(b"", CHUNK)):
                yield piece
        except zlib.error:
            raise DamagedError("is damaged: it cannot be unpacked") from None

    def _raw(self, start: int, length: int) -> Iterator[bytes]:
        while length > 0:
            piece = self._read(start, min(length, CHUNK))
            if not piece:
                raise DamagedError("is cut off")
            yield piece
            start, length = start + len(piece), length - len(piece)


def _entries(contents: bytes) -> Iterator[Packed]:
    place = 0
    while place < len(contents):
        if contents[place : place + 4] != b"PK\x01\x02" or len(contents) - place < _CENTRAL.size:
            raise DamagedError("is damaged in its table of contents")
        _, _, system, _, flags, method, clock, day, crc, packed, size, *rest = _CENTRAL.unpack_from(
            contents, place
        )
        names, extras, comments, _disk, _internal, attributes, offset = rest
        begin = place + _CENTRAL.size
        name, extra = contents[begin : begin + names], contents[begin + names : begin + names + extras]
        place = begin + names + extras + comments
        fields = dict(_extra_fields(extra))
        size, packed, offset = _wide(fields.get(_ZIP_64, b""), size, packed, offset)
        text, problem = _decoded(name, flags, fields.get(_UNICODE_NAME, b""), crc=zlib.crc32(name))
        kind = stat.S_IFMT(attributes >> 16) if system in _UNIX else 0
        problem = problem or _problem(flags, method, kind)
        modified = _moment(fields.get(_TIMES, b""), day, clock)
        yield Packed(text, modified, size, packed, problem, method, crc, offset)


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        yield kind, extra[4 : 4 + length]
        extra = extra[4 + length :]


def _wide(field: bytes, *values: int) -> tuple[int, ...]:
    """Return sizes and place, those that do not fit into 32 bits from the field that holds them."""
    found = []
    for value in values:
        if value == _UNKNOWN_32 and len(field) >= 8:
            value, field = int.from_bytes(field[:8], "little"), field[8:]
        found.append(value)
    return tuple(found)


def _decoded(name: bytes, flags: int, unicode_name: bytes, *, crc: int) -> tuple[str, str]:
    """Return a name, and what is wrong with it; macOS writes UTF-8 without saying so, Windows CP437."""
    if len(unicode_name) > 5 and int.from_bytes(unicode_name[1:5], "little") == crc:
        name, flags = unicode_name[5:], flags | _IN_UTF_8
    try:
        return unicodedata.normalize("NFC", name.decode("utf-8")), ""
    except UnicodeDecodeError:
        if flags & _IN_UTF_8:
            return name.decode("utf-8", "replace"), "has a name that is not UTF-8"
        return name.decode("cp437"), ""


def _problem(flags: int, method: int, kind: int) -> str:
    if flags & _ENCRYPTED:
        return "is encrypted; ask for it without a password"
    if kind == stat.S_IFLNK:
        return "is a symbolic link, not a file"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a device or a pipe, not a file"
    if method not in (_STORED, _DEFLATED):
        return f"is packed by an uncommon method (number {method}); ask for an ordinary zip archive"
    return ""


def _moment(field: bytes, day: int, clock: int) -> float | None:
    """Return when a file was changed: in UTC where the archive has that, else by the local clock."""
    if len(field) >= 5 and field[0] & 1:
        return float(int.from_bytes(field[1:5], "little", signed=True))
    parts = (
        *((day >> 9) + 1980, day >> 5 & 0xF, day & 0x1F),
        *(clock >> 11, clock >> 5 & 0x3F, (clock & 0x1F) * 2, 0, 0, -1),
    )
    if not day or parts[:3] == (1980, 1, 1):  # what programs write that do not know the time
        return None
    try:
        return time.mktime(parts)
    except (OverflowError, ValueError):
        return None


def _marked_overlaps(entries: list[Packed]) -> list[Packed]:
    """Mark files that share bytes with another one: the way to pack a bomb of any size into little."""
    order = sorted(range(len(entries)), key=lambda number: entries[number]._offset)
    sharing: set[int] = set()
    reach, owner = 0, -1
    for number in order:
        entry = entries[number]
        if entry._offset < reach:
            sharing |= {number, owner}
        end = entry._offset + _LOCAL.size + entry.packed
        if end > reach:
            reach, owner = end, number
    problem = "shares its bytes with another file of the archive, as a zip bomb does"
    return [
        replace(entry, problem=problem) if number in sharing and not entry.problem else entry
        for number, entry in enumerate(entries)
    ]
