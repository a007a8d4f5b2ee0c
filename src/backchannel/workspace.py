"""The workspace: the folder where a student's journal lies, with the name and language chosen once."""

from __future__ import annotations

import os
from pathlib import Path

from backchannel.errors import UsageError
from backchannel.journal import RETRACTION, Decision, Journal
from backchannel.words import LANGUAGES, Language, as_language

JOURNAL_NAME = "journal.jsonl"
ACTIVITY = "workspace"
SETTINGS = ("name", "language")
TEXT = "text"  # the field of a written answer; its item is the number of the prompt
_ITEM = "settings"
_LONGEST_NAME = 80


class Workspace:
    """A folder with one journal. Settings are decisions in the journal like everything else.

    Args:
        folder: where the journal lies.
        codebook: version of the codebook, which every decision carries.
        settings_of: another workspace, whose name and language hold where this one has none.
    """

    def __init__(self, folder: Path, codebook: str = "", settings_of: Workspace | None = None) -> None:
        self.folder, self._settings_of = folder, settings_of
        self.journal = Journal(folder / JOURNAL_NAME, codebook)
        self.journal.refresh()

    @property
    def student(self) -> str:
        """The name or pseudonym the student gave, or an empty string."""
        return self._setting("name")

    @property
    def language(self) -> Language:
        """The language of the interface; English until another is chosen."""
        return as_language(self._setting("language")) or "en"

    @property
    def shown_path(self) -> str:
        """The journal's path as a student finds it."""
        return shown(self.journal.path)

    def use_name(self, student: str) -> None:
        """Remember what the student wants to be called; a pseudonym is fine.

        Raises:
            UsageError: the name is empty, or too long for a report.
            JournalError: it could not be saved.
        """
        cleaned = " ".join(student.split())
        if not cleaned or len(cleaned) > _LONGEST_NAME:
            raise UsageError(
                f"A name needs 1 to {_LONGEST_NAME} characters, but this has {len(cleaned)}; choose another."
            )
        self._set("name", cleaned)

    def use_language(self, language: str) -> None:
        """Remember the language of the interface.

        Raises:
            UsageError: the course does not speak it.
            JournalError: it could not be saved.
        """
        if as_language(language) is None:
            raise UsageError(f"The course does not speak {language!r}; choose one of {', '.join(LANGUAGES)}.")
        self._set("language", language)

    def saved_at(self, activity: str) -> str:
        """Return when the last standing decision of an activity was written, or an empty string."""
        last = self.journal.state.last(activity)
        return last.at if last else ""

    def _setting(self, field: str) -> str:
        decision = self.journal.state.get(ACTIVITY, _ITEM, field)
        if decision:
            return decision.value
        return self._settings_of._setting(field) if self._settings_of else ""

    def _set(self, field: str, value: str) -> None:
        if self._setting(field) != value:
            self.decide(ACTIVITY, _ITEM, field, value)

    def decide(self, activity: str, item: str, field: str, value: str, **more: str) -> None:
        """Write one decision of this student into the journal; see ``Journal.decide``."""
        student = value if (activity, field) == (ACTIVITY, "name") else self.student
        self.journal.decide(student=student, activity=activity, item=item, field=field, value=value, **more)

    def is_written(self, decision_id: str) -> bool:
        """Take in what other kernels wrote, and say whether this decision, sent again, is among it."""
        self.journal.refresh()
        return bool(decision_id) and decision_id in self.journal

    def take_back(
        self, last: Decision, *, expected: str = "", decision_id: str = "", later: str = ""
    ) -> Decision:
        """Retract the last decision of an activity and return it.

        Args:
            last: the decision that is the last by now.
            expected: id of the decision that is meant.
            decision_id: id of the retraction itself.
            later: what came later where another decision is meant, as half a sentence.

        Raises:
            UsageError: another decision came after the one that is meant; nothing is taken back.
            JournalError: it could not be saved.
        """
        if expected and expected != last.id:
            what = later or f"another decision in {last.activity} came later"
            raise UsageError(f"Nothing was taken back, since {what}; look at it, then undo again.")
        self.decide(last.activity, last.item, RETRACTION, last.id, id=decision_id)
        return last


def shown(path: Path) -> str:
    """Return a path as a student finds it: from the course folder where it lies below it."""
    found = path.resolve()
    above = [folder for folder in found.parents if (folder / "course_data").is_dir()]
    return found.relative_to(above[0]).as_posix() if above else str(found)


def find_workspace(course_data: Path) -> Path:
    """Return the folder for the journal: ``BACKCHANNEL_WORKSPACE``, else ``workspace`` beside the data."""
    named = os.environ.get("BACKCHANNEL_WORKSPACE")
    return Path(named) if named else course_data.parent / "workspace"
