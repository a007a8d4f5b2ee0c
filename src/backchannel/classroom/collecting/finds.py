"""Everything that lies in the sources: what each file is, whose it is, and when it was handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backchannel.classroom.collecting.intake import Intake, Item, Turned
from backchannel.classroom.collecting.naming import Named, Sender, on_platform, plain_names
from backchannel.classroom.collecting.recognise import (
    Answers,
    Catalogue,
    NotUnderstoodError,
    Sheet,
    recognise,
    without_mark,
)
from backchannel.classroom.collecting.versions import Piece
from backchannel.classroom.folder import TIMESTAMP
from backchannel.classroom.records import sha256

# Seconds. Times of files that lie closer together were stamped by a download or a copy.
_SPREAD_OF_CLASS, _SPREAD_OF_ONE = 3600.0, 60.0
_LONGEST_TIMESTAMP = 100
_HIDDEN_NAME = (
    "lies in a folder named as Moodle does, but within another folder or archive; if Moodle made that, "
    "collect it by itself"
)
_NBGRADER_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) ?(?:([+-]\d\d:?\d\d)|(\w[\w/+-]*))?")


@dataclass
class Find:
    """A file in a source.

    Attributes:
        source: the folder or archive that was named.
        parts: folders and archives in it, and its name.
        item: the copy of its bytes; None where it was turned away unread.
        content: the notebook or journal it is; None where it is none.
        why: what speaks against taking it, as half a sentence.
        harmless: whether nobody has to look at it.
        spare: whether nobody has to where the same student's notebook came too.
        named: what its name says.
        piece: the same, dated, where it may be taken in.
    """

    source: str
    parts: tuple[str, ...]
    item: Item | None = None
    content: Sheet | Answers | None = None
    why: str = ""
    harmless: bool = False
    spare: bool = False
    named: Named = field(default_factory=lambda: Named(None, "", ()))
    piece: Piece | None = None

    @property
    def is_untouched(self) -> bool:
        """Whether it is an exercise as it was handed out."""
        return isinstance(self.content, Sheet) and self.content.untouched

    @property
    def is_timestamp(self) -> bool:
        """Whether it is nbgrader's note on when the files beside it were handed in."""
        return self.item is not None and self.parts[-1] == TIMESTAMP

    def turn_away(self, why: str, *, harmless: bool = False, spare: bool = False) -> None:
        """Note that it cannot be taken in, and why."""
        self.content = self.piece = None
        self.why, self.harmless, self.spare = why, harmless, spare


def find_all(
    source: Path,
    intake: Intake,
    catalogue: Catalogue,
    submitted: Mapping[str, float],
    is_known: Callable[[Sender], object],
    progress: Callable[[str], None],
) -> list[Find]:
    """Return all files of a source.

    Args:
        source: a folder, an archive or a file.
        intake: reads it.
        catalogue: the exercises of the course.
        submitted: when was handed in, in seconds since 1970, by the number of a participant in Moodle.
        is_known: tells whether a sender is a student of the class.
        progress: is told what is being read.

    Raises:
        UsageError: there is no such source.
        BackchannelError: there is no room for copies.
    """
    finds = []
    for taken in intake.take(source):
        if isinstance(taken, Turned):
            where = (taken.source, taken.parts)
            finds.append(Find(*where, why=taken.why, harmless=taken.harmless, spare=taken.spare))
        else:
            finds.append(_recognised(taken, catalogue))
        progress(f"{taken.source}: {len(finds):,} files")
    _name(finds, catalogue, is_known)
    _date(finds, submitted)
    return finds


def _recognised(item: Item, catalogue: Catalogue) -> Find:
    find = Find(item.source, item.parts, item)
    if find.is_timestamp:
        return find
    content = item.path.read_bytes()
    bare = without_mark(content)
    if bare != content:
        item.path.write_bytes(bare)
        find.item = item = replace(item, sha256=sha256(bare))
    try:
        find.content = recognise(bare, item.parts, item.sha256, catalogue)
    except NotUnderstoodError as problem:
        item.path.unlink()
        find.turn_away(str(problem), spare=problem.spare)
    return find


