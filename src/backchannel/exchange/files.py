"""Read and write the files of an exchange: which encoding a file has, and never a half-written file."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from backchannel.errors import BackchannelError, UsageError
from backchannel.tables import Finding

# UTF-32 stands first, since its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
WINDOWS = "Windows-1252"
_REMEDY = "save it again as UTF-8 (in Excel: CSV UTF-8)"
_ZEROS = 0.2  # of the bytes of a UTF-16 file in European languages, more than this are zero


@dataclass(frozen=True)
class Contents:
    """The text of a file, and the encoding it was found in; where ``finding`` is set, there is no text."""

    text: str
    encoding: str
    finding: Finding | None = None

    def remarks(self, path: Path) -> list[str]:
        """Name the encoding where it is not what everybody expects."""
        if self.encoding == WINDOWS:
            return [
                f"{path.name} was read as {WINDOWS}, since its claims are right that way; "
                "characters which that encoding lacks, such as emoji, may have become question marks."
            ]
        return [] if self.encoding == "UTF-8" else [f"{path.name} was read as {self.encoding}."]


def never(_: str) -> bool:
    """Prove nothing: a text that could be decoded in several ways is not read."""
    return False


def read_file(path: Path, proof: Callable[[str], bool] = never) -> Contents:
    """Read a text file whose encoding can be told for certain.

    That is UTF-8, or whatever a byte order mark says. A file that could be Windows-1252, as German Excel
    still writes it, could be many other things too; it is read only if ``proof`` finds in the text what
    must stand there.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror or error})"
        return _nothing(path, problem, "check its name and that you may open it")
    return decode(raw, path, proof)


def decode(raw: bytes, path: Path, proof: Callable[[str], bool] = never) -> Contents:
    """Decode the bytes of a file; see ``read_file``."""
    for mark, codec, name in _MARKS:
        if raw.startswith(mark):
            try:
                return Contents(raw.decode(codec), name)
            except UnicodeDecodeError:
                return _nothing(path, f"the file begins as {name} but is damaged further on", _REMEDY)
    if raw.count(0) > _ZEROS * len(raw):
        return _nothing(path, "the file seems to be UTF-16 without a byte order mark", _REMEDY)
    try:
        return Contents(raw.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError as error:
        return _decode_windows(raw, path, proof, error.start)


def _decode_windows(raw: bytes, path: Path, proof: Callable[[str], bool], at: int) -> Contents:
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        return _nothing(path, f"the byte at position {at} is not UTF-8", _REMEDY)
    if proof(text):
        return Contents(text, WINDOWS)
    problem = f"the byte at position {at} is not UTF-8, and the file seems to be {WINDOWS} (ANSI)"
    return _nothing(path, problem, _REMEDY)


def _nothing(path: Path, problem: str, remedy: str) -> Contents:
    return Contents("", "", Finding(path.name, 0, problem, remedy))


def write_files(files: Mapping[Path, str], *, force: bool = False) -> None:
    """Write files as UTF-8, each whole or not at all.

    Args:
        files: the text of each file by its path.
        force: replace what stands there.

    Raises:
        UsageError: one of them exists and may not be replaced; then none was written.
        BackchannelError: the folder cannot be written to.
    """
    for path in files:
        if path.exists() and not force:
            raise UsageError(
                f"{path} exists already; choose another name, or add --force, which replaces all of it."
            )
    for path, text in files.items():
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            unfinished.write_bytes(text.encode())
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise BackchannelError(
                f"{path} cannot be written ({error.strerror or error}); choose a folder you may write to."
            ) from error
