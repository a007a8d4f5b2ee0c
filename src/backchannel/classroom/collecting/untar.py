"""Read a tar archive that may be hostile, through Python's ``tarfile`` with a watch on what it reads."""

from __future__ import annotations

import tarfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from backchannel.classroom.collecting.unzip import CHUNK, DamagedError

MOST_HEADER = 1_000_000  # bytes of one header; tarfile reads a long name or a list of attributes at once


@dataclass(frozen=True)
class Member:
    """A file in an archive; ``problem`` says in half a sentence why it must not be read."""

    name: str
    modified: float | None
    problem: str
    _archive: tarfile.TarFile
    _info: tarfile.TarInfo

    def chunks(self) -> Iterator[bytes]:
        """Yield the content in pieces of 64 KB at most.

        Raises:
            DamagedError: the archive ends before the file does.
        """
        file = self._archive.extractfile(self._info)
        left = self._info.size
        while file and left:
            try:
                piece = file.read(min(left, CHUNK))
            except (tarfile.TarError, OSError, ValueError):
                piece = b""
            if not piece:
                raise DamagedError("is cut off")
            left -= len(piece)
            yield piece


class _Watched:
    """A file that gives no more at once than a header may take."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, length: int = -1) -> bytes:
        if not 0 <= length <= MOST_HEADER:
            raise tarfile.ReadError("a header is too large")
        return self._file.read(length)

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()


def members(file: BinaryIO) -> Iterator[Member]:
    """Yield the files of an archive in their order; folders are left out.

    Raises:
        DamagedError: it cannot be read, or not further; what was yielded before is good.
    """
    try:
        with tarfile.open(fileobj=_Watched(file), mode="r:") as archive:  # type: ignore[call-overload]
            place = -1
            while (info := archive.next()) is not None:
                if info.offset <= place or info.size < 0:
                    raise tarfile.ReadError("it leads back to where it was read")
                place = info.offset
                archive.members = []  # it keeps all of them else
                if not info.isdir():
                    yield Member(
                        unicodedata.normalize("NFC", info.name),
                        float(info.mtime),
                        _problem(info),
                        archive,
                        info,
                    )
            file.seek(archive.offset)
            if file.read(tarfile.BLOCKSIZE).strip(b"\0"):
                raise tarfile.ReadError("something else than an archive follows")
    except DamagedError:
        raise
    except (tarfile.TarError, OSError, ValueError, ArithmeticError, LookupError, EOFError, RecursionError):
        # tarfile has no one error of its own for what a forged header does to it.
        raise DamagedError("is cut off or damaged") from None


def _problem(info: tarfile.TarInfo) -> str:
    if info.issym():
        return "is a symbolic link, not a file"
    if info.islnk():
        return "is a hard link to another file, not a file of its own"
    if info.ischr() or info.isblk() or info.isfifo():
        return "is a device or a pipe, not a file"
    if info.issparse():
        return "is a file with holes, as no program for notebooks makes it"
    return "" if info.isreg() else "is no file"