# --- whose -----------------------------------------------------------------------------------------------


def _name(finds: Iterable[Find], catalogue: Catalogue, is_known: Callable[[Sender], object]) -> None:
    """Say whose each file of one source is.

    Names of a platform count where they stand outermost. A student can put such a name into an archive too,
    to hand in for somebody else, so further inside they count only if the whole source has them there.
    """
    named = [(find, on_platform(find.parts)) for find in finds]
    depths = {found.depth if found else -1 for find, found in named if find.item}
    plain = []
    for find, found in named:
        if found and (found.depth == 0 or depths == {found.depth}):
            find.named = found
            if found.typed:
                find.turn_away("is text typed into the platform; passed over", harmless=True)
        elif find.item or (len(find.parts) > 1 and not find.harmless):
            plain.append(find)
            if found and found.sender and found.sender.platform == "moodle":
                find.turn_away(_HIDDEN_NAME)
        else:
            find.named = Named(None, find.parts[-1], find.parts[:-1])
    if plain:
        names = plain_names(
            [find.parts for find in plain], plain[0].source, catalogue.exercises.values(), is_known
        )
        for find, given in zip(plain, names, strict=True):
            find.named = given


# --- when ------------------------------------------------------------------------------------------------


def _date(finds: Iterable[Find], submitted: Mapping[str, float]) -> None:
    noted = {
        find.named.beside: moment
        for find in finds
        if find.is_timestamp and (moment := _noted_time(find)) is not None
    }
    usable = _tells_times([find for find in finds if find.content and find.item and not find.item.nested])
    for find in finds:
        if find.item is None or find.content is None:
            continue
        sender, changed, nested = find.named.sender, find.item.modified, find.item.nested
        moment = None if nested else noted.get(find.named.beside)
        if moment is None and sender and sender.platform == "moodle":
            moment = submitted.get(sender.number)
        by_file = moment is None and usable and not nested
        find.piece = Piece(
            source=find.source,
            parts=find.parts,
            named=find.named,
            path=find.item.path,
            sha256=find.item.sha256,
            content=find.content,
            moment=changed if by_file else moment,
            changed=changed if usable or nested else None,
            by_file=by_file,
            surely_by=changed if not nested and sender and sender.platform == "folder" else None,
        )


def _tells_times(finds: Sequence[Find]) -> bool:
    """Say whether the times of files are those of the students.

    Canvas and newer versions of Moodle stamp all files with the moment of the download, and so does copying
    a folder; then all of them lie close together.
    """
    senders = {find.named.sender for find in finds}
    platforms = {sender.platform for sender in senders if sender}
    times = [find.item.modified for find in finds if find.item and find.item.modified is not None]
    if "canvas" in platforms or not times:
        return False
    spread = max(times) - min(times)
    if len(senders) == 1 and platforms <= {"folder"}:
        return len(times) == 1 or spread > _SPREAD_OF_ONE
    return spread > _SPREAD_OF_CLASS


def _noted_time(find: Find) -> float | None:
    """Return the time that nbgrader noted in ``submitted/<student>/<exercise>/timestamp.txt``."""
    sender, item = find.named.sender, find.item
    if item is None or item.nested or sender is None or sender.platform != "folder":
        return None
    if item.size > _LONGEST_TIMESTAMP:
        return None
    match = _NBGRADER_TIME.fullmatch(item.path.read_text(encoding="utf-8", errors="replace").strip())
    if not match:
        return None
    try:
        moment = datetime.fromisoformat(match[1] + (match[2] or ""))
        return (moment.replace(tzinfo=ZoneInfo(match[3])) if match[3] else moment).timestamp()
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return None
